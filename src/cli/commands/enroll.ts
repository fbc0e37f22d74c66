/** `aiqyn enroll new`, `list` and `revoke`: beside the collector, on its data directory, also while it runs. */
import { resolve } from 'node:path';
import { systemClock } from '../../../probes/net/clock.ts';
import type { VantageTag } from '../../../probes/measurement.ts';
import { openFleetBook } from '../../collector/fleet-book.ts';
import { loadCatalog } from '../../config/catalog-files.ts';
import { loadConfig } from '../../config/config.ts';
import type { Environment } from '../../config/config.ts';
import { ConfigError, EnvironmentError } from '../../errors.ts';
import type { Io } from '../io.ts';
import { EXIT, writeLine } from '../io.ts';

const KEY_SHOWN = 16;

export interface EnrollPlace {
  readonly config?: string;
  readonly dataDir?: string;
  readonly json?: true;
}

function dataDirOf({ config, dataDir }: EnrollPlace, env: Environment): string {
  return resolve(dataDir ?? loadConfig(config ?? null, env).dataDir);
}

function checkKnown({ operator, place }: VantageTag): void {
  if (!/^AS\d{1,10}$/.test(operator)) throw new ConfigError('--operator', 'an AS number such as AS9198');
  const { places } = loadCatalog();
  if (place !== 'unknown' && !places.some(({ id }) => id === place))
    throw new ConfigError('--place', `${place} is no place of the catalogue`);
}

export async function enrollNewCommand(
  vantage: VantageTag,
  place: EnrollPlace,
  io: Io,
  env: Environment,
): Promise<number> {
  checkKnown(vantage);
  const book = await openFleetBook(dataDirOf(place, env));
  const token = await book.expect(vantage, systemClock().nowMs());
  if (place.json === true) writeLine(io.stdout, JSON.stringify({ vantage, token }));
  else {
    writeLine(io.stdout, token);
    writeLine(
      io.stderr,
      `Give it to ${vantage.id} over a way that nobody else reads. It serves once, within seven days: aiqyn enroll join ${vantage.id}`,
    );
  }
  return EXIT.done;
}

export async function enrollListCommand(place: EnrollPlace, io: Io, env: Environment): Promise<number> {
  const book = await openFleetBook(dataDirOf(place, env));
  const enrolled = [...(await book.enrolled())];
  if (enrolled.length === 0)
    writeLine(io.stderr, 'No vantage is enrolled here; aiqyn enroll new lets one in.');
  for (const [key, { vantage, enrolledAtMs, revokedAtMs }] of enrolled) {
    const { number } = await book.standing(key);
    if (place.json === true) {
      writeLine(io.stdout, JSON.stringify({ key, vantage, enrolledAtMs, revokedAtMs, batches: number }));
      continue;
    }
    const { id, operator, place: town, access } = vantage;
    const since = new Date(enrolledAtMs).toISOString().slice(0, 10);
    const state = revokedAtMs === null ? `since ${since}` : 'revoked';
    writeLine(
      io.stdout,
      `${id}  ${operator} ${town} ${access}  ${state}  ${number} batches  key ${key.slice(0, KEY_SHOWN)}`,
    );
  }
  return EXIT.done;
}

/** By the vantage's id or the beginning of its key. */
export async function enrollRevokeCommand(
  who: string,
  place: EnrollPlace,
  io: Io,
  env: Environment,
): Promise<number> {
  const book = await openFleetBook(dataDirOf(place, env));
  const found = [...(await book.enrolled())].filter(
    ([key, { vantage, revokedAtMs }]) =>
      revokedAtMs === null && (vantage.id === who || (who.length >= KEY_SHOWN && key.startsWith(who))),
  );
  for (const [key] of found) await book.revoke(key, systemClock().nowMs());
  if (found.length === 0) throw new EnvironmentError('NOT_ENROLLED', `Nobody is enrolled as ${who}.`);
  writeLine(io.stdout, `${who} is revoked; what it sent before stays.`);
  return EXIT.done;
}
