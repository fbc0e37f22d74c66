import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Measurement } from '../../../../../probes/measurement.ts';
import { judge } from '../../../../../src/analysis/verdict/judge.ts';
import type { Knowledge } from '../../../../../src/analysis/verdict/verdict.ts';
import { appMeasurement, KNOWLEDGE } from '../../../../support/app-measurements.ts';
import type { EndpointWorld } from '../../../../support/app-measurements.ts';

const DROPPED: EndpointWorld = { tls: 'generic_timeout_error' };
const FILTERED: EndpointWorld = { ...DROPPED, harmless: null };

function youtube(world: Readonly<Record<string, EndpointWorld>>, more: object = {}) {
  return judge(
    appMeasurement(
      {
        pages: { works: 'Pages load', fails: 'pages do not load', urls: ['https://pages.test/'] },
        video: { works: 'video plays', fails: 'video does not', urls: ['https://video.test/'], weight: 2 },
      },
      world,
      more,
    ),
    KNOWLEDGE,
  );
}

describe('judge(app)', () => {
  it('is ok with score 0 where every part works, and says so in one sentence', () => {
    expect(youtube({})).toMatchObject({
      status: 'ok',
      score: 0,
      rule: 'app.reached',
      reasons: ['Pages load; video plays.'],
    });
  });

  it('names the part that fails, with the share that its weight has', () => {
    expect(youtube({ 'https://video.test/': { ...FILTERED, outside: true } })).toMatchObject({
      status: 'blocked',
      layer: 'tls',
      method: 'sni_drop',
      failure: 'generic_timeout_error',
      score: 0.667,
      confidence: 0.88,
      rule: 'app.part_fails',
    });
    expect(youtube({ 'https://video.test/': { ...FILTERED, outside: true } }).reasons[0]).toBe(
      'Pages load; video does not.',
    );
  });

  it.each([
    ['a lookup that says no such name', { dns: 'dns_nxdomain_error' }, 'dns', 'nxdomain'],
    ['an address that is nowhere', { address: '10.0.0.1', tcp: 'generic_timeout_error' }, 'dns', 'bogon'],
    ['silence to the connect', { tcp: 'generic_timeout_error' }, 'tcp', 'drop'],
    ['a refused connect', { tcp: 'connection_refused' }, 'tcp', 'refused'],
    ['a reset after the name', { tls: 'connection_reset', harmless: null }, 'tls', 'sni_reset'],
    ['a reset of any handshake', { tls: 'connection_reset' }, 'tls', 'reset'],
    ['an end in the handshake', { tls: 'eof_error' }, 'tls', 'eof'],
    ['a page that never comes', { http: 'generic_timeout_error' }, 'http', 'drop'],
  ] as const)('says of %s: %j is %s/%s', (_, world, layer, method) => {
    expect(youtube({ 'https://pages.test/': { ...world, outside: true } })).toMatchObject({
      status: 'blocked',
      layer,
      method,
      score: 0.333,
    });
  });

  it('calls a forged certificate interception, and one at a false address a false answer', () => {
    const forged = { tls: 'ssl_unknown_authority', outside: true };
    expect(youtube({ 'https://pages.test/': forged })).toMatchObject({
      status: 'intercepted',
      method: 'forged_certificate',
    });
    expect(youtube({ 'https://pages.test/': { ...forged, outsideAddress: '198.51.100.200' } })).toMatchObject(
      { status: 'blocked', layer: 'dns', method: 'injected_answer' },
    );
  });

  describe('never takes trouble for a block', () => {
    it('the platform’s own: what fails outside as well is down', () => {
      const down = { tcp: 'connection_refused', outside: false };
      expect(youtube({ 'https://pages.test/': down, 'https://video.test/': down })).toMatchObject({
        status: 'down',
        score: 0,
      });
      expect(youtube({ 'https://video.test/': down })).toMatchObject({
        status: 'ok',
        score: 0,
        rule: 'app.partly_down',
      });
    });

    it('the control’s: where it did not answer, nobody is blocked, not even by a pair', () => {
      expect(youtube({ 'https://video.test/': { ...FILTERED, outside: 'silent' } })).toMatchObject({
        status: 'inconclusive',
        score: 0,
      });
    });

    it('a comparison that there is not: without a control only a pair speaks', () => {
      expect(youtube({ 'https://video.test/': DROPPED })).toMatchObject({ status: 'inconclusive' });
      expect(youtube({ 'https://video.test/': FILTERED })).toMatchObject({
        status: 'blocked',
        confidence: 0.7,
      });
    });

    it('this vantage’s: while the rings are down it is offline, and an abort says nothing', () => {
      const world = { 'https://video.test/': { ...FILTERED, outside: true } };
      expect(youtube(world, { x_aiqyn_connectivity: 'offline' })).toMatchObject({
        status: 'offline',
        score: 0,
      });
      expect(youtube(world, { x_aiqyn_abort: 'shutdown' })).toMatchObject({ rule: 'own.aborted' });
    });

    it('a missing way of this machine’s: an address family that it has not is not counted', () => {
      expect(youtube({ 'https://video.test/': { tcp: 'network_unreachable' } })).toMatchObject({
        status: 'ok',
        score: 0,
      });
    });

    it('steps that were not taken: a run of nothing is inconclusive', () => {
      const empty = Measurement.parse({ ...appMeasurement({}, {}), test_keys: {} });
      expect(judge(empty, KNOWLEDGE)).toMatchObject({ status: 'inconclusive', rule: 'own.empty' });
    });
  });

  describe('fractions', () => {
    const hosts = Array.from({ length: 10 }, (_, n) => `tcp://198.51.100.${n + 1}:443`);
    function chat(failing: number) {
      const world = hosts
        .slice(0, failing)
        .map((url): [string, EndpointWorld] => [url, { tcp: 'generic_timeout_error', outside: true }]);
      const parts = { chat: { works: 'Messages pass', fails: 'messages do not pass', urls: hosts } };
      return judge(appMeasurement(parts, Object.fromEntries(world)), KNOWLEDGE);
    }

    it.each([
      [0, 'ok', 0, 'app.reached'],
      [1, 'ok', 0.1, 'app.mostly_reached'],
      [3, 'blocked', 0.3, 'app.part_interfered'],
      [8, 'blocked', 0.8, 'app.part_interfered'],
      [10, 'blocked', 1, 'app.part_fails'],
    ])('%i of 10 endpoints out of reach is %s with score %d', (failing, status, score, rule) => {
      expect(chat(failing)).toMatchObject({ status, score, rule });
    });

    it('a part that fails in part is less sure than one that fails wholly', () => {
      expect(chat(8).confidence).toBeLessThan(chat(10).confidence);
    });

    it('the score never falls when one endpoint more fails', () => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 9 }), (failing) => {
          expect(chat(failing + 1).score).toBeGreaterThan(chat(failing).score);
        }),
      );
    });
  });

  it('does not depend on the order of observations', () => {
    const whole = appMeasurement(
      {
        all: {
          works: 'a',
          fails: 'b',
          urls: ['https://one.test/', 'https://two.test/', 'tcp://198.51.100.9:80'],
        },
      },
      {
        'https://one.test/': { ...FILTERED, outside: true },
        'tcp://198.51.100.9:80': { tcp: 'connection_reset', outside: true },
      },
    );
    const verdict = judge(whole, KNOWLEDGE);
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(judge(shuffledBy(whole, seed), KNOWLEDGE)).toEqual(verdict);
      }),
      { numRuns: 30 },
    );
  });

  it('says that a known interceptor’s certificate was there, whatever else', () => {
    const knowing: Knowledge = { ...KNOWLEDGE, interceptors: [{ id: 'qaznet', sha256: 'f'.repeat(64) }] };
    const measurement = appMeasurement(
      { pages: { works: 'a', fails: 'b', urls: ['https://pages.test/'] } },
      { 'https://pages.test/': { tls: 'ssl_unknown_authority', chain: ['f'.repeat(64)] } },
    );
    expect(judge(measurement, knowing)).toMatchObject({
      status: 'intercepted',
      rule: 'tls.known_interceptor',
    });
  });
});

