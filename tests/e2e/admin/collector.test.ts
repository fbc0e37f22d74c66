/**
 * A real process with administration: a browser's way from the login to evidence that `aiqyn verify` accepts, over a kill -9. A
 * collector, because it measures nothing itself and so speaks to nobody.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDuckdbStore } from '../../../src/store/duckdb/store.ts';
import { forkOf, PublishedLog } from '../../../src/transparency/log.ts';
import { runCli, startCli, withTemporaryFolder } from '../../support/cli.ts';
import { anEvidenceWorld, EVENTS, INCIDENT } from '../../support/evidence-world.ts';
import { silentLog } from '../../support/silent-log.ts';

const TOKEN = 'a-token-of-more-than-thirty-two-letters';
const WAIT_MS = 30_000;
const DAY_MS = 86_400_000;

async function aDataDir(folder: string): Promise<string> {
  const { dataDir } = await anEvidenceWorld(folder);
  const store = await openDuckdbStore({ file: join(dataDir, 'store.duckdb'), log: silentLog });
  await store.saveIncidents([INCIDENT]);
  await store.saveEvents(EVENTS);
  await store.close();
  // As if it had been on two days ago for the last time.
  await mkdir(join(dataDir, 'transparency'));
  const day = new Date(Date.now() - 2 * DAY_MS).toISOString().slice(0, 10);
  await writeFile(join(dataDir, 'transparency', 'begun.json'), JSON.stringify({ day }));
  await writeFile(join(folder, 'aiqyn.yaml'), `admin: { token: '${TOKEN}' }\n`);
  return dataDir;
}

async function startCollector(folder: string, dataDir: string) {
  const ports = ['--port', '0', '--fleet-port', '0'];
  const cli = startCli(['collector', '-c', join(folder, 'aiqyn.yaml'), '-d', dataDir, ...ports]);
  const [, url = ''] = await cli.waitFor(/The page is at (http:\/\/127\.0\.0\.1:\d+)/, WAIT_MS);
  async function post(path: string, form: Record<string, string>): Promise<string> {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect(response.status).toBe(200);
    return response.text();
  }
  async function page(path: string): Promise<string> {
    return (await fetch(`${url}${path}`)).text();
  }
  async function log(): Promise<PublishedLog> {
    return PublishedLog.parse(JSON.parse(await page('/transparency.json')));
  }
  return { cli, url, post, page, log };
}

describe('aiqyn collector with administration', () => {
  it(
    'publishes evidence that holds against its log, and forgets nothing over a kill',
    { timeout: 120_000 },
    async () => {
      await withTemporaryFolder(async (folder) => {
        const dataDir = await aDataDir(folder);
        const path = `/admin/incidents/${INCIDENT.id}`;
        const first = await startCollector(folder, dataDir);
        await expect.poll(async () => (await first.log()).days.length, { timeout: WAIT_MS }).toBe(2);
        const saved = join(folder, 'saved.json');
        await writeFile(saved, JSON.stringify(await first.log()));
        await first.post(`${path}/note`, { text: 'Two of us saw it.' });
        await first.post(`${path}/publish`, { consent: 'yes' });
        await expect
          .poll(async () => first.page(`/incidents/${INCIDENT.id}`), { timeout: WAIT_MS })
          .toContain('evidence.zip');
        first.cli.child.kill('SIGKILL');
        await first.cli.exited;

        const second = await startCollector(folder, dataDir);
        try {
          expect(await second.page(`/incidents/${INCIDENT.id}`)).toContain('Two of us saw it.');
          const response = await fetch(`${second.url}/incidents/${INCIDENT.id}/evidence.zip`);
          const file = join(folder, 'evidence.zip');
          await writeFile(file, Buffer.from(await response.arrayBuffer()));
          const verified = await runCli(['verify', file, '--log', saved]);
          expect([verified.code, verified.stdout]).toEqual([
            0,
            expect.stringContaining('20 records lead to published days'),
          ]);
          const earlier = PublishedLog.parse(JSON.parse(await readFile(saved, 'utf8')));
          expect(forkOf(earlier.days, (await second.log()).days)).toBeNull();
        } finally {
          second.cli.child.kill('SIGTERM');
        }
        expect(await second.cli.exited).toBe(0);
      });
    },
  );
});
