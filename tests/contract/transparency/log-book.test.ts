/** The log on disk: what is published survives, what was half written was never published, and late records change no day. */
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIdentity } from '../../../src/fleet/identity.ts';
import { startLogKeeper } from '../../../src/transparency/keeper.ts';
import { openLogBook } from '../../../src/transparency/log-book.ts';
import { flawOfDays, forkOf, hashOfLeaf } from '../../../src/transparency/log.ts';
import type { SignedDay } from '../../../src/transparency/log.ts';
import { EMPTY_ROOT, rootOf, rootOfPath } from '../../../src/transparency/merkle.ts';
import { webMeasurement } from '../../support/agent-records.ts';
import { anArchive, closeDay, contentFor } from '../../support/log-world.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { silentLog } from '../../support/silent-log.ts';

const NOON_MS = Date.parse('2026-03-01T12:00:00Z');
const HOUR_MS = 3_600_000;
const { identity } = createIdentity();
let dataDir = '';

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'aiqyn-log-'));
});
afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

async function record(...instants: readonly number[]): Promise<void> {
  const archive = await anArchive(dataDir, NOON_MS);
  await archive.append(instants.map((atMs) => webMeasurement({ atMs })));
  await archive.close();
}

async function leavesOf(day: string) {
  return (await openLogBook(dataDir)).leavesOf(day);
}

describe('a day of the log', () => {
  it('holds each hour that was measured, with a root that its leaves give', async () => {
    await record(NOON_MS, NOON_MS + 1_000, NOON_MS + HOUR_MS);
    const closed = await closeDay(dataDir, '2026-03-01', { identity });
    const leaves = await leavesOf('2026-03-01');
    expect(leaves).toMatchObject([
      { kind: 'hour', hour: '2026-03-01T12', records: 2 },
      { kind: 'hour', hour: '2026-03-01T13', records: 1 },
    ]);
    expect(rootOf(leaves.map(hashOfLeaf))).toBe(closed.root);
  });

  it('has the proof of each of its leaves, and none of another', async () => {
    await record(NOON_MS, NOON_MS + HOUR_MS, NOON_MS + 2 * HOUR_MS);
    const { root } = await closeDay(dataDir, '2026-03-01', { identity });
    const book = await openLogBook(dataDir);
    for (const leaf of (await book.leavesOf('2026-03-01')).map(hashOfLeaf)) {
      const proof = await book.proofOf('2026-03-01', leaf);
      expect(proof === null ? null : rootOfPath(leaf, proof)).toBe(root);
    }
    expect(await book.proofOf('2026-03-01', root)).toBeNull();
    expect(await book.proofOf('2026-03-02', root)).toBeNull();
  });

  it('takes what comes late into the day in which it comes, and leaves the published one as it is', async () => {
    await record(NOON_MS);
    await closeDay(dataDir, '2026-03-01', { identity });
    const before = await readFile(join(dataDir, 'transparency', 'days.jsonl'), 'utf8');
    await record(NOON_MS + 5_000, NOON_MS + 24 * HOUR_MS);
    await closeDay(dataDir, '2026-03-02', { identity });
    expect(await leavesOf('2026-03-01')).toMatchObject([{ hour: '2026-03-01T12', records: 1 }]);
    expect(await leavesOf('2026-03-02')).toMatchObject([
      { hour: '2026-03-01T12', records: 2 },
      { hour: '2026-03-02T12', records: 1 },
    ]);
    const after = await readFile(join(dataDir, 'transparency', 'days.jsonl'), 'utf8');
    expect(after.startsWith(before)).toBe(true);
  });

  it('has another root after a record was changed or removed, and so cannot be made again', async () => {
    await record(NOON_MS, NOON_MS + 1_000);
    await closeDay(dataDir, '2026-03-01', { identity });
    const file = join(dataDir, 'archive', '2026-03-01', '12.jsonl');
    const text = await readFile(file, 'utf8');
    const [published] = await leavesOf('2026-03-01');
    for (const changed of [
      text.replace('"test_runtime":', '"test_runtime":1'),
      `${text.split('\n')[0] ?? ''}\n`,
    ]) {
      expect(changed).not.toBe(text);
      await writeFile(file, changed);
      await rm(join(dataDir, 'transparency', 'hours.json'), { force: true });
      const { leaves } = await contentFor(dataDir, await openLogBook(dataDir))(NOON_MS + 24 * HOUR_MS);
      expect(leaves).toHaveLength(1);
      expect(leaves[0]).not.toEqual(published);
    }
  });

  it('is not there when a crash cut its line, and is made again whole', async () => {
    await record(NOON_MS);
    await closeDay(dataDir, '2026-03-01', { identity });
    await appendFile(join(dataDir, 'transparency', 'days.jsonl'), '{"day":"2026-03-02","num');
    expect((await openLogBook(dataDir)).days).toHaveLength(1);
    await closeDay(dataDir, '2026-03-02', { identity });
    const { days } = await openLogBook(dataDir);
    expect(days.map(({ day }) => day)).toEqual(['2026-03-01', '2026-03-02']);
    expect(flawOfDays(days, identity.publicKey)).toBeNull();
  });

  it('reads an hour again when its memory was lost, and does not publish it twice', async () => {
    await record(NOON_MS);
    await closeDay(dataDir, '2026-03-01', { identity });
    await rm(join(dataDir, 'transparency', 'hours.json'));
    const closed = await closeDay(dataDir, '2026-03-02', { identity });
    expect([closed.leaves, closed.root]).toEqual([0, EMPTY_ROOT]);
  });
});

