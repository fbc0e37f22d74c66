/** `aiqyn store init`, from an address. */
import type { Clock } from '../../../probes/probe.ts';
import type { InfluxAddress } from '../../config/store-config.ts';
import { EnvironmentError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { connectInflux } from './connection.ts';
import { applyRetention, planRetention } from './retention.ts';
import type { Step } from './retention.ts';
import { ensureDatabase, recognise } from './server.ts';

export interface InitOptions {
  readonly address: InfluxAddress;
  readonly clock: Clock;
  readonly log: Log;
  /** Only says what it would do; the database itself is made all the same, because it must be looked at. */
  readonly isDryRun: boolean;
  readonly onDone: (step: Step) => void;
}

/** The steps, done or (dry run) to be done. @throws EnvironmentError `STORE_INIT` on 2.x and 3.x. */
export async function initInflux(options: InitOptions): Promise<readonly Step[]> {
  const { address, clock, log, isDryRun, onDone } = options;
  const { flavour, version } = await recognise(address);
  if (flavour !== '1') {
    throw new EnvironmentError(
      'STORE_INIT',
      `Retention is set up by this command on InfluxDB 1.x only; this is ${version}. docs/influxdb.md says how it is done here.`,
    );
  }
  const connection = connectInflux({ ...address, flavour }, clock);
  await ensureDatabase(connection, log);
  const steps = await planRetention(connection);
  if (!isDryRun) await applyRetention(connection, steps, onDone);
  return steps;
}
