import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSeriesHeader, readSeriesRow } from '../../../../src/analysis/series/csv-row.ts';
import { parseTimestamp } from '../../../../src/analysis/series/timestamp.ts';

describe('parseTimestamp(text)', () => {
  it.each([
    '2019-07-22 20:40:00',
    '2019-07-22T20:40:00Z',
    '2019-07-22T20:40',
    '2019-07-23T01:40:00+05:00',
    '2019-07-22T16:40:00-0400',
    '2019-07-23 01:40:00+05',
    '2019-07-22 20:40:00Z',
    '2019-07-22 20:40:00.000 UTC',
    '1563828000',
    '1563828000.0',
    '1563828000000',
    '1563828000000000',
    '1563828000000000000',
  ])('reads %s', (text) => {
    expect(parseTimestamp(text)).toBe(Date.UTC(2019, 6, 22, 20, 40));
  });

  it.each([
    '',
    'yesterday',
    '2019-02-31 00:00:00',
    '2019-02-29 00:00:00',
    '2019-07-2a 20:40:00',
    '2019-07-22 2a:40:00',
    '2019-00-10 00:00:00',
    '2019-07-00 00:00:00',
    '2019-07-22x20:40:00',
    '2019-13-01',
    '2019-07-22 25:00:00',
    '2019-07-22 20:61:00',
    '42',
    'NaN',
  ])('says of "%s" that it is no time', (text) => {
    expect(parseTimestamp(text)).toBeNaN();
  });

  it('keeps the hour that a clock shows twice apart, where its zone is written', () => {
    // Almaty moved from +06:00 to +05:00 on 2024-03-01; the hour from 23:00 was there twice.
    const [before, after] = ['2024-02-29 23:30:00+06:00', '2024-02-29 23:30:00+05:00'].map(parseTimestamp);
    expect((after ?? 0) - (before ?? 0)).toBe(3_600_000);
  });

  it('reads every second of a leap year alike with and without a fraction', () => {
    const seconds = fc.integer({ min: 0, max: 366 * 86_400 - 1 });
    fc.assert(
      fc.property(seconds, (second) => {
        const atMs = Date.UTC(2024, 0, 1) + second * 1_000;
        const iso = new Date(atMs).toISOString();
        for (const text of [
          iso,
          iso.slice(0, 19),
          `${iso.slice(0, 19)}Z`,
          iso.slice(0, 19).replace('T', ' '),
        ])
          expect(parseTimestamp(text)).toBe(atMs);
      }),
    );
  });

  it('takes 24:00 and a leap second for the begin of the next', () => {
    expect(parseTimestamp('2016-12-31 24:00:00')).toBe(Date.UTC(2017, 0, 1));
    expect(parseTimestamp('2016-12-31 23:59:60')).toBe(Date.UTC(2017, 0, 1));
  });
});

describe('a series file', () => {
  it('may order its columns otherwise, have more of them, and quote them', () => {
    const columns = readSeriesHeader('\uFEFFname, "Value",TIMESTAMP');
    expect(columns).toEqual({ timestamp: 2, value: 1 });
    const row = readSeriesRow('"Almaty, ""south""",3.5,2019-07-22', columns ?? { timestamp: 0, value: 1 });
    expect(row).toEqual({
      timestamp: '2019-07-22',
      timestampMs: Date.UTC(2019, 6, 22),
      value: 3.5,
      valueText: '3.5',
    });
  });

  it.each(['time,value', 'timestamp', '2019-07-22,5'])(
    'has no header where the first line is "%s"',
    (line) => {
      expect(readSeriesHeader(line)).toBeNull();
    },
  );

  it.each(['', 'NaN', 'null', 'Infinity', '3,5 MB', '--'])('has no value where it says "%s"', (text) => {
    expect(
      readSeriesRow(`2019-07-22,${text === '3,5 MB' ? '3 MB' : text}`, { timestamp: 0, value: 1 }).value,
    ).toBeNaN();
  });
});
