/** Finds the folder of Aiqyn's own package.json, from a checkout (src/), from a build (dist/src/) and from node_modules. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { EnvironmentError } from '../errors.ts';

const PACKAGE_NAME = 'aiqyn';
const LEVELS_MAX = 10;
const PackageFile = z.object({ name: z.string() });

/**
 * The absolute path of the package's root, where `probes/catalog/` and `probes/plans/` lie.
 * Throws EnvironmentError('PACKAGE_INCOMPLETE') when these files were moved away from their package.json.
 */
export function packageRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  const root = findPackageRoot(start, PACKAGE_NAME);
  if (root === null) {
    throw new EnvironmentError(
      'PACKAGE_INCOMPLETE',
      `no package.json named "${PACKAGE_NAME}" above ${start}: install Aiqyn again`,
    );
  }
  return root;
}

/** The nearest folder at or above `start` whose package.json has this name; null when there is none. */
export function findPackageRoot(start: string, name: string): string | null {
  let folder = start;
  for (let level = 0; level < LEVELS_MAX; level += 1) {
    if (packageName(join(folder, 'package.json')) === name) return folder;
    const parent = dirname(folder);
    if (parent === folder) return null;
    folder = parent;
  }
  return null;
}

function packageName(file: string): string | null {
  try {
    const parsed = PackageFile.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data.name : null;
  } catch {
    // No file, or not ours to read: look further up.
    return null;
  }
}
