/** A page that crawls has its platform's speed measured at once, not at the next hour's round. */
import { describe, expect, it } from 'vitest';
import { WebTestKeys } from '../../../probes/measurement.ts';
import type { AgentOptions } from '../../../src/agent/options.ts';
import { SPEED_AGAIN_MS } from '../../../src/agent/speed-watch.ts';
import { plan, ringsReport, target, webReport } from '../../support/agent-records.ts';
import { FULL, LIGHT, world } from '../../support/agent-world.ts';

const HOURLY = '23 * * * *';
const SLOW = 18_000;
const FAST = 900_000;

function throughputOf(id: string, platform: 'youtube' | 'facebook') {
  return {
    id,
    platform,
    probe: 'throughput',
    name: id,
    sensitive: false,
    source: 'made up for this test',
    url: `https://${id}/`,
    paired: 'https://pair.test/',
  } as const;
}

const measured = plan({ throughput: { cron: HOURLY, timeoutMs: 60_000, retests: 2 } });
const targets = [target('a.test'), throughputOf('a-speed', 'youtube'), throughputOf('b-speed', 'facebook')];

/** A body of 128 kB that came evenly. */
function pageAt(bytesPerSecond: number) {
  const report = webReport();
  const address = '192.0.2.1:443';
  const event = { address, operation: 'bytes_received_cumulative', transaction_id: 1, failure: null };
  const events = [0, 131_072].map((bytes) => ({ ...event, num_bytes: bytes, t: bytes / bytesPerSecond }));
  return { ...report, testKeys: WebTestKeys.parse({ ...report.testKeys, network_events: events }) };
}

/** Each page at this speed; speeds themselves are of no concern here. */
function pagesAt(bytesPerSecond: number): Pick<AgentOptions, 'plan' | 'targets' | 'runTarget'> {
  return {
    plan: measured,
    targets,
    runTarget: async ({ target: { probe } }) => (probe === 'web' ? pageAt(bytesPerSecond) : webReport()),
  };
}

async function speedsAfter(rounds: readonly string[], changes: Partial<AgentOptions>, pauseMs = 60_000) {
  const { agent, clock, ticker, spool } = await world(changes);
  for (const round of rounds) {
    ticker.tick(round);
    await clock.advance(pauseMs);
  }
  await agent.stop();
  return spool.kept
    .filter(({ x_aiqyn_target: { probe } }) => probe === 'throughput')
    .map(({ x_aiqyn_target: { id } }) => id);
}

describe('a whole page that crawls', () => {
  it('has the speeds of its own platform measured at once', async () => {
    expect(await speedsAfter([FULL], pagesAt(SLOW))).toEqual(['a-speed']);
  });

  it('does so too where its head came and the rest did not before the deadline', async () => {
    const cut = { failure: 'generic_timeout_error', request: {}, response: { code: 200 } };
    const stalled = { ...webReport(), testKeys: WebTestKeys.parse({ requests: [cut] }) };
    const pages = {
      ...pagesAt(FAST),
      runTarget: async ({ target: { probe } }: Parameters<AgentOptions['runTarget']>[0]) =>
        probe === 'web' ? stalled : webReport(),
    };
    expect(await speedsAfter([FULL], pages)).toEqual(['a-speed']);
  });

  it('does so once in ten minutes, however many pages crawl', async () => {
    const pages = { ...pagesAt(SLOW), targets: [...targets, target('c.test')] };
    expect(await speedsAfter([FULL, FULL], pages)).toEqual(['a-speed']);
    expect(await speedsAfter([FULL, FULL], pages, SPEED_AGAIN_MS)).toEqual(['a-speed', 'a-speed']);
  });

  it.each([
    ['the page is fast', [FULL], pagesAt(FAST)],
    ['only a light check was made', [LIGHT], pagesAt(SLOW)],
    ['the plan measures no speeds', [FULL], { ...pagesAt(SLOW), plan: plan() }],
  ])('does not where %s', async (_, rounds, changes) => {
    expect(await speedsAfter(rounds, changes)).toEqual([]);
  });

  it('does not while the vantage itself is cut off', async () => {
    const cutOff = {
      ...pagesAt(SLOW),
      runTarget: async () => {
        const page = pageAt(SLOW);
        const requests = [{ failure: 'generic_timeout_error', request: {}, response: null }];
        return { ...page, testKeys: WebTestKeys.parse({ ...page.testKeys, requests }) };
      },
      runRings: async () => ringsReport('generic_timeout_error'),
    };
    expect(await speedsAfter([FULL], cutOff)).toEqual([]);
  });
});