/** Runs a keeper until what it has to do now is done. */
async function kept(clock: ManualClock, forMs = 0, by = identity): Promise<readonly SignedDay[]> {
  const book = await openLogBook(dataDir);
  const closed: string[] = [];
  const keeper = startLogKeeper({
    book,
    identity: by,
    content: contentFor(dataDir, book),
    clock,
    log: silentLog,
    onClosed: ({ day }) => closed.push(day),
  });
  await expect.poll(() => clock.sleeping, { timeout: 20_000 }).toBe(1);
  for (let passedMs = 0; passedMs < forMs; passedMs += 30_000) {
    await clock.advance(30_000);
    await expect.poll(() => clock.sleeping, { timeout: 20_000 }).toBe(1);
  }
  await keeper.stop();
  return (await openLogBook(dataDir)).days;
}

describe('the keeper of the log', () => {
  it('closes no day before it is over, and then soon', async () => {
    await record(NOON_MS);
    const clock = new ManualClock(Date.parse('2026-03-01T23:58:00Z'));
    expect(await kept(clock)).toEqual([]);
    const days = await kept(clock, 180_000);
    expect(days.map(({ day }) => day)).toEqual(['2026-03-01']);
    expect(days[0]?.closedAt).toBe('2026-03-02T00:00:00.000Z');
  });

  it('makes the days up that passed while it was off', async () => {
    await record(NOON_MS);
    await kept(new ManualClock(NOON_MS));
    const days = await kept(new ManualClock(NOON_MS + 4 * 24 * HOUR_MS));
    expect(days.map(({ day, leaves }) => [day, leaves])).toEqual([
      ['2026-03-01', 1],
      ['2026-03-02', 0],
      ['2026-03-03', 0],
      ['2026-03-04', 0],
    ]);
    expect(flawOfDays(days, identity.publicKey)).toBeNull();
  });

  it('does not believe a clock that was just set, and waits while it is behind what was closed', async () => {
    const clock = new ManualClock(NOON_MS);
    const book = await openLogBook(dataDir);
    const keeper = startLogKeeper({
      book,
      identity,
      content: contentFor(dataDir, book),
      clock,
      log: silentLog,
    });
    await expect.poll(() => clock.sleeping, { timeout: 20_000 }).toBe(1);
    clock.jumpWall(48 * HOUR_MS);
    await clock.advance(60_000);
    expect(book.days).toEqual([]);
    clock.jumpWall(-48 * HOUR_MS);
    for (let step = 0; step < 8; step++) {
      await clock.advance(30_000);
      await expect.poll(() => clock.sleeping, { timeout: 20_000 }).toBe(1);
    }
    expect(book.days).toEqual([]);
    await keeper.stop();
    const days = await kept(new ManualClock(NOON_MS + 24 * HOUR_MS));
    expect(days).toHaveLength(1);
    expect(await kept(new ManualClock(NOON_MS - 24 * HOUR_MS))).toEqual(days);
  });

  it('does not go on under another key, nor after years that nobody measured', async () => {
    await record(NOON_MS);
    await kept(new ManualClock(NOON_MS));
    const days = await kept(new ManualClock(NOON_MS + 24 * HOUR_MS));
    expect(days).toHaveLength(1);
    const other = createIdentity().identity;
    expect(await kept(new ManualClock(NOON_MS + 48 * HOUR_MS), 0, other)).toEqual(days);
    expect(await kept(new ManualClock(NOON_MS + 2_000 * 24 * HOUR_MS))).toEqual(days);
  });

  it('extends what anybody saved of it', async () => {
    await record(NOON_MS);
    await kept(new ManualClock(NOON_MS));
    const saved = await kept(new ManualClock(NOON_MS + 24 * HOUR_MS));
    await record(NOON_MS + 24 * HOUR_MS);
    const now = await kept(new ManualClock(NOON_MS + 72 * HOUR_MS));
    expect(now).toHaveLength(3);
    expect(forkOf(saved, now)).toBeNull();
  });
});
