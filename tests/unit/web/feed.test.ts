/** The feed: what RFC 4287 requires, ids that never change, and no word that could be markup. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../src/analysis/detect/point.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import type { Store } from '../../../src/store/store.ts';
import { entriesOf } from '../../../src/web/feed/entries.ts';
import { createWebServer } from '../../../src/web/server.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { silentLog } from '../../support/silent-log.ts';
import {
  aCatalog,
  aFilledStore,
  aNotice,
  anOpenIncident,
  EVENING_MS,
  ONSET_MS,
} from '../../support/web-world.ts';

const HOUR_MS = 3_600_000;

async function feed(query = '', store?: Store, youtubeName?: string) {
  const app = await createWebServer({
    store: store ?? (await aFilledStore()),
    catalog: aCatalog(youtubeName),
    clock: new ManualClock(EVENING_MS),
    log: silentLog,
    notice: () => aNotice(),
    version: '0.0.0-test',
    publicUrl: 'https://aiqyn.example',
  });
  try {
    return await app.inject({ url: `/feed.atom${query}` });
  } finally {
    await app.close();
  }
}

function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?: [^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map(
    ([, text = '']) => text,
  );
}

function idsOf(xml: string): string[] {
  return elements(xml, 'entry').flatMap((entry) => elements(entry, 'id'));
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

describe('/feed.atom', () => {
  it('has what RFC 4287 requires of a feed and of each entry, once', async () => {
    const { body, headers } = await feed();
    expect(headers['content-type']).toBe('application/atom+xml; charset=utf-8');
    expect(body).toContain('<feed xmlns="http://www.w3.org/2005/Atom"');
    const head = body.replace(/<entry>[\s\S]*<\/entry>/, '');
    for (const name of ['id', 'title', 'updated']) expect(elements(head, name)).toHaveLength(1);
    expect(elements(head, 'name')).toEqual(['Aiqyn']);
    expect(head).toMatch(/<link rel="self" href="https:\/\/aiqyn\.example\/feed\.atom"\/>/);
    const entries = elements(body, 'entry');
    expect(entries).toHaveLength(4);
    for (const entry of entries) {
      for (const name of ['id', 'title', 'updated']) expect(elements(entry, name)).toHaveLength(1);
      expect(elements(entry, 'id')[0]).toMatch(/^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(elements(entry, 'updated')[0]).toMatch(INSTANT);
      expect(entry).toMatch(/<link href="https:\/\/aiqyn\.example\/incidents\/platform_block-/);
    }
    expect(new Set(idsOf(body)).size).toBe(4);
  });

  it.each([
    { host: 'aiqyn.local:8470', origin: 'http://aiqyn.local:8470' },
    { host: 'not a host', origin: 'http://localhost' },
  ])(
    'has absolute links also without a configured address, for a reader who came by “$host”',
    async ({ host, origin }) => {
      const app = await createWebServer({
        store: await aFilledStore(),
        catalog: aCatalog(),
        clock: new ManualClock(EVENING_MS),
        log: silentLog,
        notice: () => aNotice(),
        version: '0.0.0-test',
      });
      const { statusCode, body } = await app.inject({ url: '/feed.atom', headers: { host } });
      await app.close();
      expect(statusCode).toBe(200);
      expect(body).toContain(`<link rel="self" href="${origin}/feed.atom"/>`);
      expect(body).toContain(`<link href="${origin}/incidents/platform_block-youtube-1"/>`);
    },
  );

  it('is linked from the pages’ head', async () => {
    const app = await createWebServer({
      store: createMemoryStore(),
      catalog: aCatalog(),
      clock: new ManualClock(EVENING_MS),
      log: silentLog,
      notice: () => aNotice(),
      version: '0.0.0-test',
    });
    const { body } = await app.inject({ url: '/method' });
    await app.close();
    expect(body).toContain('<link rel="alternate" type="application/atom+xml"');
  });

  it('adds an end, and leaves the entries before it as they were', async () => {
    const store = await aFilledStore();
    const before = idsOf((await feed('', store)).body);
    await store.saveIncidents([
      anOpenIncident('youtube', { status: 'restored', endMs: EVENING_MS - 60_000 }),
    ]);
    const after = await feed('', store);
    const added = idsOf(after.body).filter((id) => !before.includes(id));
    expect(added).toHaveLength(1);
    expect(before.every((id) => idsOf(after.body).includes(id))).toBe(true);
    expect(after.body).toContain('Over: YouTube was blocked');
  });

  it.each([
    { query: '?platform=youtube', entries: 1 },
    { query: '?operator=AS29355', entries: 4 },
    { query: '?operator=AS9198', entries: 0 },
    { query: '?platform=facebook&operator=AS21299', entries: 3 },
  ])('$query leaves $entries', async ({ query, entries }) => {
    const { body } = await feed(query);
    expect(elements(body, 'entry')).toHaveLength(entries);
    expect(body).toContain(
      `<link rel="self" href="https://aiqyn.example/feed.atom${query.replace('&', '&amp;')}"/>`,
    );
  });

  it.each(['?platform=nonsense', '?operator=kcell'])('%s is refused with a reason', async (query) => {
    const answer = await feed(query);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it('lets no name be markup', async () => {
    const { body } = await feed('', undefined, ']]><script>alert(1)</script>');
    const plain = body.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, '');
    expect(plain).not.toContain('<script');
  });
});

describe('entriesOf(incident)', () => {
  const [kcell, beeline] = anOpenIncident('youtube').members;
  if (kcell === undefined || beeline === undefined) throw new Error('two networks');

  it('tells of a network that joined later', () => {
    const late = { ...beeline, startMs: ONSET_MS + HOUR_MS };
    const kinds = entriesOf(anOpenIncident('youtube', { members: [kcell, late] })).map(
      ({ change }) => change.kind,
    );
    expect(kinds).toEqual(['opened', 'joined']);
  });

  it('tells of each time that it was lifted', () => {
    const openings = [1, 3].map((hours) => ({
      startMs: ONSET_MS + hours * HOUR_MS,
      endMs: ONSET_MS + (hours + 1) * HOUR_MS,
    }));
    const entries = entriesOf(anOpenIncident('youtube', { openings }));
    expect(entries.map(({ change }) => change.kind)).toEqual(['opened', 'lifted', 'back', 'lifted', 'back']);
  });

  it('has ids that follow from what happened, whatever else becomes known', () => {
    fc.assert(
      fc.property(
        fc.record({
          confidence: fc.double({ min: 0, max: 1, noNaN: true }),
          reasons: fc.array(fc.string()),
          detectedAtMs: fc.integer({ min: ONSET_MS, max: ONSET_MS + HOUR_MS }),
        }),
        fc.option(fc.integer({ min: ONSET_MS, max: ONSET_MS + 9 * HOUR_MS })),
        (changes: Partial<Incident>, endMs) => {
          const plain = entriesOf(anOpenIncident('youtube'));
          const amended = entriesOf(anOpenIncident('youtube', { ...changes, endMs }));
          const ids = amended.map(({ id }) => id);
          expect(plain.every(({ id }) => ids.includes(id))).toBe(true);
          expect(new Set(ids).size).toBe(ids.length);
          expect(amended.every(({ atMs }) => atMs % 300_000 === 0)).toBe(true);
        },
      ),
    );
  });
});
