/** The routes over a store in memory: what each answer says, not how it looks. */
import { describe, expect, it } from 'vitest';
import { AiqynEvent } from '../../../src/events/event.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import type { Store } from '../../../src/store/store.ts';
import type { MonitorNotice } from '../../../src/web/notice.ts';
import { createWebServer } from '../../../src/web/server.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { silentLog } from '../../support/silent-log.ts';
import {
  aCatalog,
  aFilledStore,
  anOpenIncident,
  aNotice,
  aVantage,
  EVENING_MS,
  withoutLinks,
} from '../../support/web-world.ts';

interface World {
  readonly store?: Store;
  readonly notice?: MonitorNotice;
  readonly youtubeName?: string;
}

async function ask(url: string, world: World = {}, headers: Record<string, string> = {}) {
  const app = await createWebServer({
    store: world.store ?? (await aFilledStore()),
    catalog: aCatalog(world.youtubeName),
    clock: new ManualClock(EVENING_MS),
    log: silentLog,
    notice: () => world.notice ?? aNotice(),
    version: '0.0.0-test',
  });
  try {
    return await app.inject({ url, headers });
  } finally {
    await app.close();
  }
}

/** From 19:30 to 21:00 in Almaty. */
const aLivestream = AiqynEvent.parse({
  id: 'debate-1',
  kind: 'livestream',
  title: 'A debate live',
  startMs: Date.parse('2026-03-12T14:30:00Z'),
  endMs: Date.parse('2026-03-12T16:00:00Z'),
});
const empty = createMemoryStore;
const young = { startedAtMs: EVENING_MS - 20_000 };

describe('the front page', () => {
  const offline = [aVantage({ connectivity: 'offline' })];
  const namesOnly = aVantage({ connectivity: 'dns_only' });
  async function withEvent(): Promise<World> {
    const store = await aFilledStore();
    await store.saveEvents([aLivestream]);
    return { store };
  }
  const cases: { says: string; world: () => Promise<World> }[] = [
    { says: 'YouTube and Facebook are blocked on Kcell and Beeline since 20:15', world: async () => ({}) },
    {
      says: 'Everything we measure is reachable from 3 vantage points',
      world: async () => ({ store: await aFilledStore({ calm: true }) }),
    },
    {
      says: 'This vantage is offline',
      world: async () => ({ store: empty(), notice: aNotice({ ...young, vantages: offline }) }),
    },
    {
      says: 'This vantage is offline',
      world: async () => ({ store: empty(), notice: aNotice({ ...young, vantages: [namesOnly] }) }),
    },
    {
      says: 'Names are still resolved, but no site answers',
      world: async () => ({ store: empty(), notice: aNotice({ ...young, vantages: [namesOnly] }) }),
    },
    {
      says: 'All 2 vantages are offline',
      world: async () => ({
        store: empty(),
        notice: aNotice({ ...young, vantages: [namesOnly, ...offline] }),
      }),
    },
    { says: 'The shaded time, 19:30–21:00 (UTC+5): A debate live (livestream).', world: withEvent },
    {
      says: 'npm run demo',
      world: async () => ({ store: empty(), notice: aNotice({ ...young, vantages: offline }) }),
    },
    {
      says: 'No measurements yet; the first round ends in about a minute',
      world: async () => ({ store: empty(), notice: aNotice(young) }),
    },
    { says: 'Still no measurement since this monitor started', world: async () => ({ store: empty() }) },
    {
      says: 'No control outside the country is configured',
      world: async () => ({ notice: aNotice({ control: 'none' }) }),
    },
    { says: 'does not answer', world: async () => ({ notice: aNotice({ control: 'unreachable' }) }) },
    {
      says: 'All times are the scenario’s',
      world: async () => ({
        notice: aNotice({ mode: 'demo', demo: { scenarioTitle: 'An evening', speed: 60 } }),
      }),
    },
  ];
  it.each(cases)('says “$says”', async ({ says, world }) => {
    const answer = await ask('/', await world());
    expect(answer.statusCode).toBe(200);
    expect(withoutLinks(answer.body)).toContain(says);
  });

  it('calls nothing blocked while the vantage is offline', async () => {
    const answer = await ask('/', { store: empty(), notice: aNotice({ ...young, vantages: offline }) });
    expect(answer.body).not.toContain('s-blocked');
  });

  it('stays below 100 kB with its charts, runs nothing inline and asks no other host', async () => {
    const { body, headers } = await ask('/');
    expect(Buffer.byteLength(body)).toBeLessThan(100_000);
    expect(body).not.toMatch(/ style=|<style|<script>|https?:\/\/(?!www\.w3\.org)/);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
  });

  it('escapes what came from outside: names, reasons and titles', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    const store = await aFilledStore();
    await store.saveIncidents([anOpenIncident('youtube', { reasons: [evil] })]);
    const notice = aNotice({ mode: 'demo', demo: { scenarioTitle: evil, speed: 2 } });
    const { body } = await ask('/', { store, notice, youtubeName: evil });
    expect(body).not.toContain('<img');
    expect(body.split('&lt;img src=x').length).toBeGreaterThan(3);
  });

  it('answers 304 to who already has it', async () => {
    const first = await ask('/');
    const second = await ask('/', {}, { 'if-none-match': String(first.headers.etag) });
    expect([second.statusCode, second.body]).toEqual([304, '']);
  });
});

