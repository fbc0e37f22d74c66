/** Globalping as a lender, against a real server that speaks its documented API. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../probes/probe.ts';
import { systemClock } from '../../probes/net/clock.ts';
import type { WebTarget } from '../../probes/plan.ts';
import { GlobalpingClient, quotaWord } from '../../src/borrowed/globalping/client.ts';
import { createGlobalpingLender } from '../../src/borrowed/globalping/lender.ts';
import { createPoliteHttp } from '../../src/polite/http.ts';
import type { BorrowedNetwork, Lender } from '../../src/borrowed/lender.ts';
import { hourFrom, openQuota } from '../../src/borrowed/quota.ts';
import type { Quota } from '../../src/borrowed/quota.ts';
import { withTemporaryFolder } from '../support/cli.ts';
import { silentLog } from '../support/silent-log.ts';
import {
  dnsAnswer,
  failedAnswer,
  httpAnswer,
  pingAnswer,
  SITE_ADDRESS,
  startGlobalping,
} from '../support/worlds/globalping.ts';
import type { GlobalpingWorld } from '../support/worlds/globalping.ts';

const URL_ASKED = 'https://www.youtube.com/generate_204?x=1';
const target: WebTarget = {
  id: 'youtube-www',
  platform: 'youtube',
  probe: 'web',
  url: URL_ASKED,
  lightUrl: URL_ASKED,
};
const never = new AbortController().signal;

/** Polls of a second take a few milliseconds. */
const quick: Clock = {
  ...systemClock(),
  sleep: async (ms, signal) => systemClock().sleep(Math.min(ms, 5), signal),
};

let world: GlobalpingWorld;
beforeEach(async () => {
  world = await startGlobalping();
});
afterEach(async () => {
  await world.close();
});

interface Lent {
  readonly lender: Lender;
  readonly quota: Quota;
  readonly networks: readonly BorrowedNetwork[];
}

async function withLender(
  use: (lent: Lent) => Promise<void>,
  more: { readonly controls?: readonly string[] | null; readonly limit?: number } = {},
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const limit = more.limit ?? 100;
    const quota = await openQuota({
      limit,
      endOf: hourFrom,
      file: join(folder, 'quota.json'),
      nowMs: () => quick.nowMs(),
      log: silentLog,
    });
    const http = createPoliteHttp('aiqyn/test');
    const client = new GlobalpingClient({ url: world.url, token: 'a-token', http, quota, clock: quick });
    const lender = createGlobalpingLender({
      client,
      quota,
      testsPerHour: limit,
      controls: more.controls === undefined ? ['DE'] : more.controls,
      placeOf: (city) => city.toLowerCase(),
      clock: quick,
    });
    const networks = await lender.networks(never);
    await use({ lender, quota, networks });
  });
}

