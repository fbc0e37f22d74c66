/** The version in package.json, read once. */
import { z } from 'zod';
import { shippedText } from '../config/shipped-files.ts';

const Package = z.object({ version: z.string() });
let known: string | undefined;

export function packageVersion(): string {
  known ??= Package.parse(JSON.parse(shippedText('package.json'))).version;
  return known;
}