describe('judge(ingest)', () => {
  function ingest(keys: object) {
    const measurement = appMeasurement({}, {});
    return judge(
      Measurement.parse({
        ...measurement,
        test_name: 'aiqyn_ingest',
        input: 'rtmps://live.test:443',
        test_keys: {
          queries: [{ hostname: 'live.test', answers: [{ answer_type: 'A', ipv4: '198.51.100.1' }] }],
          tcp_connect: [{ ip: '198.51.100.1', port: 443, status: { failure: null, success: true } }],
          x_aiqyn_control_source: 'none',
          ...keys,
        },
      }),
      KNOWLEDGE,
    );
  }
  const dropped = { address: '198.51.100.1:443', server_name: 'live.test', failure: 'generic_timeout_error' };
  const harmless = {
    address: '198.51.100.1:443',
    server_name: 'harmless.test',
    failure: null,
    tags: ['x_aiqyn_harmless'],
  };

  it('is ok where the handshake works', () => {
    expect(ingest({ tls_handshakes: [{ ...dropped, failure: null }] })).toMatchObject({
      status: 'ok',
      reasons: ['Live video can be sent.'],
    });
  });

  it('is blocked where the pair shows that the name is filtered', () => {
    expect(ingest({ tls_handshakes: [dropped, harmless] })).toMatchObject({
      status: 'blocked',
      layer: 'tls',
      method: 'sni_drop',
      score: 1,
    });
  });

  it('is blocked at TCP where only the control connects and shakes hands', () => {
    const control = {
      dns: { failure: null, addrs: ['198.51.100.1'] },
      tcp_connect: { '198.51.100.1:443': { status: true, failure: null } },
      tls_handshake: { '198.51.100.1:443': { status: true, failure: null } },
      http_request: {
        failure: 'http_request_failed',
        body_length: -1,
        title: '',
        headers: {},
        status_code: -1,
      },
    };
    expect(
      ingest({
        tcp_connect: [
          { ip: '198.51.100.1', port: 443, status: { failure: 'connection_refused', success: false } },
        ],
        control,
        x_aiqyn_control_source: 'live',
      }),
    ).toMatchObject({ status: 'blocked', layer: 'tcp', method: 'refused' });
  });

  it('is inconclusive without an input that can be read', () => {
    const measurement = Measurement.parse({
      ...appMeasurement({}, {}),
      test_name: 'aiqyn_ingest',
      input: 'nonsense',
    });
    expect(judge(measurement, KNOWLEDGE)).toMatchObject({ rule: 'own.unreadable' });
  });
});

function shuffledBy(measurement: Measurement, seed: number): Measurement {
  const keys = Object.fromEntries(
    Object.entries(measurement.test_keys).map(([key, value]) => [
      key,
      Array.isArray(value) && key !== 'x_aiqyn_parts' ? rotated(value, seed) : value,
    ]),
  );
  return { ...measurement, test_keys: keys };
}

function rotated(list: readonly unknown[], by: number): unknown[] {
  const at = list.length === 0 ? 0 : Math.abs(by) % list.length;
  const turned = [...list.slice(at), ...list.slice(0, at)];
  return by % 2 === 0 ? turned : turned.reverse();
}
