/** `aiqyn run` with borrowed probes: from aiqyn.yaml over a real Globalping on loopback to page, API and archive. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startCli, withTemporaryFolder } from '../../support/cli.ts';
import { startProxy } from '../../support/proxy-servers.ts';
import type { ProxyServer } from '../../support/proxy-servers.ts';
import { failedAnswer, httpAnswer, startGlobalping } from '../../support/worlds/globalping.ts';
import type { GlobalpingWorld } from '../../support/worlds/globalping.ts';

const SETTLES_MS = 20_000;

const Status = z.object({
  platforms: z.array(
    z.looseObject({
      platform: z.string(),
      networks: z.array(z.looseObject({ operator: z.string(), access: z.string(), status: z.string() })),
    }),
  ),
});

let world: GlobalpingWorld;
let proxy: ProxyServer;
beforeEach(async () => {
  world = await startGlobalping();
  // Nobody listens where it leads: everything breaks, as with a proxy that is falling over.
  proxy = await startProxy('socks5', 1);
});
afterEach(async () => {
  await world.close();
  await proxy.close();
});

async function json(url: string): Promise<unknown> {
  return JSON.parse(await (await fetch(url)).text());
}

/** The first answer that `isEnough` takes. */
async function eventually<T>(ask: () => Promise<T>, isEnough: (value: T) => boolean): Promise<T> {
  const deadlineMs = performance.now() + SETTLES_MS;
  for (;;) {
    const value = await ask();
    if (isEnough(value) || performance.now() > deadlineMs) return value;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function texts(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const read = files
    .filter((file) => file.isFile() && /\.(?:jsonl|json)$/.test(file.name))
    .map(async (file) => readFile(join(file.parentPath, file.name), 'utf8'));
  return (await Promise.all(read)).join('\n');
}

describe('aiqyn run with borrowed probes, and a vantage through a proxy', () => {
  it('shows what they saw, marks it as borrowed, and keeps to the quota', { timeout: 60_000 }, async () => {
    world.sees = ({ country, asn }) =>
      country === 'KZ' && asn === 21299
        ? failedAnswer('connect ECONNREFUSED 198.51.100.10:443', 'target')
        : httpAnswer();
    await withTemporaryFolder(async (folder) => {
      const config = join(folder, 'aiqyn.yaml');
      await writeFile(
        config,
        `borrowed: { globalping: { url: '${world.url}', platforms: [youtube], testsPerHour: 200 } }\nlog: { level: warn }
vantages: [{ id: lent, operator: AS48503, place: almaty, access: mobile, through: '${proxy.url}' }]
`,
      );
      const dataDir = join(folder, 'data');
      const monitor = startCli(['run', '--port', '0', '--config', config, '--data-dir', dataDir]);
      try {
        const [url = ''] = await monitor.waitFor(/http:\/\/127\.0\.0\.1:\d+/, 20_000);
        const youtube = await eventually(
          async () => {
            const { platforms } = Status.parse(await json(`${url}/api/status`));
            const found = platforms.find(({ platform }) => platform === 'youtube');
            return found?.networks.filter(({ access }) => access === 'remote') ?? [];
          },
          (networks) => networks.length === 2,
        );
        expect(Object.fromEntries(youtube.map(({ operator, status }) => [operator, status]))).toEqual({
          AS9198: 'ok',
          AS21299: 'blocked',
        });
        expect(proxy.asked).toContain('www.youtube.com');
        // A borrowed probe is no vantage: it has no heartbeat, and cannot fall silent.
        const vantages = JSON.stringify(await json(`${url}/api/vantages`));
        expect(vantages).not.toContain('remote');
        expect(JSON.stringify(await json(`${url}/api/incidents`))).not.toMatch(/AS48503|shutdown|silent/);
        const page = await (await fetch(`${url}/vantages`)).text();
        expect(page).toContain('Globalping');
        expect(page).toMatch(/19\d of 200/);
        const kept = await texts(dataDir);
        expect(kept).toContain(
          '"x_aiqyn_borrowed":{"lender":"globalping","network":"Kar-Tel LLC","city":"Astana"}',
        );
        expect(kept).not.toContain('latitude');
        expect(world.spent()).toBe(3);
      } finally {
        monitor.child.kill('SIGTERM');
      }
      expect(await monitor.exited).toBe(0);
    });
  });
});
