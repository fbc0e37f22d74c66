/**
 * Says how far the vantage gets, and never with a word from before the question: what failed while the vantage was cut
 * off must not be taken for a block because the rings were fine a minute earlier.
 */
import type { Clock } from '../../probes/probe.ts';
import { CONNECTIVITIES } from '../../probes/words.ts';
import type { Connectivity } from '../../probes/words.ts';

/** A result this old is still how it is now. */
export const RINGS_FRESH_MS = 5_000;
const RESULTS_KEPT = 16;
/** A question waits for at most this many runs: the one under way, and its own. */
const RUNS_AWAITED_MAX = 3;

export interface RingsKeeper {
  /** Joins the run under way or begins one. */
  run(): Promise<Connectivity | null>;
  /**
   * The worst that was seen since `sinceMs` (monotonic), by at least one run that began at or after `afterMs`.
   * Null when the rings could not tell.
   */
  about(sinceMs: number, afterMs: number): Promise<Connectivity | null>;
  /** The newest word, whatever its age. */
  latest(): Connectivity | null;
}

interface Result {
  readonly beganMs: number;
  readonly endedMs: number;
  readonly connectivity: Connectivity | null;
}

export function createRingsKeeper(options: {
  readonly clock: Clock;
  /** One run, recorded by the caller. Never rejects. */
  readonly runOnce: () => Promise<Connectivity | null>;
  readonly freshMs?: number;
}): RingsKeeper {
  const { clock, runOnce, freshMs = RINGS_FRESH_MS } = options;
  let results: Result[] = [];
  let newest: Connectivity | null = null;
  let running: Promise<Connectivity | null> | null = null;

  async function once(): Promise<Connectivity | null> {
    const beganMs = clock.monotonicMs();
    try {
      const connectivity = await runOnce();
      newest = connectivity ?? newest;
      results = [...results, { beganMs, endedMs: clock.monotonicMs(), connectivity }].slice(-RESULTS_KEPT);
      return connectivity;
    } finally {
      running = null;
    }
  }

  async function run(): Promise<Connectivity | null> {
    running ??= once();
    return running;
  }

  function isAnswered(afterMs: number): boolean {
    const last = results.at(-1);
    return last !== undefined && last.beganMs >= afterMs && clock.monotonicMs() - last.endedMs <= freshMs;
  }

  async function about(sinceMs: number, afterMs: number): Promise<Connectivity | null> {
    for (let awaited = 0; awaited < RUNS_AWAITED_MAX && !isAnswered(afterMs); awaited += 1) await run();
    const seen = results.filter(({ endedMs }) => endedMs >= sinceMs).map(({ connectivity }) => connectivity);
    return CONNECTIVITIES.findLast((word) => seen.includes(word)) ?? null;
  }

  return { run, about, latest: () => newest };
}
