/** `aiqyn evidence` and `aiqyn verify`, as a user runs them; and openssl and sha256sum, as somebody without Aiqyn does. */
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openZip } from '../../../src/evidence/zip.ts';
import { installationIdentity } from '../../../src/cli/installation.ts';
import { openLogBook } from '../../../src/transparency/log-book.ts';
import { openDuckdbStore } from '../../../src/store/duckdb/store.ts';
import { runCli, startProgram, withTemporaryFolder } from '../../support/cli.ts';
import { anEvidenceWorld, EVENTS, INCIDENT } from '../../support/evidence-world.ts';
import { closeDay } from '../../support/log-world.ts';
import { silentLog } from '../../support/silent-log.ts';

const Made = z.object({ key: z.string(), figures: z.object({ measurements: z.number() }) });
const Answer = z.object({ isGood: z.boolean(), problems: z.array(z.object({ code: z.string() })) });

async function aDataDir(folder: string): Promise<string> {
  const { dataDir } = await anEvidenceWorld(folder);
  const store = await openDuckdbStore({ file: join(dataDir, 'store.duckdb'), log: silentLog });
  await store.saveIncidents([INCIDENT]);
  await store.saveEvents(EVENTS);
  await store.close();
  return dataDir;
}

async function unpack(file: string, to: string): Promise<void> {
  const zip = await openZip(file);
  for (const { path, open } of zip.files) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await pipeline(await open(), createWriteStream(join(to, path)));
  }
  zip.close();
}

/** What a program of the system says when it is content. */
async function said(words: readonly string[], cwd: string): Promise<string> {
  const program = startProgram(words, {}, cwd);
  expect(await program.exited).toBe(0);
  return program.stdout();
}

describe('aiqyn evidence and aiqyn verify', () => {
  it(
    'make a bundle that holds with and without Aiqyn, and refuse it changed',
    { timeout: 60_000 },
    async () => {
      await withTemporaryFolder(async (folder) => {
        const dataDir = await aDataDir(folder);
        const file = join(folder, 'evidence.zip');
        const made = await runCli(['evidence', INCIDENT.id, '-o', file, '-d', dataDir, '--json']);
        expect([made.code, made.stderr]).toEqual([0, '']);
        const { key, figures } = Made.parse(JSON.parse(made.stdout));
        expect(figures.measurements).toBe(20);

        const good = await runCli(['verify', file, '--key', key]);
        expect([good.code, good.stdout]).toEqual([0, expect.stringContaining('20 measurements')]);

        await unpack(file, join(folder, 'unpacked'));
        const cwd = join(folder, 'unpacked');
        expect(await said(['sha256sum', '-c', 'SHA256SUMS'], cwd)).toContain('README.md: OK');
        const openssl = [
          'openssl',
          'pkeyutl',
          '-verify',
          '-pubin',
          '-inkey',
          'keys/installation.pem',
          '-rawin',
        ];
        const files = ['-in', 'manifest.json', '-sigfile', 'manifest.sig'];
        expect(await said([...openssl, ...files], cwd)).toContain('Verified');

        const again = await runCli(['evidence', INCIDENT.id, '-o', `${file}.2`, '-d', dataDir]);
        expect(again.code).toBe(0);
        expect((await readFile(`${file}.2`)).equals(await readFile(file))).toBe(true);

        const bytes = await readFile(file);
        bytes[bytes.length - 400] = (bytes[bytes.length - 400] ?? 0) ^ 1;
        await writeFile(file, bytes);
        const bad = await runCli(['verify', file, '--json']);
        expect(bad.code).toBe(1);
        expect(Answer.parse(JSON.parse(bad.stdout))).toMatchObject({ isGood: false });
      });
    },
  );

  it(
    'hold a bundle against a log that was saved, and a log against itself of before',
    { timeout: 60_000 },
    async () => {
      await withTemporaryFolder(async (folder) => {
        const dataDir = await aDataDir(folder);
        const identity = await installationIdentity(dataDir);
        const day = new Date(INCIDENT.startMs).toISOString().slice(0, 10);
        async function save(name: string, ...days: readonly string[]): Promise<string> {
          for (const one of days) await closeDay(dataDir, one, { identity });
          const file = join(folder, name);
          await writeFile(file, JSON.stringify((await openLogBook(dataDir)).published(identity.publicKey)));
          return file;
        }
        const saved = await save('saved.json', day);
        const today = await save('today.json', '2035-01-01', '2035-01-02');
        const file = join(folder, 'evidence.zip');
        expect((await runCli(['evidence', INCIDENT.id, '-o', file, '-d', dataDir])).code).toBe(0);
        const good = await runCli(['verify', file, '--log', saved]);
        expect([good.code, good.stdout]).toEqual([0, expect.stringContaining('lead to published days')]);
        const kept = await runCli(['verify', '--log', today, '--saved', saved]);
        expect([kept.code, kept.stdout]).toEqual([0, expect.stringContaining('still holds all 1 days')]);
        const shorter = await runCli(['verify', '--log', saved, '--saved', today]);
        expect([shorter.code, shorter.stdout]).toEqual([
          1,
          expect.stringContaining('is not in the log any more'),
        ]);
        const nothing = await runCli(['verify', '--saved', saved]);
        expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('needs --log')]);
        const wrong = await runCli(['verify', '--log', file]);
        expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('is no transparency.json')]);
      });
    },
  );

  it('say what is missing', { timeout: 60_000 }, async () => {
    await withTemporaryFolder(async (folder) => {
      const dataDir = await aDataDir(folder);
      const unknown = await runCli(['evidence', 'no-such', '-o', join(folder, 'x.zip'), '-d', dataDir]);
      expect([unknown.code, unknown.stderr]).toEqual([3, expect.stringContaining('no incident no-such')]);
      const nowhere = await runCli(['verify', join(folder, 'nothing.zip')]);
      expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining('there is no file')]);
      await writeFile(join(folder, 'a.zip'), 'x');
      const badKey = await runCli(['verify', join(folder, 'a.zip'), '--key', 'abc']);
      expect([badKey.code, badKey.stderr]).toEqual([2, expect.stringContaining('neither a fingerprint')]);
    });
  });
});
