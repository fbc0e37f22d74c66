/** Pages in three languages: their addresses, which one is offered, and that every link between them leads somewhere. */
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { eventOf } from '../../../src/events/fact.ts';
import { createPlaceBook } from '../../../src/events/places.ts';
import { LANGUAGES, languageOf, likedLanguage, localPath } from '../../../src/web/languages.ts';
import { messages } from '../../../src/web/messages/messages.ts';
import { createWebServer } from '../../../src/web/server.ts';
import { aFact } from '../../support/calendar.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { silentLog } from '../../support/silent-log.ts';
import { aFilledStore, aNotice, EVENING_MS, withoutLinks } from '../../support/web-world.ts';

describe('the language that a browser likes', () => {
  it.each([
    { header: 'ru-RU,ru;q=0.9,en;q=0.8', liked: 'ru' },
    { header: 'kk', liked: 'kk' },
    { header: 'de-DE, kk-KZ;q=0.5, ru;q=0.7', liked: 'ru' },
    { header: 'en;q=0.1, KK;q=0.2', liked: 'kk' },
    { header: 'ru;q=0, en;q=0.3', liked: 'en' },
    { header: 'de, fr;q=0.9', liked: null },
    { header: '*', liked: null },
    { header: ';;;,q=1,ru;q=x', liked: null },
    { header: '', liked: null },
    { header: undefined, liked: null },
  ])('is $liked for “$header”', ({ header, liked }) => {
    expect(likedLanguage(header)).toBe(liked);
  });
});

describe('the language of an address', () => {
  it.each([
    { url: '/ru', language: 'ru' },
    { url: '/ru/incidents?x=1', language: 'ru' },
    { url: '/kk?x', language: 'kk' },
    { url: '/run', language: 'en' },
    { url: '/incidents/ru', language: 'en' },
  ])('is $language at $url', ({ url, language }) => {
    expect(languageOf(url)).toBe(language);
  });
});

/** Every sentence of a catalogue by its place; functions are left out, for they need something to say. */
function sentencesOf(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => sentencesOf(inner, `${path}.${key}`));
}

describe('the catalogues', () => {
  /** Names, and what is written alike everywhere. */
  const SAME =
    /^[^.]*\.(?:language|site\.name|borrowed\.names\.\w+|outside\.source\.\w+|corrections\.sha256)$/;
  const english = new Map(sentencesOf(messages('en'), ''));
  it.each(['ru', 'kk'] as const)('leave no English sentence in %s', (language) => {
    const left = sentencesOf(messages(language), '')
      .filter(([path, text]) => text !== '' && text === english.get(path) && !SAME.test(path))
      .map(([path]) => path);
    expect(left).toEqual([]);
  });
  it.each(['ru', 'kk'] as const)('are written in the letters of %s', (language) => {
    const latin = sentencesOf(messages(language), '')
      .filter(([path, text]) => text !== '' && !SAME.test(path) && !/\p{Script=Cyrillic}/u.test(text))
      .map(([path]) => path)
      .filter((path) => path !== '.incidents.to');
    expect(latin).toEqual([]);
  });
});

