import { describe, expect, it } from 'vitest';
import { OwnMeasurement } from '../../../../probes/measurement.ts';
import { judge } from '../../../../src/analysis/verdict/judge.ts';
import { toPoint } from '../../../../src/analysis/verdict/point.ts';
import {
  HOST,
  NO_KNOWLEDGE,
  SITE,
  handshake,
  harmless,
  request,
  webMeasurement,
} from '../../../support/web-observations.ts';

const own = {
  x_aiqyn_id: '0193',
  x_aiqyn_started_at_ms: 1_700_000_000_000,
  x_aiqyn_vantage: { id: 'ala', operator: 'AS29355', place: 'almaty', access: 'mobile' },
  x_aiqyn_target: { id: 'site', platform: 'press', probe: 'web', depth: 'full' },
  x_aiqyn_retest: 1,
};

describe('toPoint(measurement, verdict)', () => {
  it('carries tags, verdict and timings in milliseconds', () => {
    const measurement = OwnMeasurement.parse({
      ...webMeasurement({
        tls: [handshake(SITE), harmless(SITE, null, { t0: 0, t: 0.001 })],
        requests: [{ ...request(`https://${HOST}/`, SITE, { x_aiqyn_body_bytes: 18_000 }), t0: 1, t: 3 }],
      }),
      ...own,
    });
    const point = toPoint(measurement, judge(measurement, NO_KNOWLEDGE));
    expect(point).toMatchObject({
      id: '0193',
      vantage: 'ala',
      platform: 'press',
      retest: 1,
      status: 'ok',
      bytesPerSecond: 9_000,
    });
    expect(point.dnsMs).toBeCloseTo(30);
    expect(point.tcpMs).toBeCloseTo(30);
    expect(point.tlsMs, 'the harmless handshake is not the target’s').toBeCloseTo(60);
    expect(point.ttfbMs).toBeCloseTo(2_000);
    expect(point.totalMs).toBeCloseTo(3_000);
  });

  it('says nothing of what did not succeed', () => {
    const measurement = OwnMeasurement.parse({
      ...webMeasurement({ queries: [], tcp: [], tls: [handshake(SITE, 'connection_reset')] }),
      ...own,
    });
    const point = toPoint(measurement, judge(measurement, NO_KNOWLEDGE));
    expect(point).toMatchObject({
      dnsMs: null,
      tcpMs: null,
      tlsMs: null,
      ttfbMs: null,
      bytesPerSecond: null,
    });
  });
});
