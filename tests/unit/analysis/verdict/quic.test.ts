/** Only a name that is silent where a harmless one is answered is called blocked with confidence. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Measurement, TEST_NAMES } from '../../../../probes/measurement.ts';
import type { QuicHandshake } from '../../../../probes/measurement.ts';
import { CONNECTIVITIES } from '../../../../probes/words.ts';
import { judgeQuic } from '../../../../src/analysis/verdict/judge-quic.ts';
import { CONFIDENCE_FLOOR } from '../../../../src/analysis/verdict/verdict.ts';

const TIMEOUT = 'generic_timeout_error';
const ADDRESS = '192.0.2.1:443';

function shaken(role: QuicHandshake['role'], failure: string | null, address = ADDRESS): QuicHandshake {
  return { role, address, server_name: `${role}.test`, failure, t0: 0, t: 1 };
}

function judged(handshakes: readonly QuicHandshake[], more: object = {}) {
  return judgeQuic(
    Measurement.parse({
      measurement_start_time: '2026-03-14 07:00:00',
      test_name: TEST_NAMES.quic,
      test_keys: { x_aiqyn_quic_handshakes: handshakes },
      ...more,
    }),
  );
}

const SILENT_NAME = [shaken('target', TIMEOUT), shaken('harmless', null)];

describe('judgeQuic', () => {
  it('says ok where the handshake completes', () => {
    expect(judged([shaken('target', null)])).toMatchObject({ status: 'ok', score: 0, rule: 'quic.answers' });
  });

  it.each([null, 'ssl_invalid_hostname', 'ssl_unknown_authority'])(
    'calls the name dropped where it is silent and a harmless one is answered (%s)',
    (failure) => {
      const verdict = judged([shaken('target', TIMEOUT), shaken('harmless', failure)]);
      expect(verdict).toMatchObject({
        status: 'blocked',
        layer: 'quic',
        method: 'sni_drop',
        confidence: 0.7,
      });
      expect(verdict.reasons.join(' ')).toContain('answered under harmless.test');
    },
  );

  it('is surer of silence that was met twice', () => {
    expect(judged([shaken('target', TIMEOUT), ...SILENT_NAME]).confidence).toBe(0.8);
  });

  it('opens no incident where both are silent, and says why', () => {
    const verdict = judged([shaken('target', TIMEOUT), shaken('harmless', TIMEOUT)]);
    expect(verdict).toMatchObject({ status: 'blocked', layer: 'quic', method: 'drop' });
    expect(verdict.confidence).toBeLessThan(CONFIDENCE_FLOOR);
    expect(verdict.reasons.join(' ')).toContain('closed here for everybody');
  });

  it.each([
    { why: 'nothing was tried', handshakes: [], rule: 'quic.nothing_tried' },
    { why: 'there is no pair', handshakes: [shaken('target', TIMEOUT)], rule: 'quic.no_pair' },
    {
      why: 'the pair went to another address',
      handshakes: [shaken('target', TIMEOUT), shaken('harmless', null, '192.0.2.2:443')],
      rule: 'quic.no_pair',
    },
    {
      why: 'the port refused',
      handshakes: [shaken('target', 'connection_refused'), shaken('harmless', null)],
      rule: 'quic.other_failure',
    },
  ])('tells nothing where $why', ({ handshakes, rule }) => {
    expect(judged(handshakes)).toMatchObject({ status: 'inconclusive', rule });
  });

  it('counts no trouble of our own', () => {
    expect(judged(SILENT_NAME, { x_aiqyn_abort: 'shutdown' }).rule).toBe('own.aborted');
    expect(judged(SILENT_NAME, { test_keys: { x_aiqyn_quic_handshakes: 7 } }).status).toBe('inconclusive');
  });

  const histories = fc.array(
    fc.record({
      role: fc.constantFrom('target' as const, 'harmless' as const),
      failure: fc.constantFrom(null, TIMEOUT, 'connection_refused', 'ssl_invalid_hostname', 'interrupted'),
      address: fc.constantFrom(ADDRESS, '192.0.2.2:443'),
    }),
    { maxLength: 6 },
  );

  it('never calls anything blocked while the vantage is not online', () => {
    const offline = CONNECTIVITIES.filter((word) => word !== 'online');
    fc.assert(
      fc.property(histories, fc.constantFrom(...offline), (history, x_aiqyn_connectivity) => {
        const handshakes = history.map(({ role, failure, address }) => shaken(role, failure, address));
        expect(judged(handshakes, { x_aiqyn_connectivity }).status).not.toBe('blocked');
      }),
    );
  });

  it('is never worse for one more handshake of the target that completes, whatever the order', () => {
    fc.assert(
      fc.property(histories, fc.nat(), (history, place) => {
        const handshakes = history.map(({ role, failure, address }) => shaken(role, failure, address));
        handshakes.splice(place % (handshakes.length + 1), 0, shaken('target', null));
        expect(judged(handshakes).status).toBe('ok');
      }),
    );
  });
});
