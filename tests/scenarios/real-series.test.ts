/** Series of real shutdowns and blocks through the detector for numeric series. The data is read where it lies, never copied. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { splitCsvLine } from '../../src/analysis/series/csv-row.ts';
import { SeriesScorer } from '../../src/analysis/series/scorer.ts';
import type { Cause } from '../../src/analysis/series/scorer.ts';
import { parseTimestamp } from '../../src/analysis/series/timestamp.ts';
import { sharedPath } from '../support/shared.ts';

const HOUR_MS = 3_600_000;

interface Row {
  readonly timeMs: number;
  readonly value: number;
}

function table(path: string): Record<string, string>[] {
  const lines = readFileSync(path, 'utf8')
    .split(/\r?\n/u)
    .filter((line) => line !== '' && !line.startsWith('#'));
  const [header = '', ...rows] = lines;
  const names = splitCsvLine(header);
  return rows.map((line) => {
    const fields = splitCsvLine(line);
    return Object.fromEntries(names.map((name, index) => [name, fields[index] ?? '']));
  });
}

function groupBy<Key, Item>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    group.push(item);
    groups.set(keyOf(item), group);
  }
  return groups;
}

function byTime(rows: readonly Row[]): Row[] {
  return rows.toSorted((one, other) => one.timeMs - other.timeMs);
}

function anomalies(rows: readonly Row[]): { at: string; cause: Cause }[] {
  const scorer = new SeriesScorer();
  return byTime(rows).flatMap(({ timeMs, value }) => {
    const { anomaly, cause } = scorer.push(timeMs, value);
    return anomaly ? [{ at: new Date(timeMs).toISOString().slice(0, 16), cause }] : [];
  });
}

/** What the documentation says of them; each test that finds a time looks it up there. */
const figures = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'series.md'), 'utf8').replaceAll(
  / +/gu,
  ' ',
);

const uganda = sharedPath('corpus', 'series', 'ooni-uganda-twitter-2026.csv');
const venezuela = sharedPath('corpus', 'series', 'venezuela-2019-07.csv');
const ethiopia = sharedPath('corpus', 'series', 'ethiopia-telegram-2019.csv');

function ugandaRows(path: string): Row[] {
  return table(path).map((row) => ({
    timeMs: parseTimestamp(row['measurement_start_time'] ?? ''),
    value: Math.max(...['dns_blocked', 'tcp_blocked', 'tls_blocked'].map((name) => Number(row[name] ?? 0))),
  }));
}

/** As OONI's own detector reads it: the median of each hour that has measurements. */
function hourlyMedians(rows: readonly Row[]): Row[] {
  const hours = groupBy(rows, ({ timeMs }) => Math.floor(timeMs / HOUR_MS));
  return [...hours].map(([hour, members]) => {
    const values = members.map(({ value }) => value).toSorted((one, other) => one - other);
    return { timeMs: hour * HOUR_MS, value: values[values.length >> 1] ?? 0 };
  });
}

describe.skipIf(uganda === null)('Uganda, January 2026: twitter.com on MTN', () => {
  const rows = uganda === null ? [] : ugandaRows(uganda);

  const found = anomalies(hourlyMedians(rows));

  it('is blocked from 18 January on, found four hours before OONI’s detector finds it', () => {
    // OONI: 2026-01-18T19:00.
    expect(found.find(({ cause }) => cause === 'above')?.at).toBe('2026-01-18T15:00');
    expect(figures).toContain('| block | 2026-01-18 15:00 | 2026-01-18 19:00 |');
  });

  it('is free again from 23 January on, found 29 hours before OONI’s detector finds it', () => {
    // OONI: 2026-01-25T01:00.
    expect(found.at(-1)).toEqual({ at: '2026-01-23T20:00', cause: 'below' });
    expect(figures).toContain('| its end | 2026-01-23 20:00 | 2026-01-25 01:00 |');
  });

  it('says nothing else of ten weeks but that the first hours after the silence contradict each other', () => {
    expect(found.map(({ at }) => at)).toEqual(['2026-01-18T00:00', '2026-01-18T15:00', '2026-01-23T20:00']);
  });

  it('is silent for 103 hours before, which the first measurement after them tells', () => {
    const silences = anomalies(rows).filter(({ cause }) => cause === 'silence');
    expect(silences[0]?.at).toBe('2026-01-17T22:10');
    expect(figures).toContain('| silence of 103 hours | 2026-01-17 22:10 | never |');
  });
});

describe.skipIf(venezuela === null)('Venezuela, July 2019: connectivity of the states, by the hour', () => {
  const states = groupBy(
    (venezuela === null ? [] : table(venezuela)).filter(({ time_e }) => /^\d+$/u.test(time_e ?? '')),
    ({ name_1 }) => name_1 ?? '',
  );
  const [stable, cut] = [
    [...states].filter(([name]) => name === 'Bolívar'),
    [...states].filter(([name]) => name !== 'Bolívar'),
  ];

  function rowsOf(records: readonly Record<string, string>[]): Row[] {
    return records.map((row) => ({
      timeMs: Number(row['time_e']) * 1000,
      value: Number(row['connectivity']),
    }));
  }

  it('has thirteen states', () => {
    expect(states.size).toBe(13);
  });

  it.each(cut)('%s falls from 22 July 14:00 on, and is found at most four hours later', (name, records) => {
    const found = anomalies(rowsOf(records)).map(({ at }) => at);
    const told = found.find((at) => at >= '2019-07-22T13:00' && at <= '2019-07-22T18:00');
    expect(told).toBeDefined();
    expect(figures).toContain(`| ${name} | ${told?.replace('T', ' ') ?? ''} |`);
  });

  it.each(stable)('%s stayed above 80 percent, and nothing is said of it', (_name, records) => {
    expect(anomalies(rowsOf(records))).toEqual([]);
  });
});

describe.skipIf(ethiopia === null)('Ethiopia, June 2019: a part of Telegram’s addresses', () => {
  it('is found at the first measurement with blocked addresses, once', () => {
    const blocked = (ethiopia === null ? [] : table(ethiopia)).map((row) => {
      const [cut, open] = [Number(row['blocked_endpoints']), Number(row['accessible_endpoints'])];
      return { timeMs: parseTimestamp(row['test_start_time'] ?? ''), value: cut / (cut + open) };
    });
    // The 43 measurements before, all with ten open addresses, are given as a count and a span.
    const [from, to] = [Date.UTC(2019, 2, 1), Date.UTC(2019, 4, 30)];
    const free = Array.from({ length: 43 }, (_, index) => ({
      timeMs: from + ((to - from) * index) / 42,
      value: 0,
    }));
    expect(anomalies([...free, ...blocked]).map(({ at }) => at)).toEqual(['2019-06-12T15:57']);
  });
});
