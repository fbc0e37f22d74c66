/** The sweep over a made-up network: what it learns, what it writes, and when it says nothing. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPrefixSet, parsePrefix } from '../../../probes/prefix.ts';
import type { OwnedPrefix, PrefixSet } from '../../../probes/prefix.ts';
import { seededRandom } from '../../../src/analysis/correlate/random.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import { censusFile } from '../../../src/sweep/census-file.ts';
import { openCensus } from '../../../src/sweep/census-keeper.ts';
import { startSweep, sweepOnce } from '../../../src/sweep/sweeper.ts';
import type { SweeperOptions, SweepReport } from '../../../src/sweep/sweeper.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { silentLog } from '../../support/silent-log.ts';
import { sweepWorld } from '../../support/sweep-world.ts';
import type { SweepWorld } from '../../support/sweep-world.ts';

const ALWAYS = { fromMs: 0, toMs: 8e15 };
const MINUTE_MS = 60_000;
const running = new AbortController().signal;

function owned(cidr: string, operator: string): OwnedPrefix[] {
  const prefix = parsePrefix(cidr);
  return typeof prefix === 'string' ? [] : [{ ...prefix, operator, place: 'unknown' }];
}

/** Eight blocks of one operator, four of the other. */
const prefixes = createPrefixSet(
  [...owned('2.72.0.0/21', 'AS29355'), ...owned('5.34.0.0/22', 'AS21299')],
  [],
);

/** In even blocks every second address answers, in odd ones nobody. */
function answers(address: string): boolean {
  const [, , block = 0, host = 0] = address.split('.').map(Number);
  return block % 2 === 0 && host % 2 === 0;
}

let folder = '';
let clock: ManualClock;
let world: SweepWorld;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aiqyn-sweep-'));
  clock = new ManualClock();
  world = sweepWorld(answers, prefixes);
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function sweeper(
  changes: Partial<SweeperOptions> = {},
  allowed: PrefixSet = prefixes,
  refused: number[] = [],
) {
  const random = seededRandom(5);
  const store = createMemoryStore();
  const census = await openCensus(
    {
      prefixes: allowed,
      file: censusFile(folder, [...allowed.blocks()]),
      prober: world,
      blocksWanted: 3,
      nowMs: () => clock.nowMs(),
      random,
    },
    (lines) => refused.push(lines),
  );
  const options: SweeperOptions = {
    census,
    prober: world,
    isLineUp: async () => Promise.resolve(true),
    store,
    perSecond: 100,
    everyMs: MINUTE_MS,
    clock,
    random,
    ...changes,
  };
  return { store, census, options };
}

