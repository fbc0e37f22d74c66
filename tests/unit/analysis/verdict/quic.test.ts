/** Only a name that is silent again and again where a harmless one is answered is called blocked with confidence. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONNECTIVITIES } from '../../../../probes/words.ts';
import { speaksForPlatform } from '../../../../src/analysis/detect/point.ts';
import { judge } from '../../../../src/analysis/verdict/judge.ts';
import { CONFIDENCE_FLOOR } from '../../../../src/analysis/verdict/verdict.ts';
import { KNOWLEDGE } from '../../../support/app-measurements.ts';
import {
  CONTROL_FAILS,
  CONTROL_REACHES,
  overTcp,
  QUIC_TIMEOUT,
  quicControl,
  quicMeasurement,
  quicRow,
  silentName,
} from '../../../support/quic-measurements.ts';
import type { QuicRow } from '../../../support/quic-measurements.ts';

const TARGET_SILENT = quicRow('target', QUIC_TIMEOUT);
const HARMLESS_SILENT = quicRow('harmless', QUIC_TIMEOUT);
const ALL_SILENT = [TARGET_SILENT, HARMLESS_SILENT, TARGET_SILENT, HARMLESS_SILENT];

const seenRules = new Set<string>();

function judged(rows: readonly QuicRow[], keys: object = {}, more: object = {}) {
  const verdict = judge(quicMeasurement(rows, keys, more), KNOWLEDGE);
  seenRules.add(verdict.rule);
  return verdict;
}

describe('a name that gets no answer over QUIC', () => {
  it.each([null, 'ssl_invalid_hostname', 'ssl_failed_handshake'])(
    'is dropped by its name where a harmless one is answered (%s), and the pair needs no control',
    (failure) => {
      const verdict = judged(silentName(failure));
      expect(verdict).toMatchObject({
        status: 'blocked',
        layer: 'quic',
        method: 'sni_drop',
        confidence: 0.65,
      });
      expect(verdict.reasons.join(' ')).toContain('answered under harmless.test');
    },
  );

  it('is so with more confidence where the control completes the handshake at the same address', () => {
    const verdict = judged(silentName(), CONTROL_REACHES);
    expect(verdict).toMatchObject({ method: 'sni_drop', confidence: 0.85, failure: QUIC_TIMEOUT });
    expect(judged([TARGET_SILENT, ...silentName()], CONTROL_REACHES).confidence).toBe(0.9);
  });

  it('is not so after one silence: two datagrams may be lost', () => {
    const rows = [TARGET_SILENT, quicRow('harmless', null)];
    expect(judged(rows, CONTROL_REACHES)).toMatchObject({ status: 'inconclusive', rule: 'quic.tried_once' });
  });

  it.each([
    { failure: null, says: 'Over TCP the same name is answered.' },
    { failure: QUIC_TIMEOUT, says: 'Over TCP it fails as well (generic_timeout_error).' },
  ])('says what TCP does: $says', ({ failure, says }) => {
    expect(judged(silentName(), { ...CONTROL_REACHES, ...overTcp(failure) }).reasons).toContain(says);
  });

  it('is nobody’s block while the control fails', () => {
    expect(judged(silentName(), CONTROL_FAILS)).toMatchObject({
      status: 'inconclusive',
      rule: 'quic.control_fails',
    });
  });

  it('is no block where the control gets no answer either', () => {
    const keys = quicControl({ status: false, failure: QUIC_TIMEOUT });
    expect(judged(silentName(), keys)).toMatchObject({ status: 'inconclusive', rule: 'quic.fails_outside' });
  });

  it('is judged by its pair alone where the control cannot try QUIC, or tried other addresses', () => {
    expect(judged(silentName(), quicControl(undefined))).toMatchObject({ confidence: 0.65 });
    const rows = silentName().map((row) => ({ ...row, address: '192.0.2.9:443' }));
    expect(judged(rows, CONTROL_REACHES)).toMatchObject({ method: 'sni_drop', confidence: 0.65 });
  });
});

describe('an address where every name is silent', () => {
  it('is dropped as such where another host answers, and the control reaches it', () => {
    const verdict = judged([...ALL_SILENT, quicRow('paired', null)], CONTROL_REACHES);
    expect(verdict).toMatchObject({
      status: 'blocked',
      method: 'drop',
      confidence: 0.7,
      rule: 'quic.address_dropped',
    });
    expect(verdict.reasons).toContain('QUIC passes here: paired.test answered.');
  });

  it('tells nothing without that control: the server may have switched QUIC off', () => {
    expect(judged([...ALL_SILENT, quicRow('paired', null)])).toMatchObject({
      status: 'inconclusive',
      rule: 'quic.unproven',
    });
  });

  it.each([
    { why: 'another host is silent, too', rows: [...ALL_SILENT, quicRow('paired', QUIC_TIMEOUT)] },
    { why: 'no other host was tried', rows: ALL_SILENT },
  ])('may have UDP closed for everybody where $why: shown, and never an incident', ({ rows }) => {
    const verdict = judged(rows, CONTROL_REACHES);
    expect(verdict).toMatchObject({ status: 'blocked', layer: 'quic', method: 'drop', rule: 'quic.closed' });
    expect(verdict.confidence).toBeLessThan(CONFIDENCE_FLOOR);
    expect(verdict.reasons.join(' ')).toContain('closed here for everybody');
  });
});

describe('an answer over QUIC', () => {
  it('is reachability, whatever failed before it', () => {
    expect(judged([quicRow('target', null)])).toMatchObject({ status: 'ok', score: 0, rule: 'quic.answers' });
    expect(judged([TARGET_SILENT, quicRow('target', null)]).status).toBe('ok');
  });

  const forged = [quicRow('target', 'ssl_unknown_authority')];

  it.each([
    { by: 'the control', keys: CONTROL_REACHES, confidence: 0.85 },
    { by: 'TCP, where there is no control', keys: overTcp(null), confidence: 0.7 },
  ])(
    'with a certificate that does not verify is a forgery where $by has one that does',
    ({ keys, confidence }) => {
      expect(judged(forged, keys)).toMatchObject({
        status: 'intercepted',
        layer: 'quic',
        method: 'forged_certificate',
        confidence,
      });
    },
  );

  it.each([
    { why: 'nothing shows another', keys: {} },
    { why: 'the control fails', keys: { ...CONTROL_FAILS, ...overTcp(null) } },
    {
      why: 'the control gets none that verifies',
      keys: quicControl({ status: false, failure: 'ssl_invalid_certificate' }),
    },
  ])('with a bad certificate tells nothing where $why', ({ keys }) => {
    expect(judged(forged, keys)).toMatchObject({ status: 'inconclusive', rule: 'quic.bad_certificate' });
  });

  function withLeaf(der: string): object[] {
    return [{ ...forged[0], peer_certificates: [{ format: 'base64', data: der }] }];
  }
  const leaf = {
    sha256: 'a'.repeat(64),
    sha1: '',
    spkiSha256: '',
    subject: '',
    issuer: 'CN=Forger',
    notBeforeMs: 0,
    notAfterMs: 4e12,
  };

  it('for other hosts is another server', () => {
    const knowledge = { ...KNOWLEDGE, readCertificate: () => ({ ...leaf, names: ['elsewhere.test'] }) };
    const measurement = quicMeasurement([], { ...CONTROL_REACHES }, {});
    const keys = { ...measurement.test_keys, quic_handshakes: withLeaf('AAAA') };
    const verdict = judge({ ...measurement, test_keys: keys }, knowledge);
    seenRules.add(verdict.rule);
    expect(verdict).toMatchObject({ status: 'inconclusive', rule: 'quic.other_server' });
  });

  it('with a known interceptor’s certificate is an interception, whatever the rings say', () => {
    const knowledge = {
      ...KNOWLEDGE,
      readCertificate: () => ({ ...leaf, names: ['target.test'] }),
      interceptors: [{ id: 'known', sha256: 'a'.repeat(64) }],
    };
    const measurement = quicMeasurement([], {}, { x_aiqyn_connectivity: 'domestic_only' });
    const keys = { ...measurement.test_keys, quic_handshakes: withLeaf('AAAA') };
    expect(judge({ ...measurement, test_keys: keys }, knowledge)).toMatchObject({
      status: 'intercepted',
      layer: 'quic',
      rule: 'tls.known_interceptor',
      confidence: 0.98,
    });
  });
});

describe('what else may happen', () => {
  it.each([
    { why: 'nothing was tried', rows: [], keys: {}, rule: 'quic.nothing_tried' },
    {
      why: 'there is no pair',
      rows: [TARGET_SILENT, TARGET_SILENT],
      keys: CONTROL_REACHES,
      rule: 'quic.no_pair',
    },
    {
      why: 'the pair went to another address',
      rows: [TARGET_SILENT, TARGET_SILENT, quicRow('harmless', null, '192.0.2.2:443')],
      keys: CONTROL_REACHES,
      rule: 'quic.no_pair',
    },
    {
      why: 'the port refused, and nobody knows of QUIC there',
      rows: [quicRow('target', 'connection_refused')],
      keys: {},
      rule: 'quic.refused_here',
    },
    {
      why: 'the versions differ',
      rows: [quicRow('target', 'quic_incompatible_version')],
      keys: CONTROL_REACHES,
      rule: 'quic.other_failure',
    },
    {
      why: 'this machine has no way there',
      rows: [quicRow('target', 'network_unreachable')],
      keys: CONTROL_REACHES,
      rule: 'own.no_route',
    },
  ])('tells nothing where $why', ({ rows, keys, rule }) => {
    expect(judged(rows, keys)).toMatchObject({ status: 'inconclusive', rule });
  });

  it('calls a refusal a block where the control is not refused', () => {
    expect(judged([quicRow('target', 'connection_refused')], CONTROL_REACHES)).toMatchObject({
      status: 'blocked',
      layer: 'quic',
      method: 'refused',
      rule: 'quic.refused',
    });
  });

  it('counts no trouble of our own', () => {
    expect(judged(silentName(), {}, { x_aiqyn_abort: 'shutdown' }).rule).toBe('own.aborted');
    const unreadable = judged([], {}, { test_keys: { quic_handshakes: 7 } });
    expect(unreadable).toMatchObject({ status: 'inconclusive', rule: 'own.unreadable' });
  });

  it('is told in docs/quic.md, rule by rule', () => {
    const page = readFileSync(fileURLToPath(new URL('../../../../docs/quic.md', import.meta.url)), 'utf8');
    const told = [...page.matchAll(/^\| `(quic\.[a-z_]+)`/gmu)].map(([, rule]) => rule);
    expect(told.toSorted()).toEqual([...seenRules].filter((rule) => rule.startsWith('quic.')).sort());
  });
});

describe('whatever was seen', () => {
  const histories = fc.array(
    fc.record({
      role: fc.constantFrom('target' as const, 'harmless' as const, 'paired' as const),
      failure: fc.constantFrom(
        null,
        QUIC_TIMEOUT,
        'connection_refused',
        'ssl_invalid_hostname',
        'interrupted',
      ),
      address: fc.constantFrom(undefined, '192.0.2.2:443'),
    }),
    { maxLength: 8 },
  );
  const controls = fc.constantFrom({}, CONTROL_REACHES, CONTROL_FAILS, quicControl(undefined), overTcp(null));

  function rowsOf(history: readonly Parameters<typeof rowOf>[0][]): QuicRow[] {
    return history.map(rowOf);
  }
  function rowOf(one: {
    role: 'target' | 'harmless' | 'paired';
    failure: string | null;
    address: string | undefined;
  }): QuicRow {
    return quicRow(one.role, one.failure, one.address);
  }

  it('is nobody’s block while the vantage is not online', () => {
    const offline = CONNECTIVITIES.filter((word) => word !== 'online');
    fc.assert(
      fc.property(histories, controls, fc.constantFrom(...offline), (history, keys, x_aiqyn_connectivity) => {
        const verdict = judge(quicMeasurement(rowsOf(history), keys, { x_aiqyn_connectivity }), KNOWLEDGE);
        expect(verdict.status).not.toBe('blocked');
      }),
    );
  });

  it('is ok with one more handshake that completes, wherever it stands', () => {
    fc.assert(
      fc.property(histories, controls, fc.nat(), (history, keys, place) => {
        const rows = rowsOf(history);
        rows.splice(place % (rows.length + 1), 0, quicRow('target', null));
        expect(judge(quicMeasurement(rows, keys), KNOWLEDGE).status).toBe('ok');
      }),
    );
  });

  it('says the same in any order', () => {
    fc.assert(
      fc.property(histories, controls, (history, keys) => {
        const rows = rowsOf(history);
        const { status, method, confidence, rule } = judge(quicMeasurement(rows, keys), KNOWLEDGE);
        const turned = judge(quicMeasurement(rows.toReversed(), keys), KNOWLEDGE);
        expect(turned).toMatchObject({ status, method, confidence, rule });
      }),
    );
  });

  it('is sure of a drop by name only above the bound of two silences', () => {
    fc.assert(
      fc.property(histories, controls, (history, keys) => {
        const verdict = judge(quicMeasurement(rowsOf(history), keys), KNOWLEDGE);
        const silences = history.filter(({ role, failure }) => role === 'target' && failure === QUIC_TIMEOUT);
        if (verdict.method === 'sni_drop') expect(silences.length).toBeGreaterThanOrEqual(2);
      }),
    );
  });
});

describe('speaksForPlatform(point)', () => {
  it('leaves a drop of QUIC alone out of incidents, and nothing else', () => {
    expect(speaksForPlatform({ status: 'blocked', layer: 'quic' })).toBe(false);
    expect(speaksForPlatform({ status: 'intercepted', layer: 'quic' })).toBe(true);
    expect(speaksForPlatform({ status: 'blocked', layer: 'tls' })).toBe(true);
    expect(speaksForPlatform({ status: 'ok', layer: null })).toBe(true);
  });
});
