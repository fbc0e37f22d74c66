/** Throttling on real sockets: the demo's censor slows one platform down, and what measures it says so. */
import { describe, expect, it } from 'vitest';
import { runRings, runThroughput, runWeb, withTrial } from './method-trial.ts';

/** The demo's page of 24 kB then takes six seconds, and a rate is told from five on. */
const SLOW = 'do: throttle, kbps: 32, platforms: [youtube], operators: [AS29355]';
const PLAN_TIMEOUT_MS = 30_000;

describe('the full fetch of the web probe', () => {
  it('is throttled by its rate against that of the live control', { timeout: 60_000 }, async () => {
    const verdict = await withTrial(SLOW, async (trial) =>
      runWeb(trial, 'full', await runRings(trial), PLAN_TIMEOUT_MS),
    );
    expect(verdict).toMatchObject({ status: 'throttled', layer: 'http', method: 'rate_limit' });
    expect(verdict.rule).toBe('http.slow_body');
    expect(verdict.reasons.join(' ')).toMatch(/the control had \d+ bytes\/s/u);
  });
});

describe('the throughput probe', () => {
  it('finds the slowed page against its pair on the same network', { timeout: 90_000 }, async () => {
    const verdict = await withTrial(SLOW, async (trial) => runThroughput(trial, await runRings(trial)));
    expect(verdict).toMatchObject({ status: 'throttled', layer: 'http', method: 'rate_limit' });
    expect(verdict.reasons.join(' ')).toContain('on the same network');
  });

  it('says ok where nothing is slowed', { timeout: 90_000 }, async () => {
    const other = SLOW.replace('[youtube]', '[vk]');
    const verdict = await withTrial(other, async (trial) => runThroughput(trial, await runRings(trial)));
    expect(verdict).toMatchObject({ status: 'ok', rule: 'throughput.fast_enough' });
  });
});
