/** What a run looks like at first sight decides whether it is looked at again at once. */
import { describe, expect, it } from 'vitest';
import { WebTestKeys } from '../../../probes/measurement.ts';
import type { Transfer } from '../../../probes/measurement.ts';
import { looksReachable, worthOf } from '../../../src/agent/keeping.ts';
import { webKeys, webMeasurement } from '../../support/agent-records.ts';

const BYTES = 131_072;

function transfer(role: Transfer['role'], bytesPerSecond: number): Transfer {
  const samples: [number, number][] = [[(BYTES / bytesPerSecond) * 1_000, BYTES]];
  return { role, url: 'https://a.test/', host: 'a.test', samples, handshake_ms: 60, failure: null };
}

function throughput(targetRate: number, pairedRate: number) {
  const turn = [transfer('target', targetRate), transfer('paired', pairedRate)];
  const base = webMeasurement({ depth: 'full' });
  return {
    ...base,
    test_keys: { ...webKeys(), x_aiqyn_throughput: [...turn, ...turn] },
    x_aiqyn_target: { id: 'a', platform: 'youtube', probe: 'throughput', depth: 'full' } as const,
  };
}

describe('looksReachable(throughput)', () => {
  it('is false where the page crawls and its pair does not, although every transfer came whole', () => {
    expect(looksReachable(throughput(18_000, 900_000))).toBe(false);
  });

  it.each([
    ['both are fast', 900_000, 900_000],
    ['the whole line is slow', 18_000, 18_000],
  ])('is true where %s', (_, target, paired) => {
    expect(looksReachable(throughput(target, paired))).toBe(true);
  });
});

const HOST = 'www.youtube.com';
const TRUE_ADDRESS = '142.250.185.10';

/** A page that came by the address of an honest resolver, whatever the operator's had said. */
function pageOver(
  lookup: { failure: string | null; address: string | null },
  connects: readonly object[] = [],
) {
  const url = `https://${HOST}/`;
  const place = `${TRUE_ADDRESS}:443`;
  const answers = lookup.address === null ? [] : [{ answer_type: 'A', ipv4: lookup.address }];
  const honest = { hostname: HOST, engine: 'udp', answers: [{ answer_type: 'A', ipv4: TRUE_ADDRESS }] };
  return {
    ...webMeasurement(),
    test_keys: WebTestKeys.parse({
      queries: [{ hostname: HOST, engine: 'getaddrinfo', failure: lookup.failure, answers }, honest],
      tcp_connect: [
        ...connects,
        { ip: TRUE_ADDRESS, port: 443, status: { failure: null, success: true, blocked: false } },
      ],
      tls_handshakes: [{ address: place, server_name: HOST, failure: null, no_tls_verify: false }],
      requests: [{ address: place, failure: null, request: { url }, response: { code: 204 } }],
    }),
  };
}

const SILENCE = { failure: 'generic_timeout_error', success: false, blocked: false };
const NXDOMAIN = { failure: 'dns_nxdomain_error', address: null };

describe('looksReachable(a page that only another resolver led to)', () => {
  it('is false where the system’s said that there is no such name, and the record is kept as evidence', () => {
    const measured = pageOver(NXDOMAIN);
    expect(looksReachable(measured)).toBe(false);
    expect(worthOf(measured)).toBe('evidence');
  });

  it.each([
    ['an address that is nowhere', '10.10.34.34', true],
    ['an address where nobody answers', '203.0.113.9', true],
    ['the true address', TRUE_ADDRESS, false],
  ])('where the system’s gave %s', (_, address, isLed) => {
    const isTrue = address === TRUE_ADDRESS;
    const connects = isTrue ? [] : [{ ip: address, port: 443, status: SILENCE }];
    expect(looksReachable(pageOver({ failure: null, address }, connects))).toBe(!isLed);
  });
});
