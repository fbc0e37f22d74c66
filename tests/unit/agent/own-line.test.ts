/** What an agent says of itself when its line is not its own, or is not even there. */
import { describe, expect, it } from 'vitest';
import { ringsReport } from '../../support/agent-records.ts';
import { LIGHT, RINGS, world } from '../../support/agent-world.ts';

describe('an agent whose modem was pulled out', () => {
  it('says that it lives and not that its network is cut; its rings are no evidence', async () => {
    const line = { isAway: false };
    const words: string[] = [];
    const { agent, clock, ticker, spool } = await world({
      isLineAway: () => line.isAway,
      runRings: async () =>
        line.isAway ? { ...ringsReport('network_unreachable'), abort: 'line_away' } : ringsReport(null),
      uplink: {
        deliver: async (_batch, { connectivity }) => {
          words.push(connectivity);
        },
      },
    });
    ticker.tick(RINGS);
    await clock.advance(61_000);
    line.isAway = true;
    ticker.tick(RINGS);
    await clock.advance(61_000);
    expect(words.at(0)).toBe('unknown');
    expect(new Set(words.slice(1, -1))).toEqual(new Set(['online']));
    expect(words.at(-1)).toBe('unknown');
    expect(agent.status().connectivity).toBe('offline');
    const [first, second] = spool.kept;
    expect([first?.x_aiqyn_abort, second?.x_aiqyn_abort]).toEqual([undefined, 'line_away']);
    expect(second?.x_aiqyn_connectivity).toBeUndefined();
    await agent.stop();
  });
});

describe('an agent in another network than its own', () => {
  it('says so with each heartbeat, in each record and in its status', async () => {
    const words: string[] = [];
    const { agent, clock, ticker, web } = await world({
      otherNetwork: () => 'AS13335',
      uplink: {
        deliver: async (_batch, { connectivity }) => {
          words.push(connectivity);
        },
      },
    });
    ticker.tick(LIGHT);
    await clock.advance(61_000);
    expect(new Set(words)).toEqual(new Set(['elsewhere']));
    expect(web().map((record) => [record.x_aiqyn_other_network, record.probe_asn])).toEqual([
      ['AS13335', 'AS13335'],
    ]);
    expect(agent.status().otherNetwork).toBe('AS13335');
    await agent.stop();
  });
});
