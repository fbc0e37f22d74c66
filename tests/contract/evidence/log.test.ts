/** A bundle and the transparency log: its records lead to published days, and whoever tampers with either is seen. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCarriedBook } from '../../../src/collector/carried-book.ts';
import { writeBundle } from '../../../src/evidence/bundle.ts';
import { LogProofs } from '../../../src/evidence/log-proofs.ts';
import { FILE } from '../../../src/evidence/manifest.ts';
import { verifyBundle } from '../../../src/evidence/verify.ts';
import type { Verification, VerifyOptions } from '../../../src/evidence/verify.ts';
import { openLogBook } from '../../../src/transparency/log-book.ts';
import type { PublishedLog } from '../../../src/transparency/log.ts';
import { contentsOf, signedAnew } from '../../support/bundle-forger.ts';
import { alsoCarried, anEvidenceWorld } from '../../support/evidence-world.ts';
import type { EvidenceWorld } from '../../support/evidence-world.ts';
import { closeDay } from '../../support/log-world.ts';

let folder = '';
let world: EvidenceWorld;
let checker: VerifyOptions;
let made = '';
let day = '';
let published: PublishedLog;

async function bundleOf(name: string): Promise<string> {
  const file = join(folder, name);
  const workDir = await mkdtemp(join(folder, 'work-'));
  await writeBundle({ ...world.options, workDir, book: await openLogBook(world.dataDir) }, file);
  return file;
}

function dayAfter(): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aiqyn-evidence-log-'));
  world = await anEvidenceWorld(folder);
  const { catalog, knowledge, version, identity, incident } = world.options;
  checker = { catalog, knowledge, version };
  day = new Date(incident.startMs).toISOString().slice(0, 10);
  await closeDay(world.dataDir, day, { identity, chains: world.book });
  await closeDay(world.dataDir, dayAfter(), { identity, chains: world.book });
  made = await bundleOf('made.zip');
  published = (await openLogBook(world.dataDir)).published(identity.publicKey);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function contentOf(path: string): Promise<Buffer> {
  return (await contentsOf(made)).get(path) ?? Buffer.alloc(0);
}

async function checked(
  changed: Readonly<Record<string, Buffer>>,
  options: Partial<VerifyOptions> = {},
): Promise<Verification> {
  const file = join(folder, 'tried.zip');
  const forged = await signedAnew(made, changed, world.options.identity);
  await writeFile(file, forged);
  return verifyBundle(file, { ...checker, ...options });
}

async function proofs(): Promise<LogProofs> {
  return LogProofs.parse(JSON.parse(String(await contentOf(FILE.log))));
}

describe('a bundle of what was sent and carried by hand', () => {
  it('leads by the chain that was sent and by the one that was carried to the root of the day', async () => {
    const own = await anEvidenceWorld(await mkdtemp(join(folder, 'carried-')));
    const options = await alsoCarried(own);
    const carried = await openCarriedBook(own.dataDir);
    await closeDay(own.dataDir, day, { identity: options.identity, chains: own.book, carried });
    const file = join(folder, 'carried.zip');
    await writeBundle({ ...options, book: await openLogBook(own.dataDir) }, file);
    const { isGood, problems, logged } = await verifyBundle(file, checker);
    expect({ isGood, problems, logged }).toEqual({ isGood: true, problems: [], logged: 40 });
    const { chains } = LogProofs.parse(JSON.parse(String((await contentsOf(file)).get(FILE.log))));
    // In the order of their keys, which are random.
    expect(new Set(chains.map(({ leaf }) => leaf.carried))).toEqual(new Set([undefined, 'c'.repeat(32)]));
  });
});

describe('a bundle of a closed day', () => {
  it('leads from every record to the root of that day, signed by the vantage or not', async () => {
    const answer = await verifyBundle(made, { ...checker, log: published });
    expect(answer).toMatchObject({ isGood: true, problems: [], logged: 40 });
    const { days, chains, hours, logged } = await proofs();
    expect([days.length, chains.length, logged]).toEqual([1, 1, 40]);
    expect(hours.length).toBeGreaterThan(0);
  });

  it('says that its days are its own where the reader saved none', async () => {
    expect((await verifyBundle(made, checker)).notes.join('\n')).toContain('Give --log');
  });

  it('holds also where the saved log ends before, and says so', async () => {
    const answer = await verifyBundle(made, { ...checker, log: { ...published, days: [] } });
    expect([answer.isGood, answer.notes.join('\n')]).toEqual([
      true,
      expect.stringContaining('The saved log ends before'),
    ]);
  });

  it('is refused after its maker forked the log that a reader saved', async () => {
    const other = await anEvidenceWorld(await mkdtemp(join(folder, 'fork-')));
    const { identity } = world.options;
    await closeDay(other.dataDir, day, { identity });
    const forked = (await openLogBook(other.dataDir)).published(identity.publicKey);
    const answer = await verifyBundle(made, { ...checker, log: forked });
    expect(answer.problems).toMatchObject([{ code: 'wrong_log' }]);
    expect(answer.problems[0]?.what).toContain('it was forked');
  });

  it('is refused with a root changed, and with a leaf that is not below it', async () => {
    const found = await proofs();
    const root = found.days.map((one) => ({ ...one, root: '0'.repeat(64) }));
    const leaf = found.hours.map((one) => ({ ...one, leaf: { ...one.leaf, records: one.leaf.records + 1 } }));
    for (const changed of [
      { ...found, days: root },
      { ...found, hours: leaf },
      { ...found, days: [] },
    ]) {
      const { problems } = await checked({ [FILE.log]: Buffer.from(JSON.stringify(changed)) });
      expect(problems).toMatchObject([{ code: 'wrong_log' }]);
    }
  });

  it('is refused with a record’s hash taken out of its hour, and with one put in', async () => {
    const [line = '', ...others] = gunzipSync(await contentOf(FILE.hours))
      .toString('utf8')
      .trimEnd()
      .split('\n');
    const without = line.replace(/"[0-9a-f]{64}",/, '');
    const more = line.replace('[', `["${'0'.repeat(64)}",`);
    for (const changed of [without, more]) {
      const lines = [changed, ...others].map((one) => `${one}\n`).join('');
      const { problems } = await checked({ [FILE.hours]: gzipSync(lines) });
      expect(problems).toMatchObject([{ code: 'wrong_log' }]);
    }
  });

  it('is refused with a measurement changed after the day was closed, also of a vantage without a chain', async () => {
    const lines = gunzipSync(await contentOf(FILE.controls))
      .toString('utf8')
      .trimEnd()
      .split('\n');
    const at = lines.findIndex((line) => line.includes('"nqz-telecom"'));
    const changed = lines.map((line, n) =>
      n === at ? line.replace('"test_runtime":', '"test_runtime":1') : line,
    );
    expect(changed).not.toEqual(lines);
    const { problems } = await checked({
      [FILE.controls]: gzipSync(changed.map((line) => `${line}\n`).join('')),
    });
    expect(problems).toMatchObject([{ code: 'wrong_log' }]);
    expect(problems[0]?.what).toContain('39 of 40 records lie in the days of the log');
  });

  it('is refused without the batches that lead on to the head that the log names', async () => {
    const lines = gunzipSync(await contentOf(FILE.proofs))
      .toString('utf8')
      .trimEnd()
      .split('\n');
    const fewer = lines
      .slice(0, -1)
      .map((line) => `${line}\n`)
      .join('');
    const { problems } = await checked({ [FILE.proofs]: gzipSync(fewer) });
    expect(problems).toMatchObject([{ code: 'wrong_log' }]);
  });
});

describe('a bundle of a day that is not closed', () => {
  it('holds, and says how many records lie in no day yet', async () => {
    const file = join(folder, 'open.zip');
    const workDir = await mkdtemp(join(folder, 'work-'));
    await writeBundle({ ...world.options, workDir }, file);
    const answer = await verifyBundle(file, checker);
    expect(answer).toMatchObject({ isGood: true, logged: 0 });
    expect(answer.notes.join('\n')).toContain('40 of 40 records lie in no day');
  });

  it('of an archive that was changed after the day was closed has no proof of that hour', async () => {
    const before = await readFile(made);
    const changedWorld = await anEvidenceWorld(await mkdtemp(join(folder, 'changed-')));
    const { identity } = world.options;
    await closeDay(changedWorld.dataDir, day, { identity, chains: changedWorld.book });
    const hour = new Date(changedWorld.options.incident.startMs).toISOString().slice(11, 13);
    const segment = join(changedWorld.dataDir, 'archive', day, `${hour}.jsonl`);
    const text = await readFile(segment, 'utf8');
    await writeFile(segment, text.split('\n').slice(1).join('\n'));
    const file = join(folder, 'changed.zip');
    const workDir = await mkdtemp(join(folder, 'work-'));
    const book = await openLogBook(changedWorld.dataDir);
    await writeBundle({ ...changedWorld.options, identity, workDir, book }, file);
    const answer = await verifyBundle(file, checker);
    expect(answer.logged).toBeLessThan(40);
    expect((await readFile(made)).equals(before)).toBe(true);
  });
});
