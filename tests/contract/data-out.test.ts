/** Data out of the page: rounded as every public page, complete, bounded, and listed for search engines. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReachabilityPoint } from '../../src/analysis/detect/point.ts';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import type { Store } from '../../src/store/store.ts';
import { createWebServer } from '../../src/web/server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { silentLog } from '../support/silent-log.ts';
import { aCatalog, aFilledStore, aNotice, anOpenIncident, EVENING_MS } from '../support/web-world.ts';

const HOUR_MS = 3_600_000;
const WINDOW = `from=${new Date(EVENING_MS - HOUR_MS).toISOString()}&to=${new Date(EVENING_MS).toISOString()}`;
/** 12 whole steps, 8 platforms, 3 networks. */
const ROWS = 12 * 8 * 3;
let store: Store;

beforeAll(async () => {
  store = await aFilledStore();
});

function serverOf(of: Store = store): Promise<FastifyInstance> {
  return createWebServer({
    store: of,
    catalog: aCatalog(),
    clock: new ManualClock(EVENING_MS),
    log: silentLog,
    notice: () => aNotice(),
    version: '0.0.0-test',
    publicUrl: 'https://aiqyn.example',
  });
}

async function ask(url: string, of?: Store) {
  const app = await serverOf(of);
  try {
    return await app.inject({ url });
  } finally {
    await app.close();
  }
}

