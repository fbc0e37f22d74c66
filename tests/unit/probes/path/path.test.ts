import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WebTestKeys } from '../../../../probes/measurement.ts';
import { failingEndpoint, workingEndpoint } from '../../../../probes/path/endpoints.ts';
import { readMtr, readTraceroute } from '../../../../probes/hops.ts';
import { traceOf } from '../../../../probes/path/trace.ts';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'path');
const WORKS = '142.250.9.9';
const BLOCKED = '157.240.9.9';

/** As the tools printed it, through a house, an operator's NAT and two of its routers. */
function printed(name: string): string {
  return readFileSync(join(FOLDER, `${name}.txt`), 'utf8');
}

function asnOf(address: string): string | null {
  if (/^(?:2\.132|82\.200)\./.test(address)) return 'AS9198';
  return address.startsWith('142.250.') ? 'AS15169' : null;
}

describe('a trace', () => {
  it.each([
    ['traceroute', readTraceroute(printed('traceroute-tcp-works'))],
    ['traceroute with two packets a hop', readTraceroute(printed('traceroute-two-queries'))],
    ['mtr', readMtr(printed('mtr-raw-tcp-works'))],
  ])('by %s is its networks without an address, up to the target', (_, hops) => {
    const trace = traceOf(hops, WORKS, asnOf);
    expect(trace.reached).toBe(true);
    expect(trace.hops.map(({ hop, asn, kind }) => [hop, kind, asn])).toEqual([
      [1, 'private', null],
      [2, 'private', null],
      [3, 'public', 'AS9198'],
      [4, 'public', 'AS9198'],
      [5, 'public', 'AS15169'],
    ]);
    expect(JSON.stringify(trace)).not.toMatch(/\d+\.\d+\.\d+\.\d+/);
    expect(trace.hops.every(({ rtt_ms: rtt }) => rtt === null || Number.isInteger(rtt))).toBe(true);
  });

  it.each([
    ['traceroute', readTraceroute(printed('traceroute-tcp-blocked'))],
    ['mtr', readMtr(printed('mtr-raw-tcp-blocked'))],
  ])('by %s ends with the last router that answered where the target does not', (_, hops) => {
    expect(traceOf(hops, BLOCKED, asnOf)).toMatchObject({
      reached: false,
      hops: [{ kind: 'private' }, { kind: 'private' }, { hop: 3, asn: 'AS9198' }],
    });
  });

  it('is none where the tool was not allowed, printed nothing or something else', () => {
    for (const text of ['', printed('traceroute-no-right'), 'mtr: unable to get raw sockets', '12 monkeys'])
      expect([readTraceroute(text), readMtr(text)]).toEqual([[], []]);
  });

  it('keeps a silent router between two that answer, and bounds what it reads', () => {
    const hops = readTraceroute(' 1  2.132.0.1  1.2 ms\n 2  *\n 3  82.200.128.1  3.7 ms !X\n');
    expect(traceOf(hops, WORKS, asnOf).hops).toEqual([
      { hop: 1, asn: 'AS9198', rtt_ms: 1, kind: 'public' },
      { hop: 2, asn: null, rtt_ms: null, kind: 'silent' },
      { hop: 3, asn: 'AS9198', rtt_ms: 4, kind: 'public' },
    ]);
    expect(readTraceroute(' 1  *\n'.repeat(500)).length).toBe(64);
    expect(traceOf(readTraceroute(' 1  *\n 2  *\n'), WORKS, asnOf).hops).toEqual([]);
  });
});

function keys(
  connects: readonly (readonly [string, string | null])[],
  handshakes: readonly (readonly [string, string | null, string?])[] = [],
): WebTestKeys {
  return WebTestKeys.parse({
    tcp_connect: connects.map(([ip, failure]) => ({
      ip,
      port: 443,
      status: { failure, success: failure === null },
    })),
    tls_handshakes: handshakes.map(([address, failure, tag]) => ({
      address,
      failure,
      tags: tag === undefined ? [] : [tag],
    })),
  });
}

describe('the address to follow packets to', () => {
  it('is one that was connected to in vain, or whose handshake under the own name failed', () => {
    expect(failingEndpoint(keys([[BLOCKED, 'generic_timeout_error']]))).toEqual({
      address: BLOCKED,
      port: 443,
    });
    const silent = keys([[BLOCKED, null]], [[`${BLOCKED}:443`, 'generic_timeout_error']]);
    expect(failingEndpoint(silent)).toEqual({ address: BLOCKED, port: 443 });
    const harmless = keys([[BLOCKED, null]], [[`${BLOCKED}:443`, 'connection_reset', 'x_aiqyn_harmless']]);
    expect(failingEndpoint(harmless)).toBeNull();
  });

  it('is never a private one, an IPv6 one or none at all', () => {
    for (const address of ['192.168.1.1', '127.0.0.1', '100.64.0.1', '2a00::1', 'nonsense'])
      expect(failingEndpoint(keys([[address, 'generic_timeout_error']]))).toBeNull();
    expect(failingEndpoint(keys([]))).toBeNull();
  });

  it('is compared with one on which a handshake was completed', () => {
    expect(workingEndpoint(keys([], [[`${WORKS}:443`, null]]))).toEqual({ address: WORKS, port: 443 });
    expect(workingEndpoint(keys([[WORKS, null]], [[`${WORKS}:443`, 'connection_reset']]))).toBeNull();
  });
});
