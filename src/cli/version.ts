/** The version in package.json, read once. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../config/package-root.ts';

const Package = z.object({ version: z.string() });
let known: string | undefined;

export function packageVersion(): string {
  known ??= Package.parse(JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'))).version;
  return known;
}
