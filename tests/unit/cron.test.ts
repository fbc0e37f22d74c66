import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCronTicker } from '../../src/agent/cron-ticker.ts';
import { isCron } from '../../src/cron.ts';
import { loadPlan, planNames } from '../../src/config/catalog-files.ts';
import { ConfigError } from '../../src/errors.ts';
import { silentLog } from '../support/silent-log.ts';

describe('isCron(expression)', () => {
  it.each(['* * * * *', '*/20 * * * * *', '10-20/2,40 * * * *', '0 12 * * 1-5', '0 0 1 jan mon'])(
    'takes %s',
    (expression) => {
      expect(isCron(expression)).toBe(true);
    },
  );

  it.each(['', '* * * *', '99 * * * *', '* 24 * * *', '* * * * * * *', 'every minute or so, ok'])(
    'refuses "%s"',
    (expression) => {
      expect(isCron(expression)).toBe(false);
    },
  );

  it.each(planNames())('takes every schedule of the plan %s', (name) => {
    expect(isCron(loadPlan(name).light.cron)).toBe(true);
  });
});

describe('the cron ticker', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse('2026-11-30T23:58:30Z') });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  async function ticksOf(cron: string, forMs: number): Promise<string[]> {
    const ticks: string[] = [];
    const running = createCronTicker({ log: silentLog }).schedule(cron, () => {
      ticks.push(new Date().toISOString().slice(0, 19));
    });
    await vi.advanceTimersByTimeAsync(forMs);
    running.stop();
    await vi.advanceTimersByTimeAsync(forMs);
    return ticks;
  }

  it('calls at each time in UTC until it is stopped', async () => {
    expect(await ticksOf('* * * * *', 95_000)).toEqual(['2026-11-30T23:59:00', '2026-12-01T00:00:00']);
    expect(await ticksOf('*/20 * * * * *', 45_000)).toHaveLength(2);
  });

  it('waits for a day that is both the day of the month and the day of the week', async () => {
    // 1 December 2026 is a Tuesday.
    expect(await ticksOf('0 0 1 * 2', 120_000)).toEqual(['2026-12-01T00:00:00']);
    expect(await ticksOf('0 0 1 * 3', 120_000)).toEqual([]);
  });

  it('refuses what is none', () => {
    expect(() => createCronTicker({ log: silentLog }).schedule('99 * * * *', () => undefined)).toThrow(
      ConfigError,
    );
  });

  it('says what a round threw, and goes on', async () => {
    const said: string[] = [];
    const log = { ...silentLog, error: (_fields: object, message: string) => said.push(message) };
    const running = createCronTicker({ log }).schedule('* * * * *', () => {
      throw new Error('no');
    });
    await vi.advanceTimersByTimeAsync(95_000);
    running.stop();
    expect(said).toEqual(['A round could not be started.', 'A round could not be started.']);
  });
});
