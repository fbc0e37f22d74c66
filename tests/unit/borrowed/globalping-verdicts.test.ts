/** What Globalping's probes tell, and the verdict that is made of it. */
import { describe, expect, it } from 'vitest';
import { OwnMeasurement } from '../../../probes/measurement.ts';
import { judge } from '../../../src/analysis/verdict/judge.ts';
import { toPoint } from '../../../src/analysis/verdict/point.ts';
import { comparisonFrom, isWorthAsking, testKeysFrom } from '../../../src/borrowed/globalping/observe.ts';
import type { FollowUp } from '../../../src/borrowed/globalping/observe.ts';
import { DnsResult, HttpResult, PingResult } from '../../../src/borrowed/globalping/schema.ts';
import { toldBy } from '../../../src/borrowed/globalping/words.ts';
import { comparedByLender, recordOf } from '../../../src/borrowed/record.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { buildKnowledge } from '../../../src/config/knowledge.ts';
import {
  dnsAnswer,
  failedAnswer,
  httpAnswer,
  pingAnswer,
  SITE_ADDRESS,
} from '../../support/worlds/globalping.ts';

const URL_ASKED = 'https://www.youtube.com/generate_204';
const knowledge = buildKnowledge(loadCatalog());
const network = { operator: 'AS9198', city: 'Almaty', place: 'almaty', name: 'JSC Kazakhtelecom' };

interface Story {
  readonly inside: Readonly<Record<string, unknown>>;
  readonly outside?: Readonly<Record<string, unknown>> | null;
  readonly dns?: Readonly<Record<string, unknown>>;
  readonly tcp?: Readonly<Record<string, unknown>>;
}

function measured({ inside, outside = httpAnswer(), dns, tcp }: Story): OwnMeasurement {
  const result = HttpResult.parse(inside);
  const more: FollowUp = {
    dns: dns === undefined ? null : DnsResult.parse(dns),
    tcp: tcp === undefined ? null : PingResult.parse(tcp),
  };
  const comparison = comparisonFrom(URL_ASKED, outside === null ? null : HttpResult.parse(outside));
  return recordOf({
    id: '019a0000-0000-7000-8000-000000000001',
    lender: 'globalping',
    target: { id: 'youtube-www', platform: 'youtube', probe: 'web', url: URL_ASKED, lightUrl: URL_ASKED },
    sighting: {
      network,
      startedAtMs: Date.UTC(2026, 5, 1),
      runtimeMs: 3_000,
      testKeys: testKeysFrom(URL_ASKED, result, more),
      isLendersFault: result.failureSource === 'internal',
    },
    compared: comparedByLender(comparison),
    softwareVersion: '0.0.0',
  });
}

function verdictOf(story: Story) {
  return judge(measured(story), knowledge);
}

const distrusted = {
  authorized: false,
  error: 'SELF_SIGNED_CERT_IN_CHAIN',
  protocol: 'TLSv1.2',
  cipherName: 'x',
};
const qaznet =
  '00:30:9C:73:6D:D6:61:DA:6F:1E:B2:41:73:AA:84:99:44:C1:68:A4:3A:15:BF:FD:19:2E:EC:FD:B6:F8:DB:D2';
const other = qaznet.replaceAll('0', '1');

describe('a borrowed probe’s result as a verdict', () => {
  it.each([
    {
      when: 'the page came under a good certificate',
      story: { inside: httpAnswer() },
      status: 'ok',
      method: null,
    },
    {
      when: 'a known interceptor’s certificate was shown, by its hash',
      story: { inside: httpAnswer({ tls: { ...distrusted, fingerprint256: qaznet } }) },
      status: 'intercepted',
      method: 'forged_certificate',
    },
    {
      when: 'an unknown certificate does not verify, and the one abroad does',
      story: { inside: httpAnswer({ tls: { ...distrusted, fingerprint256: other } }) },
      status: 'intercepted',
      method: 'forged_certificate',
    },
    {
      when: 'the name alone is the interceptor’s and the certificate verifies',
      story: {
        inside: httpAnswer({
          tls: {
            authorized: true,
            protocol: '',
            cipherName: '',
            issuer: { CN: 'Qaznet Trust Network' },
            fingerprint256: other,
          },
        }),
      },
      status: 'ok',
      method: null,
    },
    {
      when: 'the connection was refused',
      story: { inside: failedAnswer(`connect ECONNREFUSED ${SITE_ADDRESS}:443`, 'target') },
      status: 'blocked',
      method: 'refused',
    },
    {
      when: 'it was reset',
      story: { inside: failedAnswer('read ECONNRESET', 'target') },
      status: 'blocked',
      method: 'reset',
    },
    {
      when: 'the name does not exist there',
      story: { inside: failedAnswer('getaddrinfo ENOTFOUND www.youtube.com', 'resolver') },
      status: 'blocked',
      method: 'nxdomain',
    },
    {
      when: 'nothing came, though the same probe connects',
      story: {
        inside: failedAnswer('Request timeout.', 'target'),
        dns: dnsAnswer([SITE_ADDRESS]),
        tcp: pingAnswer(3),
      },
      status: 'blocked',
      method: 'drop',
    },
    {
      when: 'nothing came, and the same probe does not connect',
      story: {
        inside: failedAnswer('Request timeout.', 'target'),
        dns: dnsAnswer([SITE_ADDRESS]),
        tcp: pingAnswer(0),
      },
      status: 'blocked',
      method: 'drop',
    },
    {
      when: 'the lookup failed and works a moment later',
      story: { inside: failedAnswer('getaddrinfo ENOTFOUND x', 'resolver'), dns: dnsAnswer([SITE_ADDRESS]) },
      status: 'inconclusive',
      method: null,
    },
    {
      when: 'a resolver that fails for everything may only be broken',
      story: { inside: failedAnswer('getaddrinfo EAI_AGAIN x', 'resolver') },
      status: 'inconclusive',
      method: null,
    },
    {
      when: 'nobody knows the word',
      story: { inside: failedAnswer('The moon is full.') },
      status: 'inconclusive',
      method: null,
    },
    {
      when: 'the lender failed itself',
      story: { inside: failedAnswer('read ECONNRESET', 'internal') },
      status: 'inconclusive',
      method: null,
    },
    {
      when: 'the probe abroad was refused as well',
      story: {
        inside: failedAnswer('connect ECONNREFUSED 198.51.100.10:443'),
        outside: failedAnswer('connect ECONNREFUSED 198.51.100.10:443'),
      },
      status: 'down',
      method: null,
    },
    {
      when: 'nobody abroad could be asked',
      story: { inside: failedAnswer('read ECONNRESET'), outside: null },
      status: 'inconclusive',
      method: null,
    },
    {
      when: 'the lender failed abroad',
      story: { inside: failedAnswer('read ECONNRESET'), outside: failedAnswer('x', 'internal') },
      status: 'inconclusive',
      method: null,
    },
    {
      when: 'the probe’s own network has no way out',
      story: { inside: failedAnswer('connect ENETUNREACH 198.51.100.10:443') },
      status: 'offline',
      method: null,
    },
  ])('is $status where $when', ({ story, status, method }) => {
    const verdict = verdictOf(story);
    expect({ status: verdict.status, method: verdict.method }, verdict.reasons.join(' ')).toEqual({
      status,
      method,
    });
  });

  it('tells silence before the connection from silence after it', () => {
    const silent = { inside: failedAnswer('Request timeout.'), dns: dnsAnswer([SITE_ADDRESS]) };
    expect(verdictOf({ ...silent, tcp: pingAnswer(3) }).layer).toBe('http');
    expect(verdictOf({ ...silent, tcp: pingAnswer(0) }).layer).toBe('tcp');
  });
});

