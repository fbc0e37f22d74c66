/** Throttled is only what is slow by itself and many times slower than its pair; everything else is the line's. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Measurement } from '../../../../probes/measurement.ts';
import type { Transfer } from '../../../../probes/measurement.ts';
import { judgeThroughput, RATIO_MIN } from '../../../../src/analysis/verdict/judge-throughput.ts';
import { isSteady, rateOf } from '../../../../src/analysis/verdict/throughput.ts';

const BYTES = 131_072;
const TIMEOUT = 'generic_timeout_error';
const DEADLINE_MS = 9_000;

/** A body of 128 kB at this rate, cut at nine seconds, sampled four times a second. */
function at(role: Transfer['role'], bytesPerSecond: number, handshakeMs = 80): Transfer {
  const wholeMs = (BYTES / bytesPerSecond) * 1_000;
  const endMs = Math.min(wholeMs, DEADLINE_MS);
  const samples: [number, number][] = [];
  for (let ms = 250; ms < endMs; ms += 250) samples.push([ms, (bytesPerSecond * ms) / 1_000]);
  samples.push([endMs, Math.min(BYTES, (bytesPerSecond * endMs) / 1_000)]);
  const failure = wholeMs > DEADLINE_MS ? TIMEOUT : null;
  return { role, url: 'https://site.test/', host: 'site.test', samples, handshake_ms: handshakeMs, failure };
}

function judged(transfers: readonly Transfer[], more: object = {}, keys: object = {}) {
  return judgeThroughput(
    Measurement.parse({
      measurement_start_time: '2026-03-14 07:00:00',
      test_name: 'aiqyn_throughput',
      test_keys: { x_aiqyn_throughput: transfers, x_aiqyn_control_source: 'none', ...keys },
      ...more,
    }),
  );
}

function pairs(target: number, paired: number): Transfer[] {
  return [at('target', target), at('paired', paired), at('target', target), at('paired', paired)];
}

function controlWith(rate: number) {
  const http_request = { status_code: 200, body_length: BYTES, x_aiqyn_bytes_per_s: rate };
  return { x_aiqyn_control_source: 'live', control: { http_request } };
}

describe('judgeThroughput', () => {
  it('calls a page throttled that crawls while its pair is fast, and names the steady rate', () => {
    const verdict = judged(pairs(16_000, 1_000_000));
    expect(verdict).toMatchObject({
      status: 'throttled',
      layer: 'http',
      method: 'rate_limit',
      confidence: 0.55,
    });
    expect(verdict.reasons.join(' ')).toContain('steady rate');
  });

  it.each([
    { why: 'the page is fast', target: 900_000, paired: 9_000_000, status: 'ok' },
    { why: 'the whole line is slow', target: 16_000, paired: 16_000, status: 'ok' },
    { why: 'the pair is not many times faster', target: 16_000, paired: 70_000, status: 'inconclusive' },
    { why: 'a slow phone plays its video', target: 40_000, paired: 900_000, status: 'ok' },
  ])('says $status when $why', ({ target, paired, status }) => {
    expect(judged(pairs(target, paired)).status).toBe(status);
  });

  it('is surer where the same server is fast under a harmless name, and where the control had the page', () => {
    const transfers = [...pairs(16_000, 1_000_000), at('same_address', 800_000)];
    expect(judged(transfers).confidence).toBe(0.75);
    expect(judged(transfers, {}, controlWith(700_000)).confidence).toBe(0.85);
  });

  it('accuses nobody of a server that is slow from outside, too', () => {
    const verdict = judged(pairs(16_000, 1_000_000), {}, controlWith(20_000));
    expect(verdict).toMatchObject({ status: 'inconclusive', rule: 'throughput.slow_server' });
  });

  it('says nothing on one transfer, however slow', () => {
    expect(judged([at('target', 4_000), at('paired', 1_000_000)]).status).toBe('inconclusive');
    expect(judged([]).status).toBe('inconclusive');
  });

  it('one fast transfer of two speaks for the network', () => {
    const mixed = [at('target', 16_000), at('paired', 1e6), at('target', 900_000), at('paired', 1e6)];
    expect(judged(mixed).status).toBe('ok');
  });

  it('knows a body that begins and stands still', () => {
    const still: Transfer = {
      ...at('target', 1e6),
      failure: TIMEOUT,
      samples: [
        [250, 9_000],
        [9_000, 9_000],
      ],
    };
    const verdict = judged([still, at('paired', 1e6), still, at('paired', 1e6)]);
    expect(verdict).toMatchObject({ status: 'throttled', method: 'stall', failure: TIMEOUT });
  });

  it('tells a delayed handshake, as at the elections of 2022, by ratio and by two seconds both', () => {
    const slow = { role: 'target', rate: 1e6, ms: 4_000 } as const;
    function shaken(targetMs: number, pairedMs: number) {
      const one = [at('target', slow.rate, targetMs), at('paired', slow.rate, pairedMs)];
      return judged([...one, ...one]);
    }
    expect(shaken(slow.ms, 90)).toMatchObject({ status: 'throttled', layer: 'tls', method: 'rate_limit' });
    expect(shaken(slow.ms, 3_500).status).toBe('ok');
    expect(shaken(1_900, 20).status).toBe('ok');
  });

  it('is offline where the rings were down, and nothing where we ended the run', () => {
    const transfers = pairs(16_000, 1_000_000);
    expect(judged(transfers, { x_aiqyn_connectivity: 'domestic_only' }).status).toBe('offline');
    expect(judged(transfers, { x_aiqyn_abort: 'shutdown' }).status).toBe('inconclusive');
  });

  it('says which part is slow in the words of the catalogue, before any figure', () => {
    const part = { works: 'Pages load', fails: 'video does not' };
    const verdict = judged(pairs(16_000, 1_000_000), {}, { x_aiqyn_part: part });
    expect(verdict.reasons[0]).toBe('Pages load; video does not.');
    expect(judged(pairs(900_000, 1_000_000), {}, { x_aiqyn_part: part }).reasons.join(' ')).not.toContain(
      'video',
    );
  });

  it('reads whatever stands in the keys', () => {
    expect(judged([], {}, { x_aiqyn_throughput: 'none' }).rule).toBe('own.unreadable');
  });
});

