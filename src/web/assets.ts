/** Finds the folder of static files: beside this source, or in the package when running from dist/. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EnvironmentError } from '../errors.ts';

const CANDIDATES = ['./assets/', '../../../src/web/assets/'];

/** Absolute path. Throws EnvironmentError when the installation lacks them. */
export function assetsFolder(): string {
  for (const candidate of CANDIDATES) {
    const folder = fileURLToPath(new URL(candidate, import.meta.url));
    if (existsSync(`${folder}/aiqyn.css`)) return folder;
  }
  throw new EnvironmentError(
    'ASSETS_MISSING',
    'src/web/assets is missing: this installation is incomplete, install it again.',
  );
}
