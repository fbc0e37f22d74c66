/** `aiqyn store init` on InfluxDB 2.x, against a strict server of its documented shapes (tests/support/influx2.ts). */
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/config/secret.ts';
import type { InfluxAddress } from '../../src/config/store-config.ts';
import { initInflux } from '../../src/store/influx/init.ts';
import type { Initialised } from '../../src/store/influx/init.ts';
import { openInfluxStore } from '../../src/store/influx/store.ts';
import { systemClock } from '../../probes/net/clock.ts';
import { anAddress } from '../support/address.ts';
import { readFlux } from '../support/flux.ts';
import { failureOf, TOKEN } from '../support/influx-failure.ts';
import { startInflux2 } from '../support/influx2.ts';
import type { Influx2, Influx2Options } from '../support/influx2.ts';
import { aPoint, anIncident, T0_MS } from '../support/points.ts';
import { silentLog } from '../support/silent-log.ts';

const DAY_S = 86_400;
const running: Influx2[] = [];
afterEach(async () => {
  for (const influx of running.splice(0)) await influx.close();
});

async function start(options: Partial<Influx2Options> = {}): Promise<Influx2> {
  const influx = await startInflux2({ token: TOKEN, ...options });
  running.push(influx);
  return influx;
}

function addressOf({ url }: Influx2, changes: Partial<InfluxAddress> = {}): InfluxAddress {
  const login = { kind: 'token', token: new Secret(TOKEN) } as const;
  return anAddress({ url, database: 'aiqyn', org: 'kz', login, ...changes });
}

async function init(
  influx: Influx2,
  { isDryRun = false, ...changes }: Partial<InfluxAddress> & { isDryRun?: boolean } = {},
): Promise<Initialised & { readonly done: readonly string[] }> {
  const done: string[] = [];
  const initialised = await initInflux({
    address: addressOf(influx, changes),
    clock: systemClock(),
    log: silentLog,
    isDryRun,
    onDone: ({ why }) => {
      done.push(why);
    },
  });
  return { ...initialised, done };
}

function keptSeconds(influx: Influx2): Record<string, number | undefined> {
  return Object.fromEntries(
    influx.buckets.map(({ name, retentionRules }) => [name, retentionRules[0]?.everySeconds]),
  );
}

const KEPT = { aiqyn: 30 * DAY_S, 'aiqyn/aiqyn_5m': 365 * DAY_S, 'aiqyn/aiqyn_forever': 0 };

