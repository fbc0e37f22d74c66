/** One look of a watcher, as a process of its own would have it, in a time that a test sets. */
import { join } from 'node:path';
import { systemClock } from '../../probes/net/clock.ts';
import { readUserFacts } from '../../src/events/user-calendar.ts';
import { liveCalendarOf } from '../../src/watchers/calendar.ts';
import { openWatchMemory } from '../../src/watchers/memory.ts';
import type { WatchSource } from '../../src/watchers/source.ts';
import { startWatcher } from '../../src/watchers/watcher.ts';
import type { WatcherStatus } from '../../src/watchers/watcher.ts';
import { silentLog } from './silent-log.ts';

export const WATCHED = { id: 'zh', actors: ['A politician'], platforms: ['youtube'], places: ['almaty'] };

/** UTC epoch milliseconds; a test moves it. */
export const hands = { nowMs: 0 };

/** A clock whose hands a test moves; it waits for ever, so that each watcher looks once. */
const clock = {
  ...systemClock(),
  nowMs: () => hands.nowMs,
  sleep: async (_ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal?.aborted === true) resolve();
      signal?.addEventListener('abort', () => {
        resolve();
      });
    }),
};

/** One process that looks once and ends; what it remembers is on disk. */
export async function lookOnce(folder: string, source: WatchSource): Promise<WatcherStatus> {
  const memory = await openWatchMemory(join(folder, 'watchers', 'streams.json'), silentLog);
  const watcher = startWatcher({
    source,
    calendar: liveCalendarOf(folder),
    memory,
    mayWatch: () => true,
    clock,
    log: silentLog,
  });
  const deadlineMs = performance.now() + 5_000;
  while (performance.now() < deadlineMs) {
    const { lastLookAtMs, problem } = watcher.status();
    if (lastLookAtMs !== null || problem !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await watcher.stop();
  return watcher.status();
}

export async function factsOf(folder: string) {
  const facts = await readUserFacts(folder);
  return facts.map(({ start, end, titles }) => ({ title: titles.en, start, end }));
}
