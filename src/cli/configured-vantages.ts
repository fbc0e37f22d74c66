/** The configuration's vantages, bound to this machine's lines: what `run` and `agent` measure from. */
import { systemClock } from '../../probes/net/clock.ts';
import { createCronTicker } from '../agent/cron-ticker.ts';
import { loadPlan, plannedTargets } from '../config/catalog-files.ts';
import type { Surroundings } from './configured-monitor.ts';
import type { MonitoredVantage } from './vantage-agent.ts';
import { whereaboutsMaker } from './whereabouts-of.ts';

export function vantagesOf({
  config,
  catalog,
  lines,
  log,
}: Omit<Surroundings, 'dataDir'>): MonitoredVantage[] {
  const ticker = createCronTicker({ log });
  const whereaboutsOf = whereaboutsMaker({ config, catalog, clock: systemClock(), log });
  return config.vantages.map((vantage) => {
    const plan = loadPlan(vantage.plan ?? config.plan);
    const { id, operator, place, access } = vantage;
    const line = lines.of(id);
    return {
      vantage: { id, operator, place, access },
      plan,
      targets: plannedTargets(plan, catalog),
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
