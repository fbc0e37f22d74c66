import { describe, expect, it } from 'vitest';
import { probeIngest } from '../../../../probes/ingest/probe.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { scriptedNetwork } from '../../../support/scripted-network.ts';
import type { NetworkScript } from '../../../support/scripted-network.ts';

const target = { host: 'live.test', port: 443 };

async function run(script: NetworkScript, signal = new AbortController().signal) {
  const clock = new ManualClock();
  const { network, steps } = scriptedNetwork(clock, script);
  const context = { clock, network, control: null, harmlessNames: ['harmless.test'], signal };
  const report = await probeIngest({ target, timeoutMs: 20_000 }, context);
  return { report, steps, keys: report.testKeys };
}

function dropsTarget(name: string): string | null {
  return name === 'live.test' ? 'generic_timeout_error' : null;
}

describe('probeIngest', () => {
  it('shakes hands and asks for nothing', async () => {
    const { steps, keys } = await run({});
    expect(steps).toEqual(['dns live.test', 'tcp 192.0.2.1', 'tls live.test']);
    expect(keys.requests).toEqual([]);
  });

  it('tries the next address when one does not accept connections', async () => {
    const { steps } = await run({
      addresses: ['192.0.2.1', '192.0.2.2'],
      tcpFailure: (address) => (address === '192.0.2.1' ? 'connection_refused' : null),
    });
    expect(steps).toEqual(['dns live.test', 'tcp 192.0.2.1', 'tcp 192.0.2.2', 'tls live.test']);
  });

  it('shows three times that the name alone decides, within its deadline', async () => {
    const { steps, report } = await run({ tlsFailure: dropsTarget });
    expect(steps.filter((step) => step.startsWith('tls'))).toEqual([
      'tls live.test',
      'tls harmless.test',
      'tls live.test',
      'tls harmless.test',
      'tls live.test',
      'tls harmless.test',
    ]);
    expect(report.runtimeMs).toBeLessThanOrEqual(20_000);
  });

  it('marks a run that our shutdown cut, and records no finding of it', async () => {
    const { report, steps } = await run({}, AbortSignal.abort());
    expect(report.abort).toBe('shutdown');
    expect(steps).toEqual([]);
  });
});
