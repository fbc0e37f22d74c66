/** The configured InfluxDB: whether it answers, is what it should be, lets Aiqyn write and read, and forgets in time. */
import type { Clock } from '../../../probes/probe.ts';
import type { Flavour, InfluxAddress } from '../../config/store-config.ts';
import { EnvironmentError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { connectInflux } from '../../store/influx/connection.ts';
import type { InfluxConnection } from '../../store/influx/connection.ts';
import { initInflux } from '../../store/influx/init.ts';
import { hasDatabase, recognise, serverClock } from '../../store/influx/server.ts';
import type { Recognised } from '../../store/influx/server.ts';
import { tryWriting } from '../../store/influx/trial.ts';
import type { Check } from './check.ts';
import { fail, ok, warn } from './check.ts';

const SETUP = 'docs/influxdb.md says how it is set up.';
/** Its clock is said in whole seconds. */
const OFFSET_MS_MAX = 5_000;

/** What each kind of trouble wants; the finding holds the server's own words. */
const REMEDIES: Readonly<Record<string, string>> = {
  STORE_UNREACHABLE: 'Start it, or correct store.url. Until it answers, what is measured waits in the spool.',
  STORE_TLS: 'Correct store.url, or name the authority’s file in NODE_EXTRA_CA_CERTS.',
  STORE_NOT_INFLUX: 'Correct store.url: it must lead to the server itself.',
  STORE_UNKNOWN: 'Correct store.url, or set store.flavour.',
  STORE_LOGIN: 'Correct the token, or the username and its password.',
  STORE_FORBIDDEN: 'Grant the login read and write, or use another.',
  STORE_BUSY: 'Look at the server’s own log; Aiqyn tries again by itself.',
  STORE_ORGANISATION_MISSING: 'Correct store.org.',
};

/** Looks at one thing after the other; what cannot be looked at because of what came before is left out. */
export async function checkInflux(address: InfluxAddress, clock: Clock, log: Log): Promise<Check[]> {
  const checks: Check[] = [];
  try {
    const recognised = await recognise(address);
    checks.push(ok('InfluxDB', `${shownVersion(recognised)} answers at ${address.url}`));
    const connection = connectInflux({ ...address, flavour: recognised.flavour }, clock);
    checks.push(await checkClock(address, clock));
    const database = await checkDatabase(connection);
    checks.push(database);
    if (database.result !== 'ok') return checks;
    checks.push(await checkWriting(connection, clock));
    checks.push(await checkRetention(address, clock, log));
  } catch (error) {
    checks.push(failed('InfluxDB', error));
  }
  return checks;
}

function failed(name: string, error: unknown): Check {
  if (!(error instanceof EnvironmentError)) throw error;
  return fail(name, error.message, REMEDIES[error.code] ?? SETUP);
}

function shownVersion({ flavour, version }: Recognised): string {
  return version === '' ? `flavour ${flavour} (as configured)` : `${version} (flavour ${flavour})`;
}

async function checkClock(address: InfluxAddress, clock: Clock): Promise<Check> {
  const name = 'InfluxDB clock';
  const theirsMs = await serverClock(address);
  if (theirsMs === null) return ok(name, 'it does not say its time');
  const seconds = Math.round((theirsMs - clock.nowMs()) / 1_000);
  if (Math.abs(seconds * 1_000) <= OFFSET_MS_MAX) return ok(name, 'it agrees with this machine’s');
  return warn(
    name,
    `it is ${Math.abs(seconds)} seconds ${seconds > 0 ? 'ahead of' : 'behind'} this machine’s`,
    'Let both follow an NTP server: what is rolled up and forgotten goes by the server’s clock, what is measured by this one.',
  );
}

const MAKE_IT: Readonly<Record<Flavour, string>> = {
  '1': 'Aiqyn makes it when it starts, where the login may; else CREATE DATABASE.',
  '2': 'Make the bucket, or run "aiqyn store init" with a token that may.',
  '3': 'Make it with "influxdb3 create database".',
};

async function checkDatabase(connection: InfluxConnection): Promise<Check> {
  const name = 'InfluxDB database';
  const { database, flavour } = connection.address;
  if (await hasDatabase(connection)) return ok(name, `"${database}" is there`);
  const say = flavour === '1' ? warn : fail;
  return say(name, `"${database}" is not there, or this login may not see it`, MAKE_IT[flavour]);
}

async function checkWriting(connection: InfluxConnection, clock: Clock): Promise<Check> {
  const name = 'InfluxDB writing';
  try {
    await tryWriting(connection, clock.nowMs());
    return ok(name, 'a point was written and read back');
  } catch (error) {
    return failed(name, error);
  }
}

async function checkRetention(address: InfluxAddress, clock: Clock, log: Log): Promise<Check> {
  const name = 'InfluxDB retention';
  try {
    const { flavour, steps } = await initInflux({
      address,
      clock,
      log,
      isDryRun: true,
      onDone: () => undefined,
    });
    if (flavour === '3')
      return ok(name, '3.x rolls nothing up; all is kept as long as the database was made to keep it');
    if (steps.length === 0)
      return ok(name, 'measurements 30 days, rollups of five minutes a year, hourly ones for ever');
    return warn(
      name,
      `not set up, or not wholly: ${steps.length} step(s) are to be done, such as "${steps[0]?.why ?? ''}"`,
      'Run "aiqyn store init", first with --dry-run; until then it grows without end.',
    );
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return warn(
      name,
      `it cannot be looked at with this login: ${error.message}`,
      'Run "aiqyn store init --dry-run" with a login that may.',
    );
  }
}
