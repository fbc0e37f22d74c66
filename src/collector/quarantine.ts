/** Where a measurement goes that cannot be read or stored: kept with its reason, so that it blocks nobody and is not lost. */
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../disk.ts';
import type { Log } from '../log.ts';

/** Above this, only the log tells of further ones. */
const QUARANTINE_BYTES_MAX = 16 * 1_048_576;

export type Quarantine = (content: unknown, reason: string) => Promise<void>;

/** Appends JSON lines `{"reason","content"}` to `path`, durable when it resolves. */
export function createQuarantine(path: string, log: Log): Quarantine {
  return async (content, reason) => {
    log.warn({ path, reason }, 'A measurement could not be used and was set aside.');
    await makeFolder(dirname(path));
    const file = await open(path, 'a', 0o600);
    try {
      const { size } = await file.stat();
      if (size >= QUARANTINE_BYTES_MAX) return;
      await file.appendFile(`${JSON.stringify({ reason, content })}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  };
}
