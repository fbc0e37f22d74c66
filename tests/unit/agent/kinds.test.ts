import { describe, expect, it } from 'vitest';
import type { AgentOptions } from '../../../src/agent/options.ts';
import { plan, ringsReport, target, webReport } from '../../support/agent-records.ts';
import { FULL, LIGHT, RINGS, shape, world } from '../../support/agent-world.ts';

describe('kinds with a schedule of their own, in an agent', () => {
  const INGEST = '*/10 * * * *';
  const ingest = {
    id: 'live',
    platform: 'youtube',
    probe: 'ingest',
    name: 'live',
    sensitive: false,
    source: 'made up for this test',
    host: 'live.test',
    port: 443,
  } as const;
  const scheduled = plan({ ingest: { cron: INGEST, timeoutMs: 20_000, retests: 2 } });
  const targets = [target('a.test'), ingest];

  function failsFor(probe: string): Pick<AgentOptions, 'runTarget'> {
    return {
      runTarget: async ({ target: { probe: kind } }) =>
        webReport({ failure: kind === probe ? 'connection_reset' : null }),
    };
  }

  it('are measured by their own schedule only, and never with the pages', async () => {
    const { agent, clock, ticker, spool } = await world({ plan: scheduled, targets });
    ticker.tick(LIGHT);
    ticker.tick(FULL);
    await clock.advance(60_000);
    expect(spool.kept.map(({ x_aiqyn_target: { id } }) => id)).toEqual(['a.test', 'a.test']);
    ticker.tick(INGEST);
    await clock.advance(60_000);
    expect(spool.kept[2]).toMatchObject({
      test_name: 'aiqyn_ingest',
      input: 'rtmps://live.test:443',
      x_aiqyn_target: { id: 'live', platform: 'youtube', probe: 'ingest', depth: 'full' },
    });
    expect(agent.status().lastRoundAtMs.ingest).toEqual(expect.any(Number));
    await agent.stop();
  });

  it('are not run where the plan has no schedule for them', async () => {
    const { agent, ticker } = await world({ targets });
    expect(ticker.crons()).toEqual([LIGHT, FULL, RINGS]);
    expect(agent.status().lastRoundAtMs).not.toHaveProperty('ingest');
    await agent.stop();
  });

  it('are looked at again as often as the schedule says, each time with their whole deadline', async () => {
    const deadlines: number[] = [];
    const { agent, clock, ticker, spool } = await world({
      plan: scheduled,
      targets,
      runTarget: async ({ timeoutMs }) => {
        deadlines.push(timeoutMs);
        await clock.sleep(15_000);
        return webReport({ failure: 'connection_reset' });
      },
    });
    ticker.tick(INGEST);
    await clock.advance(120_000);
    const kept = spool.kept.filter(({ x_aiqyn_target: { probe } }) => probe === 'ingest');
    expect(kept.map(shape)).toEqual(['full 0 online', 'full 1 online', 'full 2 online']);
    expect(deadlines).toEqual([20_000, 20_000, 20_000]);
    ticker.tick(INGEST);
    await clock.advance(120_000);
    expect(deadlines).toHaveLength(4);
    await agent.stop();
  });

  it('are nobody’s block while the vantage is cut off', async () => {
    const { agent, clock, ticker, spool } = await world({
      plan: scheduled,
      targets,
      ...failsFor('ingest'),
      runRings: async () => ringsReport('generic_timeout_error'),
    });
    ticker.tick(INGEST);
    await clock.advance(60_000);
    const kept = spool.kept.filter(({ x_aiqyn_target: { probe } }) => probe === 'ingest');
    expect(kept.map(shape)).toEqual(['full 0 offline']);
    await agent.stop();
  });

  it('wait with full fetches when the data budget runs low', async () => {
    const ledger = { day: '2026-01-01', usedBytes: 700_000 };
    const { agent, clock, ticker, spool } = await world({ plan: scheduled, targets }, 1e6, ledger);
    ticker.tick(INGEST);
    await clock.advance(60_000);
    expect(spool.kept).toEqual([]);
    expect(agent.status().budget.skippedFull).toBe(1);
    await agent.stop();
  });
});
