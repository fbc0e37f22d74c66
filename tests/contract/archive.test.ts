import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OwnMeasurement } from '../../probes/measurement.ts';
import type { Archive } from '../../src/archive/archive.ts';
import { openFileArchive } from '../../src/archive/file-archive.ts';
import { readArchive } from '../../src/archive/segment-read.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { aMeasurement } from '../support/measurements.ts';
import { T0_MS } from '../support/points.ts';
import { createRecordingLog } from '../support/silent-log.ts';

const HOUR_MS = 3_600_000;
const DAY = '2026-03-01';
const ALWAYS = { fromMs: 0, toMs: 8e15 };
const KILLS = 5;

let dir = '';
const opened: Archive[] = [];
const { log, lines } = createRecordingLog();

async function open(
  changes: { nowMs?: number; budgetBytes?: number; allowDropOldest?: boolean } = {},
): Promise<Archive> {
  const { nowMs = T0_MS, ...options } = changes;
  const archive = await openFileArchive({
    dir,
    budgetBytes: 1e9,
    clock: new ManualClock(nowMs),
    log,
    ...options,
  });
  opened.push(archive);
  return archive;
}

async function ids(source: AsyncIterable<OwnMeasurement>): Promise<string[]> {
  const found: string[] = [];
  for await (const measurement of source) found.push(measurement.x_aiqyn_id);
  return found;
}

function idsOf(...measurements: readonly OwnMeasurement[]): string[] {
  return measurements.map((measurement) => measurement.x_aiqyn_id);
}

/** Compression goes on in the background; its end shows in the names of the files. */
async function untilCompressed(hour: string): Promise<void> {
  await vi.waitFor(
    async () => {
      expect(await readdir(join(dir, DAY))).not.toContain(`${hour}.jsonl`);
    },
    { timeout: 10_000 },
  );
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aiqyn-archive-'));
  lines.length = 0;
});
afterEach(async () => {
  for (const archive of opened.splice(0)) await archive.close();
  await rm(dir, { recursive: true, force: true });
});

describe('an archive keeps its promises', () => {
  it('gives back what was appended, whole, and says which ids were new', async () => {
    const archive = await open();
    const [first, second] = [aMeasurement(T0_MS, 1), aMeasurement(T0_MS, 2)];
    expect(await archive.append([first, first])).toEqual({ added: idsOf(first) });
    expect(await archive.append([first, second])).toEqual({ added: idsOf(second) });
    expect(await archive.append([])).toEqual({ added: [] });
    const found: OwnMeasurement[] = [];
    for await (const measurement of archive.read(ALWAYS)) found.push(measurement);
    expect(found).toEqual([first, second]);
  });

  it('reads a half-open window ascending by id over several hours, whatever the order of arrival', async () => {
    const archive = await open();
    const all = [0, 1, 2, 3].map((hour) => aMeasurement(T0_MS + hour * HOUR_MS));
    await archive.append(all.toReversed());
    await archive.append([aMeasurement(T0_MS + 5, 5), aMeasurement(T0_MS + 5, 4)]);
    expect(await ids(archive.read({ fromMs: T0_MS, toMs: T0_MS + 3 * HOUR_MS }))).toEqual(
      idsOf(
        aMeasurement(T0_MS),
        aMeasurement(T0_MS + 5, 4),
        aMeasurement(T0_MS + 5, 5),
        aMeasurement(T0_MS + HOUR_MS),
        aMeasurement(T0_MS + 2 * HOUR_MS),
      ),
    );
  });

  it('takes concurrent appends of the same records once', async () => {
    const archive = await open();
    const batch = Array.from({ length: 50 }, (_, n) => aMeasurement(T0_MS, n));
    const answers = await Promise.all([batch, batch, batch].map(async (same) => archive.append(same)));
    expect(answers.flatMap(({ added }) => added)).toHaveLength(50);
    expect(await ids(archive.read(ALWAYS))).toHaveLength(50);
  });

  it('knows its ids again after reopening, in plain, compressed and late files', async () => {
    const records = [aMeasurement(T0_MS, 1), aMeasurement(T0_MS, 2), aMeasurement(T0_MS + 5 * HOUR_MS)];
    await (await open()).append(records.slice(0, 1));
    await opened.pop()?.close();
    const later = await open({ nowMs: T0_MS + 5 * HOUR_MS });
    await untilCompressed('00');
    await later.close();
    const again = await open({ nowMs: T0_MS + 5 * HOUR_MS });
    expect((await again.append(records)).added).toEqual(idsOf(...records.slice(1)));
    expect((await readdir(join(dir, DAY))).sort()).toEqual(['00.jsonl.gz', '00.late.jsonl', '05.jsonl']);
    await again.close();
    const last = await open({ nowMs: T0_MS + 5 * HOUR_MS });
    expect((await last.append(records)).added).toEqual([]);
    expect(await ids(last.read(ALWAYS))).toEqual(idsOf(...records));
  });

  it('is locked to one process, and free again after close', async () => {
    const archive = await open();
    await expect(open()).rejects.toMatchObject({ name: 'EnvironmentError', code: 'ARCHIVE_LOCKED' });
    await archive.close();
    await archive.close();
    await expect(archive.append([aMeasurement()])).rejects.toThrow('closed');
    await open();
  });

  it('can be read for an export while it is being written', async () => {
    const archive = await open();
    await archive.append([aMeasurement()]);
    await appendFile(join(dir, DAY, '00.jsonl'), '{"x_aiqyn_id":"not yet who');
    const found: string[] = [];
    for await (const { measurement } of readArchive(dir, ALWAYS, log)) found.push(measurement.x_aiqyn_id);
    expect(found).toEqual(idsOf(aMeasurement()));
  });
});

