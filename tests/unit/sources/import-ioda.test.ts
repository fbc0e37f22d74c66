/** `aiqyn import ioda`: what the files say comes into the store once, with what was usual; what cannot be read is named. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importIodaCommand } from '../../../src/cli/commands/import-ioda.ts';
import type { OutsidePoint } from '../../../src/analysis/outside/point.ts';
import { openDuckdbStore } from '../../../src/store/duckdb/store.ts';
import { anIncident } from '../../support/points.ts';
import { silentLog } from '../../support/silent-log.ts';
import { CUT_MS } from '../../support/worlds/january-2022.ts';
import { speakIoda } from '../../support/worlds/ioda.ts';

const SINCE_S = Date.parse('2021-12-31T00:00:00Z') / 1_000;
const UNTIL_S = Date.parse('2022-01-06T00:00:00Z') / 1_000;
const SIGNALS = `/signals/raw/country/KZ?from=${SINCE_S}&until=${UNTIL_S}&sourceParams=WEB_SEARCH`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aiqyn-ioda-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function saved(name: string, path: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, JSON.stringify(speakIoda(new URL(path, 'http://world'))));
  return file;
}

async function run(files: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const options = { dataDir: join(folder, 'data'), json: true };
  const code = await importIodaCommand(files, options, { stdout, stderr }, {});
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

async function stored() {
  const store = await openDuckdbStore({ file: join(folder, 'data', 'store.duckdb'), log: silentLog });
  const points: OutsidePoint[] = [];
  for await (const point of store.outside({ fromMs: 0, toMs: 8e15 })) points.push(point);
  const outages = await store.outages({ fromMs: 0, toMs: 8e15 });
  await store.close();
  return { points, outages };
}

describe('aiqyn import ioda', () => {
  it('keeps signals with what was usual, outage events and alerts; twice is once', async () => {
    const files = [
      await saved('signals.json', SIGNALS),
      await saved('events.json', '/outages/events?entityType=country&entityCode=KZ'),
      await saved('alerts.json', '/outages/alerts?entityType=country'),
    ];
    const { code, stdout, stderr } = await run(files);
    expect([code, stderr]).toEqual([0, '']);
    const { points, outages } = await stored();
    expect(JSON.parse(stdout)).toEqual({ numbers: points.length, outages: 2, problems: [] });
    expect(outages.map(({ signal }) => signal)).toEqual(['ping-slash24', 'merit-nt.alert']);
    const pings = points.filter(({ signal, atMs }) => signal === 'ping-slash24' && atMs > CUT_MS);
    expect((pings[0]?.value ?? 0) / (pings[0]?.baseline ?? 0)).toBeLessThan(0.4);
    await run(files);
    expect(await stored()).toEqual({ points, outages });
  });

  it('lets what is said speak for and against the incidents of that time, of years ago too', async () => {
    const cut = { kind: 'shutdown', platforms: [], startMs: CUT_MS, confidence: 0.6 } as const;
    const file = join(folder, 'data', 'store.duckdb');
    await run([await saved('events.json', '/outages/events?entityType=country&entityCode=KZ')]);
    const before = await openDuckdbStore({ file, log: silentLog });
    await before.saveIncidents([anIncident({ ...cut, status: 'restored', endMs: CUT_MS + 3_600_000 })]);
    await before.close();
    await run([await saved('signals.json', SIGNALS)]);
    const after = await openDuckdbStore({ file, log: silentLog });
    const incident = await after.incident('incident-1');
    await after.close();
    expect(incident?.witnessed?.alone).toBe(0.6);
    expect(incident?.confidence).toBeGreaterThan(0.7);
  });

  it('names what it cannot read, and takes the rest', async () => {
    const html = join(folder, 'login.json');
    await writeFile(html, '<html>');
    const other = join(folder, 'other.json');
    await writeFile(other, '{"data":[{"something":"else"}]}');
    const { code, stderr } = await run([
      html,
      await saved('events.json', '/outages/events?entityType=country'),
      other,
    ]);
    expect(code).toBe(3);
    expect(stderr).toContain('login.json: is no JSON');
    expect(stderr).toContain('other.json: is no saved answer of IODA’s');
    expect((await stored()).outages).toHaveLength(1);
  });

  it('counts rows of another shape', async () => {
    const file = join(folder, 'rows.json');
    const world: unknown = speakIoda(new URL('/outages/events?entityType=country', 'http://world'));
    const text = JSON.stringify(world).replace('"data":[', '"data":[{"another":"shape"},');
    await writeFile(file, text);
    const { code, stderr } = await run([file]);
    expect(code).toBe(3);
    expect(stderr).toContain('rows of another shape: 1');
  });

  it('fails where nothing could be read', async () => {
    const file = join(folder, 'empty.json');
    await writeFile(file, 'null');
    expect((await run([file])).code).toBe(1);
  });

  it.each([
    { title: 'a missing file', path: 'missing.json', says: 'there is no such file' },
    { title: 'a folder', path: '.', says: 'is a folder' },
  ])('refuses $title before anything is written', async ({ path, says }) => {
    await expect(run([join(folder, path)])).rejects.toThrow(says);
  });
});
