/** Ticker by the machine's clock, read in UTC. Overlap is the scheduler's business, so none is prevented here. */
import { atTimesOf, isCron } from '../cron.ts';
import { ConfigError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Ticker } from './ticker.ts';

/** `schedule` throws ConfigError for an expression that is none. */
export function createCronTicker(options: { readonly log: Log }): Ticker {
  return {
    schedule(cron, onTick) {
      if (!isCron(cron)) throw new ConfigError('cron', `"${cron}" is not a cron expression`);
      return atTimesOf(cron, onTick, (error) => {
        options.log.error({ cron, error: String(error) }, 'A round could not be started.');
      });
    },
  };
}
