/**
 * Texts of any kind in a real InfluxDB: each comes back as it went in, or is set aside with the reason; its neighbours are
 * never touched, and no question can be broken out of. Other processes' bytes (resolvers' answers, titles of pages) come
 * here as they are.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../probes/net/clock.ts';
import type { ReachabilityPoint } from '../../src/analysis/detect/point.ts';
import { openInfluxStore } from '../../src/store/influx/store.ts';
import type { Store } from '../../src/store/store.ts';
import { anAddress } from '../support/address.ts';
import { influxdCommand, startInfluxd } from '../support/influxd.ts';
import type { Influxd } from '../support/influxd.ts';
import { aHeartbeat, anEvent, anIncident, aPoint, idAt, T0_MS } from '../support/points.ts';
import { silentLog } from '../support/silent-log.ts';

const MARKS = ['"', "'", '\\', '\n', '\r', '\t', ',', ' ', '=', '#', '%', '%5c', '$', '$1', '/', '[', '--'];
const WORDS = [
  '.*',
  '^(a|b)+$',
  "' OR 1=1 --",
  '"; DROP DATABASE aiqyn; --',
  "'; DROP DATABASE aiqyn",
  'Қызылорда',
  '🛰️',
  '\u202eдревто\u202c',
  'مرحبا',
  '\u0000',
  '\u2028',
  '%ud83d',
  '%u0025u',
  '%u',
  '\ud83d',
  '\udef0',
  'null',
];
const LONE_HIGH = '\ud83d';
const LONE_LOW = '\udef0';

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(...MARKS, ...WORDS),
      fc.string({ maxLength: 4 }),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((pieces) => pieces.join(''))
  .filter((text) => text !== '');

describe.skipIf(influxdCommand() === null)('hostile texts in InfluxDB', () => {
  let influxd: Influxd;
  let store: Store;
  let written = 0;
  const aside: string[] = [];
  beforeAll(async () => {
    influxd = await startInfluxd();
    store = await openInfluxStore({
      address: anAddress({ url: influxd.url }),
      clock: systemClock(),
      log: silentLog,
      setAside: async (_content, reason) => {
        aside.push(reason);
      },
    });
  });
  afterAll(async () => {
    await store.close();
    await influxd.stop();
  });

  /** Two points of a minute of their own, written, and written again so that the question for ids names the vantage too. */
  async function writePair(changes: Partial<ReachabilityPoint>): Promise<{
    readonly point: ReachabilityPoint;
    readonly neighbour: ReachabilityPoint;
    readonly read: readonly ReachabilityPoint[];
  }> {
    written += 1;
    const atMs = T0_MS + written * 60_000;
    const point = aPoint({ id: idAt(atMs, 1), atMs, ...changes });
    const neighbour = aPoint({
      id: idAt(atMs, 2),
      atMs: atMs + 1,
      vantage: `not ${point.vantage.slice(0, 100)}`,
    });
    await store.writePoints([point, neighbour]);
    await store.writePoints([point]);
    const read: ReachabilityPoint[] = [];
    for await (const one of store.points({ fromMs: atMs, toMs: atMs + 60_000 })) read.push(one);
    return { point, neighbour, read };
  }

  it('come back as they were, as tags and as fields, beside a neighbour that a breakout would return too', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (vantage, platform, text) => {
        const changes = { vantage, platform, failure: text, reasons: [text, platform] };
        const { point, neighbour, read } = await writePair(changes);
        expect(read).toEqual([point, neighbour]);
      }),
      { numRuns: 100 },
    );
    expect(aside).toEqual([]);
    expect(JSON.stringify(await influxd.query('SHOW DATABASES'))).toContain('"aiqyn"');
  });

  it.each([
    ['a backslash at the end', 'C:\\'],
    ['many backslashes', '\\'.repeat(7)],
    ['a quote after a backslash', '\\"'],
    ['a NUL', 'a\u0000b'],
    ['a line break', 'a\nb\r\nc'],
    ['64 kB', 'я'.repeat(32_768)],
    ['64 kB of what must be escaped', '"\\'.repeat(32_768)],
  ])('%s in a field comes back as it was', async (_, text) => {
    const { point, neighbour, read } = await writePair({ failure: text, reasons: [text] });
    expect(read).toEqual([point, neighbour]);
    expect(aside).toEqual([]);
  });

  it('half a pair of surrogates comes back as it was, in a tag, a field and a list', async () => {
    for (const half of [LONE_HIGH, LONE_LOW, `${LONE_LOW}${LONE_HIGH}`, `a${LONE_HIGH}`]) {
      const { point, neighbour, read } = await writePair({ vantage: half, failure: half, reasons: [half] });
      expect(read).toEqual([point, neighbour]);
    }
    expect(aside).toEqual([]);
  });

  it('a tag that is longer than the server takes is set aside with its words; the neighbour is stored', async () => {
    const { neighbour, read } = await writePair({ vantage: 'v'.repeat(70_000) });
    expect(read).toEqual([neighbour]);
    expect(aside.splice(0).join('\n')).toContain('max key length exceeded');
  });

  it('find an incident by its own id and no other one', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (id) => {
        const other = `${id} and more`;
        await store.saveIncidents([anIncident({ id, reasons: [id] }), anIncident({ id: other })]);
        expect(await store.incident(id)).toEqual(anIncident({ id, reasons: [id] }));
        await store.removeIncidents([id]);
        expect(await store.incident(id)).toBeNull();
        expect((await store.incident(other))?.id).toBe(other);
      }),
      { numRuns: 30 },
    );
  });

  it('name events and vantages as they were', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        written += 1;
        const atMs = T0_MS + written * 60_000;
        const event = anEvent({ id: text, title: `${text}.`, startMs: atMs, endMs: atMs + 1 });
        await store.saveEvents([event]);
        const window = { fromMs: atMs, toMs: atMs + 60_000 };
        const events = await store.events(window);
        expect(events).toContainEqual(event);
        const beat = aHeartbeat({ vantage: text, connectivity: 'online', atMs });
        await store.writeHeartbeats([beat]);
        expect(await store.heartbeats(window, { vantage: text })).toEqual([beat]);
        await store.removeEvents([text]);
      }),
      { numRuns: 30 },
    );
  });
});
