/** A vantage and a collector as two people set them up, with the built command; both are killed now and then. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { OwnMeasurement } from '../../../probes/measurement.ts';
import { readArchive } from '../../../src/archive/segment-read.ts';
import { openFleetBook } from '../../../src/collector/fleet-book.ts';
import { readHeader } from '../../../src/fleet/batch.ts';
import { CHAIN_START, headAfter } from '../../../src/fleet/chain.ts';
import { createIdentity } from '../../../src/fleet/identity.ts';
import { runCli, startCli, withTemporaryFolder } from '../../support/cli.ts';
import type { RunningCli } from '../../support/cli.ts';
import { silentLog } from '../../support/silent-log.ts';

const KILLS = 4;
const READY_MS = 30_000;
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

async function archived(dataDir: string): Promise<Map<string, OwnMeasurement>> {
  const found = new Map<string, OwnMeasurement>();
  const window = { fromMs: Date.now() - 86_400_000, toMs: Date.now() + 86_400_000 };
  for await (const { measurement } of readArchive(join(dataDir, 'archive'), window, silentLog)) {
    expect(found.has(measurement.x_aiqyn_id)).toBe(false);
    found.set(measurement.x_aiqyn_id, measurement);
  }
  return found;
}

async function stopped(running: RunningCli): Promise<number | null> {
  running.child.kill('SIGTERM');
  return running.exited;
}

const Listed = z.object({ key: z.string(), batches: z.number() });

describe('a fleet of one', () => {
  it(
    'loses and doubles nothing while agent and collector are killed in turn',
    { timeout: 180_000 },
    async () => {
      await withTemporaryFolder(async (folder) => {
        const [here, there] = [folder, join(folder, 'collector')];
        const made = await runCli(['enroll', 'new', 'almaty-home', ...ENROL, '-d', there]);
        expect(made.code).toBe(0);
        await writeFile(join(here, 'token'), made.stdout);
        const first = await startCollector(there, '0');
        const { port } = first;
        let collector = first.running;
        await writeFile(join(here, 'aiqyn.yaml'), agentConfig(port));
        const join1 = await runCli(['enroll', 'join', 'almaty-home', '--token-file', 'token'], {}, here);
        expect(join1).toMatchObject({ code: 0 });
        for (let kill = 0; kill < KILLS; kill += 1) {
          const agent = startCli(['agent'], { AIQYN_LOG_LEVEL: 'debug' }, here);
          await agent.waitFor(/Kept in the spool/, READY_MS);
          const victim = kill % 2 === 0 ? collector : agent;
          victim.child.kill('SIGKILL');
          await victim.exited;
          if (victim === collector) collector = (await startCollector(there, port)).running;
          await stopped(agent);
        }
        const last = startCli(['agent'], {}, here);
        await last.waitFor(/Aiqyn measures from 1 line/, READY_MS);
        expect(await stopped(last)).toBe(0);
        const listed = await runCli(['enroll', 'list', '--json', '-d', there]);
        const { key, batches } = Listed.parse(JSON.parse(listed.stdout));
        expect(batches).toBeGreaterThan(KILLS / 2);
        expect(await stopped(collector)).toBe(0);

        // The signed chain and the archive say the same, record by record.
        const records = await archived(there);
        const links = await (await openFleetBook(there)).links(key);
        const headers = links.map(({ header }) => readHeader(header));
        expect(headers.map(({ number }) => number)).toEqual(headers.map((_, index) => index + 1));
        expect(headers.reduce((sum, { entries }) => sum + entries, 0)).toBe(records.size);
        const ids = links.flatMap((link) => link.ids);
        const inOrder = ids.flatMap((id) => records.get(id) ?? []);
        expect(inOrder.length).toBe(records.size);
        expect(headAfter(CHAIN_START, inOrder)).toBe(headers.at(-1)?.head);
      });
    },
  );

  it('is ended by the collector’s operator, once', { timeout: 60_000 }, async () => {
    await withTemporaryFolder(async (folder) => {
      const book = await openFleetBook(folder);
      const vantage = { id: 'almaty-home', operator: 'AS9198', place: 'almaty', access: 'fixed' } as const;
      const { identity } = createIdentity();
      await book.enrol(await book.expect(vantage, Date.now()), identity.publicKey, Date.now());
      const revoked = await runCli(['enroll', 'revoke', 'almaty-home', '-d', folder]);
      expect(revoked.code).toBe(0);
      expect(revoked.stdout).toContain('almaty-home is revoked');
      expect((await book.find(identity.keyId))?.revokedAtMs).not.toBeNull();
      const again = await runCli(['enroll', 'revoke', 'almaty-home', '-d', folder]);
      expect(again.code).toBe(1);
      expect(again.stderr).toContain('Nobody is enrolled as almaty-home');
    });
  });

  it('says what is missing: a collector, a key, a token, a known place', { timeout: 60_000 }, async () => {
    await withTemporaryFolder(async (folder) => {
      const bare = await runCli(['agent'], {}, folder);
      expect(bare.code).toBe(2);
      expect(bare.stderr).toContain('fleet.collectors');
      await writeFile(join(folder, 'aiqyn.yaml'), agentConfig('9'));
      const keyless = await runCli(['agent'], {}, folder);
      expect(keyless.code).toBe(1);
      expect(keyless.stderr).toContain('aiqyn enroll join almaty-home');
      await writeFile(join(folder, 'token'), 'guessed');
      const away = await runCli(['enroll', 'join', 'almaty-home', '--token-file', 'token'], {}, folder);
      expect(away.code).toBe(1);
      expect(away.stderr).toContain('No collector enrolled it (http://127.0.0.1:9: connection_refused)');
      const other = await runCli(['enroll', 'join', 'nobody', '--token-file', 'token'], {}, folder);
      expect(other.code).toBe(2);
      expect(other.stderr).toContain('there is no vantage "nobody"');
      const town = ['--operator', 'AS9198', '--place', 'atlantis', '--access', 'fixed'];
      const place = await runCli(['enroll', 'new', 'x', ...town, '-d', folder]);
      expect(place.code).toBe(2);
      expect(place.stderr).toContain('atlantis is no place of the catalogue');
    });
  });
});
