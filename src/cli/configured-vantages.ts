/** The configuration's vantages, bound to this machine's lines: what `run` and `agent` measure from. */
import { createCronTicker } from '../agent/cron-ticker.ts';
import { loadPlan, plannedTargets } from '../config/catalog-files.ts';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../errors.ts';
import type { Surroundings } from './configured-monitor.ts';
import { networkOf } from './network-of.ts';
import type { MonitoredVantage } from './vantage-agent.ts';

/** @throws ConfigError: what a fleet's collector hears of is a line of one's own. */
export function refuseProxies({ vantages, file }: Config): void {
  const proxied = vantages.find(({ through }) => through !== undefined);
  if (proxied === undefined) return;
  throw new ConfigError(
    `${file ?? 'configuration'} vantages`,
    `"${proxied.id}" looks through a proxy; measure it with: aiqyn run`,
  );
}

export function vantagesOf({
  config,
  catalog,
  control,
  log,
}: Omit<Surroundings, 'dataDir' | 'livePlatforms'>): MonitoredVantage[] {
  const ticker = createCronTicker({ log });
  return config.vantages.map((vantage) => {
    const plan = loadPlan(vantage.plan ?? config.plan);
    const { id, operator, place, access } = vantage;
    return {
      vantage: { id, operator, place, access },
      plan,
      // Only a page's steps prove themselves through a proxy (docs/proxy.md).
      targets: plannedTargets(plan, catalog).filter(
        ({ probe }) => vantage.through === undefined || probe === 'web',
      ),
      network: networkOf(config, vantage),
      control: control.client,
      ringChecks: catalog.rings,
      ticker,
      uplinkThrough: (uplink) => uplink,
    };
  });
}