const rate = fc.integer({ min: 2_000, max: 5_000_000 });

describe('whatever the rates', () => {
  it('is never throttled where the pair is less than RATIO_MIN times as fast', () => {
    const share = fc.double({ min: 0.01, max: RATIO_MIN * 0.99, noNaN: true });
    fc.assert(
      fc.property(rate, share, (target, times) => {
        expect(judged(pairs(target, target * times)).status).not.toBe('throttled');
      }),
    );
  });

  it('a faster target is never more throttled', () => {
    fc.assert(
      fc.property(rate, rate, rate, (paired, left, right) => {
        const [slow, fast] = [Math.min(left, right), Math.max(left, right)];
        const isSlowThrottled = judged(pairs(slow, paired)).status === 'throttled';
        const isFastThrottled = judged(pairs(fast, paired)).status === 'throttled';
        if (isFastThrottled) expect(isSlowThrottled).toBe(true);
      }),
    );
  });

  it('does not depend on the order of transfers', () => {
    const several = fc.array(fc.tuple(fc.constantFrom('target', 'paired', 'same_address'), rate), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(several, (drawn) => {
        const transfers = drawn.map(([role, speed]) => at(role, speed));
        expect(judged(transfers).status).toBe(judged(transfers.toReversed()).status);
      }),
    );
  });

  it('evenness does not depend on the unit', () => {
    const bytes = fc.array(fc.integer({ min: 0, max: 50_000 }), { minLength: 8, maxLength: 20 });
    fc.assert(
      fc.property(bytes, fc.constantFrom(2, 4, 8), (steps, scale) => {
        let sum = 0;
        const samples = steps.map((step, index): [number, number] => [index * 250, (sum += step)]);
        const scaled = samples.map(([ms, count]): [number, number] => [ms, count * scale]);
        const whole = at('target', 1e6);
        expect(isSteady({ ...whole, samples: scaled })).toBe(isSteady({ ...whole, samples }));
      }),
    );
  });
});

/** Bytes per quarter of a second, as they were counted on real lines. */
function came(bytes: readonly number[]): Transfer {
  let sum = 0;
  const samples = bytes.map((each, n): [number, number] => [(n + 1) * 250, (sum += each)]);
  return { ...at('target', 16_000), samples };
}

describe('isSteady', () => {
  it('knows a shaper whose queue overflows, so that bytes come in jumps', () => {
    const shaped = came([
      17_376, 8_688, 2_896, 0, 8_688, 11_584, 2_896, 5_792, 4_344, 4_344, 4_344, 4_344, 4_344, 5_792, 4_344,
      4_344, 4_344, 4_344, 2_896, 0, 0, 14_480, 4_344, 2_896, 0, 11_584, 4_344, 4_344, 1_448,
    ]);
    expect(isSteady(shaped)).toBe(true);
  });

  it('knows a policer, which lets a burst pass at first', () => {
    const policed = came([
      43_440, 1_448, 5_792, 2_896, 2_896, 4_344, 2_896, 4_344, 2_896, 2_896, 4_344, 2_896, 2_896, 4_344,
      2_896, 4_344, 5_792, 2_896, 4_344, 2_896, 4_344, 2_896,
    ]);
    expect(isSteady(policed)).toBe(true);
  });

  it('is not taken in by a line that comes and goes, nor by what is too short to tell', () => {
    const second = [4_000, 4_000, 4_000, 4_000];
    const pause = [0, 0, 0, 0];
    expect(isSteady(came([...second, ...pause, ...pause, ...second, ...pause, ...second, ...second]))).toBe(
      false,
    );
    expect(isSteady(came([...second, ...second, ...second]))).toBe(false);
  });
});

describe('rateOf', () => {
  it('says nothing of a body that is small, or was cut off', () => {
    const whole = at('target', 1e6);
    expect(rateOf({ ...whole, samples: [[200, 9_000]] })).toBeNull();
    expect(rateOf({ ...whole, samples: [[9_000, 9_000]] })).toBeNull();
    expect(rateOf({ ...whole, failure: 'connection_reset' })).toBeNull();
    expect(rateOf({ ...whole, samples: [] })).toBeNull();
  });
});
