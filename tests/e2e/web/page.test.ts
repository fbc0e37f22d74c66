/** The page in a real browser: on a phone and on a desk, light and dark, with and without JavaScript. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebServer } from '../../../src/web/server.ts';
import { isChromiumHere, launchChromium, portOf } from '../../support/chromium.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { silentLog } from '../../support/silent-log.ts';
import { aCatalog, aFilledStore, aNotice, anOpenIncident, EVENING_MS } from '../../support/web-world.ts';

const isHere = isChromiumHere();

/** Folder for the pictures that people look at; unset, none are kept. */
const shots = process.env['AIQYN_SCREENSHOTS'];

describe.skipIf(!isHere)('the page in Chromium', () => {
  let app: Awaited<ReturnType<typeof createWebServer>>;
  let browser: Browser;
  let origin = '';

  beforeAll(async () => {
    const store = await aFilledStore();
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
    browser = await launchChromium();
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

  /** A calm evening whose incident comes while the page is open. */
  async function watch(isHeard: boolean) {
    const store = await aFilledStore({ calm: true });
    const clock = new ManualClock(EVENING_MS);
    const demo = { scenarioTitle: 'An evening', speed: 1 };
    const own = await createWebServer({
      store,
      catalog: aCatalog(),
      clock,
      log: silentLog,
      notice: () => aNotice({ mode: 'demo', demo }),
      version: '0.0.0-test',
    });
    await own.listen({ host: '127.0.0.1', port: 0 });
    const context = await browser.newContext();
    const page = await context.newPage();
    if (!isHeard) await page.route('**/api/live', (route) => route.abort());
    const heard = isHeard ? page.waitForResponse('**/api/live') : null;
    await page.goto(`http://127.0.0.1:${portOf(own.server.address())}/`, { waitUntil: 'load' });
    await heard;
    await page.evaluate('globalThis.kept = document.querySelector("h1")');
    async function close() {
      await context.close();
      await own.close();
    }
    return { store, clock, page, close };
  }
  // The same element, not one that looks like it: the page was not drawn again.
  const isKept = 'document.querySelector("h1") === globalThis.kept';
  const blocked = 'YouTube is blocked on Kcell and Beeline';

  it('changes when the server says so, and keeps the keyboard where it was', async () => {
    const { store, clock, page, close } = await watch(true);
    await page.locator('a[href="/platforms/telegram"]').focus();
    await clock.advance(4_000);
    expect(await page.evaluate(isKept)).toBe(true);
    await store.saveIncidents([anOpenIncident('youtube')]);
    await clock.advance(4_000);
    await page.getByText(blocked).first().waitFor({ timeout: 20_000 });
    expect(await page.evaluate(isKept)).toBe(false);
    expect(await page.evaluate('document.activeElement.getAttribute("href")')).toBe('/platforms/telegram');
    expect(await page.locator('#live').innerText()).toBe('The page was updated.');
    await close();
  });

  it('asks by itself where the server’s word is not heard', async () => {
    const { store, page, close } = await watch(false);
    const statuses: number[] = [];
    page.on('response', (response) => statuses.push(response.status()));
    await expect.poll(() => statuses, { timeout: 20_000 }).toEqual(expect.arrayContaining([200, 304]));
    expect(await page.evaluate(isKept)).toBe(true);
    await store.saveIncidents([anOpenIncident('youtube')]);
    await page.getByText(blocked).first().waitFor({ timeout: 20_000 });
    expect(await page.evaluate(isKept)).toBe(false);
    await close();
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
