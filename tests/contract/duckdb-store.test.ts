import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDuckdbStore } from '../../src/store/duckdb/store.ts';
import type { Store } from '../../src/store/store.ts';
import { aHeartbeat, anEvent, anIncident, aPoint, manyPoints } from '../support/points.ts';
import { silentLog } from '../support/silent-log.ts';

const ALWAYS = { fromMs: 0, toMs: 8e15 };
let dir = '';
let file = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aiqyn-duckdb-'));
  file = join(dir, 'store.duckdb');
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

async function open(): Promise<Store> {
  return openDuckdbStore({ file, log: silentLog });
}

/** A writer that has printed at least `lines` acknowledgements; `acknowledged()` is the last whole one. */
async function startWriter(lines: number): Promise<{ writer: ChildProcess; acknowledged: () => number }> {
  const writer = spawn(process.execPath, ['--import', 'tsx', 'tests/support/store-writer.ts', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  await new Promise<void>((resolve) => {
    writer.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.split('\n').length > lines) resolve();
    });
    writer.on('close', () => {
      resolve();
    });
  });
  return { writer, acknowledged: () => Number(output.slice(0, output.lastIndexOf('\n')).split('\n').at(-1)) };
}

async function kill(writer: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => writer.on('close', resolve));
  writer.kill('SIGKILL');
  await closed;
}

describe('the DuckDB store', () => {
  it('keeps everything over close and reopening', async () => {
    const store = await open();
    await store.writePoints([aPoint()]);
    await store.writeHeartbeats([aHeartbeat()]);
    await store.saveIncidents([anIncident()]);
    await store.saveEvents([anEvent()]);
    await store.close();
    const again = await open();
    expect(await again.extent()).toMatchObject({ points: 1 });
    expect(await again.vantagesNow()).toEqual([aHeartbeat()]);
    expect(await again.incidents({})).toEqual([anIncident()]);
    expect(await again.events(ALWAYS)).toEqual([anEvent()]);
    await again.close();
  });

  it('is locked while another process writes, and keeps what that had acknowledged when it is killed', async () => {
    const { writer, acknowledged } = await startWriter(20);
    await expect(open()).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    await kill(writer);
    expect(writer.signalCode).toBe('SIGKILL');
    const store = await open();
    const { points } = await store.extent();
    expect(points).toBeGreaterThanOrEqual(acknowledged());
    expect(acknowledged()).toBeGreaterThanOrEqual(1_000);
    for (const batch of manyPoints(points, 1_000)) await store.writePoints(batch);
    expect((await store.extent()).points).toBe(points);
    await store.close();
  });

  it('is not opened twice by one process', async () => {
    const store = await open();
    await expect(open()).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    await store.close();
    await (await open()).close();
  });

  it('leaves a file that it cannot read as it is', async () => {
    await writeFile(file, 'this is no database, '.repeat(1_000));
    const before = await readFile(file);
    await expect(open()).rejects.toMatchObject({ name: 'EnvironmentError', code: 'STORE_CORRUPT' });
    expect((await readFile(file)).equals(before)).toBe(true);
  });

  it('refuses a file that a newer Aiqyn wrote', async () => {
    await (await open()).close();
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    await connection.run('INSERT INTO aiqyn_schema VALUES (99)');
    connection.closeSync();
    instance.closeSync();
    await expect(open()).rejects.toMatchObject({ code: 'STORE_NEWER' });
  });

  it('says so where the place cannot be written', async () => {
    await writeFile(file, '');
    await expect(
      openDuckdbStore({ file: join(file, 'below-a-file.duckdb'), log: silentLog }),
    ).rejects.toMatchObject({ code: 'STORE_UNWRITABLE' });
  });

  it('streams 200,000 points in order', { timeout: 120_000 }, async () => {
    const store = await open();
    for (const batch of manyPoints(200_000, 20_000)) await store.writePoints(batch);
    let [count, lastMs] = [0, 0];
    for await (const { atMs } of store.points(ALWAYS)) {
      expect(atMs > lastMs).toBe(true);
      lastMs = atMs;
      count += 1;
    }
    expect(count).toBe(200_000);
    await store.close();
  });
});