/** Pages that a page's content and navigation link to. The timeline steps back for ever, so its steps are left out. */
function pagesLinked(body: string): string[] {
  const main = /<main[\s\S]*<\/main>/.exec(body)?.[0] ?? '';
  const navigation = body.split('<nav class="languages"')[1]?.split('</nav>')[1] ?? '';
  return [...(main + navigation).matchAll(/href="(\/[^"#]*)/g)]
    .map(([, href = '']) => href.replaceAll('&amp;', '&'))
    .filter((href) => !/^\/(?:api|charts|embed|assets|metrics|healthz|feed\.atom|events\.ics)/.test(href))
    .filter((href) => !href.includes('until='));
}

describe('pages', () => {
  let app: FastifyInstance;

  beforeAll(async () => {
    const catalog = loadCatalog();
    const store = await aFilledStore();
    const stream = aFact({
      id: 'stream',
      kind: 'livestream',
      start: '2026-03-12',
      end: '2026-03-12',
      titles: { en: 'A debate live', ru: 'Дебаты в эфире' },
      platforms: ['youtube', 'internet'],
    });
    await store.saveEvents([eventOf(stream, createPlaceBook(catalog.places), 'user')]);
    app = await createWebServer({
      store,
      catalog,
      clock: new ManualClock(EVENING_MS),
      log: silentLog,
      notice: () => aNotice(),
      version: '0.0.0-test',
      publicUrl: 'https://aiqyn.example',
    });
  });
  afterAll(async () => {
    await app.close();
  });

  async function ask(url: string, liked?: string): Promise<{ status: number; body: string }> {
    const headers = liked === undefined ? {} : { 'accept-language': liked };
    const { statusCode, body } = await app.inject({ url, headers });
    return { status: statusCode, body };
  }

  it.each(LANGUAGES)(
    'of %s link each other, and every link between them leads somewhere',
    async (language) => {
      const start = localPath(language, '/');
      const seen = new Map<string, number>();
      const waiting = [start];
      for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
        if (seen.has(path)) continue;
        const { status, body } = await ask(path);
        seen.set(path, status);
        waiting.push(...pagesLinked(body));
      }
      expect([...seen].filter(([, status]) => status !== 200)).toEqual([]);
      expect([...seen.keys()].filter((path) => languageOf(path) !== language)).toEqual([]);
      for (const path of ['/timeline', '/operators/kcell', '/places/almaty', '/platforms/youtube', '/safety'])
        expect([...seen.keys()], path).toContain(localPath(language, path));
    },
  );

  it('name their language, and the others for search engines', async () => {
    const { body } = await ask('/ru/method');
    expect(body).toContain('<html lang="ru">');
    expect(body).toContain('hreflang="en" href="https://aiqyn.example/method"');
    expect(body).toContain('hreflang="kk" href="https://aiqyn.example/kk/method"');
    expect(body).toContain('hreflang="x-default" href="https://aiqyn.example/method"');
    expect(body).toContain('<link rel="canonical" href="https://aiqyn.example/ru/method" />');
  });
  it('offer the language that the browser asks for, in that language, and force nobody', async () => {
    const offered = await ask('/method', 'kk-KZ,ru;q=0.5');
    expect(offered.status).toBe(200);
    expect(offered.body).toContain('<html lang="en">');
    expect(offered.body).toMatch(/<aside class="offer" lang="kk"[^>]*>.*href="\/kk\/method".*қазақ тілінде/);
    expect((await ask('/kk/method', 'kk')).body).not.toContain('class="offer"');
    expect((await ask('/method', 'de')).body).not.toContain('class="offer"');
  });
  it('say in the reader’s language alone that a request is wrong', async () => {
    const { status, body } = await ask('/kk/history/abc');
    expect(status).toBe(400);
    expect(body).toContain('Параметр дұрыс емес.');
    expect(body).not.toContain('Invalid input');
  });
  it('tell caches that the offer depends on the reader', async () => {
    const { headers } = await app.inject({ url: '/method' });
    expect(headers.vary).toContain('accept-language');
  });
  it('have a front page per language', async () => {
    const { statusCode, headers } = await app.inject({ url: '/kk' });
    expect([statusCode, headers.location]).toEqual([302, '/kk/']);
    expect(withoutLinks((await ask('/ru/')).body)).toContain(
      'Доступ к платформам «YouTube» и «Facebook» заблокирован в сетях «Kcell» и «Билайн» с 20:15.',
    );
    expect(withoutLinks((await ask('/kk/')).body)).toContain(
      '«Kcell» және «Билайн» желілерінде «YouTube» және «Facebook» платформаларына қолжетімділік 20:15 шамасынан бері бұғатталған.',
    );
  });
  it('say in their own language that there is no such page', async () => {
    const { status, body } = await ask('/ru/nowhere');
    expect(status).toBe(404);
    expect(body).toContain('Такой страницы нет');
  });
  it.each([
    { url: '/ru/incidents/%E0%A4', status: 404 },
    { url: '/ru/%', status: 404 },
    { url: `/ru/incidents/${'a'.repeat(300)}`, status: 400 },
  ])('say so with $status of what can be no address: $url', async ({ url, status }) => {
    const { statusCode, headers, body } = await app.inject({ url });
    expect(statusCode).toBe(status);
    expect(headers['content-type']).toContain('text/html');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body).toContain('<html lang="ru"');
  });
  it('leave a program its own form of that answer', async () => {
    const { statusCode, headers } = await app.inject({ url: '/api/incidents/%E0%A4' });
    expect([statusCode, headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
  });
  it('quote the record’s English as English', async () => {
    const { body } = await ask('/ru/incidents/platform_block-youtube-1');
    expect(body).toContain('<span lang="en">Both mobile networks saw it within the same minute.</span>');
    expect(body).toContain('Что стоит по-английски, приведено так, как было записано.');
  });
  it('show an event’s title in the nearest language that it has, and say which', async () => {
    expect((await ask('/ru/calendar')).body).toMatch(/>Дебаты в эфире</);
    expect((await ask('/kk/calendar')).body).toContain('<span lang="ru">Дебаты в эфире</span>');
  });
  it('give charts, feed and calendar file in the language asked for', async () => {
    expect((await ask('/charts/timeline.svg?lang=ru')).body).toContain('Доступность по платформам');
    expect((await ask('/charts/operator-beeline.csv?lang=kk')).body).toContain('Баспасөз');
    expect((await ask('/charts/place-astana.svg')).body).toContain('Astana: what can be reached?');
    expect((await ask('/charts/place-nowhere.svg')).status).toBe(404);
    const feed = (await ask('/feed.atom?lang=kk')).body;
    expect(feed).toContain('https://aiqyn.example/kk/incidents/platform_block-youtube-1');
    expect(feed).toContain('бақылау нүктесі');
    expect((await ask('/events.ics?lang=ru')).body).toContain('Что происходило');
    expect((await ask('/charts/timeline.svg?lang=de')).status).toBe(400);
  });
  it('of the timeline move by their own length, and read a mistyped address as the plain one', async () => {
    const past = (await ask('/timeline?days=7&until=2026-03-10T00:00:00Z')).body;
    expect(past).toContain('href="/timeline?days=7&amp;until=2026-03-03T00:00:00Z"');
    expect(past).toContain('href="/timeline?days=7">Until now');
    const odd = await ask('/timeline?days=x&until=tomorrow');
    expect(odd.status).toBe(200);
    expect(odd.body).toContain('<link rel="canonical" href="https://aiqyn.example/timeline" />');
  });
  it('of an incident can be cited and taken along', async () => {
    const { body } = await ask('/incidents/platform_block-youtube-1');
    expect(body).toContain(
      'Aiqyn: “YouTube is blocked on Kcell and Beeline since 20:15”. Incident platform_block-youtube-1, as of 12 March 2026. https://aiqyn.example/incidents/platform_block-youtube-1 Licence: CC BY 4.0.',
    );
    for (const format of ['svg', 'png', 'csv'])
      expect(body).toContain(`href="/charts/incident-platform_block-youtube-1.${format}?`);
    expect(body).toContain('href="/api/incidents/platform_block-youtube-1"');
    expect(body).toContain('A debate live');
  });
});
