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

export async function storeInitCommand(options: StoreInitOptions, io: Io, env: Environment): Promise<number> {
  const { store } = loadConfig(options.config ?? null, env);
  if (store.kind !== 'influx')
    throw new ConfigError('store.kind', `${store.kind} needs no init; it is for store: { kind: influx, … }`);
  const isDryRun = options.dryRun === true;
  const steps = await initInflux({
    address: store.address,
    clock: systemClock(),
    log: createLogger('warn', process.stderr.isTTY),
    isDryRun,
    onDone: ({ why }) => {
      writeLine(io.stdout, `done: ${why}`);
    },
  });
  if (isDryRun)
    for (const { why, influxql } of steps) writeLine(io.stdout, `would do: ${why}\n  ${influxql}`);
  if (steps.length === 0) writeLine(io.stdout, 'Everything is as it should be.');
  return EXIT.done;
}
