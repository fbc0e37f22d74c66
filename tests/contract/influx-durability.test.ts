/** What the InfluxDB store does when the server is killed, is busy, or refuses a point; and what init makes of it. */
import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../probes/net/clock.ts';
import { initInflux } from '../../src/store/influx/init.ts';
import { openInfluxStore } from '../../src/store/influx/store.ts';
import type { Store } from '../../src/store/store.ts';
import { anAddress } from '../support/address.ts';
import { influxdCommand, startInfluxd } from '../support/influxd.ts';
import type { Influxd } from '../support/influxd.ts';
import { anIncident, aPoint, idAt, manyPoints } from '../support/points.ts';
import { silentLog } from '../support/silent-log.ts';

const DAY_MS = 86_400_000;

describe.skipIf(influxdCommand() === null)('the InfluxDB store', () => {
  let influxd: Influxd;
  const aside: string[] = [];
  beforeEach(async () => {
    influxd = await startInfluxd();
    aside.length = 0;
  });
  afterEach(async () => {
    await influxd.stop();
  });
  async function open(url = influxd.url): Promise<Store> {
    return openInfluxStore({
      address: anAddress({ url }),
      clock: systemClock(),
      log: silentLog,
      setAside: async (_content, reason) => {
        aside.push(reason);
      },
    });
  }

  it('has each acknowledged point once after the server was killed under load', async () => {
    const store = await open();
    const batches = [...manyPoints(6_000, 500)];
    for (const [index, batch] of batches.entries()) {
      if (index === 5) await influxd.kill();
      await store.writePoints(batch).catch(async (error: unknown) => {
        expect(error).toMatchObject({ code: 'STORE_UNREACHABLE' });
        await influxd.restart();
        await store.writePoints(batch);
      });
    }
    expect((await store.extent()).points).toBe(6_000);
    await store.close();
  });

  it('waits as long as a busy server asks, and then writes', async () => {
    let refusals = 2;
    const proxy = createServer((incoming, answer) => {
      const isWrite = incoming.url?.startsWith('/write') === true;
      if (isWrite && refusals > 0) {
        refusals -= 1;
        incoming.resume();
        answer.writeHead(refusals === 1 ? 429 : 503, { 'retry-after': '1' }).end('busy');
        return;
      }
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        void forward(
          influxd.url,
          incoming.method ?? 'GET',
          incoming.url ?? '/',
          incoming.headers,
          chunks,
        ).then(({ status, headers, body }) => answer.writeHead(status, headers).end(body));
      });
    });
    await new Promise<void>((resolve) => {
      proxy.listen(0, '127.0.0.1', resolve);
    });
    const at = proxy.address();
    const store = await open(`http://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}`);
    const startedMs = performance.now();
    await store.writePoints([aPoint()]);
    expect(refusals).toBe(0);
    expect(performance.now() - startedMs).toBeGreaterThan(1_900);
    expect((await store.extent()).points).toBe(1);
    await store.close();
    proxy.closeAllConnections();
    proxy.close();
  });

  it('sets aside what has another type in the database, and stores all the others', async () => {
    await influxd.query('CREATE DATABASE aiqyn');
    const store = await open();
    const first = aPoint({ target: 'first' });
    await store.writePoints([first]);
    function at(minute: number): number {
      return first.atMs + minute * 60_000;
    }
    await store.writePoints([aPoint({ id: 'x', atMs: at(1), totalMs: 5 })]);
    // An older program wrote this field as a text into the next shard.
    const body = `reachability tls_ms="slow" ${at(2)}000000`;
    const answer = await fetch(`${influxd.url}/write?db=aiqyn`, { method: 'POST', body });
    expect(answer.status).toBe(204);
    const points = Array.from({ length: 20 }, (_, n) =>
      aPoint({ id: idAt(at(3), n), atMs: at(3 + n), tlsMs: n === 7 || n === 8 ? 1 : null }),
    );
    await store.writePoints(points);
    expect(aside).toHaveLength(2);
    expect(aside[0]).toContain('field type conflict');
    expect((await store.extent()).points).toBe(20);
    await store.close();
  });

  it('says which database is missing when it was dropped meanwhile', async () => {
    const store = await open();
    await influxd.query('DROP DATABASE aiqyn');
    await expect(store.writePoints([aPoint()])).rejects.toMatchObject({ code: 'STORE_DATABASE_MISSING' });
    await store.close();
  });

  it('init gives what is there a place for ever, and long questions read it after the raw points are gone', async () => {
    const nowMs = Date.now();
    const oldMs = Math.floor((nowMs - 100 * DAY_MS) / DAY_MS) * DAY_MS;
    const before = await open();
    await before.writePoints([
      aPoint({ id: 'a', atMs: oldMs, totalMs: 10 }),
      aPoint({ id: 'b', atMs: oldMs + 60_000, status: 'blocked', score: 1, totalMs: 30 }),
      aPoint({ id: 'c', atMs: nowMs - 60_000 }),
    ]);
    await before.saveIncidents([anIncident({ startMs: oldMs }), anIncident({ id: 'new', startMs: nowMs })]);
    await before.close();
    const options = {
      address: anAddress({ url: influxd.url }),
      clock: systemClock(),
      log: silentLog,
      onDone: () => undefined,
    };
    const planned = await initInflux({ ...options, isDryRun: true });
    expect(await initInflux({ ...options, isDryRun: false })).toEqual(planned);
    expect((await initInflux({ ...options, isDryRun: false })).steps).toEqual([]);
    const after = await open();
    const window = { fromMs: oldMs, toMs: oldMs + DAY_MS };
    const buckets = await after.buckets({ window, bucketMs: DAY_MS, by: ['platform'] });
    expect(buckets).toMatchObject([
      {
        startMs: oldMs,
        group: ['youtube'],
        counts: { ok: 1, blocked: 1 },
        meanScore: 0.5,
        medianTotalMs: 20,
      },
    ]);
    expect((await after.incidents({})).map(({ id }) => id)).toEqual(['new', 'incident-1']);
    await after.saveIncidents([anIncident({ startMs: oldMs, method: 'reset' })]);
    expect((await after.incident('incident-1'))?.method).toBe('reset');
    await after.close();
  });
});

async function forward(
  base: string,
  method: string,
  path: string,
  headers: NodeJS.Dict<string | string[]>,
  chunks: readonly Buffer[],
): Promise<{ status: number; headers: Record<string, string>; body: Buffer }> {
  const type = headers['content-type'];
  const answer = await fetch(`${base}${path}`, {
    method,
    headers: typeof type === 'string' ? { 'content-type': type } : {},
    ...(method === 'POST' ? { body: Buffer.concat(chunks) } : {}),
  });
  const version = answer.headers.get('x-influxdb-version') ?? '';
  return {
    status: answer.status,
    headers: { 'x-influxdb-version': version },
    body: Buffer.from(await answer.arrayBuffer()),
  };
}
