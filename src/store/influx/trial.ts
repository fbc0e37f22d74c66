/** Whether a login may write what it will have to: one point goes in, comes back and goes. */
import { EnvironmentError } from '../../errors.ts';
import { ask } from './ask.ts';
import type { InfluxConnection } from './connection.ts';
import { instant, name, numberField, timestamp } from './text.ts';

const SERIES = 'aiqyn_trial';
const HOUR_MS = 3_600_000;

/**
 * 2.x and 3.x keep the point, which no question of Aiqyn sees: one an hour at most, for as long as they keep measurements.
 * @throws EnvironmentError as the connection does, and `STORE_TRIAL` where it is not there afterwards.
 */
export async function tryWriting(connection: InfluxConnection, nowMs: number): Promise<void> {
  const atMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  await connection.write([`${SERIES} ${numberField('value', 1)} ${timestamp(atMs)}`], null);
  const where = `WHERE time >= ${instant(atMs)} AND time < ${instant(atMs + 1)}`;
  const [row] = await ask(connection, `SELECT "value" FROM ${name(SERIES)} ${where}`);
  const { url, database, flavour } = connection.address;
  if (row === undefined)
    throw new EnvironmentError(
      'STORE_TRIAL',
      `InfluxDB at ${url} took a point into "${database}" and does not show it: does InfluxQL’s "${database}" lead to that bucket, and may this login read it?`,
    );
  if (flavour === '1') await ask(connection, `DELETE FROM ${name(SERIES)}`);
}
