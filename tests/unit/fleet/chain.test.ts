import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OwnMeasurement } from '../../../probes/measurement.ts';
import { canonicalJson } from '../../../src/fleet/canonical.ts';
import {
  asSent,
  CHAIN_START,
  hashOfRecord,
  headAfter,
  nextHead,
  withClockCorrected,
} from '../../../src/fleet/chain.ts';
import { webMeasurement } from '../../support/agent-records.ts';

function records(count: number): OwnMeasurement[] {
  return Array.from({ length: count }, (_, index) => webMeasurement({ atMs: 1_000 * index }));
}

/** The same value with its keys the other way round, at every depth. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

describe('canonical JSON', () => {
  it('is one text, whatever order the keys came in', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it('means the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('sorts keys by their code units and spaces nothing', () => {
    expect(canonicalJson({ b: [2, { d: 1, c: null }], a: 'é' })).toBe('{"a":"é","b":[2,{"c":null,"d":1}]}');
  });
});

describe('a chain of records', () => {
  it('has another head where a record was changed, removed, doubled or moved', () => {
    const [first, second, third] = records(3);
    if (first === undefined || second === undefined || third === undefined) throw new Error('three records');
    const head = headAfter(CHAIN_START, [first, second, third]);
    const others = [
      [first, { ...second, input: 'https://example.org/' }, third],
      [first, third],
      [first, second, second, third],
      [second, first, third],
      [first, second, third, third],
    ].map((list) => headAfter(CHAIN_START, list));
    expect(others).not.toContain(head);
    expect(new Set(others).size).toBe(others.length);
  });

  it('goes on from any head as if it had never been cut', () => {
    const all = records(7);
    for (let cut = 0; cut <= all.length; cut += 1) {
      const half = headAfter(CHAIN_START, all.slice(0, cut));
      expect(headAfter(half, all.slice(cut))).toBe(headAfter(CHAIN_START, all));
    }
  });

  it('tells the first head from a known record, so that others can compute it', () => {
    // SHA-256 of 32 bytes 0x00 and 32 bytes 0x11, computed elsewhere.
    expect(nextHead(CHAIN_START, '11'.repeat(32))).toBe(
      '8878b15a7d6a3a4f464e8f9f42591dbc0cf4bedea0ec309003d2b2ee53655ef8',
    );
  });

  it('hashes a record alike before and after it went through file and schema', () => {
    const record = webMeasurement({ failure: 'connection_reset' });
    const read = OwnMeasurement.parse(JSON.parse(JSON.stringify(record)));
    expect(hashOfRecord(read)).toBe(hashOfRecord(record));
  });

  it('hashes what the vantage sent, whatever the collector corrected', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), (offsetMs) => {
        const record = webMeasurement();
        const corrected = withClockCorrected(record, offsetMs);
        expect(corrected.x_aiqyn_started_at_ms).toBe(record.x_aiqyn_started_at_ms - offsetMs);
        expect(hashOfRecord(corrected)).toBe(hashOfRecord(record));
        expect(asSent(corrected)).toEqual(record);
      }),
    );
  });
});