describe('aiqyn store init on InfluxDB 2.x', () => {
  it('makes buckets that keep 30 days, a year and for ever, and tasks that roll up', async () => {
    const influx = await start();
    influx.addBucket('aiqyn');
    expect((await init(influx)).flavour).toBe('2');
    expect(keptSeconds(influx)).toEqual(KEPT);
    expect(influx.tasks.map(({ name, status }) => [name, status])).toEqual([
      ['aiqyn_5m_reachability of aiqyn', 'active'],
      ['aiqyn_forever_reachability of aiqyn', 'active'],
    ]);
    for (const { flux } of influx.tasks) expect(readFlux(flux).pipelines.length).toBeGreaterThan(3);
  });

  it('rolls up and copies what is there before anything gets a shorter life', async () => {
    const influx = await start();
    influx.addBucket('aiqyn');
    const { done } = await init(influx);
    expect(done).toEqual([
      'five-minute rollups are kept for a year',
      'InfluxQL finds "aiqyn"."aiqyn_5m"',
      'hourly rollups, incidents and events are kept for ever',
      'InfluxQL finds "aiqyn"."aiqyn_forever"',
      'incidents and events that are there already are kept for ever',
      'what is there already is rolled up by 5m',
      'new points are rolled up by 5m',
      'what is there already is rolled up by 1h',
      'new points are rolled up by 1h',
      'raw points are kept for 30 days',
    ]);
    expect(influx.scripts).toHaveLength(3);
    for (const script of influx.scripts) expect(readFlux(script).option).toBeNull();
  });

  it.each([false, true])(
    'lets InfluxQL find each bucket under its policy (a server without mappings of its own: %s)',
    async (isWithoutVirtualMappings) => {
      const influx = await start({ isWithoutVirtualMappings });
      await init(influx);
      const found = influx.mappings().map(({ bucketID, database, retention_policy, default: isDefault }) => {
        const bucket = influx.buckets.find(({ id }) => id === bucketID)?.name;
        return [bucket, database, retention_policy, isDefault];
      });
      expect(found.sort()).toEqual([
        ['aiqyn', 'aiqyn', 'autogen', true],
        ['aiqyn/aiqyn_5m', 'aiqyn', 'aiqyn_5m', false],
        ['aiqyn/aiqyn_forever', 'aiqyn', 'aiqyn_forever', false],
      ]);
    },
  );

  it.each([false, true])(
    'changes nothing when it is done twice (without mappings: %s)',
    async (isWithoutVirtualMappings) => {
      const influx = await start({ isWithoutVirtualMappings });
      await init(influx);
      const changes = influx.changes;
      expect((await init(influx)).steps).toEqual([]);
      expect(influx.changes).toBe(changes);
    },
  );

  it('says first what it would do, and does exactly that', async () => {
    const influx = await start();
    influx.addBucket('aiqyn');
    const planned = await init(influx, { isDryRun: true });
    expect(influx.changes).toBe(0);
    expect(planned.done).toEqual([]);
    expect((await init(influx)).steps).toEqual(planned.steps);
  });

  it('makes the bucket too where there is none', async () => {
    const influx = await start();
    await init(influx);
    expect(keptSeconds(influx)).toEqual(KEPT);
    expect(influx.scripts).toEqual([]);
  });

  it('mends what somebody changed: how long a bucket keeps, a task’s script, a task that was stopped', async () => {
    const influx = await start();
    await init(influx);
    influx.bucket('aiqyn/aiqyn_5m')?.retentionRules.splice(0, 1, { type: 'expire', everySeconds: 7 * DAY_S });
    influx
      .bucket('aiqyn/aiqyn_forever')
      ?.retentionRules.splice(0, 1, { type: 'expire', everySeconds: DAY_S });
    const [five, hour] = influx.tasks;
    if (five === undefined || hour === undefined) throw new Error('no tasks');
    const wanted = five.flux;
    five.flux = wanted.replace('sum', 'last');
    hour.status = 'inactive';
    const { steps } = await init(influx);
    expect(steps.map(({ what }) => what)).toContain(
      'keep the bucket "aiqyn/aiqyn_5m" for 365 days, and no longer for 7 days',
    );
    expect(keptSeconds(influx)).toEqual(KEPT);
    expect(five.flux).toBe(wanted);
    expect(influx.tasks.map(({ status }) => status)).toEqual(['active', 'active']);
    expect((await init(influx)).steps).toEqual([]);
  });

  it('goes on where it was cut off, and copies incidents then', async () => {
    const influx = await start();
    influx.addBucket('aiqyn');
    influx.addBucket('aiqyn/aiqyn_forever');
    await init(influx);
    expect(influx.scripts.some((script) => script.includes('"incident"'))).toBe(true);
    expect(keptSeconds(influx)).toEqual(KEPT);
  });

  it('is content with a bucket that another one makes at the same time', async () => {
    const influx = await start();
    await Promise.all([init(influx), init(influx)]);
    expect(keptSeconds(influx)).toEqual(KEPT);
  });

  it.each([
    ['buckets', '/api/v2/buckets'],
    ['dbrps', '/api/v2/dbrps'],
    ['tasks', '/api/v2/tasks'],
    ['flux', '/api/v2/query'],
  ] as const)('says which right is missing: %s', async (missing, path) => {
    const rights = (['buckets', 'dbrps', 'tasks', 'flux', 'data'] as const).filter(
      (right) => right !== missing,
    );
    const influx = await start({ rights });
    influx.addBucket('aiqyn');
    const failure = await failureOf(init(influx));
    expect(failure.code).toBe('STORE_INIT_RIGHTS');
    expect(failure.message).toContain(path);
    expect(failure.message).toContain('of the organisation "kz" (an all-access token)');
    expect(failure.message).toContain('is unauthorized');
  });

  it('says what is wrong with a token, an organisation, a mapping that leads elsewhere', async () => {
    const influx = await start();
    const login = { kind: 'token', token: new Secret('another') } as const;
    expect((await failureOf(init(influx, { login }))).code).toBe('STORE_LOGIN');
    expect((await failureOf(init(influx, { org: 'uz' }))).message).toContain(
      'no organisation "uz": correct store.org',
    );
    const other = influx.addBucket('other');
    influx.addMapping({
      bucketID: other.id,
      database: 'aiqyn',
      retention_policy: 'aiqyn_5m',
      default: false,
    });
    influx.addBucket('aiqyn');
    const failure = await failureOf(init(influx));
    expect(failure.code).toBe('STORE_INIT_MAPPING');
    expect(failure.message).toContain('"aiqyn"."aiqyn_5m" leads to another bucket');
    expect(influx.changes).toBe(0);
  });
});

describe('the store on InfluxDB 2.x', () => {
  async function layoutOf(influx: Influx2): Promise<unknown> {
    const store = await openInfluxStore({
      address: addressOf(influx),
      clock: systemClock(),
      log: silentLog,
      setAside: async () => undefined,
    });
    await store.close();
    return store.layout;
  }

  it('knows after init how long points are kept, though 2.x says "for ever" of each policy', async () => {
    const influx = await start();
    await init(influx);
    expect(await layoutOf(influx)).toEqual({ rawKeptMs: 30 * DAY_S * 1_000, hasRollups: true });
  });

  it('takes what init has set where its token may not look at buckets', async () => {
    const influx = await start();
    await init(influx);
    const small = await start({ rights: ['data'] });
    for (const { name } of influx.buckets) small.addBucket(name);
    expect(await layoutOf(small)).toEqual({ rawKeptMs: 30 * DAY_S * 1_000, hasRollups: true });
  });

  it('has no rollups before init, and keeps for as long as the bucket', async () => {
    const influx = await start();
    influx.addBucket('aiqyn', 90 * DAY_S);
    expect(await layoutOf(influx)).toEqual({ rawKeptMs: 90 * DAY_S * 1_000, hasRollups: false });
  });

  it('writes measurements into the bucket, incidents into the one that keeps for ever', async () => {
    const influx = await start();
    await init(influx);
    const address = addressOf(influx);
    const store = await openInfluxStore({
      address,
      clock: systemClock(),
      log: silentLog,
      setAside: async () => undefined,
    });
    await store.writePoints([aPoint()]);
    await store.saveIncidents([anIncident({ startMs: T0_MS })]);
    await store.close();
    expect(influx.lines.get('aiqyn')?.[0]).toMatch(/^reachability,/);
    expect(influx.lines.get('aiqyn/aiqyn_forever')?.[0]).toMatch(/^incident,/);
    expect(influx.statements).toContainEqual(expect.stringContaining('FROM "aiqyn_forever"."incident"'));
  });

  it('says that the bucket is missing, and makes none by itself', async () => {
    const influx = await start();
    expect((await failureOf(layoutOf(influx))).code).toBe('STORE_DATABASE_MISSING');
    expect(influx.buckets).toEqual([]);
  });
});
