/** Builds dist/ once before the tests, because the end-to-end tests start the command that users start. */
import { execFileSync } from 'node:child_process';

export function setup(): void {
  execFileSync(process.execPath, ['scripts/ensure-built.js'], { stdio: 'inherit' });
}
