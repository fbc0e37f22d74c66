import { describe, expect, it } from 'vitest';
import type { Network } from '../../../../probes/network.ts';
import { probeRings } from '../../../../probes/rings/probe.ts';
import type { RingTarget } from '../../../../probes/rings/target.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { scriptedNetwork } from '../../../support/scripted-network.ts';
import type { NetworkScript } from '../../../support/scripted-network.ts';

const TIMEOUT_MS = 5_000;
const HOME: RingTarget = { ring: 'domestic', host: 'home.test', port: 443, allowListed: false };
const LISTED: RingTarget = { ring: 'domestic', host: 'listed.test', port: 443, allowListed: true };
const ABROAD: RingTarget = { ring: 'foreign', host: 'abroad.test', port: 443, allowListed: false };
const FARTHER: RingTarget = { ring: 'foreign', host: 'farther.test', port: 443, allowListed: false };
const SERVER: RingTarget = { ring: 'dns', host: '192.0.2.53', port: 53, allowListed: false };

interface Wanted {
  readonly checks: readonly RingTarget[];
  readonly script?: NetworkScript;
  readonly gateway?: boolean;
  readonly signal?: AbortSignal;
  readonly change?: (network: Network) => Network;
}

async function run({ checks, script = {}, gateway = false, signal, change }: Wanted) {
  const clock = new ManualClock();
  const { network, steps } = scriptedNetwork(clock, script);
  const report = await probeRings(
    { checks, gateway, timeoutMs: TIMEOUT_MS },
    { clock, network: change?.(network) ?? network, signal: signal ?? new AbortController().signal },
  );
  const seen = report.testKeys.x_aiqyn_ring_checks.map(({ ring, name, failure }) => [ring, name, failure]);
  return { report, steps, seen };
}

describe('probeRings', () => {
  it('proves home by a connection, and abroad only by a certificate for the name', async () => {
    const { seen, steps } = await run({ checks: [HOME, ABROAD] });
    expect(seen).toEqual(
      expect.arrayContaining([
        ['domestic', 'home.test', null],
        ['foreign', 'abroad.test', null],
      ]),
    );
    expect(steps.filter((step) => step.startsWith('tls'))).toEqual(['tls abroad.test']);
  });

  it('does not take a proxy that accepts every connection for the world', async () => {
    const { seen } = await run({
      checks: [ABROAD],
      script: { tlsFailure: () => 'ssl_unknown_authority' },
    });
    expect(seen).toEqual([['foreign', 'abroad.test', 'ssl_unknown_authority']]);
  });

  it('ends a ring with its first proof, and goes on after a failure', async () => {
    const first = await run({ checks: [ABROAD, FARTHER] });
    expect(first.seen).toEqual([['foreign', 'abroad.test', null]]);
    const second = await run({
      checks: [ABROAD, FARTHER],
      script: { tlsFailure: (name) => (name === 'abroad.test' ? 'connection_reset' : null) },
    });
    expect(second.seen).toEqual([
      ['foreign', 'abroad.test', 'connection_reset'],
      ['foreign', 'farther.test', null],
    ]);
  });

  it('is not satisfied by a host of the allow-list: that one is open when nothing else is', async () => {
    const { seen, report } = await run({ checks: [LISTED, HOME] });
    expect(seen).toEqual([
      ['domestic', 'listed.test', null],
      ['domestic', 'home.test', null],
    ]);
    expect(report.testKeys.x_aiqyn_ring_checks.map((check) => check.allow_listed)).toEqual([true, false]);
  });

  it('tries no more than four hosts of a ring', async () => {
    const many = Array.from({ length: 9 }, (_, index) => ({ ...HOME, host: `home${index}.test` }));
    const { seen } = await run({ checks: many, script: { tcpFailure: () => 'connection_refused' } });
    expect(seen).toHaveLength(4);
  });

  it('tries the allow-list where more others than that stand before it, or it would look like nothing at all', async () => {
    const many = Array.from({ length: 5 }, (_, index) => ({ ...HOME, host: `home${index}.test` }));
    const listed = [1, 2, 3].map((index) => ({ ...LISTED, host: `listed${index}.test` }));
    const { seen } = await run({
      checks: [...many, ...listed],
      script: { tcpFailure: () => 'connection_refused' },
    });
    expect(seen.map(([, host]) => host)).toEqual([
      'home0.test',
      'home1.test',
      'listed1.test',
      'listed2.test',
    ]);
  });

  it('asks another resolver for a host’s address when the system’s has none', async () => {
    const asked: string[] = [];
    const { seen } = await run({
      checks: [HOME],
      change: (network) => ({
        ...network,
        resolvers: { ...network.resolvers, udp: [{ kind: 'udp', address: '192.0.2.9:53' }] },
        resolve: async (request, limits) => {
          asked.push(request.resolver.kind);
          const found = await network.resolve(request, limits);
          return request.resolver.kind === 'system'
            ? { ...found, failure: 'dns_servfail_error', addresses: [] }
            : found;
        },
      }),
    });
    expect(asked).toEqual(['system', 'udp']);
    expect(seen).toEqual([['domestic', 'home.test', null]]);
  });

  it('takes a name server for there only when it answers with an address', async () => {
    const { seen } = await run({ checks: [SERVER], script: { addresses: [] } });
    expect(seen).toEqual([['dns', '192.0.2.53', 'dns_nxdomain_error']]);
    expect((await run({ checks: [SERVER] })).seen).toEqual([['dns', '192.0.2.53', null]]);
  });

  it('records how it knows of the way out, and no address of it', async () => {
    const { report } = await run({ checks: [], gateway: true });
    expect(report.testKeys.x_aiqyn_ring_checks).toMatchObject([
      { ring: 'gateway', name: 'gateway', failure: null, x_aiqyn_basis: 'answer' },
    ]);
  });

  it('stays within its deadline when everything is silent', async () => {
    const { report, seen } = await run({
      checks: [HOME, ABROAD],
      script: { tcpFailure: () => 'generic_timeout_error' },
    });
    expect(seen.map(([, , failure]) => failure)).toEqual(['generic_timeout_error']);
    expect(report.runtimeMs).toBeLessThanOrEqual(TIMEOUT_MS + 100);
  });

  it('says that our own shutdown ended it', async () => {
    const { report } = await run({ checks: [HOME], signal: AbortSignal.abort() });
    expect(report).toMatchObject({ abort: 'shutdown', testKeys: { x_aiqyn_ring_checks: [] } });
  });

  it('keeps what it had when its own code fails, and names the bug without an address', async () => {
    const { report } = await run({
      checks: [HOME],
      change: (network) => ({
        ...network,
        connectTcp: () => Promise.reject(new TypeError('cannot reach 203.0.113.7')),
      }),
    });
    expect(report.abort).toBe('probe_bug');
    expect(report.testKeys['x_aiqyn_bug']).toMatch(/^TypeError: cannot reach (?!203)/u);
  });

  it('counts what it sent and received', async () => {
    const { report } = await run({ checks: [HOME] });
    expect(report.traffic).toEqual({ sentBytes: 130, receivedBytes: 260 });
  });
});
