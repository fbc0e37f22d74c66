/** How far an import is, on a terminal; where stderr is none, a line now and then. */
import type { Clock } from '../../probes/probe.ts';
import { writeLine } from './io.ts';

const ON_TERMINAL_EVERY_MS = 200;
const ELSEWHERE_EVERY_MS = 30_000;

export interface ImportProgress {
  show(read: number): void;
  /** Makes room for a line of its own. */
  clear(): void;
  /** Safe to call twice. */
  stop(): void;
}

export function createImportProgress(
  stderr: NodeJS.WritableStream,
  paths: readonly string[],
  clock: Pick<Clock, 'monotonicMs'>,
): ImportProgress {
  const isTerminal = 'isTTY' in stderr && stderr.isTTY === true;
  const startedMs = clock.monotonicMs();
  const what = paths.length === 1 ? (paths[0] ?? '') : `${paths.length} paths`;
  let shownAtMs = startedMs;
  let isDirty = false;

  function clear(): void {
    if (isDirty) stderr.write('\r\u001b[K');
    isDirty = false;
  }
  return {
    show(read) {
      const nowMs = clock.monotonicMs();
      if (nowMs - shownAtMs < (isTerminal ? ON_TERMINAL_EVERY_MS : ELSEWHERE_EVERY_MS)) return;
      shownAtMs = nowMs;
      const rate = Math.round((read * 1_000) / Math.max(1, nowMs - startedMs));
      const line = `${read} measurements of ${what} read, ${rate} a second`;
      clear();
      if (isTerminal) stderr.write(line);
      else writeLine(stderr, line);
      isDirty = isTerminal;
    },
    clear,
    stop: clear,
  };
}
