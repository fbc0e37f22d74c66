import { describe, expect, it } from 'vitest';
import { ThroughputTestKeys } from '../../../../probes/measurement.ts';
import type { ThroughputTask } from '../../../../probes/throughput/probe.ts';
import { probeThroughput, TRANSFER_BYTES_MAX } from '../../../../probes/throughput/probe.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { scriptedNetwork } from '../../../support/scripted-network.ts';
import type { NetworkScript } from '../../../support/scripted-network.ts';

const target = { url: 'https://slow.test/', paired: 'https://pair.test/page' };
const TIMEOUT_MS = 60_000;

async function run(
  script: NetworkScript,
  signal = new AbortController().signal,
  more: Partial<ThroughputTask['target']> = {},
) {
  const clock = new ManualClock();
  const { network, steps } = scriptedNetwork(clock, script);
  const context = { clock, network, control: null, harmlessNames: ['harmless.test'], signal };
  const report = await probeThroughput({ target: { ...target, ...more }, timeoutMs: TIMEOUT_MS }, context);
  return { report, steps, transfers: ThroughputTestKeys.parse(report.testKeys).x_aiqyn_throughput };
}

describe('probeThroughput', () => {
  it('lets target and pair take turns, then asks the same server under a harmless name', async () => {
    const { steps, transfers } = await run({});
    expect(steps.filter((step) => step.startsWith('tls'))).toEqual([
      'tls slow.test',
      'tls pair.test',
      'tls slow.test',
      'tls pair.test',
      'tls harmless.test',
    ]);
    expect(transfers.map(({ role }) => role)).toEqual([
      'target',
      'paired',
      'target',
      'paired',
      'same_address',
    ]);
    expect(steps.at(-1)).toBe('http https://slow.test/');
  });

  it('asks another server for the page where the catalogue says so, and keeps whose words tell it', async () => {
    const part = { works: 'Pages load', fails: 'video does not' };
    const more = { paired: target.url, server: 'video.test', part };
    const { steps, transfers, report } = await run({}, new AbortController().signal, more);
    expect(steps.filter((step) => step.startsWith('tls')).slice(0, 2)).toEqual([
      'tls video.test',
      'tls slow.test',
    ]);
    expect(new Set(steps.filter((step) => step.startsWith('http')))).toEqual(
      new Set(['http https://slow.test/']),
    );
    expect(transfers[0]).toMatchObject({ role: 'target', url: target.url, host: 'video.test' });
    expect(report.testKeys).toMatchObject({ x_aiqyn_part: part });
  });

  it('records how the bytes came and how long the handshake took', async () => {
    const progress = [{ elapsedMs: 250.4, receivedBytes: TRANSFER_BYTES_MAX }];
    const { transfers } = await run({ http: () => ({ progress }) });
    expect(transfers[0]).toMatchObject({
      samples: [[250, TRANSFER_BYTES_MAX]],
      handshake_ms: 10,
      failure: null,
    });
  });

  it('records a handshake that fails as a transfer that never began', async () => {
    function tlsFailure(name: string): string | null {
      return name === 'slow.test' ? 'connection_reset' : null;
    }
    const { transfers } = await run({ tlsFailure });
    expect(transfers[0]).toMatchObject({ samples: [], handshake_ms: null, failure: 'connection_reset' });
    expect(transfers[1]).toMatchObject({ role: 'paired', failure: null });
  });

  it('stays within its deadline where everything is silent', async () => {
    const { report } = await run({ tcpFailure: () => 'generic_timeout_error' });
    expect(report.runtimeMs).toBeLessThanOrEqual(TIMEOUT_MS);
  });

  it('measures nothing where the name leads nowhere, and records no finding of our own shutdown', async () => {
    expect((await run({ addresses: [] })).transfers).toEqual([]);
    const { report, steps } = await run({}, AbortSignal.abort());
    expect(report.abort).toBe('shutdown');
    expect(steps).toEqual([]);
  });
});
