import { describe, expect, it } from 'vitest';
import type { Depth } from '../../../../probes/words.ts';
import { probeWeb } from '../../../../probes/web/probe.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { scriptedNetwork } from '../../../support/scripted-network.ts';
import type { NetworkScript } from '../../../support/scripted-network.ts';

const target = {
  id: 'site',
  platform: 'press' as const,
  probe: 'web' as const,
  url: 'https://site.test/',
  lightUrl: 'https://site.test/robots.txt',
};

async function run(depth: Depth, script: NetworkScript, signal = new AbortController().signal) {
  const clock = new ManualClock();
  const { network, steps } = scriptedNetwork(clock, script);
  const task = { target, depth, timeoutMs: 30_000, bodyBytesMax: 10_000 };
  const context = { clock, network, control: null, blockpages: [], keepBodies: true, signal };
  const report = await probeWeb(task, { ...context, harmlessNames: ['harmless.test'] });
  return { report, steps, keys: report.testKeys };
}

function dropsTarget(name: string): string | null {
  return name === 'site.test' ? 'generic_timeout_error' : null;
}

describe('probeWeb', () => {
  it('goes from name to page, and a light check keeps only the hashes of a chain that verified', async () => {
    const { steps, keys, report } = await run('light', {});
    expect(steps).toEqual([
      'dns site.test',
      'tcp 192.0.2.1',
      'tls site.test',
      'http https://site.test/robots.txt',
    ]);
    expect(keys.tls_handshakes[0]?.peer_certificates).toEqual([]);
    expect(keys.tls_handshakes[0]?.x_aiqyn_chain_sha256).toHaveLength(1);
    expect(report).toMatchObject({ abort: null, traffic: { sentBytes: 130, receivedBytes: 260 } });
  });

  it.each([
    { depth: 'light' as const, targetTries: 1, harmlessTries: 1 },
    { depth: 'full' as const, targetTries: 3, harmlessTries: 3 },
  ])('tries the name $targetTries times in a $depth run that is dropped', async (expected) => {
    const { steps, report } = await run(expected.depth, { tlsFailure: dropsTarget });
    expect(steps.filter((step) => step === 'tls site.test')).toHaveLength(expected.targetTries);
    expect(steps.filter((step) => step === 'tls harmless.test')).toHaveLength(expected.harmlessTries);
    expect(report.runtimeMs).toBeLessThanOrEqual(30_000);
  });

  it('follows redirects newest first, and names a broken one', async () => {
    const { keys } = await run('full', {
      http: (url) => ({
        response: {
          code: 302,
          headers: { location: url.endsWith('/next') ? 'http://' : '/next' },
          body: new Uint8Array(),
          bodySha256: '',
          isBodyTruncated: false,
        },
      }),
    });
    expect(keys.requests.map((request) => request.request.url)).toEqual([
      'https://site.test/next',
      'https://site.test/',
    ]);
    expect(keys.requests[0]?.failure).toBe('http_invalid_redirect_location_host');
  });

  it('records no address that a server tells back, and no cookie', async () => {
    const body = new TextEncoder().encode('<title>Blocked for 203.0.113.77</title>');
    const headers = { 'x-you': '203.0.113.77', 'set-cookie': 'id=1' };
    const { keys } = await run('full', {
      http: () => ({ response: { code: 200, headers, body, bodySha256: '', isBodyTruncated: false } }),
    });
    expect(JSON.stringify(keys)).not.toContain('203.0.113.77');
    expect(JSON.stringify(keys)).not.toContain('id=1');
  });

  it('marks a run that our shutdown cut, and records no finding of it', async () => {
    const { report, steps } = await run('light', {}, AbortSignal.abort());
    expect(report.abort).toBe('shutdown');
    expect(steps).toEqual([]);
  });

  it('marks a bug of its own', async () => {
    const { report } = await run('light', {
      http: () => {
        throw new RangeError('oops');
      },
    });
    expect(report.abort).toBe('probe_bug');
    expect(report.testKeys.tcp_connect).toHaveLength(1);
  });
});
