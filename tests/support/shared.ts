/**
 * Real data that may not be copied into this repository (other licences) lies in ../shared beside a checkout.
 * Tests that read it say loudly when it is absent; where services are required, absence is a failure.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const shared = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'shared');

/** The path of a file or folder of the shared data, or null (after a loud warning) where it is not there. */
export function sharedPath(...segments: readonly string[]): string | null {
  const path = join(shared, ...segments);
  if (existsSync(path)) return path;
  const message = `SKIPPED: ${segments.join('/')} is not beside this checkout (../shared), so what it proves is not proven here.`;
  if (process.env['AIQYN_REQUIRE_SERVICES'] === '1') throw new Error(message);
  console.warn(message);
  return null;
}
