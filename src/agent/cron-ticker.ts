/** Ticker on node-cron, read in UTC. Overlap is the scheduler's business, so none is prevented here. */
import { schedule, validate } from 'node-cron';
import { ConfigError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Ticker } from './ticker.ts';

/** `schedule` throws ConfigError for an expression that node-cron cannot read. */
export function createCronTicker(options: { readonly log: Log }): Ticker {
  return {
    schedule(cron, onTick) {
      if (!validate(cron)) throw new ConfigError('cron', `"${cron}" is not a cron expression`);
      const task = schedule(
        cron,
        () => {
          onTick();
        },
        { timezone: 'UTC' },
      );
      return {
        stop() {
          Promise.resolve(task.destroy()).catch((error: unknown) => {
            options.log.warn({ cron, error: String(error) }, 'Could not stop a schedule.');
          });
        },
      };
    },
  };
}
