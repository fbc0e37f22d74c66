import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DETECTOR_DEFAULTS } from '../../../src/analysis/detect/config.ts';
import { foldWindow, initialState } from '../../../src/analysis/detect/fold.ts';
import type { Heartbeat, Incident } from '../../../src/analysis/detect/point.ts';
import { startWatchLog } from '../../../src/collector/watch-log.ts';
import { withTemporaryFolder } from '../../support/cli.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { aHeartbeat } from '../../support/points.ts';
import { silentLog } from '../../support/silent-log.ts';

const MINUTE_MS = 60_000;
const T0_MS = Date.UTC(2026, 2, 1);

/** Sleeps once much longer than it was asked to, as a process does that is kept from running. */
class StallingClock extends ManualClock {
  stallMs = 0;
  #stalledMs = 0;

  override nowMs(): number {
    return super.nowMs() + this.#stalledMs;
  }

  override async sleep(ms: number, signal: AbortSignal): Promise<void> {
    await super.sleep(ms, signal);
    this.#stalledMs += this.stallMs;
    this.stallMs = 0;
  }
}

async function refused(): Promise<void> {
  return Promise.reject(new Error('the disk is full'));
}

function at(minute: number): { fromMs: number; toMs: number } {
  return { fromMs: T0_MS + minute * MINUTE_MS, toMs: T0_MS + (minute + 1) * MINUTE_MS };
}

describe('startWatchLog(path)', () => {
  it('knows when nobody listened, until agents can have come back, and still after the next start', async () => {
    await withTemporaryFolder(async (folder) => {
      const path = join(folder, 'watched.json');
      const clock = new ManualClock(T0_MS);
      const first = await startWatchLog({ path, clock, log: silentLog });
      await clock.advance(MINUTE_MS);
      expect([0, 1, 20].map((minute) => first.isUnwatched(at(minute)))).toEqual([false, false, false]);
      await first.stop();
      await clock.advance(19 * MINUTE_MS);
      const second = await startWatchLog({ path, clock, log: silentLog });
      const asked = [0, 1, 10, 19, 21, 22].map((minute) => second.isUnwatched(at(minute)));
      expect(asked).toEqual([false, true, true, true, true, false]);
      await second.stop();
      const third = await startWatchLog({ path, clock, log: silentLog });
      expect(third.isUnwatched(at(10))).toBe(true);
      await third.stop();
    });
  });

  it('knows when this process stood still, and goes on', async () => {
    await withTemporaryFolder(async (folder) => {
      const clock = new StallingClock(T0_MS);
      const log = await startWatchLog({ path: join(folder, 'watched.json'), clock, log: silentLog });
      await clock.advance(5 * MINUTE_MS);
      clock.stallMs = 10 * MINUTE_MS;
      await clock.advance(MINUTE_MS);
      expect([2, 8, 14, 19].map((minute) => log.isUnwatched(at(minute)))).toEqual([false, true, true, false]);
      await log.stop();
    });
  });

  it('knows when what vantages sent was taken in slowly, already while it is', async () => {
    await withTemporaryFolder(async (folder) => {
      const clock = new ManualClock(T0_MS);
      const log = await startWatchLog({ path: join(folder, 'watched.json'), clock, log: silentLog });
      const slow = log.attend(async () => clock.sleep(5 * MINUTE_MS, new AbortController().signal));
      await clock.advance(MINUTE_MS);
      expect(log.isUnwatched(at(0))).toBe(false);
      await clock.advance(2 * MINUTE_MS);
      expect(log.isUnwatched(at(1))).toBe(true);
      await clock.advance(2 * MINUTE_MS);
      await slow;
      expect([0, 4, 6, 7].map((minute) => log.isUnwatched(at(minute)))).toEqual([true, true, true, false]);
      await log.stop();
    });
  });

  it('knows when nothing was taken in, until something is', async () => {
    await withTemporaryFolder(async (folder) => {
      const clock = new ManualClock(T0_MS);
      const log = await startWatchLog({ path: join(folder, 'watched.json'), clock, log: silentLog });
      await expect(log.attend(refused)).rejects.toThrow('full');
      await clock.advance(10 * MINUTE_MS);
      await expect(log.attend(refused)).rejects.toThrow('full');
      expect(log.isUnwatched(at(5))).toBe(true);
      await log.attend(async () => Promise.resolve());
      await clock.advance(10 * MINUTE_MS);
      expect([5, 11, 12].map((minute) => log.isUnwatched(at(minute)))).toEqual([true, true, false]);
      await log.stop();
    });
  });

  it('takes one refusal between others that are taken in for nobody’s silence', async () => {
    await withTemporaryFolder(async (folder) => {
      const clock = new ManualClock(T0_MS);
      const log = await startWatchLog({ path: join(folder, 'watched.json'), clock, log: silentLog });
      for (let minute = 0; minute < 10; minute += 1) {
        await log.attend(refused).catch(() => undefined);
        await clock.advance(MINUTE_MS);
        await log.attend(async () => Promise.resolve());
      }
      expect([0, 5, 9].map((minute) => log.isUnwatched(at(minute)))).toEqual([false, false, false]);
      await log.stop();
    });
  });

  it('begins anew where the file cannot be read', async () => {
    await withTemporaryFolder(async (folder) => {
      const path = join(folder, 'watched.json');
      await writeFile(path, 'nonsense');
      const log = await startWatchLog({ path, clock: new ManualClock(T0_MS), log: silentLog });
      expect(log.isUnwatched(at(-5))).toBe(false);
      await log.stop();
      expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ gaps: [] });
    });
  });
});