describe('after a crash', () => {
  it('moves a torn last line aside, says so, and goes on', async () => {
    const archive = await open();
    await archive.append([aMeasurement(T0_MS, 1)]);
    await archive.close();
    await appendFile(join(dir, DAY, '00.jsonl'), '{"x_aiqyn_id":"torn');
    const again = await open();
    await again.append([aMeasurement(T0_MS, 2)]);
    expect(await ids(again.read(ALWAYS))).toEqual(idsOf(aMeasurement(T0_MS, 1), aMeasurement(T0_MS, 2)));
    expect(await readFile(join(dir, DAY, '00.torn.txt'), 'utf8')).toBe('{"x_aiqyn_id":"torn\n');
    expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('moves a torn line of any length aside, even where it is all there is', async () => {
    await (await open()).append([aMeasurement(T0_MS)]);
    await opened.pop()?.close();
    await writeFile(join(dir, DAY, '00.jsonl'), 'y'.repeat(300_000));
    const again = await open();
    expect(await ids(again.read(ALWAYS))).toEqual([]);
    expect((await again.append([aMeasurement(T0_MS)])).added).toHaveLength(1);
    expect((await stat(join(dir, DAY, '00.torn.txt'))).size).toBe(300_001);
  });

  it('skips whole lines that cannot be read and says how many', async () => {
    await (await open()).append([aMeasurement(T0_MS, 1)]);
    await opened.pop()?.close();
    await appendFile(join(dir, DAY, '00.jsonl'), '\0\0\0\n{"x_aiqyn_id":3}\n');
    const again = await open({ nowMs: T0_MS + 9 * HOUR_MS });
    expect(await ids(again.read(ALWAYS))).toHaveLength(1);
    expect(lines.some(({ fields }) => 'lines' in fields && fields.lines === 2)).toBe(true);
    await again.close();
    expect(await readdir(join(dir, DAY)), 'what cannot be read is not compressed away').toContain('00.jsonl');
  });

  it.each<{ title: string; leftover: (plain: Buffer) => Promise<void> }>([
    {
      title: 'before the compressed file was finished',
      leftover: async () => writeFile(join(dir, DAY, '00.jsonl.gz.copy.tmp'), 'half'),
    },
    {
      title: 'after the compressed file was in place, before the plain one was gone',
      leftover: async (plain) => writeFile(join(dir, DAY, '00.jsonl.gz'), gzipSync(plain)),
    },
    {
      title: 'with a compressed file that lacks a record of the plain one',
      leftover: async (plain) =>
        writeFile(join(dir, DAY, '00.jsonl.gz'), gzipSync(plain.subarray(0, plain.indexOf('\n') + 1))),
    },
  ])('while compressing: loses and doubles nothing, $title', async ({ leftover }) => {
    const records = [1, 2, 3].map((n) => aMeasurement(T0_MS, n));
    await (await open()).append(records);
    await opened.pop()?.close();
    await leftover(await readFile(join(dir, DAY, '00.jsonl')));
    const again = await open({ nowMs: T0_MS + 9 * HOUR_MS });
    expect((await again.append(records)).added).toEqual([]);
    expect(await ids(again.read(ALWAYS))).toEqual(idsOf(...records));
    await untilCompressed('00');
    await again.close();
    const names = await readdir(join(dir, DAY));
    expect(names).toContain('00.jsonl.gz');
    expect(names.filter((name) => name.endsWith('.tmp') || name === '00.jsonl')).toEqual([]);
  });

  it(`keeps every acknowledged record once over ${KILLS} times kill -9`, { timeout: 120_000 }, async () => {
    const acknowledged = new Set<string>();
    for (let kill = 0; kill < KILLS; kill++) {
      for (const id of await appendUntilKilled(kill * 10_000, 6 + kill * 5)) acknowledged.add(id);
    }
    const archive = await open();
    const kept = await ids(archive.read(ALWAYS));
    expect(acknowledged.size).toBeGreaterThan(KILLS * 6);
    expect(new Set(kept).size).toBe(kept.length);
    expect([...acknowledged].filter((id) => !kept.includes(id))).toEqual([]);
  });
});

/** Starts a writer, kills it in the middle of its work, and answers the ids that it had acknowledged. */
async function appendUntilKilled(firstNumber: number, afterIds: number): Promise<string[]> {
  const writer = spawn(
    process.execPath,
    ['--import', 'tsx', 'tests/support/archive-writer.ts', dir, String(firstNumber)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  writer.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (output.split('\n').length > afterIds) writer.kill('SIGKILL');
  });
  await new Promise((resolve) => writer.on('close', resolve));
  expect(writer.signalCode).toBe('SIGKILL');
  // What stands before the last newline was printed whole.
  return output
    .slice(0, output.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((id) => id !== '');
}

describe('housekeeping', () => {
  it('compresses segments that closed two hours ago, and no younger ones', async () => {
    const archive = await open({ nowMs: T0_MS + 3 * HOUR_MS + 1 });
    const records = [aMeasurement(T0_MS, 2), aMeasurement(T0_MS, 1), aMeasurement(T0_MS + HOUR_MS)];
    await archive.append(records);
    await archive.close();
    await open({ nowMs: T0_MS + 3 * HOUR_MS + 1 });
    await untilCompressed('00');
    expect((await readdir(join(dir, DAY))).sort()).toEqual(['00.jsonl.gz', '01.jsonl']);
    const text = gunzipSync(await readFile(join(dir, DAY, '00.jsonl.gz'))).toString();
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => line.slice(15, 51)),
    ).toEqual(idsOf(aMeasurement(T0_MS, 1), aMeasurement(T0_MS, 2)));
  });

  it('drops the oldest raw bodies when the budget is used up, and nothing else', async () => {
    const archive = await open({ budgetBytes: 130_000 });
    for (let hour = 0; hour < 6; hour++)
      await archive.append([aMeasurement(T0_MS + hour * HOUR_MS, 0, `б${'x'.repeat(40_000)}`)]);
    const found: OwnMeasurement[] = [];
    for await (const measurement of archive.read(ALWAYS)) found.push(measurement);
    const texts = found.map((measurement) => JSON.stringify(measurement.test_keys));
    expect(texts.map((text) => text.includes('xxxx'))).toEqual([false, false, false, true, true, true]);
    expect(texts.every((text) => text.includes('"x_aiqyn_body_bytes":40002'))).toBe(true);
    expect(texts.every((text) => text.includes('Тақырып') && text.includes('x_unknown_key'))).toBe(true);
    expect(lines.filter(({ message }) => message.includes('raw bodies'))).toHaveLength(3);
  });

  it('refuses what does not fit, loses nothing, and says how to mend it', async () => {
    const archive = await open({ budgetBytes: 3_000 });
    const records = Array.from({ length: 20 }, (_, n) => aMeasurement(T0_MS + n * HOUR_MS, n));
    let accepted = 0;
    let refusal: unknown = null;
    for (const record of records) {
      try {
        accepted += (await archive.append([record])).added.length;
      } catch (error) {
        refusal ??= error;
      }
    }
    expect(refusal).toMatchObject({ name: 'EnvironmentError', code: 'ARCHIVE_FULL' });
    expect(String(refusal)).toContain('Raise the budget');
    expect(accepted).toBeGreaterThan(1);
    expect(await ids(archive.read(ALWAYS))).toHaveLength(accepted);
  });

  it('takes all of a batch or nothing of it', async () => {
    const archive = await open({ budgetBytes: 3_000 });
    const batch = Array.from({ length: 20 }, (_, n) => aMeasurement(T0_MS + n * HOUR_MS, n));
    await expect(archive.append(batch)).rejects.toMatchObject({ code: 'ARCHIVE_FULL' });
    expect(await ids(archive.read(ALWAYS))).toEqual([]);
    expect((await archive.append(batch.slice(0, 1))).added).toHaveLength(1);
  });

  it('packs old segments before it refuses anything, and calls that no loss', async () => {
    const archive = await open({ budgetBytes: 60_000 });
    const hours = Array.from({ length: 4 }, (_, hour) => T0_MS + hour * HOUR_MS);
    const batches = hours.map((atMs) => Array.from({ length: 30 }, (_, n) => aMeasurement(atMs, n, '')));
    for (const batch of batches) expect((await archive.append(batch)).added).toHaveLength(30);
    expect(await readdir(join(dir, DAY))).toContain('00.jsonl.gz');
    expect(await ids(archive.read(ALWAYS))).toEqual(idsOf(...batches.flat()));
    expect(lines.filter(({ message }) => message.includes('raw bodies'))).toEqual([]);
  });

  it('takes back what other hours of a batch have when one of them cannot be written', async () => {
    const archive = await open();
    const records = Array.from({ length: 12 }, (_, n) => aMeasurement(T0_MS + n * HOUR_MS, n));
    await archive.append(records.slice(0, 1));
    // It reads as no file, and cannot be made one.
    await symlink(join(dir, 'nowhere', 'file'), join(dir, DAY, '07.jsonl'));
    await expect(archive.append(records)).rejects.toThrow('ENOENT');
    expect(await ids(archive.read(ALWAYS))).toEqual(idsOf(...records.slice(0, 1)));
    await rm(join(dir, DAY, '07.jsonl'));
    expect((await archive.append(records)).added).toEqual(idsOf(...records.slice(1)));
    expect(await ids(archive.read(ALWAYS))).toEqual(idsOf(...records));
  });

  it('drops whole segments only where that was allowed, and says so each time', async () => {
    const archive = await open({ budgetBytes: 3_000, allowDropOldest: true });
    for (let n = 0; n < 20; n++) await archive.append([aMeasurement(T0_MS + n * HOUR_MS, n)]);
    const kept = await ids(archive.read(ALWAYS));
    expect(kept.at(-1)).toBe(aMeasurement(T0_MS + 19 * HOUR_MS, 19).x_aiqyn_id);
    expect(kept.length).toBeLessThan(20);
    expect(lines.filter(({ message }) => message.includes('whole segment'))).toHaveLength(20 - kept.length);
  });
});
