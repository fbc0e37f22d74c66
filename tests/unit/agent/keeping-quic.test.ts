import { describe, expect, it } from 'vitest';
import { OwnMeasurement } from '../../../probes/measurement.ts';
import { withoutOwnAddress } from '../../../src/agent/own-address.ts';
import { looksReachable, worthOf } from '../../../src/agent/keeping.ts';
import { judge } from '../../../src/analysis/verdict/judge.ts';
import { toPoint } from '../../../src/analysis/verdict/point.ts';
import { KNOWLEDGE } from '../../support/app-measurements.ts';
import {
  CONTROL_REACHES,
  overTcp,
  quicMeasurement,
  quicRow,
  silentName,
} from '../../support/quic-measurements.ts';
import type { QuicRow } from '../../support/quic-measurements.ts';

function own(rows: readonly QuicRow[], keys: object = {}): OwnMeasurement {
  return OwnMeasurement.parse({
    ...quicMeasurement(rows, keys),
    x_aiqyn_id: '01890000-0000-7000-8000-000000000000',
    x_aiqyn_started_at_ms: 1_000,
    x_aiqyn_vantage: { id: 'v', operator: 'AS9198', place: 'almaty', access: 'fixed' },
    x_aiqyn_target: { id: 'target-quic', platform: 'youtube', probe: 'quic', depth: 'full' },
  });
}

describe('a QUIC measurement at first sight', () => {
  it('looks reachable by its own handshakes alone: TCP and other names make up for nothing', () => {
    expect(looksReachable(own([quicRow('target', null)]))).toBe(true);
    expect(looksReachable(own([...silentName(), quicRow('paired', null)], overTcp(null)))).toBe(false);
    expect(looksReachable(own([]))).toBeNull();
    expect(looksReachable(own([], { quic_handshakes: 7 }))).toBeNull();
  });

  it('is evidence where it fails, and goes before that where it does not', () => {
    expect(worthOf(own(silentName(), overTcp(null)))).toBe('evidence');
    expect(worthOf(own([quicRow('target', null)]))).toBe('full_success');
  });
});

describe('a QUIC record without the vantage’s own address', () => {
  it('is judged alike: where the control tried QUIC is no address of ours', () => {
    const measurement = own(silentName(), CONTROL_REACHES);
    const sealed = { ...measurement, test_keys: withoutOwnAddress(measurement.test_keys) };
    expect(judge(sealed, KNOWLEDGE)).toEqual(judge(measurement, KNOWLEDGE));
    expect(judge(sealed, KNOWLEDGE).confidence).toBe(0.85);
  });
});

describe('the point of a QUIC measurement', () => {
  function pointOf(measurement: OwnMeasurement) {
    return toPoint(measurement, judge(measurement, KNOWLEDGE));
  }

  it('has the time of its QUIC handshake, and the layer', () => {
    expect(pointOf(own([quicRow('target', null)]))).toMatchObject({ probe: 'quic', status: 'ok' });
    expect(pointOf(own([quicRow('target', null)])).tlsMs).toBeCloseTo(3_300);
    expect(pointOf(own(silentName(), overTcp(null)))).toMatchObject({
      layer: 'quic',
      method: 'sni_drop',
      // A second over TCP is not how long QUIC takes.
      tlsMs: null,
    });
  });
});
