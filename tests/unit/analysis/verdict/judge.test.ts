import { describe, expect, it } from 'vitest';
import { judge } from '../../../../src/analysis/verdict/judge.ts';
import type { CertificateFacts, Knowledge } from '../../../../src/analysis/verdict/verdict.ts';
import {
  HOST,
  NO_KNOWLEDGE,
  SITE,
  controlSees,
  handshake,
  harmless,
  request,
  webMeasurement,
} from '../../../support/web-observations.ts';
import { NETWORK_CASES } from '../../../support/verdict-cases-network.ts';
import { PAGE_CASES } from '../../../support/verdict-cases-page.ts';

const TIMEOUT = 'generic_timeout_error';

describe('judge(measurement, knowledge)', () => {
  it.each([...NETWORK_CASES, ...PAGE_CASES])('says $status ($how): $because', ({ spec, status, how }) => {
    const verdict = judge(webMeasurement(spec), NO_KNOWLEDGE);
    const shown = [verdict.layer, verdict.method].filter((word) => word !== null).join(' ');
    expect(verdict.status, JSON.stringify(verdict)).toBe(status);
    if (how !== undefined) expect(shown).toBe(how);
  });

  it('grows surer with every pair, and never passes 0.7 without a control', () => {
    function confidence(tries: number, control?: 'unasked'): number {
      const pair = Array.from({ length: tries }, () => [handshake(SITE, TIMEOUT), harmless(SITE)]).flat();
      return judge(webMeasurement({ tls: pair, ...(control === undefined ? {} : { control }) }), NO_KNOWLEDGE)
        .confidence;
    }
    expect([1, 2, 3, 4].map((tries) => confidence(tries))).toEqual([0.82, 0.89, 0.96, 0.96]);
    expect([1, 2, 3, 4].map((tries) => confidence(tries, 'unasked'))).toEqual([0.6, 0.65, 0.7, 0.7]);
  });

  it('takes the page without a known block page of two that are alike and came at once, in either order', () => {
    const control = controlSees({ http_request: { failure: TIMEOUT, status_code: -1, body_length: -1 } });
    const body = { body: 'x'.repeat(1_500), headers: {} };
    const pages = [
      request(`http://${HOST}/`, SITE, body),
      request(`http://${HOST}/`, SITE, { ...body, x_aiqyn_body_fingerprints: ['cp.x'] }),
    ];
    for (const requests of [pages, pages.toReversed()])
      expect(
        judge(webMeasurement({ input: `http://${HOST}/`, requests, control }), NO_KNOWLEDGE).status,
      ).toBe('ok');
  });

  it('names the observations in its reasons', () => {
    const verdict = judge(webMeasurement({ tls: [handshake(SITE, TIMEOUT), harmless(SITE)] }), NO_KNOWLEDGE);
    expect(verdict.reasons[0]).toBe(
      `The handshake with ${SITE}:443 under the name ${HOST} got no answer after 5.0 s; under example.org it was answered.`,
    );
    expect(verdict).toMatchObject({ score: 1, rule: 'tls.name_filtered', failure: TIMEOUT });
  });
});

