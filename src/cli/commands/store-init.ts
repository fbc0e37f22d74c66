/** `aiqyn store init`: how long the configured InfluxDB keeps what. Done twice it changes nothing. */
import { systemClock } from '../../../probes/net/clock.ts';
import { loadConfig } from '../../config/config.ts';
import type { Environment } from '../../config/config.ts';
import { ConfigError } from '../../errors.ts';
import { initInflux } from '../../store/influx/init.ts';
import type { Io } from '../io.ts';
import { EXIT, writeLine } from '../io.ts';
import { createLogger } from '../logger.ts';

export interface StoreInitOptions {
  readonly config?: string;
  readonly dryRun?: true;
}

/** What stands in the place of steps where there is nothing to set up. */
const OF_3X = `InfluxDB 3.x has neither continuous queries nor tasks, so nothing is rolled up here and nothing is set up:
every question is answered from the measurements themselves. They, and incidents and events beside them, are kept as long
as the database was made to keep them; without a retention period that is for ever. docs/influxdb.md says more.`;

export async function storeInitCommand(options: StoreInitOptions, io: Io, env: Environment): Promise<number> {
  const { store } = loadConfig(options.config ?? null, env);
  if (store.kind !== 'influx')
    throw new ConfigError('store.kind', `${store.kind} needs no init; it is for store: { kind: influx, … }`);
  const isDryRun = options.dryRun === true;
  const { flavour, steps } = await initInflux({
    address: store.address,
    clock: systemClock(),
    log: createLogger('warn', process.stderr.isTTY),
    isDryRun,
    onDone: ({ why }) => {
      writeLine(io.stdout, `done: ${why}`);
    },
  });
  if (isDryRun)
    for (const { why, what } of steps) writeLine(io.stdout, `would do: ${why}\n${what.replace(/^/gm, '  ')}`);
  if (steps.length === 0) writeLine(io.stdout, flavour === '3' ? OF_3X : 'Everything is as it should be.');
  return EXIT.done;
}
