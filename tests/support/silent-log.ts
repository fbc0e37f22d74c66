/** A log for tests: `silentLog` keeps nothing, `createRecordingLog` keeps every line for the test to read. */
import type { Log } from '../../src/log.ts';

function ignore(): void {
  // Nothing is kept.
}

export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

export function createRecordingLog(): { readonly log: Log; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  function at(level: LogLine['level']): (fields: object, message: string) => void {
    return (fields, message) => {
      lines.push({ level, fields, message });
    };
  }
  return { log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, lines };
}
