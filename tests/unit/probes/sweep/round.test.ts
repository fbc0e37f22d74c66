import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROBES_PER_ROUND_MAX } from '../../../../probes/sweep/belief.ts';
import { recordOf } from '../../../../probes/sweep/census.ts';
import { summaries, sweepRound } from '../../../../probes/sweep/round.ts';
import type { BlockResult, WatchedBlock } from '../../../../probes/sweep/round.ts';
import { seededRandom } from '../../../../src/analysis/correlate/random.ts';
import { sweepWorld } from '../../../support/sweep-world.ts';

const running = new AbortController().signal;
const HALF = 0.5;

/** A block with addresses .1 to .count, of which `availability` answer. */
function watched(id: string, availability = HALF, changes: Partial<WatchedBlock> = {}): WatchedBlock {
  const active = Array.from({ length: 40 }, (_, index) => index + 1);
  const record = { ...recordOf(id, 0, active, 0), answered: availability, asked: 1 };
  return { id, operator: 'AS29355', place: 'unknown', record, ...changes };
}

function everybody(): boolean {
  return true;
}

async function round(blocks: readonly WatchedBlock[], world = sweepWorld(everybody), signal = running) {
  return sweepRound({ blocks, prober: world, random: seededRandom(7), signal });
}

describe('a round', () => {
  it('asks a block that answers once', async () => {
    const world = sweepWorld(everybody);
    const [result] = (await round([watched('2.72.1')], world)) ?? [];
    expect(result).toMatchObject({ state: 'up', asked: 1, answered: 1, rttsMs: [80] });
    expect(world.batches).toHaveLength(1);
  });

  it('goes on while it is uncertain and stops when it is certain', async () => {
    const world = sweepWorld(everybody);
    world.cut.add('2.72.1.');
    const [cut, whole] = (await round([watched('2.72.1'), watched('2.72.2')], world)) ?? [];
    // From 0.9 at A = 0.5: 0.82, 0.69, 0.53, 0.36, 0.22, 0.13, 0.07.
    expect(cut).toMatchObject({ state: 'down', asked: 7, answered: 0, rttsMs: [] });
    expect(whole).toMatchObject({ state: 'up', asked: 1 });
    expect(world.batches.map(({ length }) => length)).toEqual([2, 1, 1, 1, 1, 1, 1]);
  });

  it('asks at most fourteen and then says that it does not know', async () => {
    const world = sweepWorld(() => false);
    const [result] = (await round([watched('2.72.1', 0.1, { belief: 0.99 })], world)) ?? [];
    expect(result).toMatchObject({ state: 'uncertain', asked: PROBES_PER_ROUND_MAX, answered: 0 });
  });

  it('a block that answers seldom is found down over some rounds', async () => {
    const world = sweepWorld(() => false);
    const states: string[] = [];
    let belief = 0.99;
    for (let n = 0; n < 4; n += 1) {
      const [result] = (await round([watched('2.72.1', 0.1, { belief })], world)) ?? [];
      belief = result?.belief ?? 0;
      states.push(result?.state ?? '');
    }
    expect(states).toEqual(['uncertain', 'uncertain', 'uncertain', 'down']);
  });

  it('says nothing where this machine could not send, or was stopped', async () => {
    const world = sweepWorld(everybody);
    world.isBroken = true;
    expect(await round([watched('2.72.1')], world)).toBeNull();
    const stopped = new AbortController();
    stopped.abort();
    expect(await round([watched('2.72.1')], sweepWorld(everybody), stopped.signal)).toBeNull();
  });

  it('asks nobody twice in a round and nobody outside E(b), within the bound (property)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0.1, max: 1, noNaN: true }), { maxLength: 6 }),
        fc.nat(),
        async (shares, seed) => {
          const random = seededRandom(seed);
          const world = sweepWorld(() => random() < HALF);
          const blocks = shares.map((share, index) => watched(`5.34.${index}`, share));
          const results = (await sweepRound({ blocks, prober: world, random, signal: running })) ?? [];
          const asked = world.batches.flat();
          expect(new Set(asked).size).toBe(asked.length);
          expect(asked.every((address) => /^5\.34\.[0-5]\.([1-9]|[123]\d|40)$/.test(address))).toBe(true);
          expect(results.map(({ id }) => id)).toEqual(blocks.map(({ id }) => id));
          for (const { asked: count, state } of results) {
            expect(count).toBeGreaterThanOrEqual(1);
            expect(count === PROBES_PER_ROUND_MAX || state !== 'uncertain').toBe(true);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('summaries(results)', () => {
  function result(changes: Partial<BlockResult>): BlockResult {
    const same = { id: '2.72.1', operator: 'AS29355', place: 'unknown', belief: 0.95 };
    return { ...same, state: 'up', asked: 1, answered: 1, rttsMs: [70], ...changes };
  }

  it('gives the share of blocks that are up, for each operator and place', () => {
    const found = summaries([
      result({}),
      result({ rttsMs: [90] }),
      result({ state: 'down', asked: 4, answered: 0, rttsMs: [] }),
      result({ state: 'uncertain', asked: 14, answered: 0, rttsMs: [] }),
      result({ operator: 'AS21299', place: 'almaty' }),
    ]);
    expect(found).toEqual([
      {
        operator: 'AS21299',
        place: 'almaty',
        up: 1,
        down: 0,
        uncertain: 0,
        probed: 1,
        answered: 1,
        rttMs: 70,
        upRatio: 1,
      },
      {
        operator: 'AS29355',
        place: 'unknown',
        up: 2,
        down: 1,
        uncertain: 1,
        probed: 20,
        answered: 2,
        rttMs: 80,
        upRatio: 2 / 3,
      },
    ]);
  });

  it('says no share where nothing is certain', () => {
    expect(summaries([result({ state: 'uncertain', rttsMs: [] })])[0]).toMatchObject({
      upRatio: null,
      rttMs: null,
    });
    expect(summaries([])).toEqual([]);
  });
});