describe('a round of the sweep', () => {
  it('learns who answers and writes the share of blocks that are up, by operator', async () => {
    const { store, options } = await sweeper();
    const report = await sweepOnce(options, running);
    expect(report).toMatchObject({ outcome: 'swept', method: 'tcp/443', blocks: 5 });
    expect(await store.sweeps(ALWAYS)).toEqual([
      expect.objectContaining({ operator: 'AS21299', place: 'unknown', upRatio: 1, rttMs: 80 }),
      expect.objectContaining({ operator: 'AS29355', upRatio: 1 }),
    ]);
  });

  it('sees an operator cut, and the other not', async () => {
    const { store, options } = await sweeper();
    await sweepOnce(options, running);
    world.cut.add('2.72.');
    clock.pass(MINUTE_MS);
    await sweepOnce(options, running);
    const shares = (await store.sweeps(ALWAYS)).map(({ operator, upRatio }) => [operator, upRatio]);
    expect(shares.slice(2)).toEqual([
      ['AS21299', 1],
      ['AS29355', 0],
    ]);
  });

  it('spends no more of a round on the census than half its time', async () => {
    const { options, census } = await sweeper({ perSecond: 2 });
    const { censusProbes } = await sweepOnce(options, running);
    // One block more may be begun: 254 addresses and those that answered.
    expect(censusProbes).toBeLessThan(60 + 254 + 127);
    expect(census.watched().length).toBeLessThan(5);
  });

  it('keeps what it learnt on disk: the next start asks nobody for the census', async () => {
    const first = await sweeper();
    await sweepOnce(first.options, running);
    const second = await sweeper();
    const report = await sweepOnce(second.options, running);
    expect(report).toMatchObject({ outcome: 'swept', censusProbes: 0, blocks: 5 });
  });

  it('looks again after a month, and does not forget a block that is cut just then', async () => {
    const { options, census } = await sweeper();
    await sweepOnce(options, running);
    world.cut.add('2.72.');
    clock.pass(31 * 86_400_000);
    const report = await sweepOnce(options, running);
    expect(report.censusProbes).toBeGreaterThan(0);
    expect(census.watched()).toHaveLength(5);
    expect(report.operators.find(({ operator }) => operator === 'AS29355')?.upRatio).toBe(0);
  });

  it('asks nobody outside the prefixes, even where its own file was planted with others', async () => {
    const first = await sweeper();
    await sweepOnce(first.options, running);
    const file = join(folder, 'sweep', 'census.jsonl');
    const lines = (await readFile(file, 'utf8')).split('\n');
    const active = Array.from({ length: 100 }, (_, index) => index + 1);
    const planted = ['8.8.8', '127.0.0', '10.0.0', '2.72.8', '../../etc'].map((id) =>
      JSON.stringify({ id, atMs: clock.nowMs(), active, answered: 1, asked: 1 }),
    );
    await writeFile(file, [...lines, ...planted, '{"id":"2.72.0","active":[0,256]}', '{"id":'].join('\n'));
    const refused: number[] = [];
    const second = await sweeper({}, prefixes, refused);
    world.batches.length = 0;
    await sweepOnce(second.options, running);
    expect(refused).toEqual([7]);
    const asked = world.batches.flat();
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((address) => !prefixes.allows(address))).toEqual([]);
  });

  it('says so where nobody answers', async () => {
    world.cut.add('');
    const { options, store } = await sweeper();
    expect(await sweepOnce(options, running)).toMatchObject({ outcome: 'nobody_to_ask', operators: [] });
    expect(await store.sweeps(ALWAYS)).toEqual([]);
  });
});

describe('our own trouble', () => {
  it.each([
    { title: 'before the round', ups: [false] },
    { title: 'by its end', ups: [true, false] },
  ])('a line that is down $title leaves no point', async ({ ups }) => {
    const { options, store, census } = await sweeper();
    await sweepOnce(options, running);
    const before = await store.sweeps(ALWAYS);
    world.cut.add('');
    clock.pass(MINUTE_MS);
    async function isLineUp(): Promise<boolean> {
      return Promise.resolve(ups.shift() ?? true);
    }
    expect(await sweepOnce({ ...options, isLineUp }, running)).toMatchObject({
      outcome: 'own_trouble',
      operators: [],
    });
    expect(await store.sweeps(ALWAYS)).toEqual(before);
    expect(census.watched()).toHaveLength(5);
  });

  it('so does a machine that cannot send', async () => {
    const { options, store } = await sweeper();
    await sweepOnce(options, running);
    world.isBroken = true;
    clock.pass(MINUTE_MS);
    expect((await sweepOnce(options, running)).outcome).toBe('own_trouble');
    expect(await store.sweeps(ALWAYS)).toHaveLength(2);
  });

  it('a stop is neither', async () => {
    const { options } = await sweeper();
    const stopped = new AbortController();
    stopped.abort();
    expect((await sweepOnce(options, stopped.signal)).outcome).toBe('stopped');
  });
});

describe('startSweep(options)', () => {
  it('goes round at its time until it is stopped, also after a failure', async () => {
    const { options } = await sweeper();
    const reports: SweepReport[] = [];
    let isAway = false;
    const store = {
      writeSweeps: async (): Promise<void> => {
        if (isAway) throw new Error('the store is away');
        return Promise.resolve();
      },
    };
    const ended = new Promise<void>((resolve) => {
      const sweep = startSweep({
        ...options,
        store,
        log: silentLog,
        clock: {
          nowMs: () => clock.nowMs(),
          monotonicMs: () => clock.monotonicMs(),
          sleep: async (delayMs) => {
            isAway = reports.length === 1 && !isAway;
            clock.pass(delayMs);
            if (reports.length === 3) void sweep.stop().then(resolve);
            return Promise.resolve();
          },
        },
        onReport: (report) => reports.push(report),
      });
    });
    await ended;
    const firstMs = reports[0]?.atMs ?? 0;
    expect(reports.map(({ atMs }) => (atMs - firstMs) / MINUTE_MS)).toEqual([0, 2, 3]);
  });
});
