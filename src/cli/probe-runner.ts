/** Which probe measures a target: the one place where a kind's module is named. A kind that no plan asks for is not loaded. */
import type { WebContext } from '../../probes/web/context.ts';
import { probeWeb } from '../../probes/web/probe.ts';
import type { AgentOptions } from '../agent/options.ts';
import { requireQuic } from './quic-library.ts';

export interface ProbeRunnerOptions extends Omit<WebContext, 'signal'> {
  /** Of a page fetched in full. */
  readonly bodyBytesMax: number;
}

/**
 * Probes bound to one vantage's network. The result never rejects where the probe's module can be loaded; for QUIC it throws
 * EnvironmentError `QUIC_UNAVAILABLE` where the machine has no build of the library.
 */
export function createProbeRunner(options: ProbeRunnerOptions): AgentOptions['runTarget'] {
  const { bodyBytesMax, ...given } = options;
  return async ({ target, depth, timeoutMs }, signal) => {
    const context = { ...given, signal };
    switch (target.probe) {
      case 'web':
        return probeWeb({ target, depth, timeoutMs, bodyBytesMax }, context);
      case 'app': {
        const { probeApp } = await import('../../probes/app/probe.ts');
        return probeApp({ target, timeoutMs }, context);
      }
      case 'ingest': {
        const { probeIngest } = await import('../../probes/ingest/probe.ts');
        return probeIngest({ target, timeoutMs }, context);
      }
      case 'throughput': {
        const { probeThroughput } = await import('../../probes/throughput/probe.ts');
        return probeThroughput({ target, timeoutMs }, context);
      }
      case 'quic': {
        const [{ probeQuic }] = await Promise.all([import('../../probes/quic/probe.ts'), requireQuic()]);
        return probeQuic({ target, timeoutMs }, context);
      }
    }
  };
}