describe('every public answer', () => {
  it.each([
    '/',
    '/incidents',
    '/incidents/platform_block-youtube-1',
    '/platforms/youtube',
    '/vantages',
    '/outside',
    '/about-our-probes',
    '/method',
    '/data',
    '/metrics',
    '/healthz',
    '/api/status',
    '/api/incidents',
    '/api/incidents/platform_block-youtube-1',
    '/api/series?by=platform,operator',
    '/api/events',
    '/api/associations',
    '/api/claims',
    '/api/vantages',
    '/api/sweep',
    '/api/docs/json',
    '/charts/timeline.svg?theme=dark',
    '/charts/platform-youtube.svg',
    '/charts/incident-platform_block-youtube-1.svg',
  ])('%s works and names no vantage', async (url) => {
    const answer = await ask(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.body).not.toContain('secret-name');
  });
});

describe('errors', () => {
  it.each([
    { url: '/nothing', status: 404, type: 'text/html' },
    { url: '/incidents/none', status: 404, type: 'text/html' },
    { url: '/platforms/none', status: 404, type: 'text/html' },
    { url: '/api/nothing', status: 404, type: 'application/problem+json' },
    { url: '/api/incidents/none', status: 404, type: 'application/problem+json' },
    { url: '/charts/none.svg', status: 404, type: 'application/problem+json' },
    { url: '/api/series?bucket=1s', status: 400, type: 'application/problem+json' },
    { url: '/api/series?by=vantage', status: 400, type: 'application/problem+json' },
    { url: '/api/series?from=yesterday', status: 400, type: 'application/problem+json' },
    {
      url: '/api/series?from=2026-03-12T00:00:00Z&to=2026-03-11T00:00:00Z',
      status: 400,
      type: 'application/problem+json',
    },
    {
      url: '/api/series?from=2026-01-01T00:00:00Z&to=2026-03-11T00:00:00Z',
      status: 400,
      type: 'application/problem+json',
    },
    { url: '/api/incidents?limit=1001', status: 400, type: 'application/problem+json' },
  ])('$url is $status as $type', async ({ url, status, type }) => {
    const answer = await ask(url);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain(type);
  });

  it('tells nothing of its inside when the store fails', async () => {
    const store = await aFilledStore();
    await store.close();
    const answer = await ask('/api/status', { store });
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toMatchObject({
      detail: 'The monitor failed to answer. It was written to the log.',
    });
    expect((await ask('/healthz', { store })).statusCode).toBe(503);
  });
});