describe('a borrowed measurement', () => {
  it('is one of ours: it reads back whole, and is marked as what it is', () => {
    const measurement = measured({ inside: httpAnswer() });
    expect(OwnMeasurement.parse(JSON.parse(JSON.stringify(measurement)))).toMatchObject({
      probe_cc: 'KZ',
      probe_asn: 'AS9198',
      probe_ip: '127.0.0.1',
      test_name: 'web_connectivity',
      x_aiqyn_vantage: {
        id: 'globalping-as9198-almaty',
        operator: 'AS9198',
        place: 'almaty',
        access: 'remote',
      },
      x_aiqyn_borrowed: { lender: 'globalping', network: 'JSC Kazakhtelecom', city: 'Almaty' },
    });
    const point = toPoint(measurement, judge(measurement, knowledge));
    expect(point).toMatchObject({ dnsMs: 10, tcpMs: 40, tlsMs: 50 });
    expect(point.ttfbMs).toBeCloseTo(40, 6);
  });

  it('holds no address that a site told the probe, no coordinates and no resolver', () => {
    const inside = httpAnswer({
      headers: {
        server: 'x',
        'x-client-ip': '203.0.113.77',
        location: 'https://www.youtube.com/?ip=203.0.113.77',
      },
    });
    const text = JSON.stringify(measured({ inside }));
    expect(text).not.toContain('203.0.113.77');
    expect(text).not.toContain('latitude');
  });
});

describe('isWorthAsking(result)', () => {
  it.each([
    { rawOutput: 'Request timeout.', worth: true },
    { rawOutput: 'getaddrinfo ENOTFOUND x', worth: true },
    { rawOutput: 'connect ECONNREFUSED 198.51.100.1:443', worth: false },
  ])('is $worth for “$rawOutput”', ({ rawOutput, worth }) => {
    expect(isWorthAsking(HttpResult.parse(failedAnswer(rawOutput)))).toBe(worth);
  });

  it('is false for what the lender’s own machinery spoiled, and for what worked', () => {
    expect(isWorthAsking(HttpResult.parse(failedAnswer('Request timeout.', 'internal')))).toBe(false);
    expect(isWorthAsking(HttpResult.parse(httpAnswer()))).toBe(false);
  });
});

describe('toldBy(rawOutput)', () => {
  it.each([
    ['connect ETIMEDOUT 198.51.100.1:443', 'tcp', 'generic_timeout_error'],
    ['queryA ESERVFAIL x.example', 'dns', 'dns_servfail_error'],
    ['queryA EREFUSED x.example', 'dns', 'dns_refused_error'],
    ['other side closed', 'request', 'eof_error'],
    ['Client network socket disconnected before secure TLS connection was established', 'tls', 'eof_error'],
    [
      'C0:error:0A000410:SSL routines:ssl3_read_bytes:alert:../ssl:SSL alert number 40',
      'tls',
      'ssl_failed_handshake',
    ],
    [
      'connect EHOSTUNREACH 198.51.100.1:443',
      'request',
      'unknown_failure: connect EHOSTUNREACH [scrubbed]:443',
    ],
    ['Private IP ranges are not allowed.', 'request', 'unknown_failure: Private IP ranges are not allowed.'],
    ['', 'request', 'unknown_failure: '],
  ])('reads “%s” as %s %s', (rawOutput, step, failure) => {
    expect(toldBy(rawOutput)).toMatchObject({ step, failure });
  });
});
