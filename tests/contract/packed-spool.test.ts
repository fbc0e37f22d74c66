/** The spool's promises once its closed files are packed, with an hour of records in the sizes of a real line. */
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OwnMeasurement } from '../../probes/measurement.ts';
import { openFileSpool } from '../../src/agent/file-spool.ts';
import { placesIn } from '../../src/agent/packed-segment.ts';
import { spoolContents } from '../../src/agent/spool-contents.ts';
import type { FileSpool } from '../../src/agent/file-spool.ts';
import type { Spool } from '../../src/agent/spool.ts';
import { listeningLog, VANTAGE } from '../support/agent-records.ts';
import { variedHour } from '../support/varied-hour.ts';

const HOURS_OF_TWO_WEEKS = 14 * 24;
const GIGABYTE = 1_024 * 1_048_576;
const budgetBytes = GIGABYTE;
const segmentBytes = 1_048_576;
const hour = variedHour(VANTAGE, Date.UTC(2026, 0, 6));
/** Fills several files. */
const some = hour.slice(0, 1_400);

let dir = '';
const log = listeningLog();
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aiqyn-spool-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

async function fill(spool: FileSpool, measurements: readonly OwnMeasurement[]): Promise<void> {
  for (let from = 0; from < measurements.length; from += 200)
    await Promise.all(measurements.slice(from, from + 200).map(async (one) => spool.append(one)));
}

async function names(end: string): Promise<string[]> {
  return (await readdir(dir)).filter((name) => name.startsWith('spool-') && name.endsWith(end)).sort();
}

/** Packing goes on between other tasks of the spool; each question lets one file through. */
async function untilPacked(spool: FileSpool): Promise<void> {
  for (let tries = 0; tries < 100 && (await names('.jsonl')).length > 1; tries += 1) await spool.peek(1);
  expect((await names('.jsonl')).length).toBeLessThanOrEqual(1);
}

