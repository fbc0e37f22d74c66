import { describe, expect, it } from 'vitest';
import {
  availabilityOf,
  canBeJudged,
  GLANCE,
  HOSTS,
  learnt,
  recordOf,
} from '../../../../probes/sweep/census.ts';
import { takeCensus } from '../../../../probes/sweep/take-census.ts';
import type { Census } from '../../../../probes/sweep/take-census.ts';
import { seededRandom } from '../../../../src/analysis/correlate/random.ts';
import { sweepWorld } from '../../../support/sweep-world.ts';
import type { SweepWorld } from '../../../support/sweep-world.ts';

const NOW_MS = Date.UTC(2026, 2, 1);

function lastOctet(address: string): number {
  return Number(address.split('.')[3]);
}

async function censusOf(
  world: SweepWorld,
  allows: (address: string) => boolean = () => true,
): Promise<Census> {
  return takeCensus({
    block: '2.72.17',
    allows,
    prober: world,
    nowMs: () => NOW_MS,
    random: seededRandom(3),
    signal: new AbortController().signal,
  });
}

describe('takeCensus(options)', () => {
  it('keeps who answered, and how many of them answered again', async () => {
    const { record, asked } = await censusOf(sweepWorld((address) => lastOctet(address) <= 100));
    expect(record).toMatchObject({ id: '2.72.17', atMs: NOW_MS });
    expect(record?.active).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(record === null ? 0 : availabilityOf(record)).toBeCloseTo(101 / 102);
    expect(asked).toBe(HOSTS.length + 100);
  });

  it('a block that seems empty costs a glance', async () => {
    const world = sweepWorld(() => false);
    const { record, asked } = await censusOf(world);
    expect(record?.active).toEqual([]);
    expect(asked).toBe(GLANCE);
    expect(world.batches.flat()).toHaveLength(GLANCE);
  });

  it('a block where fewer than fifteen answer is not judged', async () => {
    const { record } = await censusOf(sweepWorld((address) => lastOctet(address) % 20 === 0));
    expect(record?.active).toEqual([]);
  });

  it('never asks a network’s first and last address, nor who opted out', async () => {
    const world = sweepWorld(() => true);
    await censusOf(world, (address) => address !== '2.72.17.7');
    const octets = world.batches.flat().map(lastOctet);
    expect([0, 7, 255].filter((octet) => octets.includes(octet))).toEqual([]);
  });

  it('keeps nothing where this machine could not ask all', async () => {
    const world = sweepWorld(() => true);
    world.isBroken = true;
    expect((await censusOf(world)).record).toBeNull();
  });
});

describe('availability', () => {
  const active = HOSTS.slice(0, 20);

  it('is never certain after one look', () => {
    expect(availabilityOf(recordOf('2.72.1', 0, active, 20))).toBeCloseTo(21 / 22);
    expect(availabilityOf(recordOf('2.72.1', 0, active, 0))).toBeCloseTo(1 / 22);
  });

  it.each([
    { count: 14, second: 14, isFit: false },
    { count: 15, second: 15, isFit: true },
    { count: 15, second: 0, isFit: false },
    { count: 200, second: 19, isFit: false },
    { count: 200, second: 21, isFit: true },
  ])('$count that ever answered, $second that did again: judged is $isFit', ({ count, second, isFit }) => {
    expect(canBeJudged(recordOf('2.72.1', 0, HOSTS.slice(0, count), second))).toBe(isFit);
  });

  it('follows the rounds, whose asking ends with the first answer, without a bias', () => {
    const random = seededRandom(11);
    let record = recordOf('2.72.1', 0, active, 20);
    for (let round = 0; round < 3_000; round += 1) {
      let asked = 1;
      while (random() > 0.3) asked += 1;
      record = learnt(record, asked, 1);
    }
    expect(availabilityOf(record)).toBeGreaterThan(0.24);
    expect(availabilityOf(record)).toBeLessThan(0.37);
  });
});
