import { describe, expect, it } from 'vitest';
import type { Incident, SweepPoint } from '../../../src/analysis/detect/point.ts';
import { createOutsideWitness } from '../../../src/collector/outside-witness.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { anIncident, MINUTE_MS, T0_MS } from '../../support/points.ts';

const ROUND_MS = 11 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
const NOW_MS = T0_MS + 2 * HOUR_MS;

/** A day of rounds, and a fall at T0_MS. */
function rounds(operator: string, falls: boolean): SweepPoint[] {
  const points: SweepPoint[] = [];
  for (let atMs = T0_MS - 24 * HOUR_MS; atMs < NOW_MS; atMs += ROUND_MS) {
    const upRatio = falls && atMs >= T0_MS ? 0.05 : 0.6 + 0.01 * ((atMs / ROUND_MS) % 2);
    points.push({ operator, place: 'unknown', atMs, upRatio, probed: 100, answered: 60, rttMs: 80 });
  }
  return points;
}

function cut(changes: Partial<Incident> = {}): Incident {
  return anIncident({
    kind: 'shutdown',
    operators: ['AS29355', 'AS9198'],
    startMs: T0_MS,
    endMs: null,
    confidence: 0.6,
    reasons: ['No heartbeat from ala-kcell.'],
    ...changes,
  });
}

async function world(...falling: readonly string[]) {
  const store = createMemoryStore();
  await store.writeSweeps(
    ['AS29355', 'AS9198'].flatMap((operator) => rounds(operator, falling.includes(operator))),
  );
  const clock = new ManualClock(NOW_MS);
  return { store, clock, witness: createOutsideWitness(store, clock) };
}

describe('what was seen from outside', () => {
  it('makes a shutdown surer with each operator that fell, and is named in it', async () => {
    const one = await (await world('AS29355')).witness([cut()]);
    expect(one[0]?.confidence).toBeCloseTo(0.8);
    expect(one[0]?.reasons).toEqual([
      'No heartbeat from ala-kcell.',
      expect.stringMatching(/^From outside, networks of AS29355 fell silent, of which 6\d % had answered\.$/),
    ]);
    const both = await (await world('AS29355', 'AS9198')).witness([cut()]);
    expect(both[0]?.confidence).toBeCloseTo(0.9);
    expect(both[0]?.reasons).toHaveLength(3);
  });

  it('says nothing where nothing fell, of another operator, another time, or what is no shutdown', async () => {
    const others = [
      cut({ operators: ['AS21299'] }),
      cut({ startMs: T0_MS - 20 * HOUR_MS, endMs: T0_MS - 10 * HOUR_MS }),
      cut({ kind: 'vantage_silent' }),
      cut({ kind: 'platform_block' }),
    ];
    expect(await (await world('AS29355')).witness(others)).toEqual(others);
    expect(await (await world()).witness([cut()])).toEqual([cut()]);
  });

  it('is said once of what was saved with it', async () => {
    const { witness } = await world('AS29355');
    const once = await witness([cut()]);
    expect(await witness(once)).toEqual(once);
  });

  it('is asked of the store once a minute at most', async () => {
    const { store, clock } = await world('AS29355');
    let asked = 0;
    const witness = createOutsideWitness(
      {
        async sweeps(window) {
          asked += 1;
          return store.sweeps(window);
        },
      },
      clock,
    );
    for (let time = 0; time < 5; time += 1) await witness([cut()]);
    expect(asked).toBe(1);
    await clock.advance(61_000);
    await witness([cut()]);
    expect(asked).toBe(2);
    await witness([cut({ kind: 'platform_block' })]);
    expect(asked).toBe(2);
  });
});
