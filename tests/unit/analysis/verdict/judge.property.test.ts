/** What must hold of any measurement, by construction. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/analysis/verdict/judge.ts';
import type { Status } from '../../../../src/analysis/verdict/verdict.ts';
import { Measurement } from '../../../../probes/measurement.ts';
import {
  CONTROL_FAILS,
  HOST,
  NO_KNOWLEDGE,
  SITE,
  STRANGE,
  connect,
  controlSees,
  handshake,
  harmless,
  lookup,
  request,
  webMeasurement,
} from '../../../support/web-observations.ts';
import type { Fields, WebSpec } from '../../../support/web-observations.ts';

const RUNS = 1_000;
const WORDS = [
  'generic_timeout_error',
  'connection_reset',
  'connection_refused',
  'eof_error',
  'network_unreachable',
  'ssl_unknown_authority',
  'ssl_invalid_certificate',
  'ssl_invalid_hostname',
  'http_invalid_redirect_location_host',
  'unknown_failure: stopped after too many redirects',
  'interrupted',
];
const DNS_WORDS = ['dns_nxdomain_error', 'dns_servfail_error', 'dns_no_answer', 'generic_timeout_error'];

const address = fc.constantFrom(SITE, STRANGE, '10.0.0.1', '2001:4860:4860::8888');
const failure = fc.option(fc.constantFrom(...WORDS), { nil: null });
const query = fc
  .tuple(
    fc.constantFrom('getaddrinfo', 'udp', 'doh'),
    fc.oneof(address, fc.record({ failure: fc.constantFrom(...DNS_WORDS) })),
  )
  .map(([engine, answer]) => lookup(engine, answer));
const connection = fc
  .tuple(address, fc.constantFrom(80, 443), failure)
  .map(([ip, port, word]) => connect(ip, port, word));
const hello = fc
  .tuple(address, failure, fc.boolean(), fc.double({ min: 0, max: 8, noNaN: true }))
  .map(([ip, word, isHarmless, seconds]) =>
    isHarmless ? harmless(ip, word, { t0: 0, t: seconds }) : handshake(ip, word, { t0: 0, t: seconds }),
  );
const url = fc.constantFrom(`http://${HOST}/`, `https://${HOST}/`, 'https://other.example/');
const answer = fc.oneof(
  fc.record({ failure: fc.constantFrom(...WORDS) }),
  fc.record({
    code: fc.constantFrom(200, 301, 302, 403, 404, 451, 503),
    body: fc.constantFrom('', '<title>Access Denied</title>', 'x'.repeat(1_500)),
    headers: fc.constantFrom<Fields>(
      {},
      { 'Alt-Svc': 'h3' },
      { Location: `https://${HOST}/` },
      { Location: 'http://' },
    ),
    x_aiqyn_body_fingerprints: fc.constantFrom<string[]>([], ['cp.x']),
  }),
);
const exchange = fc.tuple(url, address, answer).map(([to, ip, outcome]) => request(to, ip, outcome));

function specs(control: fc.Arbitrary<NonNullable<WebSpec['control']> | null>): fc.Arbitrary<WebSpec> {
  return fc.record({
    input: fc.constantFrom(`http://${HOST}/`, `https://${HOST}/`),
    queries: fc.array(query, { maxLength: 5 }),
    tcp: fc.array(connection, { maxLength: 5 }),
    tls: fc.array(hello, { maxLength: 6 }),
    requests: fc.array(exchange, { maxLength: 4 }),
    control,
    envelope: fc.constantFrom<Fields>(
      {},
      { x_aiqyn_connectivity: 'online' },
      { x_aiqyn_connectivity: 'domestic_only' },
      { x_aiqyn_abort: 'shutdown' },
    ),
  });
}

const FAILING_PAGES = [
  'generic_timeout_error',
  'connection_refused_error',
  'unknown_error',
  'connection_reset',
];
const failingControl = fc
  .constantFrom(...FAILING_PAGES)
  .map((word) => controlSees({ http_request: { failure: word, status_code: -1, body_length: -1 } }));
const anyControl = fc.oneof(
  failingControl,
  fc.constant<Fields | null>(null),
  fc.constant(controlSees()),
  fc.constant(CONTROL_FAILS),
  fc.constant('unasked' as const),
);

/** From what works to what is cut; what is not known lies between. */
const RANKS: Readonly<Record<Status, number>> = {
  ok: 0,
  tampered: 1,
  down: 2,
  offline: 2,
  inconclusive: 2,
  throttled: 3,
  intercepted: 4,
  blocked: 5,
};

function statusOf(spec: WebSpec): Status {
  return judge(webMeasurement(spec), NO_KNOWLEDGE).status;
}