async function drained(spool: Spool, limit = 200): Promise<{ sequences: number[]; ids: string[] }> {
  const sequences: number[] = [];
  const ids: string[] = [];
  for (;;) {
    const batch = await spool.peek(limit);
    if (batch.length === 0) return { sequences, ids };
    sequences.push(...batch.map(({ sequence }) => sequence));
    ids.push(...batch.map(({ measurement }) => measurement.x_aiqyn_id));
    await spool.acknowledge(sequences.at(-1) ?? 0);
  }
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

describe('a spool that waits', () => {
  it('packs what is closed and gives all of it back, oldest first, across a restart', async () => {
    const first = await openFileSpool({ dir, budgetBytes, log, segmentBytes });
    await fill(first, some);
    await untilPacked(first);
    expect((await names('.br')).length).toBeGreaterThan(2);
    await first.acknowledge(10);
    await first.close();
    const again = await openFileSpool({ dir, budgetBytes, log, segmentBytes });
    expect(again.depth()).toBe(some.length - 10);
    const { sequences, ids } = await drained(again, 150);
    expect(sequences).toEqual(upTo(some.length).slice(10));
    expect(ids).toEqual(some.slice(10).map(({ x_aiqyn_id }) => x_aiqyn_id));
    expect(again.depth()).toBe(0);
    expect(await again.append(some[0] ?? hour.slice(-1)[0] ?? fail())).toBe(some.length + 1);
    await again.close();
    expect(await names('.br')).toEqual([]);
  });

  it('knows a file once that a crash left twice, packed and plain, and lighter and heavier', async () => {
    const first = await openFileSpool({ dir, budgetBytes, log, segmentBytes });
    await fill(first, some);
    await untilPacked(first);
    await first.close();
    const [oldest = ''] = await names('.br');
    const plain = await openFileSpool({ dir: join(dir, 'plain'), budgetBytes, log, segmentBytes: GIGABYTE });
    await fill(plain, some.slice(0, 5));
    await plain.close();
    const [twin = ''] = await readdir(join(dir, 'plain')).then((found) =>
      found.filter((name) => name.endsWith('.jsonl')),
    );
    await writeFile(join(dir, twin), await readFile(join(dir, 'plain', twin)));
    await writeFile(join(dir, oldest.replace(/-l\d+-/, '-l9999-')), 'a heavier one that was to be replaced');
    const again = await openFileSpool({ dir, budgetBytes, log, segmentBytes });
    expect((await drained(again)).sequences).toEqual(upTo(some.length));
    await again.close();
  });

  it('can be read by another process while it is packed, whole and in order', async () => {
    const spool = await openFileSpool({ dir, budgetBytes, log, segmentBytes });
    await fill(spool, some);
    const sequences: number[] = [];
    for await (const content of spoolContents(dir, log)) {
      sequences.push(...placesIn(content).map(({ sequence }) => sequence));
      await untilPacked(spool);
    }
    expect(sequences).toEqual(upTo(some.length));
    await spool.close();
    for await (const content of spoolContents(join(dir, 'nowhere'), log)) expect(content).toBeNull();
  });

  it('sets a damaged file aside, says so, and goes on with the others', async () => {
    const first = await openFileSpool({ dir, budgetBytes, log, segmentBytes });
    await fill(first, some);
    await untilPacked(first);
    await first.close();
    const [, second = ''] = await names('.br');
    await truncate(join(dir, second), 1_000);
    const said = listeningLog();
    const again = await openFileSpool({ dir, budgetBytes, log: said, segmentBytes });
    const { sequences } = await drained(again);
    const lost = upTo(some.length).filter((sequence) => !sequences.includes(sequence));
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
    expect([lost[0], lost.at(-1)]).toEqual([Number(second.slice(6, 22)), Number(second.slice(23, 39))]);
    expect(said.said.some((message) => message.includes('damaged'))).toBe(true);
    expect(await names('.damaged')).toHaveLength(1);
    await again.close();
  });

  it('drops the oldest successes of packed files first, and keeps what is evidence', async () => {
    const failing = some.map((measurement, n) =>
      isToFail(measurement, n) ? withFailure(measurement) : measurement,
    );
    const said = listeningLog();
    const spool = await openFileSpool({ dir, budgetBytes, log: said, segmentBytes });
    await fill(spool, failing);
    await untilPacked(spool);
    const before = await diskBytes();
    await spool.close();
    const tight = await openFileSpool({ dir, budgetBytes: before * 0.7, log: said, segmentBytes });
    await fill(tight, hour.slice(-20));
    await tight.peek(1);
    expect(tight.dropped().measurements).toBeGreaterThan(0);
    expect(await diskBytes()).toBeLessThan(before * 0.75);
    const kept = new Set((await drained(tight)).ids);
    const evidence = failing.filter(isToFail).map(({ x_aiqyn_id }) => x_aiqyn_id);
    expect(evidence.filter((id) => !kept.has(id))).toEqual([]);
    expect(said.said.some((message) => message.includes('dropped unsent'))).toBe(true);
    await tight.close();
  });

  it('has room in a gigabyte for two weeks of the default plan', async () => {
    const spool = await openFileSpool({ dir, budgetBytes, log });
    await fill(spool, hour);
    await untilPacked(spool);
    await spool.close();
    expect((await diskBytes()) * HOURS_OF_TWO_WEEKS).toBeLessThan(GIGABYTE);
  });
});

function fail(): never {
  throw new Error('there are records');
}

/** Every tenth, of pages: other kinds fail in other ways. */
function isToFail({ x_aiqyn_target: { probe } }: OwnMeasurement, index: number): boolean {
  return probe === 'web' && index % 10 === 0;
}

function withFailure(measurement: OwnMeasurement): OwnMeasurement {
  const requests = [{ failure: 'connection_reset', request: {}, response: null }];
  return { ...measurement, test_keys: { ...measurement.test_keys, requests } };
}

/** Of the packed files: what two weeks are made of. */
async function diskBytes(): Promise<number> {
  const sizes = await Promise.all(
    (await names('.br')).map(async (name) => (await stat(join(dir, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
