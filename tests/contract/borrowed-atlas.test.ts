/** RIPE Atlas as a lender, against a real server that speaks its API, and the verdicts that come of it. */
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../probes/probe.ts';
import { systemClock } from '../../probes/net/clock.ts';
import type { WebTarget } from '../../probes/plan.ts';
import { judge } from '../../src/analysis/verdict/judge.ts';
import { AtlasClient } from '../../src/borrowed/atlas/client.ts';
import { createAtlasLender } from '../../src/borrowed/atlas/lender.ts';
import { createPoliteHttp } from '../../src/polite/http.ts';
import type { Asked, BorrowedNetwork, Lender } from '../../src/borrowed/lender.ts';
import { openQuota, untilMidnightUtc } from '../../src/borrowed/quota.ts';
import type { Quota } from '../../src/borrowed/quota.ts';
import { comparedByLender, recordOf } from '../../src/borrowed/record.ts';
import { loadCatalog } from '../../src/config/catalog-files.ts';
import { buildKnowledge } from '../../src/config/knowledge.ts';
import { withTemporaryFolder } from '../support/cli.ts';
import { silentLog } from '../support/silent-log.ts';
import { createTestCa } from '../support/test-ca.ts';
import { ABROAD, dnsResult, startAtlas } from '../support/worlds/atlas.ts';
import type { AtlasWorld } from '../support/worlds/atlas.ts';

const HOST = 'www.youtube.com';
const ADDRESS = '198.51.100.10';
const target: WebTarget = {
  id: 'youtube-www',
  platform: 'youtube',
  probe: 'web',
  url: `https://${HOST}/`,
  lightUrl: `https://${HOST}/generate_204`,
};
const never = new AbortController().signal;
const quick: Clock = {
  ...systemClock(),
  sleep: async (ms, signal) => systemClock().sleep(Math.min(ms, 3), signal),
};
const knowledge = buildKnowledge(loadCatalog());

let world: AtlasWorld;
let honest: { readonly chain: readonly string[]; readonly roots: readonly X509Certificate[] };
let forged: readonly string[];
let foreign: readonly string[];
beforeAll(async () => {
  const ca = await createTestCa('An honest root');
  const other = await createTestCa('Somebody else');
  honest = { chain: [(await ca.issue(HOST)).cert, ca.pem], roots: [new X509Certificate(ca.pem)] };
  forged = [(await other.issue(HOST)).cert, other.pem];
  foreign = [(await ca.issue('elsewhere.example')).cert, ca.pem];
});
beforeEach(async () => {
  world = await startAtlas();
  world.sees = (_, type) => (type === 'dns' ? dnsResult(HOST, [ADDRESS]) : shown(honest.chain));
});
afterEach(async () => {
  await world.close();
});

function shown(cert: readonly string[]): Record<string, unknown> {
  return {
    dst_addr: ADDRESS,
    dst_name: HOST,
    dst_port: '443',
    method: 'TLS',
    ver: '1.2',
    rt: 90,
    ttc: 40,
    cert,
  };
}

interface Lent {
  readonly lender: Lender;
  readonly quota: Quota;
  readonly networks: readonly BorrowedNetwork[];
}

async function withLender(use: (lent: Lent) => Promise<void>, creditsPerDay = 1_000): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const quota = await openQuota({
      limit: creditsPerDay,
      endOf: untilMidnightUtc,
      file: join(folder, 'quota.json'),
      nowMs: () => quick.nowMs(),
      log: silentLog,
    });
    const client = new AtlasClient({
      url: world.url,
      key: 'a-key',
      http: createPoliteHttp('aiqyn/test'),
      quota,
      clock: quick,
    });
    const lender = createAtlasLender({
      client,
      quota,
      creditsPerDay,
      control: 'DE',
      placeAt: (latitude) => (latitude < 45 ? { id: 'almaty', city: 'Almaty' } : null),
      clock: quick,
      roots: honest.roots,
    });
    await use({ lender, quota, networks: await lender.networks(never) });
  });
}

/** By operator, what is said of the target. */
function verdictsOf(asked: Asked): Record<string, string> {
  if (asked.kind !== 'answered') return { failed: asked.kind };
  const { sightings, comparison } = asked;
  return Object.fromEntries(
    sightings.map((sighting) => {
      const compared = comparedByLender(comparison ?? { control: null, failure: null });
      const id = '019a0000-0000-7000-8000-000000000001';
      const record = recordOf({ id, lender: 'atlas', target, sighting, compared, softwareVersion: '0.0.0' });
      const { status, method } = judge(record, knowledge);
      return [sighting.network.operator, method === null ? status : `${status} ${method}`];
    }),
  );
}

