import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/analysis/verdict/judge.ts';
import { toPoint } from '../../../../src/analysis/verdict/point.ts';
import { adopt } from '../../../../src/sources/ooni/adopt.ts';
import { parseMeasurement } from '../../../../src/sources/ooni/read.ts';
import { NO_KNOWLEDGE, webMeasurement } from '../../../support/web-observations.ts';

const options = {
  findTarget: () => ({ id: 'page', platform: 'other', probe: 'web', depth: 'full' }) as const,
  country: null,
  blockpagesOf: () => [],
  keepBodies: false,
};

describe('what strangers write', () => {
  it('is refused where it nests deeper than can be searched for addresses and written again', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    expect(parseMeasurement({ ...webMeasurement({}), annotations: deep })).toEqual({
      measurement: null,
      what: 'no measurement: nested deeper than 32 levels',
    });
  });

  it.each([1e300, -1, 253_402_300_800_000])(
    'is refused where it says to be ours, of the instant %d',
    (atMs) => {
      const measurement = {
        ...webMeasurement({}),
        x_aiqyn_id: '019b7ccc-0000-7000-8000-000000000000',
        x_aiqyn_started_at_ms: atMs,
        x_aiqyn_vantage: { id: 'v', operator: 'AS1', place: 'unknown', access: 'fixed' as const },
        x_aiqyn_target: options.findTarget(),
      };
      expect(adopt(measurement, options)).toMatchObject({ kind: 'unreadable' });
    },
  );

  it('keeps a key named __proto__ a key', () => {
    const odd: unknown = JSON.parse('{"__proto__":{"failure":"planted"}}');
    const adopted = adopt(webMeasurement({ keys: { odd } }), options);
    expect(JSON.stringify(adopted)).toContain('"__proto__":{"failure":"planted"}');
  });

  it('has a point however many observations it holds', () => {
    const queries = Array.from({ length: 150_000 }, () => ({ t0: 0, t: 1 }));
    const adopted = adopt(webMeasurement({ queries, tcp: [] }), options);
    if (adopted.kind !== 'ours') throw new Error(adopted.kind);
    const verdict = judge(webMeasurement({}), NO_KNOWLEDGE);
    expect(toPoint(adopted.measurement, verdict).totalMs).toBe(1_000);
  });
});
