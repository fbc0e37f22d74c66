/** What server it is, and that its database is there. */
import { InfluxDB } from '@influxdata/influxdb-client';
import type { Headers } from '@influxdata/influxdb-client';
import { z } from 'zod';
import { EnvironmentError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { ask } from './ask.ts';
import type { InfluxConnection } from './connection.ts';
import { missing, translate } from './failures.ts';
import { authorization } from './login.ts';
import { FLAVOURS } from '../../config/store-config.ts';
import type { Flavour, InfluxAddress } from '../../config/store-config.ts';
import { name } from './text.ts';

const TIMEOUT_MS = 10_000;
/** An answer of these has one; what follows is not read. */
const CHUNKS_MAX = 16;

export interface Recognised {
  readonly flavour: Flavour;
  /** As the server says it, such as `1.6.7~rc0 OSS`. */
  readonly version: string;
}

/**
 * Its flavour as configured, else as the server says it: 1.x, 2.x and 3.x name their version in a header of `/ping`, the
 * first 2.x in the answer of `/health` alone.
 * @throws EnvironmentError as `translate` says, and `STORE_UNKNOWN` where the version says nothing.
 */
export async function recognise(address: InfluxAddress): Promise<Recognised> {
  const version = versionOf(await get(address, '/ping')) ?? (await healthVersion(address)) ?? '';
  const flavour = address.flavour ?? flavourOf(version);
  if (flavour === null) {
    const { url, database } = address;
    throw new EnvironmentError(
      'STORE_UNKNOWN',
      `What answers at ${url} does not say which InfluxDB it is. If it is the one of "${database}", set store.flavour to 1, 2 or 3.`,
    );
  }
  return { flavour, version };
}

interface Answered {
  readonly headers: Headers;
  readonly body: string;
  /** The server's own clock as its answer says it, UTC epoch milliseconds; it counts in seconds. Null: it says none. */
  readonly dateMs: number | null;
}

async function get(address: InfluxAddress, path: string): Promise<Answered> {
  const { transport } = new InfluxDB({
    url: address.url,
    timeout: TIMEOUT_MS,
    headers: authorization(address.login),
  });
  return new Promise((resolve, reject) => {
    let headers: Headers = {};
    const chunks: Uint8Array[] = [];
    transport.send(
      path,
      '',
      { method: 'GET' },
      {
        responseStarted: (answered) => {
          headers = answered;
        },
        next: (chunk) => {
          if (chunks.length < CHUNKS_MAX) chunks.push(chunk);
        },
        complete: () => {
          const dateMs = Date.parse(String(headers['date']));
          const body = Buffer.concat(chunks).toString('utf8');
          resolve({ headers, body, dateMs: Number.isNaN(dateMs) ? null : dateMs });
        },
        error: (error) => {
          const failure = translate(error, address);
          reject(failure instanceof Error ? failure : error);
        },
      },
    );
  });
}

/** What the server takes for now, UTC epoch milliseconds, whole seconds; null where it does not say. @throws as `recognise`. */
export async function serverClock(address: InfluxAddress): Promise<number | null> {
  return (await get(address, '/ping')).dateMs;
}

function versionOf({ headers }: Answered): string | null {
  const words = [headers['x-influxdb-version'], headers['x-influxdb-build']].filter(
    (word) => typeof word === 'string' && word !== '',
  );
  return words.length === 0 ? null : words.join(' ');
}

const Health = z.object({ name: z.literal('influxdb'), version: z.string() });

async function healthVersion(address: InfluxAddress): Promise<string | null> {
  try {
    return Health.parse(JSON.parse((await get(address, '/health')).body)).version;
  } catch (error) {
    // Another server's, or none at all; `/ping` has answered, so the reason is not the way there.
    if (error instanceof SyntaxError || error instanceof z.ZodError || error instanceof EnvironmentError)
      return null;
    throw error;
  }
}

/** `1.8.10`, `v2.7.5`, `v3.4.0 Core`; a build's date or a word says nothing. */
function flavourOf(version: string): Flavour | null {
  const [, major] = /^v?(\d+)\./.exec(version) ?? [];
  return FLAVOURS.find((flavour) => flavour === major) ?? null;
}

/**
 * On 1.x the database is made where it is missing. A bucket of 2.x or a database of 3.x is made by who may, as
 * docs/influxdb.md says.
 * @throws EnvironmentError `STORE_DATABASE_MISSING`, `STORE_LOGIN`, `STORE_FORBIDDEN`.
 */
export async function ensureDatabase(connection: InfluxConnection, log: Log): Promise<void> {
  const { database, flavour } = connection.address;
  if (await hasDatabase(connection)) return;
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

/** Whether the login sees the database, or on 2.x one that leads to the bucket. @throws EnvironmentError as `translate` says. */
export async function hasDatabase(connection: InfluxConnection): Promise<boolean> {
  const rows = await ask(connection, 'SHOW DATABASES');
  // The column is `name` on 1.x and 2.x, `iox::database` on 3.x.
  return rows.some((row) => Object.values(row).includes(connection.address.database));
}
