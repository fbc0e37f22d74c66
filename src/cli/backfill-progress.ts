/** How far a backfill is, in bytes and time: on a terminal one line that changes, elsewhere a line now and then. */
import type { Clock } from '../../probes/probe.ts';
import { writeLine } from './io.ts';

const ON_TERMINAL_EVERY_MS = 200;
const ELSEWHERE_EVERY_MS = 30_000;
/** Compressed bytes a second that 2 cores took in (`npm run bench -- backfill`); until this run has a rate of its own. */
const BYTES_PER_SECOND = 500_000;
const MINUTE_SECONDS = 60;

/** `1.2 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

/** `about 3 minutes`. */
export function durationText(seconds: number): string {
  if (seconds < 2 * MINUTE_SECONDS) return `about ${Math.max(1, Math.ceil(seconds))} s`;
  const minutes = Math.ceil(seconds / MINUTE_SECONDS);
  return minutes < 120 ? `about ${minutes} minutes` : `about ${Math.ceil(minutes / 60)} hours`;
}

export function expectedSeconds(bytes: number): number {
  return bytes / BYTES_PER_SECOND;
}

export interface BackfillProgress {
  /** Measurements read so far. */
  show(read: number): void;
  /** What is listed, before its size is known. */
  listed(files: number): void;
  /** One more file is done. */
  done(bytes: number): void;
  /** How far the detector is. */
  folded(atMs: number): void;
  /** Makes room for a line of its own. */
  clear(): void;
}

export function createBackfillProgress(
  stderr: NodeJS.WritableStream,
  clock: Pick<Clock, 'monotonicMs'>,
  total: () => { readonly files: number; readonly bytes: number },
): BackfillProgress {
  const isTerminal = 'isTTY' in stderr && stderr.isTTY === true;
  let shownAtMs = clock.monotonicMs();
  let beganAtMs: number | null = null;
  let isDirty = false;
  let [files, bytes] = [0, 0];

  function clear(): void {
    if (isDirty) stderr.write('\r\u001b[K');
    isDirty = false;
  }
  function say(line: () => string): void {
    const nowMs = clock.monotonicMs();
    if (nowMs - shownAtMs < (isTerminal ? ON_TERMINAL_EVERY_MS : ELSEWHERE_EVERY_MS)) return;
    shownAtMs = nowMs;
    clear();
    if (isTerminal) stderr.write(line());
    else writeLine(stderr, line());
    isDirty = isTerminal;
  }
  return {
    clear,
    listed(count) {
      say(() => `${count} files listed …`);
    },
    show(read) {
      beganAtMs ??= clock.monotonicMs();
      const seconds = Math.max(1, clock.monotonicMs() - beganAtMs) / 1_000;
      const all = total();
      const left = bytes === 0 ? expectedSeconds(all.bytes) : ((all.bytes - bytes) * seconds) / bytes;
      say(
        () =>
          `${files} of ${all.files} files, ${sizeText(bytes)} of ${sizeText(all.bytes)}, ${read} measurements ` +
          `(${Math.round(read / seconds)} a second), ${durationText(left)} left`,
      );
    },
    done(more) {
      files += 1;
      bytes += more;
    },
    folded(atMs) {
      say(() => `incidents are looked for: ${new Date(atMs).toISOString().slice(0, 10)}`);
    },
  };
}
