/** What each vantage gets to right now, and whether the control answers. A measurement would say the same, later and longer. */
import { sendForText } from '../../../probes/net/post-json.ts';
import type { Clock } from '../../../probes/probe.ts';
import { probeRings } from '../../../probes/rings/probe.ts';
import { connectivityOf } from '../../analysis/verdict/connectivity.ts';
import { loadCatalog } from '../../config/catalog-files.ts';
import type { Config } from '../../config/config.ts';
import { networkOf } from '../network-of.ts';
import type { Check } from './check.ts';
import { ok, warn } from './check.ts';

const REACH_TIMEOUT_MS = 5_000;

export async function checkReach(config: Config, clock: Clock): Promise<Check[]> {
  const { rings } = loadCatalog();
  return Promise.all(
    config.vantages.map(async (vantage) => {
      const name = `Reach of ${vantage.id}`;
      const report = await probeRings(
        { checks: rings, gateway: true, timeoutMs: REACH_TIMEOUT_MS },
        { clock, network: networkOf(config, vantage), signal: new AbortController().signal },
      );
      const connectivity = connectivityOf(report.testKeys.x_aiqyn_ring_checks);
      if (connectivity === 'online') return ok(name, 'domestic and foreign sites answer');
      const finding =
        connectivity === null
          ? 'nothing could be tried'
          : `this vantage is ${connectivity.replaceAll('_', ' ')}`;
      return warn(
        name,
        finding,
        'Aiqyn runs and says so; nothing is called blocked meanwhile. Without internet, `aiqyn demo` shows it at work.',
      );
    }),
  );
}

export async function checkControl(config: Config): Promise<Check> {
  const name = 'Control';
  const { control } = config;
  if (control === null) {
    return warn(
      name,
      'none is configured: only evidence that carries its own comparison can be called blocked',
      'Run `aiqyn control` on a server abroad and set control.url.',
    );
  }
  const url = new URL('/healthz', control.url).href;
  const message = { url, headers: {}, body: null, timeoutMs: REACH_TIMEOUT_MS };
  const { failure, status } = await sendForText(message, new AbortController().signal);
  if (failure !== null) {
    return warn(
      name,
      `${control.url} does not answer: ${failure}`,
      'Check the address and that `aiqyn control` runs there.',
    );
  }
  if (status === 200) return ok(name, `${control.url} answers`);
  return warn(name, `${control.url} answers with ${status}`, 'Check that `aiqyn control` runs there.');
}
