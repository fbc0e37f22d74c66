/** A network that is cut, and a stick that is carried out: the built command, its agent and its collector as processes. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readArchive } from '../../../src/archive/segment-read.ts';
import { openChainFile } from '../../../src/agent/chain-file.ts';
import { openFileSpool } from '../../../src/agent/file-spool.ts';
import { openFleetBook } from '../../../src/collector/fleet-book.ts';
import { createIdentity, writeIdentity } from '../../../src/fleet/identity.ts';
import { createBoxKey } from '../../../src/fleet/sealed-box.ts';
import { synthesize } from '../../../src/scenario/synthesize.ts';
import { runCli, startCli, withTemporaryFolder } from '../../support/cli.ts';
import type { RunningCli } from '../../support/cli.ts';
import { idAt } from '../../support/points.ts';
import { silentLog } from '../../support/silent-log.ts';

const READY_MS = 30_000;
const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const VANTAGE = { id: 'almaty-home', operator: 'AS9198', place: 'almaty', access: 'fixed' } as const;
const ENROL = ['--operator', 'AS9198', '--place', 'almaty', '--access', 'fixed'];

function agentConfig(port: string): string {
  return `
dataDir: ./data
plan: light-mobile
resolvers: { udp: [] }
vantages:
  - { id: almaty-home, operator: AS9198, place: almaty, access: fixed }
fleet:
  collectors: ['http://127.0.0.1:${port}']
`;
}

async function startCollector(dataDir: string, port: string): Promise<{ running: RunningCli; port: string }> {
  const running = startCli(['collector', '-d', dataDir, '--port', '0', '--fleet-port', port]);
  const [, found = ''] = await running.waitFor(/Agents are awaited at http:\/\/127\.0\.0\.1:(\d+)/, READY_MS);
  await running.waitFor(/The page is at/, READY_MS);
  return { running, port: found };
}

async function stopped(running: RunningCli): Promise<number | null> {
  running.child.kill('SIGTERM');
  return running.exited;
}

async function archivedIds(dataDir: string): Promise<string[]> {
  const ids: string[] = [];
  const window = { fromMs: Date.now() - 7 * DAY_MS, toMs: Date.now() + DAY_MS };
  for await (const { measurement } of readArchive(join(dataDir, 'archive'), window, silentLog))
    ids.push(measurement.x_aiqyn_id);
  return ids;
}

const Imported = z.object({
  files: z.array(
    z.object({
      stored: z.number(),
      repeated: z.number(),
      refused: z.object({ code: z.string() }).nullable(),
    }),
  ),
  incidents: z.number().nullable(),
});

async function imported(files: readonly string[], dataDir: string) {
  const { code, stdout, stderr } = await runCli(['bundle', 'import', ...files, '--json', '-d', dataDir]);
  expect(stderr).toBe('');
  return { code, ...Imported.parse(JSON.parse(stdout)) };
}

const Exported = z.object({
  file: z.string().nullable(),
  sealed: z.boolean(),
  vantages: z.array(z.object({ measurements: z.number() })),
});

async function exported(folder: string, ...args: string[]) {
  const { code, stdout } = await runCli(['bundle', 'export', '--json', ...args], {}, folder);
  return { code, ...Exported.parse(JSON.parse(stdout)) };
}

describe('while the network is cut', () => {
  it(
    'a stick brings out what an agent measures, into a collector that runs or not, once',
    { timeout: 180_000 },
    async () => {
      await withTemporaryFolder(async (here) => {
        const there = join(here, 'collector');
        await writeFile(
          join(here, 'token'),
          (await runCli(['enroll', 'new', VANTAGE.id, ...ENROL, '-d', there])).stdout,
        );
        const first = await startCollector(there, '0');
        const { port } = first;
        await writeFile(join(here, 'aiqyn.yaml'), agentConfig(port));
        await runCli(['enroll', 'join', VANTAGE.id, '--token-file', 'token'], {}, here);
        await stopped(first.running);

        // The collector cannot be reached: the agent measures on, and beside it a stick is written.
        const agent = startCli(['agent'], { AIQYN_LOG_LEVEL: 'debug' }, here);
        await agent.waitFor(/(Kept in the spool[^]*){8}/, READY_MS);
        const one = await exported(here, '-o', 'one.bin');
        expect(one).toMatchObject({ code: 0, sealed: true });
        const waiting = one.vantages[0]?.measurements ?? 0;
        expect(waiting).toBeGreaterThanOrEqual(8);
        expect((await readFile(join(here, 'one.bin'))).includes('aiqyn')).toBe(false);
        const offline = await imported([join(here, 'one.bin')], there);
        expect(offline).toMatchObject({ code: 0, files: [{ stored: waiting, repeated: 0 }] });
        await agent.waitFor(new RegExp(`(Kept in the spool[^]*){${waiting + 3}}`), READY_MS);
        expect(await stopped(agent)).toBe(0);
        await exported(here, '-o', 'two.bin');

        // Now the collector runs, and has what the first stick brought.
        const second = await startCollector(there, port);
        const both = await imported([join(here, 'two.bin'), join(here, 'one.bin')], there);
        expect(both).toMatchObject({
          code: 0,
          incidents: null,
          files: [{ repeated: waiting }, { stored: 0 }],
        });
        expect(both.files[0]?.stored).toBeGreaterThanOrEqual(3);
        const carried = await archivedIds(there);
        expect(new Set(carried).size).toBe(carried.length);

        // The network returns: the agent goes on behind what was carried, and nothing comes twice.
        const again = startCli(['agent'], { AIQYN_LOG_LEVEL: 'debug' }, here);
        await again.waitFor(/(Kept in the spool[^]*){3}/, READY_MS);
        expect(await stopped(again)).toBe(0);
        expect(await exported(here, '-o', 'none.bin')).toMatchObject({ code: 3, file: null });
        const all = await archivedIds(there);
        expect(new Set(all).size).toBe(all.length);
        expect(all.length).toBeGreaterThan(carried.length);
        const last = await imported([join(here, 'one.bin'), join(here, 'two.bin')], there);
        expect(last.files.map(({ stored }) => stored)).toEqual([0, 0]);
        await stopped(second.running);
      });
    },
  );

  it('incidents of the days that were carried come out', { timeout: 120_000 }, async () => {
    await withTemporaryFolder(async (here) => {
      const there = join(here, 'collector');
      await aStoryOfThreeDaysAgo(here, there);
      expect(await exported(here, '-o', 'stick', '--plain')).toMatchObject({ code: 0, sealed: false });
      const taken = await imported([join(here, 'stick')], there);
      expect(taken.incidents).toBe(1);
      expect(await imported([join(here, 'stick')], there)).toMatchObject({
        incidents: 0,
        files: [{ stored: 0 }],
      });
    });
  });

  it(
    'says what is wrong: no key to seal it with, one for another collector',
    { timeout: 120_000 },
    async () => {
      await withTemporaryFolder(async (here) => {
        const there = join(here, 'collector');
        await aStoryOfThreeDaysAgo(here, there);
        const unsealed = await runCli(['bundle', 'export', '-o', 'x'], {}, here);
        expect(unsealed.code).toBe(2);
        expect(unsealed.stderr).toContain('--plain');
        await exported(here, '-o', 'other', '--to', createBoxKey().key.publicKey);
        const refused = await runCli(['bundle', 'import', 'other', '-d', there], {}, here);
        expect(refused).toMatchObject({ code: 1, stdout: '' });
        expect(refused.stderr).toContain('REFUSED (no_bundle)');
        const key = (await runCli(['bundle', 'key', '-d', there])).stdout.trim();
        await exported(here, '-o', 'right', '--to', key);
        const some = await imported([join(here, 'right'), join(here, 'other')], there);
        expect(some.code).toBe(3);
        expect(some.files.map(({ refused: why }) => why?.code ?? 'taken').sort()).toEqual([
          'no_bundle',
          'taken',
        ]);
      });
    },
  );
});

/** An enrolled vantage whose spool holds an hour of three days ago, with half an hour in which YouTube was blocked. */
async function aStoryOfThreeDaysAgo(here: string, there: string): Promise<void> {
  await writeFile(join(here, 'aiqyn.yaml'), agentConfig('9'));
  const { identity, pem } = createIdentity();
  const book = await openFleetBook(there);
  await book.enrol(await book.expect(VANTAGE, Date.now()), identity.publicKey, Date.now());
  await mkdir(join(here, 'data', 'keys'), { recursive: true });
  await writeIdentity(join(here, 'data', 'keys', `${VANTAGE.id}.pem`), pem);
  const dir = join(here, 'data', 'spool', VANTAGE.id);
  await openChainFile(dir, identity.keyId, silentLog);
  const spool = await openFileSpool({ dir, budgetBytes: 1e8, log: silentLog });
  const startMs = Math.floor((Date.now() - 3 * DAY_MS) / MINUTE_MS) * MINUTE_MS;
  for (let minute = 0; minute < 60; minute += 1)
    for (const [number, platform] of (['youtube', 'vk', 'control'] as const).entries())
      await spool.append(
        synthesize({
          id: idAt(startMs + minute * MINUTE_MS, number),
          atMs: startMs + minute * MINUTE_MS,
          retest: 0,
          vantage: VANTAGE,
          platform,
          fate: {
            block: platform === 'youtube' && minute >= 15 && minute < 45 ? 'sni_drop' : null,
            throttleKbps: null,
            forger: undefined,
            isDown: false,
            isControlUp: true,
            network: 'online',
            lost: [],
          },
          latencyMs: [20, 60],
          random: () => 0.5,
          certificates: new Map(),
        }),
      );
  await spool.close();
}