describe('judge(any measurement)', () => {
  it('calls nothing blocked that the control could not reach either', () => {
    fc.assert(
      fc.property(specs(failingControl), (spec) => {
        expect(statusOf(spec)).not.toBe('blocked');
      }),
      { numRuns: RUNS },
    );
  });

  it('calls nothing blocked while the rings are not all up, nor after an abort', () => {
    const away = fc.constantFrom<Fields>(
      { x_aiqyn_connectivity: 'offline' },
      { x_aiqyn_connectivity: 'dns_only' },
      { x_aiqyn_connectivity: 'allow_list' },
      { x_aiqyn_abort: 'clock_jump' },
    );
    fc.assert(
      fc.property(specs(anyControl), away, (spec, envelope) => {
        expect(['ok', 'tampered', 'offline', 'inconclusive']).toContain(statusOf({ ...spec, envelope }));
      }),
      { numRuns: RUNS },
    );
  });

  it('calls nothing blocked while the control fails: silent, or with only an old answer to give', () => {
    const failing = fc.constantFrom<Fields>(
      { control: null, control_failure: 'connection_reset' },
      { control: null, control_failure: null },
      { control: {}, control_failure: null },
      { control_failure: 'generic_timeout_error' },
      { control_failure: 'connection_reset', x_aiqyn_control_source: 'last_known_good' },
      { control_failure: 'connection_reset', x_aiqyn_control_source: 'none' },
    );
    fc.assert(
      fc.property(specs(fc.constant(controlSees())), failing, (spec, keys) => {
        expect(statusOf({ ...spec, keys })).not.toBe('blocked');
      }),
      { numRuns: RUNS },
    );
  });

  it('without any control says blocked only of what proves itself, and with 0.7 at most', () => {
    fc.assert(
      fc.property(specs(fc.constant('unasked' as const)), (spec) => {
        const verdict = judge(webMeasurement(spec), NO_KNOWLEDGE);
        if (verdict.status !== 'blocked') return;
        expect(['tls.name_filtered', 'http.known_block_page']).toContain(verdict.rule);
        expect(verdict.confidence).toBeLessThanOrEqual(0.7);
      }),
      { numRuns: RUNS },
    );
  });

  it('is never made worse by one more successful HTTPS fetch with a valid chain', () => {
    fc.assert(
      fc.property(specs(anyControl), fc.constantFrom(SITE, STRANGE), (spec, ip) => {
        const better: WebSpec = {
          ...spec,
          tcp: [...(spec.tcp ?? []), connect(ip, 443)],
          tls: [...(spec.tls ?? []), handshake(ip)],
          requests: [...(spec.requests ?? []), request(`https://${HOST}/`, ip, {})],
        };
        expect(RANKS[statusOf(better)]).toBeLessThanOrEqual(RANKS[statusOf(spec)]);
      }),
      { numRuns: RUNS },
    );
  });

  it('does not care for the order of observations', () => {
    fc.assert(
      fc.property(specs(anyControl), fc.integer({ min: 1, max: 5 }), (spec, by) => {
        const turned: WebSpec = {
          ...spec,
          queries: turn(spec.queries, by),
          tcp: turn(spec.tcp, by),
          tls: turn(spec.tls, by),
          requests: turn(spec.requests, by),
        };
        const reversed: WebSpec = {
          ...spec,
          queries: [...(spec.queries ?? [])].reverse(),
          tcp: [...(spec.tcp ?? [])].reverse(),
          tls: [...(spec.tls ?? [])].reverse(),
          requests: [...(spec.requests ?? [])].reverse(),
        };
        const verdict = judge(webMeasurement(spec), NO_KNOWLEDGE);
        expect(judge(webMeasurement(turned), NO_KNOWLEDGE)).toEqual(verdict);
        expect(judge(webMeasurement(reversed), NO_KNOWLEDGE)).toEqual(verdict);
      }),
      { numRuns: RUNS },
    );
  });

  it('never throws, whatever the test keys, and stays between 0 and 1', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('web_connectivity', 'aiqyn_rings', 'whatsapp'),
        fc.webUrl(),
        fc.dictionary(
          fc.constantFrom(
            'queries',
            'tcp_connect',
            'tls_handshakes',
            'requests',
            'control',
            'x_aiqyn_ring_checks',
          ),
          fc.jsonValue(),
        ),
        (test_name, input, test_keys) => {
          const measurement = Measurement.parse({ test_name, input, test_keys, measurement_start_time: '' });
          const verdict = judge(measurement, NO_KNOWLEDGE);
          expect(verdict.confidence).toBeGreaterThanOrEqual(0);
          expect(verdict.confidence).toBeLessThanOrEqual(1);
          expect(verdict.reasons.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: RUNS },
    );
  });
});

function turn(items: readonly Fields[] | undefined, by: number): readonly Fields[] {
  const list = items ?? [];
  const at = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