describe('judge(measurement with certificates)', () => {
  const facts: CertificateFacts = {
    sha256: 'aa',
    sha1: 'bb',
    spkiSha256: 'cc',
    subject: 'CN=leaf',
    issuer: 'C=KZ, CN=Forger',
    names: ['www.example.com'],
    notBeforeMs: 0,
    notAfterMs: 1,
  };
  const badChain = [
    handshake(SITE, 'ssl_unknown_authority', { peer_certificates: [{ format: 'base64', data: 'AAAA' }] }),
  ];
  const withChain = webMeasurement({
    tls: badChain,
    control: null,
    envelope: {
      x_aiqyn_connectivity: 'online',
      x_aiqyn_target: { id: 'site', platform: 'press', probe: 'web', depth: 'full' },
    },
  });
  function knowing(fields: Partial<Knowledge>): Knowledge {
    return { ...NO_KNOWLEDGE, readCertificate: () => facts, ...fields };
  }

  it.each([
    { by: 'certificate', interceptor: { sha256: 'AA' }, confidence: 0.97 },
    { by: 'old certificate hash', interceptor: { sha1: 'bb' }, confidence: 0.97 },
    { by: 'key', interceptor: { spkiSha256: 'cc' }, confidence: 0.95 },
    { by: 'issuer', interceptor: { subject: 'CN=Forger\nC=KZ' }, confidence: 0.8 },
  ])('knows an interceptor by its $by, expired and without a control', ({ interceptor, confidence }) => {
    const verdict = judge(withChain, knowing({ interceptors: [{ id: 'root-x', ...interceptor }] }));
    expect(verdict).toMatchObject({
      status: 'intercepted',
      method: 'forged_certificate',
      confidence,
      rule: 'tls.known_interceptor',
    });
    expect(verdict.reasons[0]).toContain('root-x');
  });

  it('knows an interceptor by the hashes that a light check keeps', () => {
    const light = webMeasurement({ tls: [handshake(SITE, null, { x_aiqyn_chain_sha256: ['aa'] })] });
    expect(judge(light, { ...NO_KNOWLEDGE, interceptors: [{ id: 'root-x', sha256: 'aa' }] }).status).toBe(
      'intercepted',
    );
  });

  it.each([
    { names: ['blocked.operator.example'], status: 'blocked', rule: 'tls.other_server' },
    { names: ['other.example', '*.operator.example'], status: 'blocked', rule: 'tls.other_server' },
    { names: ['www.example.com'], status: 'intercepted', rule: 'tls.unknown_forgery' },
    { names: ['*.example.com'], status: 'intercepted', rule: 'tls.unknown_forgery' },
    { names: ['*.com'], status: 'blocked', rule: 'tls.other_server' },
    { names: [], status: 'intercepted', rule: 'tls.unknown_forgery' },
  ])('says $status of a bad certificate for $names in the place of the site', ({ names, ...expected }) => {
    const verdict = judge(
      webMeasurement({ tls: badChain }),
      knowing({ readCertificate: () => ({ ...facts, names }) }),
    );
    expect(verdict).toMatchObject(expected);
  });

  it('calls a signer whom the catalogue does not expect an unknown forgery, and an expected one nothing', () => {
    function judged(issuers: string[]): string {
      return judge(withChain, knowing({ expectationOf: () => ({ asns: [], issuers }) })).status;
    }
    expect(judged(['DigiCert'])).toBe('intercepted');
    expect(judged(['forger'])).toBe('inconclusive');
  });
});

describe('judge(what was measured in another network)', () => {
  it.each(['web_connectivity', 'aiqyn_rings', 'aiqyn_app', 'aiqyn_throughput', 'aiqyn_quic'])(
    'says of %s that it counts for nobody, whatever was seen',
    (testName) => {
      const measurement = { ...webMeasurement({}), test_name: testName, x_aiqyn_other_network: 'AS13335' };
      const verdict = judge(measurement, NO_KNOWLEDGE);
      expect(verdict).toMatchObject({ status: 'inconclusive', rule: 'own.other_network', confidence: 0 });
      expect(verdict.reasons[0]).toContain('AS13335');
    },
  );
});

describe('judge(rings)', () => {
  function rings(...checks: readonly object[]): string {
    const measurement = webMeasurement({});
    return judge(
      { ...measurement, test_name: 'aiqyn_rings', test_keys: { x_aiqyn_ring_checks: checks } },
      NO_KNOWLEDGE,
    ).rule;
  }
  const foreign = { ring: 'foreign', name: 'a.example' };
  it('tells how far the vantage gets', () => {
    expect(rings({ ...foreign, failure: null })).toBe('rings.online');
    expect(rings({ ...foreign, failure: TIMEOUT }, { ring: 'domestic', name: 'b.kz', failure: null })).toBe(
      'rings.domestic_only',
    );
    expect(rings()).toBe('own.empty');
  });
});
