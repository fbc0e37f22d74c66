/** Every page in every language in a real browser: on a phone and on a desk, light and dark, with and without scripts. */
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { loadShippedCalendar } from '../../../src/events/calendar.ts';
import { eventOf } from '../../../src/events/fact.ts';
import { createPlaceBook } from '../../../src/events/places.ts';
import { LANGUAGES, localPath } from '../../../src/web/languages.ts';
import { createWebServer } from '../../../src/web/server.ts';
import { aFact } from '../../support/calendar.ts';
import { isChromiumHere, launchChromium, portOf } from '../../support/chromium.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { aSweep } from '../../support/points.ts';
import { silentLog } from '../../support/silent-log.ts';
import { aFilledStore, aNotice, EVENING_MS } from '../../support/web-world.ts';

const PATHS = [
  '/',
  '/timeline?days=3',
  '/incidents',
  '/incidents/platform_block-youtube-1',
  '/platforms/youtube',
  '/operators/kcell',
  '/places/almaty',
  '/history',
  '/history/2026',
  '/calendar',
  '/correlation',
  '/claims',
  '/vantages',
  '/outside',
  '/about-our-probes',
  '/method',
  '/transparency',
  '/safety',
  '/data',
  '/no-such-page',
];
const LOOKS = [
  { width: 390, scheme: 'light' },
  { width: 390, scheme: 'dark' },
  { width: 1280, scheme: 'dark' },
  { width: 1280, scheme: 'light' },
] as const;
const FRONT_BYTES_MAX = 100_000;
/** Folder for the pictures that people look at; unset, none are kept. */
const shots = process.env['AIQYN_SCREENSHOTS'];
const isHere = isChromiumHere();

/** The shipped calendar, a denial of a block that is being measured, and a livestream during it. */
function events() {
  const book = createPlaceBook(loadCatalog().places);
  const denial = aFact({
    id: 'denial',
    kind: 'statement',
    start: '2026-03-12',
    end: '2026-03-12',
    titles: { en: 'A denial' },
    platforms: ['social networks', 'google'],
    claim: { stance: 'denies', who: 'The ministry', operators: ['kcell'], places: ['almaty'] },
  });
  const stream = aFact({
    id: 'stream',
    kind: 'livestream',
    start: '2026-03-12T14:30:00Z',
    end: '2026-03-12T16:00:00Z',
    precision: 'minute',
    titles: { en: 'A debate live', ru: 'Дебаты в прямом эфире', kk: 'Тікелей эфирдегі пікірталас' },
    platforms: ['youtube'],
  });
  return [...loadShippedCalendar(), denial, stream].map((fact) => eventOf(fact, book, 'user'));
}

const AxeFindings = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      impact: z.string().nullish(),
      nodes: z.array(z.object({ html: z.string() })),
    }),
  ),
});

/** What axe-core calls serious or critical, with the first piece of markup that it means. */
async function barriers(page: Page): Promise<string[]> {
  const text: unknown = await page.evaluate(
    'axe.run({ resultTypes: ["violations"], preload: false }).then(JSON.stringify)',
  );
  const { violations } = AxeFindings.parse(JSON.parse(String(text)));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
}

async function overflow(page: Page): Promise<number> {
  const text: unknown = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  return Number(text);
}

describe.skipIf(!isHere).concurrent('every page in every language', () => {
  let app: Awaited<ReturnType<typeof createWebServer>>;
  let browser: Browser;
  let origin = '';

  beforeAll(async () => {
    const store = await aFilledStore();
    await store.saveEvents(events());
    await store.writeSweeps([aSweep({ atMs: EVENING_MS - 60_000 })]);
    app = await createWebServer({
      store,
      catalog: loadCatalog(),
      clock: new ManualClock(EVENING_MS),
      log: silentLog,
      notice: () => aNotice(),
      version: '0.0.0-test',
      sweep: { contact: 'probes@example.org', perSecond: 20, everyMinutes: 11 },
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    origin = `http://127.0.0.1:${portOf(app.server.address())}`;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  /** What a page complained about or asked of another host. */
  function complaintsOf(page: Page, isExpected: (text: string) => boolean): string[] {
    const complaints: string[] = [];
    page.on('console', (message) => {
      const isBad = message.type() === 'error' || message.type() === 'warning';
      if (isBad && !isExpected(message.text())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${origin}/`)) complaints.push(`off host: ${request.url()}`);
    });
    return complaints;
  }

  it.for(LANGUAGES)(
    'are without a complaint, a barrier or a scroll sideways: %s',
    { timeout: 120_000 },
    async (language) => {
      const context = await browser.newContext({ deviceScaleFactor: 1 });
      await context.addInitScript({ content: axe.source });
      const found: string[] = [];
      for (const [index, path] of PATHS.entries()) {
        // axe-core is slow: each page is looked at once in each language, each time at another width or in other colours.
        const examined = LOOKS[(index + LANGUAGES.indexOf(language)) % LOOKS.length];
        const page = await context.newPage();
        const isLost = path === '/no-such-page';
        const complaints = complaintsOf(page, (text) => isLost && text.includes('404'));
        await page.goto(`${origin}${localPath(language, path)}`, { waitUntil: 'load' });
        expect(await page.locator('html').getAttribute('lang')).toBe(language);
        for (const look of LOOKS) {
          const { width, scheme } = look;
          await page.setViewportSize({ width, height: 900 });
          await page.emulateMedia({ colorScheme: scheme });
          const where = `${language} ${path} ${width} ${scheme}`;
          if ((await overflow(page)) !== 0) found.push(`${where}: scrolls sideways`);
          const seen = look === examined ? await barriers(page) : [];
          found.push(...seen.map((barrier) => `${where}: ${barrier}`));
          if (shots !== undefined) {
            const name = path.replaceAll(/\W+/g, '-');
            await page.screenshot({
              path: `${shots}/${language}${name}-${width}-${scheme}.png`,
              fullPage: true,
            });
          }
        }
        found.push(...complaints.map((complaint) => `${language} ${path}: ${complaint}`));
        await page.close();
      }
      await context.close();
      expect(found).toEqual([]);
    },
  );

  it.for(LANGUAGES)('say the same without scripts: %s', { timeout: 120_000 }, async (language) => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    for (const path of PATHS) {
      await page.goto(`${origin}${localPath(language, path)}`, { waitUntil: 'domcontentloaded' });
      expect(await page.locator('h1').count(), path).toBe(1);
      expect(await page.locator('main').innerText(), path).not.toBe('');
      expect(await page.locator('nav.languages a').count(), path).toBe(LANGUAGES.length);
    }
    await context.close();
  });

  it('can be walked with the keyboard alone', async () => {
    const page = await browser.newPage();
    await page.goto(`${origin}/`, { waitUntil: 'load' });
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('skip');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.getElementById("main").contains(document.activeElement)')).toBe(
      true,
    );
    await page.close();
  });

  it.for(LANGUAGES)('begin with a front page that a slow phone can load: %s', async (language) => {
    const answer = await app.inject({ url: localPath(language, '/') });
    expect(Buffer.byteLength(answer.body)).toBeLessThan(FRONT_BYTES_MAX);
  });
});