const LINES = [
  { vantage: 'ala-kcell', operator: 'AS29355', place: 'almaty', access: 'mobile' },
  { vantage: 'ala-telecom', operator: 'AS9198', place: 'almaty', access: 'fixed' },
  { vantage: 'nqz-telecom', operator: 'AS9198', place: 'astana', access: 'fixed' },
  { vantage: 'nqz-beeline', operator: 'AS21299', place: 'astana', access: 'mobile' },
];
const GAP = { from: 30, to: 60 };

/** An hour and a half; between, the collector hears nobody. `word`: what spools say of that time, null for what is not here yet. */
function told(word: string | null, isUnwatched: boolean): Incident[] {
  const config = { ...DETECTOR_DEFAULTS, cadenceSeconds: 60, heartbeatSeconds: 60 };
  let state = initialState(config);
  const incidents = new Map<string, Incident>();
  for (let minute = 0; minute < 90; minute += 1) {
    const isAway = minute >= GAP.from && minute < GAP.to;
    const connectivity = isAway ? word : 'online';
    const heartbeats: Heartbeat[] =
      connectivity === null
        ? []
        : LINES.map((line) => aHeartbeat({ ...line, atMs: at(minute).fromMs + 1_000, connectivity }));
    const window = { ...at(minute), points: [], heartbeats, isUnwatched: isAway && isUnwatched };
    const folded = foldWindow(config, state, window);
    state = folded.state;
    for (const one of folded.changed) incidents.set(one.id, one);
    for (const id of folded.removed) incidents.delete(id);
  }
  return [...incidents.values()];
}

describe('a time in which the collector was away', () => {
  it('is no silence of anybody, before their records are here', () => {
    expect(told(null, true)).toEqual([]);
    expect(told(null, false)).not.toEqual([]);
  });

  it('is none when the records say that all was well, and a shutdown when they say so', () => {
    expect(told('online', true)).toEqual([]);
    expect(told('offline', true)).toMatchObject([
      {
        kind: 'shutdown',
        status: 'restored',
        startMs: at(GAP.from).fromMs + 1_000,
        places: ['almaty', 'astana'],
      },
    ]);
  });
});
