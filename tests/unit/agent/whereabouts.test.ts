import { describe, expect, it } from 'vitest';
import { createWhereabouts } from '../../../src/agent/whereabouts.ts';
import type { WhereaboutsAnswer } from '../../../src/fleet/caller-address.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { createRecordingLog } from '../../support/silent-log.ts';

const ADDRESS = '203.0.113.9';
const signal = new AbortController().signal;

interface World {
  answer: WhereaboutsAnswer | null;
  readonly table: Map<string, string>;
  state: string;
  asked: number;
}

function aVantage() {
  const world: World = {
    answer: null,
    table: new Map<string, string>(),
    state: 'eth0',
    asked: 0,
  };
  const clock = new ManualClock();
  const { log, lines } = createRecordingLog();
  const whereabouts = createWhereabouts({
    vantage: { id: 'ala', operator: 'AS29355' },
    ask: async () => {
      world.asked += 1;
      return Promise.resolve(world.answer);
    },
    networkOf: (address) => world.table.get(address) ?? null,
    isSameOperator: (declared, found) => declared === found || found === 'AS57950',
    machineState: () => world.state,
    clock,
    log,
  });
  return { world, whereabouts, clock, said: lines };
}

describe('whether a vantage is in its own network', () => {
  it.each([
    { of: 'nobody answers', answer: null, network: undefined, other: null },
    {
      of: 'nobody knows the address',
      answer: { address: ADDRESS, asn: null },
      network: undefined,
      other: null,
    },
    { of: 'it is there', answer: { address: ADDRESS, asn: null }, network: 'AS29355', other: null },
    {
      of: 'it is in another one of its operator',
      answer: { address: ADDRESS, asn: 57950 },
      network: undefined,
      other: null,
    },
    {
      of: 'the own table says another',
      answer: { address: ADDRESS, asn: null },
      network: 'AS13335',
      other: 'AS13335',
    },
    {
      of: 'the collector says another',
      answer: { address: ADDRESS, asn: 13335 },
      network: undefined,
      other: 'AS13335',
    },
    {
      of: 'the own table overrules the collector',
      answer: { address: ADDRESS, asn: 13335 },
      network: 'AS29355',
      other: null,
    },
  ])('is $other where $of', async ({ answer, network, other }) => {
    const { world, whereabouts } = aVantage();
    world.answer = answer;
    if (network !== undefined) world.table.set(ADDRESS, network);
    await whereabouts.look(signal);
    expect(whereabouts.otherNetwork()).toBe(other);
  });

  it('is asked every five minutes, and at once when the machine’s addresses changed', async () => {
    const { world, whereabouts, clock } = aVantage();
    world.answer = { address: ADDRESS, asn: 29355 };
    await whereabouts.look(signal);
    await whereabouts.look(signal);
    expect(world.asked).toBe(1);
    world.state = 'eth0 tun0';
    world.answer = { address: ADDRESS, asn: 13335 };
    await whereabouts.look(signal);
    expect([world.asked, whereabouts.otherNetwork()]).toEqual([2, 'AS13335']);
    await clock.advance(300_000);
    await whereabouts.look(signal);
    expect(world.asked).toBe(3);
  });

  it('is not known for ever: a quarter of an hour without an answer, or at once when the machine changed', async () => {
    const { world, whereabouts, clock } = aVantage();
    world.answer = { address: ADDRESS, asn: 13335 };
    await whereabouts.look(signal);
    world.answer = null;
    await clock.advance(600_000);
    await whereabouts.look(signal);
    expect(whereabouts.otherNetwork()).toBe('AS13335');
    await clock.advance(600_000);
    await whereabouts.look(signal);
    expect(whereabouts.otherNetwork()).toBeNull();
    world.answer = { address: ADDRESS, asn: 13335 };
    await clock.advance(300_000);
    await whereabouts.look(signal);
    world.answer = null;
    world.state = 'wwan0';
    await whereabouts.look(signal);
    expect(whereabouts.otherNetwork()).toBeNull();
  });

  it('is said once when it is not, once when it is again, and never with an address', async () => {
    const { world, whereabouts, clock, said } = aVantage();
    for (const asn of [13335, 13335, 29355, 29355]) {
      world.answer = { address: ADDRESS, asn };
      await clock.advance(300_000);
      await whereabouts.look(signal);
    }
    expect(said.map(({ level, fields }) => [level, fields])).toEqual([
      ['warn', { vantage: 'ala', declared: 'AS29355', found: 'AS13335' }],
      ['info', { vantage: 'ala', declared: 'AS29355', found: null }],
    ]);
    expect(JSON.stringify(said)).not.toContain(ADDRESS);
  });
});
