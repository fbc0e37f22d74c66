/** What server it is, and that its database is there. */
import { InfluxDB } from '@influxdata/influxdb-client';
import type { Headers } from '@influxdata/influxdb-client';
import { EnvironmentError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { ask } from './ask.ts';
import type { InfluxConnection } from './connection.ts';
import { missing, translate } from './failures.ts';
import { authorization } from './login.ts';
import type { Flavour, InfluxAddress } from '../../config/store-config.ts';
import { name } from './text.ts';

const TIMEOUT_MS = 10_000;

export interface Recognised {
  readonly flavour: Flavour;
  /** As the server says it, such as `1.6.7~rc0 OSS`. */
  readonly version: string;
}

/**
 * Its flavour as configured, else as its `/ping` says (1.x, 2.x and 3.x name their version in a header).
 * @throws EnvironmentError `STORE_UNREACHABLE`, or `STORE_UNKNOWN` where the version says nothing.
 */
export async function recognise(address: InfluxAddress): Promise<Recognised> {
  const headers = await ping(address);
  const version = [headers['x-influxdb-version'], headers['x-influxdb-build']]
    .filter((word) => typeof word === 'string' && word !== '')
    .join(' ');
  const flavour = address.flavour ?? flavourOf(version);
  if (flavour === null) {
    throw new EnvironmentError(
      'STORE_UNKNOWN',
      `What answers at ${address.url} does not say which InfluxDB it is. Set store.flavour to 1, 2 or 3.`,
    );
  }
  return { flavour, version };
}

async function ping(address: InfluxAddress): Promise<Headers> {
  const { transport } = new InfluxDB({
    url: address.url,
    timeout: TIMEOUT_MS,
    headers: authorization(address.login),
  });
  return new Promise((resolve, reject) => {
    let headers: Headers = {};
    transport.send(
      '/ping',
      '',
      { method: 'GET' },
      {
        responseStarted: (answered) => {
          headers = answered;
        },
        next: () => undefined,
        complete: () => {
          resolve(headers);
        },
        error: (error) => {
          const failure = translate(error, address);
          reject(failure instanceof Error ? failure : error);
        },
      },
    );
  });
}

function flavourOf(version: string): Flavour | null {
  const [, major] = /^v?(\d+)\./.exec(version) ?? [];
  if (major === undefined) return null;
  if (major === '1') return '1';
  return major === '2' ? '2' : '3';
}

/**
 * On 1.x the database is made where it is missing. A bucket of 2.x or a database of 3.x is made by who may, as
 * docs/influxdb.md says.
 * @throws EnvironmentError `STORE_DATABASE_MISSING`, `STORE_LOGIN`, `STORE_FORBIDDEN`.
 */
export async function ensureDatabase(connection: InfluxConnection, log: Log): Promise<void> {
  const { database, flavour } = connection.address;
  const rows = await ask(connection, 'SHOW DATABASES');
  if (rows.some((row) => row['name'] === database)) return;
  if (flavour !== '1') throw missing(connection.address);
  try {
    await ask(connection, `CREATE DATABASE ${name(database)}`);
  } catch (error) {
    throw error instanceof EnvironmentError && error.code === 'STORE_LOGIN'
      ? error
      : missing(connection.address, error);
  }
  log.info({ database }, 'The database was not there and has been made.');
}
