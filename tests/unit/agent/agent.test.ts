import { describe, expect, it } from 'vitest';
import type { SpoolEntry } from '../../../src/agent/spool.ts';
import { ringsReport, target, webReport } from '../../support/agent-records.ts';
import { FULL, LIGHT, RINGS, shape, world } from '../../support/agent-world.ts';

describe('startAgent(…)', () => {
  it('re-tests three times in the first two rounds that fail, and fetches the whole page once', async () => {
    const { agent, clock, ticker, web } = await world({
      runTarget: async () => webReport({ failure: 'connection_reset' }),
    });
    const tries = ['light 0 online', 'light 1 online', 'light 2 online', 'light 3 online'];
    const rounds: string[][] = [];
    for (let round = 0; round < 4; round += 1) {
      const before = web().length;
      ticker.tick(LIGHT);
      await clock.advance(60_000);
      rounds.push(web().slice(before).map(shape));
    }
    expect(rounds).toEqual([[...tries, 'full 0 online'], tries, ['light 0 online'], ['light 0 online']]);
    await agent.stop();
  });

  it('tries a failure three times, whatever the tries say: one in two that fails is no loss', async () => {
    const answers = ['connection_reset', null, 'connection_reset', null];
    const { agent, clock, ticker, web } = await world({
      runTarget: async () => webReport({ failure: answers.shift() ?? null }),
    });
    ticker.tick(LIGHT);
    await clock.advance(1_000);
    // The page is fetched all the same.
    expect(web().map((m) => m.x_aiqyn_retest)).toEqual([0, 1, 2, 3, 0]);
    await agent.stop();
  });

  it('re-tests a recovery and stops at the first try that contradicts', async () => {
    let runs = 0;
    // The sixth run alone answers: the first of the second round.
    const { agent, clock, ticker, web } = await world({
      runTarget: async () => webReport({ failure: (runs += 1) === 6 ? null : 'connection_reset' }),
    });
    ticker.tick(LIGHT);
    await clock.advance(60_000);
    const known = web().length;
    ticker.tick(LIGHT);
    await clock.advance(60_000);
    expect(web().slice(known).map(shape)).toEqual(['light 0 online', 'light 1 online']);
    await agent.stop();
  });

  it('asks the rings after the failure, and neither re-tests nor fetches while it is cut off', async () => {
    let isCut = false;
    const { agent, clock, ticker, web } = await world({
      runTarget: async () => webReport({ failure: isCut ? 'generic_timeout_error' : null }),
      runRings: async () => ringsReport(isCut ? 'generic_timeout_error' : null),
    });
    ticker.tick(RINGS);
    await clock.advance(1_000);
    isCut = true;
    ticker.tick(LIGHT);
    await clock.advance(1_000);
    expect(web().map(shape)).toEqual(['light 0 offline']);
    expect(agent.status().connectivity).toBe('offline');
    await agent.stop();
  });

  it('never overlaps a slow round with itself, and counts what it left out', async () => {
    const { agent, clock, ticker, web } = await world({
      runTarget: async (_task, signal) => {
        await clock.sleep(90_000, signal);
        return webReport();
      },
    });
    ticker.tick(LIGHT);
    await clock.advance(60_000);
    ticker.tick(LIGHT);
    await clock.advance(60_000);
    expect(web()).toHaveLength(1);
    expect(agent.status().skippedRounds.light).toBe(1);
    await agent.stop();
  });

  it('measures the others in their turn while one target is slow', async () => {
    const { agent, clock, ticker, web } = await world({
      targets: [target('quick.test'), target('slow.test')],
      runTarget: async (task, signal) => {
        await clock.sleep(task.target.id === 'slow.test' ? 150_000 : 100, signal);
        return webReport();
      },
    });
    for (let round = 0; round < 3; round += 1) {
      ticker.tick(LIGHT);
      await clock.advance(60_000);
    }
    expect(web().map(({ x_aiqyn_target }) => x_aiqyn_target.id)).toEqual([
      'quick.test',
      'quick.test',
      'quick.test',
      'slow.test',
    ]);
    expect(agent.status().skippedRounds.light).toBe(0);
    await agent.stop();
  });

  it('spends nothing on what it knows: a full fetch that says what light checks said is not re-tested', async () => {
    const { agent, clock, ticker, web } = await world({
      runTarget: async () => webReport({ failure: 'connection_reset' }),
    });
    for (let round = 0; round < 2; round += 1) {
      ticker.tick(LIGHT);
      await clock.advance(60_000);
    }
    const known = web().length;
    ticker.tick(FULL);
    await clock.advance(60_000);
    ticker.tick(LIGHT);
    await clock.advance(60_000);
    expect(web().slice(known).map(shape)).toEqual(['full 0 online', 'light 0 online']);
    await agent.stop();
  });

  it('re-tests a full fetch that contradicts the light checks', async () => {
    const { agent, clock, ticker, web } = await world({
      runTarget: async ({ depth }) => webReport({ failure: depth === 'full' ? 'connection_reset' : null }),
    });
    ticker.tick(LIGHT);
    await clock.advance(60_000);
    ticker.tick(FULL);
    await clock.advance(60_000);
    expect(web().map(shape)).toEqual(['light 0 -', 'full 0 online', 'light 1 online']);
    await agent.stop();
  });

  it('does not measure one target twice at once', async () => {
    let running = 0;
    let most = 0;
    const { agent, clock, ticker } = await world({
      runTarget: async (_task, signal) => {
        running += 1;
        most = Math.max(most, running);
        await clock.sleep(5_000, signal);
        running -= 1;
        return webReport();
      },
    });
    ticker.tick(FULL);
    ticker.tick(LIGHT);
    await clock.advance(20_000);
    expect(most).toBe(1);
    await agent.stop();
  });

  it('records nothing of a run that its own stop cut short, and delivers the rest', async () => {
    const delivered: SpoolEntry[] = [];
    const { agent, clock, ticker, web } = await world({
      targets: [target('quick.test'), target('slow.test')],
      uplink: {
        deliver: async (batch) => {
          delivered.push(...batch);
        },
      },
      runTarget: async ({ target: { id } }, signal) => {
        if (id === 'slow.test') await clock.sleep(30_000, signal);
        return signal.aborted ? { ...webReport({ failure: 'interrupted' }), abort: 'shutdown' } : webReport();
      },
    });
    ticker.tick(LIGHT);
    await clock.advance(1_000);
    await agent.stop();
    expect(web().map(({ x_aiqyn_target }) => x_aiqyn_target.id)).toEqual(['quick.test']);
    expect(delivered).toHaveLength(1);
    expect(agent.status().aborted.shutdown).toBe(1);
  });

  it('calls a run during which the clock jumped a clock_jump, and a crash a probe_bug', async () => {
    let runs = 0;
    const { agent, clock, ticker, web } = await world({
      runTarget: async () => {
        runs += 1;
        if (runs > 1) throw new Error('bug');
        clock.jumpWall(3_600_000);
        return webReport({ failure: 'connection_reset' });
      },
    });
    ticker.tick(LIGHT);
    await clock.advance(1_000);
    ticker.tick(LIGHT);
    await clock.advance(60_000);
    expect(web().map(({ x_aiqyn_abort }) => x_aiqyn_abort)).toEqual(['clock_jump', 'probe_bug']);
    expect(agent.status().aborted).toEqual({
      shutdown: 0,
      clock_jump: 1,
      probe_bug: 1,
      overload: 0,
      line_away: 0,
    });
    await agent.stop();
  });

  it('does not take a deadline that it slept through for a finding', async () => {
    const { agent, clock, ticker, web } = await world({
      stalledMs: () => 4_000,
      runTarget: async (_task, signal) => {
        await clock.sleep(8_000, signal);
        return webReport({ failure: 'generic_timeout_error' });
      },
    });
    ticker.tick(LIGHT);
    await clock.advance(9_000);
    expect(web()[0]?.x_aiqyn_abort).toBe('overload');
    expect(agent.status().aborted.overload).toBeGreaterThan(0);
    await agent.stop();
  });

  it('keeps the daily budget over a simulated day and opens it again the next', async () => {
    const limitBytes = 20e6;
    const targets = Array.from({ length: 10 }, (_, n) => target(`t${n}.test`));
    const { agent, clock, ticker, log, ledger } = await world(
      {
        targets,
        runTarget: async ({ depth }) => webReport({ bytes: depth === 'full' ? 150_000 : 3_000 }),
        runRings: async () => ringsReport(null, 500),
      },
      limitBytes,
    );
    for (let minute = 0; minute < 24 * 60 - 1; minute += 1) {
      ticker.tick(RINGS);
      ticker.tick(LIGHT);
      if (minute % 15 === 0) ticker.tick(FULL);
      await clock.advance(60_000);
    }
    const { budget } = agent.status();
    expect(budget.usedBytes).toBeLessThanOrEqual(limitBytes);
    expect(budget.usedBytes).toBeGreaterThan(limitBytes * 0.85);
    expect(budget.skippedFull).toBeGreaterThan(0);
    expect(budget.skippedLight).toBeGreaterThan(0);
    expect(log.said.some((message) => message.includes('full fetches run only after a failure'))).toBe(true);
    expect(ledger.kept?.usedBytes).toBeGreaterThanOrEqual(budget.usedBytes);
    await clock.advance(120_000);
    expect(agent.status().budget.step).toBe('all');
    await agent.stop();
  });

  it('goes on with the day of before a restart', async () => {
    const { agent } = await world({}, 1e6, { day: '2026-01-01', usedBytes: 800_000 });
    expect(agent.status().budget.step).toBe('every_2nd');
    await agent.stop();
  });
});
