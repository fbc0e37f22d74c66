/** The configuration's vantages, bound to this machine's lines: what `run` and `agent` measure from. */
import { systemClock } from '../../probes/net/clock.ts';
import { createCronTicker } from '../agent/cron-ticker.ts';
import { loadPlan, plannedTargets } from '../config/catalog-files.ts';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../errors.ts';
import type { Surroundings } from './configured-monitor.ts';
import { pathFollowingOf } from './path-of.ts';
import type { MonitoredVantage } from './vantage-agent.ts';
import { whereaboutsMaker } from './whereabouts-of.ts';

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
  lines,
  log,
}: Omit<Surroundings, 'dataDir' | 'livePlatforms'>): MonitoredVantage[] {
  const ticker = createCronTicker({ log });
  const whereaboutsOf = whereaboutsMaker({ config, catalog, clock: systemClock(), log });
  return config.vantages.map((vantage) => {
    const plan = loadPlan(vantage.plan ?? config.plan);
    const { id, operator, place, access } = vantage;
    const line = lines.of(id);
    const targets = plannedTargets(plan, catalog);
    const paths = pathFollowingOf(config, vantage, catalog, targets);
    return {
      vantage: { id, operator, place, access },
      plan,
      // Only a page's steps prove themselves through a proxy (docs/proxy.md).
      targets: targets.filter(({ probe }) => vantage.through === undefined || probe === 'web'),
      ...(paths === null ? {} : { paths }),
      network: line.network,
      control: line.control,
      isLineAway: line.isAway,
      whereabouts: whereaboutsOf({ id, operator }, line),
      ringChecks: catalog.rings,
      ticker,
      uplinkThrough: (uplink) => uplink,
    };
  });
}
