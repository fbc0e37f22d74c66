/** The page in a real browser: on a phone and on a desk, light and dark, with and without JavaScript. */
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { loadShippedCalendar } from '../../../src/events/calendar.ts';
import { eventOf } from '../../../src/events/fact.ts';
import { createPlaceBook } from '../../../src/events/places.ts';
import { createWebServer } from '../../../src/web/server.ts';
import { aFact } from '../../support/calendar.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { silentLog } from '../../support/silent-log.ts';
import { aCatalog, aFilledStore, aNotice, anOpenIncident, EVENING_MS } from '../../support/web-world.ts';

const CHROMIUM = '/usr/bin/chromium';
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const isHere = existsSync(CHROMIUM);
if (!isHere) {
  const message = `SKIPPED: ${CHROMIUM} is not installed, so nothing here proves how the page looks.`;
  if (process.env['AIQYN_REQUIRE_SERVICES'] === '1') throw new Error(message);
  console.warn(message);
}

/** Folder for the pictures that people look at; unset, none are kept. */
const shots = process.env['AIQYN_SCREENSHOTS'];

/** The shipped calendar, and a denial of a block that is being measured, on several networks and in several places. */
const book = createPlaceBook(loadCatalog().places);
const EVENTS = [
  ...loadShippedCalendar(),
  aFact({
    id: 'denial',
    kind: 'statement',
    start: '2026-03-12',
    end: '2026-03-12',
    titles: { en: 'A denial' },
    platforms: ['social networks', 'google'],
    claim: {
      stance: 'denies',
      who: 'The ministry',
      operators: ['kcell', 'AS9198'],
      places: ['almaty', 'astana'],
    },
  }),
].map((fact) => eventOf(fact, book, 'user'));

describe.skipIf(!isHere)('the page in Chromium', () => {
  let app: Awaited<ReturnType<typeof createWebServer>>;
  let browser: Browser;
  let origin = '';

  beforeAll(async () => {
    const store = await aFilledStore();
    await store.saveEvents(EVENTS);
    app = await createWebServer({
      store,
      catalog: aCatalog(),
      clock: new ManualClock(EVENING_MS),
      log: silentLog,
      notice: () => aNotice(),
      version: '0.0.0-test',
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    origin = `http://127.0.0.1:${portOf(app.server.address())}`;
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  /** A page, and everything it complained about or asked of another host. */
  async function open(
    path: string,
    look: { width: number; colorScheme: 'light' | 'dark'; javaScriptEnabled: boolean },
  ) {
    const context = await browser.newContext({
      viewport: { width: look.width, height: look.width < 500 ? 844 : 900 },
      colorScheme: look.colorScheme,
      javaScriptEnabled: look.javaScriptEnabled,
      deviceScaleFactor: 2,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${origin}/`)) complaints.push(`off host: ${request.url()}`);
    });
    await page.goto(`${origin}${path}`, { waitUntil: 'load' });
    return { page, complaints, close: () => context.close() };
  }

  async function overflow(page: Page): Promise<number> {
    const text: unknown = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    return Number(text);
  }

  const looks = [390, 1280].flatMap((width) =>
    (['light', 'dark'] as const).flatMap((colorScheme) =>
      [true, false].map((javaScriptEnabled) => ({ width, colorScheme, javaScriptEnabled })),
    ),
  );

  it.each(looks)(
    'says what is blocked at $width px, $colorScheme, JavaScript $javaScriptEnabled',
    async (look) => {
      const { page, complaints, close } = await open('/', look);
      const headline = (await page.locator('h1').innerText()).replace(/\s+/g, ' ').trim();
      expect(headline).toBe('YouTube and Facebook are blocked on Kcell and Beeline since 20:15.');
      expect(await page.locator('table.status tbody tr').count()).toBe(8);
      expect(await page.locator('table.status .s-blocked:visible').count()).toBe(4);
      expect(await page.locator('.chart svg:visible').count()).toBe(1);
      expect(await overflow(page)).toBe(0);
      if (shots !== undefined) {
        const name = `${look.width}-${look.colorScheme}-${look.javaScriptEnabled ? 'js' : 'nojs'}`;
        await page.screenshot({ path: `${shots}/front-${name}.png`, fullPage: true });
      }
      if (
        process.env['AIQYN_SCREENSHOT'] !== undefined &&
        look.width === 1280 &&
        look.colorScheme === 'light'
      ) {
        await page.screenshot({ path: 'docs/screenshot.png', scale: 'css' });
      }
      expect(complaints).toEqual([]);
      await close();
    },
  );

  const paths = [
    '/incidents',
    '/incidents/platform_block-youtube-1',
    '/platforms/youtube',
    '/vantages',
    '/method',
    '/data',
    '/calendar',
    '/history',
    '/claims',
    '/correlation',
  ];
  it.each(paths.flatMap((path) => [390, 1280].map((width) => ({ path, width }))))(
    'shows $path at $width px without a complaint and without scrolling sideways',
    async ({ path, width }) => {
      const { page, complaints, close } = await open(path, {
        width,
        colorScheme: 'light',
        javaScriptEnabled: true,
      });
      expect(await page.locator('h1').count()).toBe(1);
      expect(await overflow(page)).toBe(0);
      if (shots !== undefined) {
        await page.screenshot({
          path: `${shots}/${path.slice(1).replaceAll('/', '-')}-${width}.png`,
          fullPage: true,
        });
      }
      expect(complaints).toEqual([]);
      await close();
    },
  );

  it('changes by itself when an incident is saved, and is left alone while nothing changes', async () => {
    const store = await aFilledStore({ calm: true });
    const demo = { scenarioTitle: 'An evening', speed: 1 };
    const own = await createWebServer({
      store,
      catalog: aCatalog(),
      clock: new ManualClock(EVENING_MS),
      log: silentLog,
      notice: () => aNotice({ mode: 'demo', demo }),
      version: '0.0.0-test',
    });
    await own.listen({ host: '127.0.0.1', port: 0 });
    const context = await browser.newContext();
    const page = await context.newPage();
    // The same element, not one that looks like it: the page was not drawn again.
    const isKept = 'document.querySelector("h1") === globalThis.kept';
    const statuses: number[] = [];
    await page.goto(`http://127.0.0.1:${portOf(own.server.address())}/`, { waitUntil: 'load' });
    page.on('response', (response) => statuses.push(response.status()));
    await page.evaluate('globalThis.kept = document.querySelector("h1")');
    await expect.poll(() => statuses, { timeout: 20_000 }).toEqual(expect.arrayContaining([200, 304]));
    expect(await page.evaluate(isKept)).toBe(true);
    await store.saveIncidents([anOpenIncident('youtube')]);
    await page.getByText('YouTube is blocked on Kcell and Beeline').first().waitFor({ timeout: 20_000 });
    expect(await page.evaluate(isKept)).toBe(false);
    await context.close();
    await own.close();
  });

  it('opens the API documentation without asking another host', async () => {
    const { page, complaints, close } = await open('/api/docs', {
      width: 1280,
      colorScheme: 'light',
      javaScriptEnabled: true,
    });
    await page.getByText('/api/status').first().waitFor();
    expect(complaints).toEqual([]);
    await close();
  });
});

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