describe('createAtlasLender(…)', () => {
  it('finds the networks of the country over all pages, with the place next to each, and no address', async () => {
    await withLender(async ({ networks }) => {
      expect(networks).toEqual([
        { operator: 'AS9198', place: 'almaty', city: 'Almaty', name: 'AS9198' },
        { operator: 'AS21299', place: 'unknown', city: '', name: 'AS21299' },
      ]);
    });
  });

  it('asks a probe of each network and one abroad for a lookup and a handshake, and waits for the rows', async () => {
    await withLender(async ({ lender, networks, quota }) => {
      const asked = await lender.ask({ target, networks }, never);
      expect(verdictsOf(asked)).toEqual({ AS9198: 'ok', AS21299: 'ok' });
      expect(world.made).toMatchObject([
        {
          definitions: [
            { type: 'dns', query_argument: HOST, use_probe_resolver: true, is_oneoff: true },
            { type: 'sslcert', target: HOST, port: 443, is_oneoff: true },
          ],
          probes: [
            { type: 'probes', requested: 2 },
            { type: 'country', value: 'DE', requested: 1 },
          ],
        },
      ]);
      expect(world.authorization).toBe('Key a-key');
      expect(quota.status().used).toBe(120);
      const text = JSON.stringify(asked);
      for (const own of ['203.0.113.9', '192.168.1.20', 'prb_id']) expect(text).not.toContain(own);
    });
  });

  it.each([
    { what: 'a forged chain', cert: () => shown(forged), said: 'intercepted forged_certificate' },
    { what: 'another server’s chain', cert: () => shown(foreign), said: 'intercepted forged_certificate' },
    {
      what: 'silence after the connection',
      cert: () => ({ dst_addr: ADDRESS, ttc: 40, err: 'timeout while reading hello' }),
      said: 'blocked drop',
    },
    {
      what: 'a reset after the connection',
      cert: () => ({ dst_addr: ADDRESS, ttc: 40, err: 'read: Connection reset by peer' }),
      said: 'blocked reset',
    },
    {
      what: 'a refused connection',
      cert: () => ({ dst_addr: ADDRESS, err: 'connect: Connection refused' }),
      said: 'blocked refused',
    },
    {
      what: 'an error that nobody knows',
      cert: () => ({ dst_addr: ADDRESS, err: 'odd' }),
      said: 'inconclusive',
    },
    { what: 'no row of the handshake', cert: () => null, said: 'inconclusive' },
  ])('says “$said” of $what', async ({ cert, said }) => {
    const usual = world.sees;
    world.sees = (probe, type) => {
      if (type === 'traceroute')
        return { dst_addr: ADDRESS, result: [{ hop: 1, result: [{ from: '192.168.1.1' }] }] };
      return probe === 12 && type === 'sslcert' ? cert() : usual(probe, type);
    };
    await withLender(async ({ lender, networks }) => {
      const asked = await lender.ask({ target, networks }, never);
      expect(verdictsOf(asked)).toEqual({ AS9198: 'ok', AS21299: said });
      expect(JSON.stringify(asked)).not.toContain('192.168.1.1');
    });
  });

  it('tells a name that does not exist there', async () => {
    const usual = world.sees;
    world.sees = (probe, type) => {
      if (probe !== 12) return usual(probe, type);
      return type === 'dns' ? dnsResult(HOST, [], 3) : { err: 'non-recoverable failure in name resolution' };
    };
    await withLender(async ({ lender, networks }) => {
      expect(verdictsOf(await lender.ask({ target, networks }, never))).toEqual({
        AS9198: 'ok',
        AS21299: 'blocked nxdomain',
      });
    });
  });

  it('calls nobody blocked where the probe abroad says nothing', async () => {
    world.sees = (probe, type) => {
      if (probe === ABROAD) return null;
      return type === 'dns'
        ? dnsResult(HOST, [ADDRESS])
        : { dst_addr: ADDRESS, err: 'connect: Connection refused' };
    };
    await withLender(async ({ lender, networks }) => {
      expect(verdictsOf(await lender.ask({ target, networks }, never))).toEqual({
        AS9198: 'inconclusive',
        AS21299: 'inconclusive',
      });
    });
  });

  it('asks nothing beyond the credits of a day, and rests where the account has none', async () => {
    await withLender(async ({ lender, networks }) => {
      expect(await lender.ask({ target, networks }, never)).toMatchObject({ kind: 'failed' });
      expect(world.made).toEqual([]);
    }, 100);
    world.hasCredits = false;
    await withLender(async ({ lender, networks, quota }) => {
      expect(await lender.ask({ target, networks }, never)).toMatchObject({ kind: 'failed' });
      expect(lender.status().problem).toContain('no credits');
      expect(quota.left()).toBe(0);
    });
  });

  it.each(['refuses', 'breaks', 'truncates', 'drifts'] as const)(
    'makes a sentence of a service that %s',
    async (trouble) => {
      await withLender(async ({ lender, networks }) => {
        world.trouble = trouble;
        expect((await lender.ask({ target, networks }, never)).kind).toBe('failed');
        expect(lender.status().problem).toMatch(/RIPE Atlas/);
      });
    },
  );
});
