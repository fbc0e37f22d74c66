/** `aiqyn doctor` of the agent of one file: what an agent needs, and no store and no page. */
import { systemClock } from '../../../probes/net/clock.ts';
import type { Config } from '../../config/config.ts';
import { createLogger } from '../logger.ts';
import type { Check } from './check.ts';
import { ok } from './check.ts';
import { checkCollector } from './collector.ts';
import { checkLines } from './lines.ts';
import { checkDataDir } from './machine.ts';
import { checkControl, checkReach } from './reach.ts';
import { checkPlans, checkQuic } from './report.ts';
import { checkWhereabouts } from './whereabouts.ts';

export async function examineAgent(config: Config, dataDir: string): Promise<Check[]> {
  const clock = systemClock();
  return [
    ok('Configuration', `${config.vantages.length} vantage(s)`),
    ...checkPlans(config),
    await checkDataDir(dataDir, config.spool.budgetMegabytes * config.vantages.length),
    ...(await checkQuic(config)),
    ...(await checkLines(config.vantages)),
    ...(await checkReach(config, clock)),
    await checkControl(config),
    ...(await checkCollector(config, dataDir, clock)),
    ...(await checkWhereabouts(config, clock, createLogger('silent', false))),
  ];
}
