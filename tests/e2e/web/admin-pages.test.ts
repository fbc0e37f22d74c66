/** Pages of administration in a real browser: on a phone and on a desk, light and dark. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anAdminWorld, TOKEN } from '../../support/admin-world.ts';
import type { AdminWorld } from '../../support/admin-world.ts';
import { isChromiumHere, launchChromium, portOf } from '../../support/chromium.ts';

const PATHS = [
  '/admin',
  '/admin/events',
  '/admin/events/new',
  '/admin/live',
  '/admin/incidents',
  '/admin/alerts',
  '/admin/log',
];
const LOOKS = [
  { width: 390, scheme: 'light' },
  { width: 390, scheme: 'dark' },
  { width: 1280, scheme: 'light' },
  { width: 1280, scheme: 'dark' },
] as const;

async function said(page: Page, script: string): Promise<string> {
  return String(await page.evaluate(script));
}

async function lookAt(page: Page, where: string): Promise<string[]> {
  const found: string[] = [];
  for (const [index, { width, scheme }] of LOOKS.entries()) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: scheme });
    const over = await said(
      page,
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    if (over !== '0') found.push(`${where} ${width}: scrolls sideways`);
    if (index % 3 !== 0) continue;
    const barriers = await said(
      page,
      'axe.run({ resultTypes: ["violations"] }).then((all) => all.violations.map((one) => one.id).join())',
    );
    if (barriers !== '') found.push(`${where} ${width} ${scheme}: ${barriers}`);
  }
  return found;
}

describe.skipIf(!isChromiumHere())('pages of administration', () => {
  let dataDir = '';
  let world: AdminWorld;
  let browser: Browser;
  let origin = '';

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'aiqyn-admin-pages-'));
    world = await anAdminWorld(dataDir);
    await world.app.listen({ host: '127.0.0.1', port: 0 });
    origin = `http://127.0.0.1:${portOf(world.app.server.address())}`;
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await world.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it(
    'fit on a phone, have no barrier, and link to nothing that is not there',
    { timeout: 60_000 },
    async () => {
      const context = await browser.newContext();
      await context.addInitScript({ content: axe.source });
      const page = await context.newPage();
      await page.goto(`${origin}/admin`);
      const found = await lookAt(page, 'login');
      await page.getByLabel('Token').fill(TOKEN);
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.waitForURL(`${origin}/admin`);
      // Of this the log has a line that is long and without a space.
      await page.goto(`${origin}/admin/live`);
      await page.getByLabel('What it is').fill('A debate live');
      await page.getByLabel('Platforms it is on').fill('youtube');
      await page.getByRole('button', { name: 'It begins now' }).click();
      const links = new Set<string>();
      for (const path of PATHS) {
        await page.goto(`${origin}${path}`);
        found.push(...(await lookAt(page, path)));
        const addresses = await said(
          page,
          '[...document.links].map((one) => one.href.split("#")[0]).join(" ")',
        );
        for (const address of addresses.split(' ')) links.add(address);
      }
      for (const link of links) {
        const answer = await context.request.get(link);
        if (answer.status() !== 200) found.push(`${link}: ${answer.status()}`);
      }
      await context.close();
      expect(found).toEqual([]);
    },
  );
});
