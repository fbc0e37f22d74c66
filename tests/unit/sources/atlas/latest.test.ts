/** The latest results of RIPE Atlas's measurements: which probes got through, and what share of them that is. */
import { describe, expect, it } from 'vitest';
import { latestResults, reachedReadings } from '../../../../src/sources/atlas/latest.ts';
import type { LatestResult } from '../../../../src/sources/atlas/latest.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const NOW_MS = Date.parse('2026-01-05T10:34:00Z');
const COMMON = { prb_id: 7, timestamp: NOW_MS / 1_000, fw: 5_020, from: '203.0.113.7' };

function isReached(row: object): boolean | undefined {
  return latestResults({ '7': [{ ...COMMON, ...row }] }).results[0]?.isReached;
}

describe('latestResults(answer)', () => {
  it.each([
    { type: 'ping', rcvd: 1, sent: 3 },
    {
      type: 'traceroute',
      dst_addr: '198.51.100.1',
      result: [{ result: [{ from: '198.51.100.1', rtt: 3 }] }],
    },
    { type: 'traceroute', destination_ip_responded: true },
    { type: 'dns', result: { ANCOUNT: 0, abuf: '' } },
    { type: 'dns', resultset: [{ error: { timeout: 5_000 } }, { result: { ANCOUNT: 1 } }] },
    { type: 'sslcert', cert: ['…'] },
    { type: 'sslcert', alert: { level: 2, description: 40 } },
    { type: 'http', result: [{ res: 200 }] },
    { type: 'ntp', result: [{ x: '*' }, { offset: 0.1, rtt: 0.2 }] },
  ])('takes as reached: %j', (row) => {
    expect(isReached(row)).toBe(true);
  });

  it.each([
    { type: 'ping', rcvd: 0, sent: 3 },
    { type: 'traceroute', dst_addr: '198.51.100.1', result: [{ result: [{ x: '*' }] }, { hop: 255 }] },
    // The address of the way's end is what was asked for, and not the end itself.
    { type: 'traceroute', result: [{ result: [{ from: '198.51.100.1' }] }] },
    {
      type: 'traceroute',
      dst_addr: '198.51.100.1',
      destination_ip_responded: false,
      result: [{ result: [{ from: '198.51.100.1' }] }],
    },
    { type: 'dns', error: { timeout: 5_000 } },
    { type: 'sslcert', err: 'connect: timeout' },
    { type: 'http', result: [{ err: 'timeout' }] },
    { type: 'ntp', result: [{ x: '*' }] },
  ])('takes as not reached: %j', (row) => {
    expect(isReached(row)).toBe(false);
  });

  it('takes a list as well, and of several results of a probe the newest', () => {
    const older = { ...COMMON, type: 'ping', rcvd: 3, timestamp: COMMON.timestamp - 240 };
    const newest = { probe: 7, atMs: NOW_MS, isReached: false };
    const row = { ...COMMON, type: 'ping', rcvd: 0 };
    expect(latestResults([older, row]).results).toEqual([newest]);
    expect(latestResults({ '7': [row, older] }).results).toEqual([newest]);
    expect(latestResults({ '7': row }).results).toEqual([newest]);
  });

  it('passes over what has no probe, no time or no kind that it knows, and counts it', () => {
    const rows = [
      { ...COMMON, type: 'ping' },
      { ...COMMON, type: 'connection', event: 'connect' },
      { type: 'ping', rcvd: 3, prb_id: 7 },
      null,
      [],
    ];
    expect(latestResults({ a: rows })).toEqual({ results: [], skipped: 5 });
    expect(latestResults({})).toEqual({ results: [], skipped: 0 });
  });
});

const PROBES = Array.from({ length: 24 }, (_, index) => ({
  id: index,
  asn_v4: index < 12 ? 9_198 : index < 21 ? 29_355 : null,
}));

function results(isThrough: (probe: number) => boolean, agoMs = 0): LatestResult[] {
  return PROBES.map(({ id }) => ({ probe: id, atMs: NOW_MS - agoMs, isReached: isThrough(id) }));
}

function shares(...answers: readonly (readonly LatestResult[])[]): (readonly [string, number])[] {
  return reachedReadings(answers, PROBES, ['AS9198', 'AS29355'], NOW_MS).map(({ entity, value }) => [
    entity,
    value,
  ]);
}

describe('reachedReadings(answers, probes, operators, atMs)', () => {
  it('gives the share of the country, and of networks with ten probes', () => {
    expect(shares(results((probe) => probe % 2 === 0))).toEqual([
      ['KZ', 0.5],
      ['AS9198', 0.5],
    ]);
  });

  it('names the ten minutes of the poll', () => {
    const [reading] = reachedReadings([results(() => true)], PROBES, [], NOW_MS);
    expect(reading).toMatchObject({ source: 'atlas', signal: 'reached', atMs: NOW_MS - 4 * MINUTE_MS });
  });

  it('takes a probe as through that is in one of the measurements', () => {
    const [country] = shares(
      results((probe) => probe < 6),
      results((probe) => probe >= 18),
    );
    expect(country).toEqual(['KZ', 0.5]);
  });

  it('takes an answer of half an hour ago for none, and of a probe that left for nobody’s', () => {
    expect(shares(results(() => true, 30 * MINUTE_MS))[0]).toEqual(['KZ', 0]);
    expect(shares(results(() => true, 29 * MINUTE_MS))[0]).toEqual(['KZ', 1]);
    expect(shares(results(() => true, 13 * DAY_MS))[0]).toEqual(['KZ', 0]);
    expect(shares(results(() => true, 14 * DAY_MS))).toEqual([]);
  });

  it('believes no result of the future', () => {
    expect(shares(results(() => true, -11 * MINUTE_MS))).toEqual([]);
  });

  it('says nothing where fewer than ten take part', () => {
    expect(shares(results(() => true).slice(0, 9))).toEqual([]);
  });
});
