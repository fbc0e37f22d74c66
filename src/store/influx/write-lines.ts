/**
 * Lines into the database. What the server will not take (a field of another type, a line beyond its limits) is looked for
 * by halves and set aside with the server's words, so that it blocks nobody; everything else is written.
 */
import type { Log } from '../../log.ts';
import type { InfluxConnection } from './connection.ts';
import { RefusedError } from './failures.ts';

/** What a line was made of, for whoever reads what was set aside. */
export interface Line {
  readonly line: string;
  readonly content: unknown;
}

/** Resolves once each line is in the database or set aside. */
export type LineWriter = (lines: readonly Line[]) => Promise<void>;

/** Keeps what the database refuses, with the reason; durable when it resolves. */
export type SetAside = (content: unknown, reason: string) => Promise<void>;

/** Older than the database keeps: nothing is wrong with it, and the archive has it. */
const TOO_OLD = /beyond retention|outside retention|retention policy/i;

export function createLineWriter(
  connection: InfluxConnection,
  policy: string | null,
  setAside: SetAside,
  log: Log,
): LineWriter {
  async function write(lines: readonly Line[]): Promise<void> {
    if (lines.length === 0) return;
    try {
      await connection.write(
        lines.map(({ line }) => line),
        policy,
      );
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      if (TOO_OLD.test(error.message)) {
        const fields = { lines: error.dropped ?? lines.length, said: error.message };
        log.warn(fields, 'InfluxDB keeps no data of this age; the archive has it.');
        return;
      }
      await narrow(lines, error);
    }
  }
  async function narrow(lines: readonly Line[], error: RefusedError): Promise<void> {
    if (lines.length === 1 || error.dropped === lines.length) {
      for (const { content } of lines) await setAside(content, error.message);
      log.error(
        { lines: lines.length, said: error.message },
        'InfluxDB refuses measurements; they were set aside and the others are stored.',
      );
      return;
    }
    const middle = Math.ceil(lines.length / 2);
    await write(lines.slice(0, middle));
    await write(lines.slice(middle));
  }
  return write;
}
