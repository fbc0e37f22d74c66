/** How far a backfill is, in bytes and time: on a terminal one line that changes, elsewhere a line now and then. */
import type { Clock } from '../../probes/probe.ts';
import { writeLine } from './io.ts';

const ON_TERMINAL_EVERY_MS = 200;
const ELSEWHERE_EVERY_MS = 30_000;
/** Compressed bytes a second, until this run has a rate of its own: half a megabyte without pages, fifteen with (`npm run bench -- backfill`). */
const BYTES_PER_SECOND = 5_000_000;
const MINUTE_SECONDS = 60;
/** Of a terminal that does not say how wide it is. */
const COLUMNS = 80;

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
  /** What is listed, before its size is known. */
  listed(files: number): void;
  /** All that will be read; the reading begins. */
  expect(files: number, bytes: number): void;
  /** Measurements read so far. */
  show(read: number): void;
  /** One more file is done. */
  done(bytes: number): void;
  /** The archive is asked again after a pause. */
  waiting(why: string, pauseMs: number): void;
  /** How far the detector is. */
  folded(atMs: number): void;
  /** Makes room for a line of its own. */
  clear(): void;
}

interface Out extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  /** Absent where it is no terminal. */
  readonly columns?: number;
}

/** On a terminal one line takes the place of the last; elsewhere each stands, and there is one now and then. */
function createSayer(stderr: Out, clock: Pick<Clock, 'monotonicMs'>) {
  const isTerminal = stderr.isTTY === true;
  const columns = stderr.columns ?? 0;
  const width = (columns > 0 ? columns : COLUMNS) - 1;
  let shownAtMs = clock.monotonicMs();
  let isDirty = false;

  function clear(): void {
    if (isDirty) stderr.write('\r\u001b[K');
    isDirty = false;
  }
  function say(line: () => string): void {
    const nowMs = clock.monotonicMs();
    if (nowMs - shownAtMs < (isTerminal ? ON_TERMINAL_EVERY_MS : ELSEWHERE_EVERY_MS)) return;
    shownAtMs = nowMs;
    clear();
    // A line that the terminal breaks could not be taken back.
    if (isTerminal) stderr.write(line().slice(0, width));
    else writeLine(stderr, line());
    isDirty = isTerminal;
  }
  return { clear, say };
}

export function createBackfillProgress(stderr: Out, clock: Pick<Clock, 'monotonicMs'>): BackfillProgress {
  const { clear, say } = createSayer(stderr, clock);
  let beganAtMs = clock.monotonicMs();
  let [files, bytes, filesAll, bytesAll] = [0, 0, 0, 0];
  return {
    clear,
    listed(count) {
      say(() => `${count} files listed …`);
    },
    expect(allFiles, allBytes) {
      [filesAll, bytesAll, beganAtMs] = [allFiles, allBytes, clock.monotonicMs()];
    },
    show(read) {
      const seconds = Math.max(1, clock.monotonicMs() - beganAtMs) / 1_000;
      const left = bytes === 0 ? expectedSeconds(bytesAll) : ((bytesAll - bytes) * seconds) / bytes;
      say(
        () =>
          `${durationText(left)} left, ${files} of ${filesAll} files, ${sizeText(bytes)} of ${sizeText(bytesAll)}, ` +
          `${read} read (${Math.round(read / seconds)}/s)`,
      );
    },
    done(more) {
      files += 1;
      bytes += more;
    },
    waiting(why, pauseMs) {
      say(() => `The archive answered ${why}; it is asked again in ${Math.ceil(pauseMs / 1_000)} s.`);
    },
    folded(atMs) {
      say(() => `incidents are looked for: ${new Date(atMs).toISOString().slice(0, 10)}`);
    },
  };
}
