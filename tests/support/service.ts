/**
 * Programs that tests start beside themselves (InfluxDB, …). A suite that needs one says loudly when it is not installed;
 * with AIQYN_REQUIRE_SERVICES=1 that is a failure.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of an installed command, or null after a loud warning. `where` says how it is installed. */
export function serviceCommand(command: string, where: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, command);
    if (isExecutable(path)) return path;
  }
  const message = `SKIPPED: ${command} is not installed (${where}), so what it proves is not proven here.`;
  if (process.env['AIQYN_REQUIRE_SERVICES'] === '1') throw new Error(message);
  console.warn(message);
  return null;
}

/** Whether this is root; a loud warning where not, or a failure with AIQYN_REQUIRE_SERVICES=1. `what` needs it. */
export function isRoot(what: string): boolean {
  if (process.getuid?.() === 0) return true;
  const message = `SKIPPED: ${what} needs root, so what it proves is not proven here.`;
  if (process.env['AIQYN_REQUIRE_SERVICES'] === '1') throw new Error(message);
  console.warn(message);
  return false;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