describe('createGlobalpingLender(…)', () => {
  it('finds the networks of the country that have a probe', async () => {
    await withLender(async ({ networks }) => {
      expect(networks).toEqual([
        { operator: 'AS9198', city: 'Almaty', place: 'almaty', name: 'JSC Kazakhtelecom' },
        { operator: 'AS21299', city: 'Astana', place: 'astana', name: 'Kar-Tel LLC' },
      ]);
      expect(world.authorization).toBe('Bearer a-token');
    });
  });

  it('asks each network and one abroad at once, and waits until all have answered', async () => {
    await withLender(async ({ lender, networks, quota }) => {
      const asked = await lender.ask({ target, networks }, never);
      expect(asked).toMatchObject({
        kind: 'answered',
        sightings: [{ network: networks[0] }, { network: networks[1] }],
        comparison: { failure: null, control: { http_request: { status_code: 204 } } },
      });
      expect(world.asked).toMatchObject([
        {
          type: 'http',
          target: 'www.youtube.com',
          locations: [
            { country: 'KZ', asn: 9198, city: 'Almaty', limit: 1 },
            { country: 'KZ', asn: 21299, city: 'Astana', limit: 1 },
            { country: 'DE', limit: 1 },
          ],
          measurementOptions: { request: { method: 'HEAD', path: '/generate_204', query: 'x=1' }, port: 443 },
        },
      ]);
      expect(quota.status().used).toBe(3);
      expect(world.spent()).toBe(3);
    });
  });

  it('asks nobody abroad where our own control compares', async () => {
    await withLender(
      async ({ lender, networks }) => {
        const asked = await lender.ask({ target, networks }, never);
        expect(asked).toMatchObject({ kind: 'answered', comparison: null });
        expect(world.spent()).toBe(2);
      },
      { controls: null },
    );
  });

  it('asks the same probe for the parts of what failed, as long as the quota allows it', async () => {
    world.sees = ({ country }, { type }) => {
      if (type === 'dns') return dnsAnswer([SITE_ADDRESS]);
      if (type === 'ping') return pingAnswer(3);
      return country === 'KZ' ? failedAnswer('Request timeout.', 'target') : httpAnswer();
    };
    await withLender(async ({ lender, networks }) => {
      const asked = await lender.ask({ target, networks: networks.slice(0, 1) }, never);
      expect(world.asked.map(({ type }) => type).sort()).toEqual(['dns', 'http', 'ping']);
      expect(asked).toMatchObject({
        sightings: [
          {
            testKeys: {
              queries: [{ failure: null, answers: [{ ipv4: SITE_ADDRESS }] }],
              tcp_connect: [{ ip: SITE_ADDRESS, status: { success: true } }],
              requests: [{ failure: 'generic_timeout_error', response: null }],
            },
          },
        ],
      });
    });
    await withLender(
      async ({ lender, networks }) => {
        await lender.ask({ target, networks: networks.slice(0, 1) }, never);
        expect(world.asked.length).toBe(4);
      },
      { limit: 3 },
    );
  });

  it('takes nothing from a probe that went offline', async () => {
    world.sees = ({ asn }) => (asn === 9198 ? { status: 'offline', rawOutput: '' } : httpAnswer());
    await withLender(async ({ lender, networks }) => {
      const asked = await lender.ask({ target, networks }, never);
      expect(asked).toMatchObject({ kind: 'answered', sightings: [{ network: { operator: 'AS21299' } }] });
    });
  });

  it('says so where nobody is there, and has spent nothing', async () => {
    await withLender(
      async ({ lender, networks, quota }) => {
        const gone = networks.map((network) => ({ ...network, city: 'Aral' }));
        expect(await lender.ask({ target, networks: gone }, never)).toEqual({ kind: 'nobody' });
        expect(quota.status().used).toBe(0);
      },
      { controls: null },
    );
  });

  it('has spent no more than probes were found', async () => {
    await withLender(async ({ lender, networks, quota }) => {
      const gone = networks.map((network) => ({ ...network, city: 'Aral' }));
      expect(await lender.ask({ target, networks: gone }, never)).toMatchObject({ sightings: [] });
      expect(quota.status().used).toBe(1);
    });
  });

  it.each([
    { trouble: 'refuses' as const, why: /quota is used up/ },
    { trouble: 'breaks' as const, why: /status 502/ },
    { trouble: 'truncates' as const, why: /does not answer/ },
    { trouble: 'drifts' as const, why: /status 200/ },
  ])('makes a sentence and no finding of a service that $trouble', async ({ trouble, why }) => {
    await withLender(async ({ lender, networks, quota }) => {
      world.trouble = trouble;
      const asked = await lender.ask({ target, networks }, never);
      expect(asked.kind).toBe('failed');
      expect(lender.status().problem).toMatch(why);
      if (trouble === 'refuses') expect(quota.left()).toBe(0);
      world.trouble = 'none';
    });
  });

  it('makes a sentence of a result whose shape has changed', async () => {
    world.sees = () => ({ ...httpAnswer(), tls: { verified: 'yes' } });
    await withLender(async ({ lender, networks }) => {
      expect((await lender.ask({ target, networks }, never)).kind).toBe('failed');
      expect(lender.status().problem).toContain('is not understood: results.0.result.tls');
    });
  });

  it('asks nothing once the service says that nothing is left, however much we had allowed', async () => {
    await withLender(async ({ lender, networks, quota }) => {
      world.limit = 3;
      await lender.ask({ target, networks }, never);
      expect(quota.left()).toBe(0);
      expect(await lender.ask({ target, networks }, never)).toMatchObject({ kind: 'failed' });
      expect(world.spent()).toBe(3);
    });
  });

  it('ends at once when it is asked to', async () => {
    await withLender(async ({ lender, networks }) => {
      world.trouble = 'stalls';
      const stopping = new AbortController();
      const asked = lender.ask({ target, networks }, stopping.signal);
      setTimeout(() => {
        stopping.abort();
      }, 20);
      expect(await asked).toMatchObject({ kind: 'failed' });
    });
  });
});

describe('quotaWord(status, headers)', () => {
  it.each([
    [
      202,
      { 'x-ratelimit-remaining': '12', 'x-ratelimit-reset': '90' },
      { remaining: 12, resetInSeconds: 90 },
    ],
    [429, { 'retry-after': '30' }, { resetInSeconds: 30, refusedForSeconds: 30 }],
    [429, {}, { refusedForSeconds: 600 }],
    [202, { 'x-ratelimit-remaining': 'many' }, {}],
  ])('of %i and %j is %j', (status, headers, word) => {
    expect(quotaWord(status, headers)).toEqual(word);
  });
});
