/** `aiqyn store init`, from an address. */
import type { Clock } from '../../../probes/probe.ts';
import { assertNever } from '../../errors.ts';
import type { Flavour, InfluxAddress } from '../../config/store-config.ts';
import type { Log } from '../../log.ts';
import { connectInflux } from './connection.ts';
import { openResources } from './resources.ts';
import { planPolicies } from './retention.ts';
import { ensureDatabase, recognise } from './server.ts';
import type { Step } from './step.ts';
import { planTasks } from './tasks.ts';

export interface InitOptions {
  readonly address: InfluxAddress;
  readonly clock: Clock;
  readonly log: Log;
  /** Only says what it would do; a database of 1.x itself is made all the same, because it must be looked at. */
  readonly isDryRun: boolean;
  readonly onDone: (step: Told) => void;
}

/** A step in words. */
export type Told = Omit<Step, 'run'>;

export interface Initialised {
  readonly flavour: Flavour;
  /** The steps in their order, done or (dry run) to be done. None on 3.x, which has nothing to roll up with. */
  readonly steps: readonly Told[];
}

/** How long one statement may take: rolling up years of measurements takes its time. */
const PATIENCE_MS = 3_600_000;

/** A step that fails leaves the rest for the next time. @throws EnvironmentError as the store does, and `STORE_INIT…`. */
export async function initInflux(options: InitOptions): Promise<Initialised> {
  const { address, isDryRun, onDone } = options;
  const { flavour } = await recognise(address);
  const steps = await plan(flavour, options);
  if (!isDryRun) {
    for (const step of steps) {
      await step.run();
      onDone(step);
    }
  }
  return { flavour, steps: steps.map(({ why, what }) => ({ why, what })) };
}

async function plan(flavour: Flavour, { address, clock, log }: InitOptions): Promise<readonly Step[]> {
  const connection = connectInflux({ ...address, flavour }, clock, PATIENCE_MS);
  switch (flavour) {
    case '1':
      await ensureDatabase(connection, log);
      return planPolicies(connection);
    case '2':
      return planTasks(await openResources(address), address.database);
    case '3':
      await ensureDatabase(connection, log);
      return [];
    default:
      return assertNever(flavour);
  }
}