describe('/api', () => {
  it('gives incidents in the contract’s shape', async () => {
    const answer = await ask('/api/incidents?open=true&platform=youtube');
    expect(answer.json()).toMatchObject({
      incidents: [
        {
          kind: 'platform_block',
          status: 'open',
          platforms: ['youtube'],
          end: null,
          vantages: 2,
          start: '2026-03-12T15:17:00.000Z',
        },
      ],
    });
  });
  it('rounds what is measured to five minutes', async () => {
    const answer = await ask('/api/vantages');
    expect(answer.json()).toMatchObject({ vantages: [{ lastHeard: '2026-03-12T15:45:00.000Z' }, {}, {}] });
  });
  it('says of a vantage that is in another network that it is not counted', async () => {
    const vantages = [aVantage({ isElsewhere: true })];
    const world = { store: empty(), notice: aNotice({ ...young, vantages }) };
    expect((await ask('/vantages', world)).body).toContain('In another network than its own; not counted');
    expect((await ask('/api/vantages', world)).json()).toMatchObject({ vantages: [{ elsewhere: true }] });
    expect((await ask('/metrics', world)).body).toContain('aiqyn_vantages{connectivity="elsewhere"} 1\n');
  });
  it('says in /metrics how many vantages are online', async () => {
    expect((await ask('/metrics')).body).toContain('aiqyn_vantages{connectivity="online"} 3\n');
  });
  it('is unhealthy when the monitor says so', async () => {
    const answer = await ask('/healthz', { notice: aNotice({ problems: ['The disk is full.'] }) });
    expect([answer.statusCode, answer.json()]).toEqual([
      503,
      { status: 'failing', reasons: ['The disk is full.'] },
    ]);
  });
  it('counts vantages and names none, also where the incident is about one of them', async () => {
    const store = await aFilledStore();
    const silent = anOpenIncident('youtube', {
      id: 'silent-1',
      kind: 'vantage_silent',
      platforms: [],
      vantageIds: ['secret-name-1'],
    });
    await store.saveIncidents([silent]);
    const { body } = await ask('/api/incidents/silent-1', { store });
    expect(body).toContain('"vantages":1');
    expect(body).not.toContain('secret-name');
  });
});

describe('/metrics', () => {
  it('is text that Prometheus reads: each family described once, before its samples', async () => {
    const { body, headers } = await ask('/metrics');
    expect(headers['content-type']).toContain('version=0.0.4');
    const described: string[] = [];
    for (const line of body.trimEnd().split('\n')) {
      const comment = /^# (?:HELP|TYPE) ([a-z_]+) \S/.exec(line);
      const sample =
        /^([a-z_]+)(?:\{[a-z_]+="[^"]*"(?:,[a-z_]+="[^"]*")*\})? -?\d+(?:\.\d+)?(?:e[+-]\d+)?$/.exec(line);
      expect(comment ?? sample, line).not.toBeNull();
      if (comment?.[1] !== undefined) described.push(comment[1]);
      else expect(described.at(-1)).toBe(sample?.[1]);
    }
    expect(described.length).toBeGreaterThan(16);
    expect(described.length).toBe(2 * new Set(described).size);
  });
});

describe('who asks too often', () => {
  it('is told to wait, pages and API each in their own form; /healthz still answers', async () => {
    const app = await createWebServer({
      store: createMemoryStore(),
      catalog: aCatalog(),
      clock: new ManualClock(EVENING_MS),
      log: silentLog,
      notice: () => aNotice(),
      version: '0.0.0-test',
      requestsPerMinute: 300,
    });
    try {
      for (let asked = 0; asked < 300; asked += 1) await app.inject('/method');
      const [page, api, health] = [
        await app.inject('/method'),
        await app.inject('/api/status'),
        await app.inject('/healthz'),
      ];
      expect([page.statusCode, api.statusCode]).toEqual([429, 429]);
      expect(page.body).toContain('Too many requests');
      expect(api.headers['content-type']).toContain('application/problem+json');
      expect(Number(api.headers['retry-after'])).toBeGreaterThan(0);
      expect(health.statusCode).not.toBe(429);
    } finally {
      await app.close();
    }
  });
});
