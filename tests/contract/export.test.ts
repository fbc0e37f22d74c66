import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Archive } from '../../src/archive/archive.ts';
import { openFileArchive } from '../../src/archive/file-archive.ts';
import { exportCommand } from '../../src/cli/commands/export.ts';
import type { ExportOptions } from '../../src/cli/commands/export.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { aMeasurement } from '../support/measurements.ts';
import { T0_MS } from '../support/points.ts';
import { silentLog } from '../support/silent-log.ts';

const RECORDS = [0, 1, 2].map((n) => aMeasurement(T0_MS + n * 3_600_000, n));
let dataDir = '';
let archive: Archive | null = null;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "aiqyn-export'"));
  const clock = new ManualClock(T0_MS);
  archive = await openFileArchive({
    dir: join(dataDir, 'archive'),
    budgetBytes: 1e9,
    clock,
    log: silentLog,
  });
  await archive.append(RECORDS);
  // Stays open: the export runs beside a monitor that holds the archive.
});
afterAll(async () => {
  await archive?.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function run(
  changes: Partial<ExportOptions>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const options = {
    from: '2026-03-01',
    to: '2026-03-01T02:00:00Z',
    format: 'csv',
    output: '-',
    dataDir,
  } as const;
  const code = await exportCommand({ ...options, ...changes }, { stdout, stderr });
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

describe('aiqyn export', () => {
  it('writes the measurements of a half-open window as they are', async () => {
    const { code, stdout, stderr } = await run({ format: 'jsonl' });
    const read = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(read).toEqual(RECORDS.slice(0, 2));
    expect([code, stderr]).toEqual([0, '2 measurements written to stdout.\n']);
  });

  it('writes judged rows as CSV under the names of the store', async () => {
    const rows = (await run({})).stdout.split('\r\n');
    expect(rows[0]).toMatch(
      /^time,id,vantage,operator,place,access,platform,target,probe,retest,ok,blocked,/,
    );
    expect(rows[1]).toMatch(
      /^2026-03-01T00:00:00\.000Z,[0-9a-f-]{36},ala-kcell,AS29355,almaty,mobile,youtube,/,
    );
    expect(rows).toHaveLength(4);
  });

  it('writes Parquet that another reader reads, and leaves nothing else behind', async () => {
    const output = join(dataDir, 'points.parquet');
    expect((await run({ format: 'parquet', output })).code).toBe(0);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const reader = await connection.runAndReadAll(
      'SELECT vantage, epoch_ms("time")::DOUBLE AS ms FROM read_parquet($1) ORDER BY "time"',
      [output],
    );
    expect(reader.getRowsJS()).toEqual([
      ['ala-kcell', T0_MS],
      ['ala-kcell', T0_MS + 3_600_000],
    ]);
    connection.closeSync();
    expect((await readdir(dataDir)).sort()).toEqual(['archive', 'points.parquet']);
    await rm(output);
  });

  it('answers 3 and makes no file where nothing was measured', async () => {
    const output = join(dataDir, 'empty.csv');
    const { code, stderr } = await run({ from: '2020-01-01', to: '2020-01-02', output });
    expect([code, stderr]).toEqual([3, 'Nothing was measured in that window.\n']);
    expect(await readdir(dataDir)).toEqual(['archive']);
  });

  it.each(['csv', 'jsonl', 'parquet'] as const)('says that a place cannot be written: %s', async (format) => {
    const output = join(dataDir, 'no-such-folder', 'out');
    await expect(run({ format, output })).rejects.toThrow(`${output} cannot be written (ENOENT)`);
  });

  it('keeps a file that is there unless told otherwise', async () => {
    const output = join(dataDir, 'kept.csv');
    await writeFile(output, 'mine');
    await expect(run({ output })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(await readFile(output, 'utf8')).toBe('mine');
    expect((await run({ output, force: true })).code).toBe(0);
    expect(await readFile(output, 'utf8')).toMatch(/^time,id,/);
    await rm(output);
  });

  it.each<Partial<ExportOptions>>([
    { format: 'parquet' },
    { from: 'soon' },
    { from: '2026-03-02', to: '2026-03-01' },
  ])('refuses %o', async (changes) => {
    await expect(run(changes)).rejects.toMatchObject({ name: 'ConfigError' });
  });
});
