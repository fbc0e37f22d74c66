/** What was published keeps its id, whatever comes late and however often the collector starts again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/analysis/correlate/random.ts';
import { DETECTOR_DEFAULTS } from '../../../src/analysis/detect/config.ts';
import { foldWindow, initialState } from '../../../src/analysis/detect/fold.ts';
import type { ReachabilityPoint } from '../../../src/analysis/detect/point.ts';
import { AlertLedger } from '../../../src/alerts/ledger.ts';
import { createDetectorRunner } from '../../../src/collector/detector-runner.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MINUTE_MS, T0_MS } from '../../support/points.ts';
import { simulatePoints } from '../../support/simulated-line.ts';
import { silentLog } from '../../support/silent-log.ts';

const MINUTES = 100;
const CHUNK_MINUTES = 10;
const VANTAGES = ['a', 'b', 'c'];
const LINES = VANTAGES.map((vantage, number) => ({ vantage, operator: `AS${number}`, place: `p${number}` }));

/** A block of one platform for forty minutes, noticed on three networks. */
function story(seed: number): ReachabilityPoint[] {
  const windows = simulatePoints({
    lines: LINES,
    platforms: ['youtube', 'vk', 'telegram'],
    cadenceMs: MINUTE_MS,
    lossShare: 0.005,
    random: seededRandom(seed),
    fromMs: T0_MS,
    toMs: T0_MS + MINUTES * MINUTE_MS,
    block: { platform: 'youtube', fromMs: T0_MS + 30 * MINUTE_MS, toMs: T0_MS + 70 * MINUTE_MS },
  });
  return [...windows].flatMap((window) => window.points);
}

/** When the chunk of a vantage arrives, in minutes after it was measured. */
type Delays = readonly number[];

function arrivalMs(point: ReachabilityPoint, delays: Delays): number {
  const chunk = Math.floor((point.atMs - T0_MS) / (CHUNK_MINUTES * MINUTE_MS));
  const lane = VANTAGES.indexOf(point.vantage);
  const delay = delays[(chunk * VANTAGES.length + lane) % delays.length] ?? 0;
  return delay === 0 ? point.atMs : T0_MS + (chunk + 1) * CHUNK_MINUTES * MINUTE_MS + delay * MINUTE_MS;
}

async function live(points: readonly ReachabilityPoint[], delays: Delays, restarts: ReadonlySet<number>) {
  const clock = new ManualClock(T0_MS);
  const store = createMemoryStore();
  const ledger = new AlertLedger();
  const removed: string[] = [];
  function start() {
    return createDetectorRunner({
      store,
      clock,
      config: DETECTOR_DEFAULTS,
      windowMs: MINUTE_MS,
      graceMs: 10_000,
      fold: { initialState, foldWindow },
      log: silentLog,
      onChange: (incidents, gone) => {
        for (const incident of incidents) ledger.say(incident, clock.nowMs());
        removed.push(...gone);
      },
    });
  }
  let runner = start();
  await runner.start();
  for (let minute = 0; minute < MINUTES + 60; minute += 1) {
    const fromMs = T0_MS + minute * MINUTE_MS;
    const arrived = points.filter((point) => {
      const atMs = arrivalMs(point, delays);
      return atMs >= fromMs && atMs < fromMs + MINUTE_MS;
    });
    await store.writePoints(arrived);
    runner.notify(arrived, []);
    await clock.advance(MINUTE_MS);
    if (!restarts.has(minute)) continue;
    await runner.stop();
    runner = start();
    await runner.start();
  }
  await runner.flush(T0_MS + MINUTES * MINUTE_MS);
  await runner.stop();
  return { removed, ledger, incidents: await store.incidents({}) };
}

describe('the ids of published incidents', () => {
  it('stay through late data in any order and through restarts, and no opening is told twice', async () => {
    const delays = fc.array(fc.constantFrom(0, 0, 0, 3, 17, 45), { minLength: 3, maxLength: 12 });
    const restarts = fc.array(fc.integer({ min: 25, max: MINUTES }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 50 }), delays, restarts, async (seed, late, again) => {
        const { removed, ledger, incidents } = await live(story(seed), late, new Set(again));
        expect(removed).toEqual([]);
        expect(incidents).toHaveLength(1);
        expect(ledger.alerts.filter(({ change }) => change === 'opened')).toHaveLength(1);
        expect(ledger.alerts[0]?.incident.id).toBe(incidents[0]?.id);
        expect(incidents[0]?.vantageIds).toEqual(VANTAGES);
        expect(incidents[0]?.endMs).not.toBeNull();
      }),
      { numRuns: 12 },
    );
  }, 120_000);
});