describe('/api/export', () => {
  it('gives every verdict of the window as CSV, without what would name a vantage or its instant', async () => {
    const { statusCode, headers, body } = await ask(`/api/export?${WINDOW}`);
    const [head = '', ...lines] = body.trimEnd().split('\r\n');
    expect([statusCode, headers['content-type'], lines.length]).toEqual([
      200,
      'text/csv; charset=utf-8; header=present',
      ROWS,
    ]);
    expect(head.split(',').slice(0, 6)).toEqual([
      'time',
      'operator',
      'place',
      'access',
      'platform',
      'target',
    ]);
    expect(head.split(',')).not.toContain('id');
    expect(body).not.toContain('secret-name');
    for (const line of lines) expect(line).toMatch(/^2026-03-12T1[45]:[0-5][05]:00\.000Z,/);
  });

  it('gives the same as JSON lines, narrowed', async () => {
    const { body } = await ask(`/api/export?${WINDOW}&format=jsonl&platform=youtube&operator=AS29355`);
    const rows = body
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(rows).toHaveLength(12);
    expect(rows[0]).toMatchObject({ platform: 'youtube', operator: 'AS29355', place: 'almaty' });
  });

  it('gives the same as Parquet', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aiqyn-data-out-'));
    try {
      const { rawPayload } = await ask(`/api/export?${WINDOW}&format=parquet`);
      const file = join(folder, 'export.parquet');
      await writeFile(file, rawPayload);
      const { DuckDBInstance } = await import('@duckdb/node-api');
      const instance = await DuckDBInstance.create(':memory:');
      const connection = await instance.connect();
      const read = await connection.runAndReadAll(`SELECT count(*)::INTEGER, min(operator) FROM '${file}'`);
      expect(read.getRows()).toEqual([[ROWS, 'AS21299']]);
      connection.closeSync();
      instance.closeSync();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('puts the rows of five minutes into an order that tells no instant', async () => {
    const [point] = await firstPoints();
    if (point === undefined) throw new Error('no point');
    const late = {
      ...point,
      id: '0195e5a0-0000-7000-8000-000000000001',
      atMs: EVENING_MS - 60_000,
      platform: 'a',
    };
    const early = {
      ...point,
      id: '0195e5a0-0000-7000-8000-000000000002',
      atMs: EVENING_MS - 90_000,
      platform: 'b',
    };
    const orders = await Promise.all(
      [
        [early, late],
        [
          { ...early, atMs: late.atMs },
          { ...late, atMs: early.atMs },
        ],
      ].map(async (points) => {
        const small = createMemoryStore();
        await small.writePoints(points);
        const window = `from=${new Date(EVENING_MS - 600_000).toISOString()}&to=${new Date(EVENING_MS + 300_000).toISOString()}`;
        return (await ask(`/api/export?${window}`, small)).body;
      }),
    );
    expect(orders[0]).toBe(orders[1]);
  });

  it('refuses a window that is empty, or inside one step, or too long', async () => {
    const instants = ['2026-03-12T15:00:00Z', '2026-03-12T15:01:00Z', '2020-03-12T15:01:00Z'] as const;
    const urls = [
      `from=${instants[1]}&to=${instants[0]}`,
      `from=${instants[0]}&to=${instants[1]}`,
      `from=${instants[2]}&to=${instants[0]}`,
      'format=xlsx',
    ];
    for (const query of urls) expect((await ask(`/api/export?${query}`)).statusCode).toBe(400);
  });

  it('has a limit of its own, which leaves the pages alone', async () => {
    const app = await serverOf(createMemoryStore());
    const codes: number[] = [];
    for (let count = 0; count < 12; count++)
      codes.push((await app.inject({ url: '/api/export' })).statusCode);
    expect(codes).toEqual([...Array<number>(10).fill(200), 429, 429]);
    expect((await app.inject({ url: '/method' })).statusCode).toBe(200);
    await app.close();
  });

  it('serves two at a time, and says so to a third', async () => {
    const gates: (() => void)[] = [];
    const slow: Store = {
      ...createMemoryStore(),
      async *points() {
        await new Promise<void>((resolve) => gates.push(resolve));
        yield* [];
      },
    };
    const app = await serverOf(slow);
    const first = [app.inject({ url: '/api/export' }), app.inject({ url: '/api/export' })];
    await expect.poll(() => gates.length).toBe(2);
    const third = await app.inject({ url: '/api/export' });
    expect([third.statusCode, third.headers['retry-after'], third.body]).toEqual([
      429,
      '60',
      expect.stringContaining('Other downloads are going on'),
    ]);
    for (const open of gates) open();
    expect((await Promise.all(first)).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    await app.close();
  });

  it('is linked from the page about data, and part of the documented API', async () => {
    expect((await ask('/data')).body).toContain('/api/export?from=2026-03-11T');
    const { body } = await ask('/api/docs/json');
    for (const path of ['/api/export', '/api/transparency', '/api/transparency/{day}/proof'])
      expect(body).toContain(`"${path}"`);
    expect(body).not.toContain('/admin');
  });
});

async function firstPoints(): Promise<ReachabilityPoint[]> {
  for await (const point of store.points({ fromMs: EVENING_MS - HOUR_MS, toMs: EVENING_MS })) return [point];
  return [];
}

describe('what search engines are told', () => {
  it('is where the pages are, when they changed, and what is not for them', async () => {
    const robots = await ask('/robots.txt');
    expect(robots.body).toContain('Disallow: /admin\n');
    expect(robots.body).toContain('Sitemap: https://aiqyn.example/sitemap.xml\n');
    const { body, headers } = await ask('/sitemap.xml');
    expect(headers['content-type']).toBe('application/xml; charset=utf-8');
    for (const path of [
      '/',
      '/incidents',
      '/platforms/youtube',
      '/incidents/platform_block-youtube-1',
      '/transparency',
    ])
      expect(body).toContain(`<loc>https://aiqyn.example${path}</loc>`);
    expect(body).toContain('<lastmod>2026-03-12T15:15:00.000Z</lastmod>');
    expect(body).not.toContain('/admin');
  });

  it('has every page that it lists', { timeout: 60_000 }, async () => {
    const app = await serverOf();
    const { body } = await app.inject({ url: '/sitemap.xml' });
    const paths = [...body.matchAll(/<loc>https:\/\/aiqyn\.example([^<]*)<\/loc>/g)].map(
      ([, path = '']) => path,
    );
    for (const path of paths)
      expect([path, (await app.inject({ url: path })).statusCode]).toEqual([path, 200]);
    await app.close();
  });

  it('holds incidents beyond what the store gives at once, each in three languages', async () => {
    const many = createMemoryStore();
    const incidents = Array.from({ length: 2_300 }, (_, number) =>
      anOpenIncident('youtube', {
        id: `platform_block-youtube-${number}`,
        startMs: EVENING_MS - number * HOUR_MS,
        endMs: EVENING_MS - number * HOUR_MS + 60_000,
        status: 'restored',
        members: [],
      }),
    );
    await many.saveIncidents(incidents);
    const { body } = await ask('/sitemap.xml', many);
    const found = body.match(/platform_block-youtube-\d+/g) ?? [];
    expect([found.length, new Set(found).size]).toEqual([3 * 2_300, 2_300]);
  });
});

afterAll(async () => {
  await store.close();
});
