/**
 * When this collector was not there to hear anybody: who is silent then is not known to be cut off. Kept on disk, so that the same time is
 * folded alike after the next restart.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Clock } from '../../probes/probe.ts';
import { isCode, writeWhole } from '../disk.ts';
import type { Log } from '../log.ts';
import type { Window } from '../store/store.ts';

const BEAT_MS = 30_000;
/** A pause that is shorter makes no silence of three heartbeats. */
const GAP_MS_MIN = 90_000;
/** After a start: agents that found nobody wait for a minute at most, and come one after the other. */
const RETURN_MS = 120_000;
/** What is older is never folded again. */
const KEPT_MS = 15 * 86_400_000;
const GAPS_MAX = 1_000;

const Watched = z.object({
  aliveAtMs: z.number(),
  gaps: z.array(z.object({ fromMs: z.number(), toMs: z.number() })),
});
type Watched = z.infer<typeof Watched>;

export interface WatchLog {
  /** Whether nobody listened during any part of this window. */
  isUnwatched(window: Window): boolean;
  stop(): Promise<void>;
}

/** Begins at once. What cannot be read begins anew: then nothing is known of the time before. */
export async function startWatchLog(path: string, clock: Clock, log: Log): Promise<WatchLog> {
  const stopping = new AbortController();
  let watched = begun(await read(path, log), clock.nowMs());

  async function beat(): Promise<void> {
    watched = { ...watched, aliveAtMs: clock.nowMs() };
    await writeWhole(path, Buffer.from(JSON.stringify(watched))).catch((error: unknown) => {
      log.warn({ path, error: String(error) }, 'It cannot be noted that this collector listens.');
    });
  }

  async function follow(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(BEAT_MS, stopping.signal);
      await beat();
    }
  }

  await beat();
  const following = follow();
  return {
    isUnwatched: ({ fromMs, toMs }) => watched.gaps.some((gap) => gap.fromMs < toMs && gap.toMs > fromMs),
    async stop() {
      stopping.abort();
      await following;
      await beat();
    },
  };
}

function begun(known: Watched | null, nowMs: number): Watched {
  const gaps = known?.gaps.filter(({ toMs }) => toMs > nowMs - KEPT_MS) ?? [];
  if (known !== null && nowMs - known.aliveAtMs > GAP_MS_MIN)
    gaps.push({ fromMs: known.aliveAtMs, toMs: nowMs + RETURN_MS });
  return { aliveAtMs: nowMs, gaps: gaps.slice(-GAPS_MAX) };
}

async function read(path: string, log: Log): Promise<Watched | null> {
  try {
    return Watched.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (!isCode(error, 'ENOENT'))
      log.warn({ path, error: String(error) }, 'It is not known when this collector listened before.');
    return null;
  }
}
