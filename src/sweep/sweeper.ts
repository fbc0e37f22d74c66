/**
 * The sweep: a vantage abroad asks addresses of each operator and writes which share of their blocks is up. A round that this
 * machine's own trouble may have touched says nothing.
 */
import type { SweepPoint } from '../analysis/detect/point.ts';
import type { SweepProber } from '../../probes/sweep-prober.ts';
import { summaries, sweepRound } from '../../probes/sweep/round.ts';
import type { BlockResult, SweepSummary } from '../../probes/sweep/round.ts';
import type { Clock } from '../../probes/probe.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import type { CensusKeeper } from './census-keeper.ts';

/** Of a round's time, what may go into finding out who answers. */
const CENSUS_SHARE = 0.5;

export interface SweeperOptions {
  readonly census: CensusKeeper;
  readonly prober: SweepProber;
  /** Whether this machine's own line works: something outside the prefixes answers. */
  readonly isLineUp: (signal: AbortSignal) => Promise<boolean>;
  readonly store: Pick<Store, 'writeSweeps'>;
  readonly perSecond: number;
  readonly everyMs: number;
  readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs' | 'sleep'>;
  readonly random: () => number;
}

export interface SweepReport {
  /** UTC epoch milliseconds of the round's start, under which its points are stored. */
  readonly atMs: number;
  /** `own_trouble`: this machine's line failed, or it could not send; nothing was stored. */
  readonly outcome: 'swept' | 'nobody_to_ask' | 'own_trouble' | 'stopped';
  /** `icmp`, `tcp/443`. */
  readonly method: string;
  readonly durationMs: number;
  /** Blocks that can be judged, and addresses that the census asked in this round. */
  readonly blocks: number;
  readonly censusProbes: number;
  readonly operators: readonly SweepSummary[];
}

/** One round: what is left of the census, as far as its share of the time goes, then all blocks that are known. */
export async function sweepOnce(options: SweeperOptions, signal: AbortSignal): Promise<SweepReport> {
  const { census, prober, clock, perSecond, everyMs, store } = options;
  const startedMs = clock.monotonicMs();
  const askedBefore = census.asked;
  const results = await askAll(options, (perSecond * everyMs * CENSUS_SHARE) / 1_000, signal);
  // Blocks are judged after the census: its start would date an outage too early.
  const atMs = results === null ? clock.nowMs() : results.atMs;
  const operators = results === null ? [] : summaries(results.blocks);
  const points = operators.flatMap((summary) => pointOf(summary, atMs));
  if (points.length > 0) await store.writeSweeps(points);
  if (results !== null) await census.take(results.blocks);
  return {
    atMs,
    outcome: outcomeOf(results, signal),
    method: prober.method,
    durationMs: clock.monotonicMs() - startedMs,
    blocks: census.watched().length,
    censusProbes: census.asked - askedBefore,
    operators,
  };
}

interface Round {
  readonly atMs: number;
  readonly blocks: readonly BlockResult[];
}

/** Null where it says nothing: the line was down before or after, or not all could be asked. */
async function askAll(
  { census, prober, isLineUp, clock, random }: SweeperOptions,
  censusAddresses: number,
  signal: AbortSignal,
): Promise<Round | null> {
  if (!(await isLineUp(signal))) return null;
  if (!(await census.extend(censusAddresses, signal))) return null;
  const atMs = clock.nowMs();
  const blocks = await sweepRound({ blocks: census.watched(), prober, random, signal });
  if (blocks === null || !(await isLineUp(signal))) return null;
  return { atMs, blocks };
}

function outcomeOf(round: Round | null, signal: AbortSignal): SweepReport['outcome'] {
  if (round === null) return signal.aborted ? 'stopped' : 'own_trouble';
  return round.blocks.length === 0 ? 'nobody_to_ask' : 'swept';
}

/** None where nothing is certain. */
function pointOf(
  { operator, place, upRatio, probed, answered, rttMs }: SweepSummary,
  atMs: number,
): SweepPoint[] {
  return upRatio === null ? [] : [{ atMs, operator, place, upRatio, probed, answered, rttMs }];
}

export interface SweepLoopOptions extends SweeperOptions {
  readonly log: Log;
  readonly onReport: (report: SweepReport) => void;
}

/** Round after round, each begun `everyMs` after the one before or as soon as that one is over. */
export function startSweep(options: SweepLoopOptions): { stop(): Promise<void> } {
  const { clock, everyMs, log, onReport } = options;
  const stopping = new AbortController();
  async function keep(): Promise<void> {
    while (!stopping.signal.aborted) {
      const startedMs = clock.monotonicMs();
      try {
        onReport(await sweepOnce(options, stopping.signal));
      } catch (error) {
        log.error({ error: String(error) }, 'A round of the sweep failed; the next one comes at its time.');
      }
      await clock.sleep(startedMs + everyMs - clock.monotonicMs(), stopping.signal);
    }
  }
  const keeping = keep();
  return {
    async stop() {
      stopping.abort();
      await keeping;
    },
  };
}
