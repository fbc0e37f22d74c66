/**
 * `aiqyn enroll`: `new`, `list` and `revoke` beside the collector, on its data directory, also while it runs; `join` on the
 * vantage's machine.
 */
import { mkdir, readFile, rename } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { systemClock } from '../../../probes/net/clock.ts';
import { openWay } from '../../../probes/net/post-json.ts';
import type { JsonAnswer } from '../../../probes/net/post-json.ts';
import type { VantageTag } from '../../../probes/measurement.ts';
import { openFleetBook } from '../../collector/fleet-book.ts';
import { loadCatalog } from '../../config/catalog-files.ts';
import { loadConfig } from '../../config/config.ts';
import type { Environment, FleetConfig } from '../../config/config.ts';
import { writeWhole } from '../../disk.ts';
import { ConfigError, EnvironmentError } from '../../errors.ts';
import { ENROLMENTS_PATH, EnrolmentAnswer, RefusalAnswer } from '../../fleet/answers.ts';
import { isBoxPublicKey } from '../../fleet/sealed-box.ts';
import { createIdentity, readIdentity, writeIdentity } from '../../fleet/identity.ts';
import type { Identity } from '../../fleet/identity.ts';
import { collectorKeyPath, fleetOf, keyPath } from '../fleet-of.ts';
import type { Io } from '../io.ts';
import { EXIT, writeLine } from '../io.ts';

const JOIN_TIMEOUT_MS = 30_000;
const KEY_SHOWN = 16;

export interface EnrollPlace {
  readonly config?: string;
  readonly dataDir?: string;
  readonly json?: true;
}

function dataDirOf({ config, dataDir }: EnrollPlace, env: Environment): string {
  return resolve(dataDir ?? loadConfig(config ?? null, env).dataDir);
}

/** The vantage is one of the configuration's, so that its words are checked as all others are. */
function vantageOf(id: string, place: EnrollPlace, env: Environment): VantageTag {
  const { vantages, file } = loadConfig(place.config ?? null, env);
  const found = vantages.find((vantage) => vantage.id === id);
  const where = `${file ?? 'aiqyn.yaml'} vantages`;
  if (found === undefined) throw new ConfigError(where, `there is no vantage "${id}"; add it there first`);
  return { id: found.id, operator: found.operator, place: found.place, access: found.access };
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
  for (const [key, { vantage, enrolledAtMs, revokedAtMs }] of await book.enrolled()) {
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

export interface JoinOptions extends EnrollPlace {
  /** A file with the token; `-` for stdin. */
  readonly tokenFile: string;
}

export async function enrollJoinCommand(
  id: string,
  options: JoinOptions,
  io: Io,
  env: Environment,
): Promise<number> {
  const config = loadConfig(options.config ?? null, env);
  const fleet = fleetOf(config);
  const mine = vantageOf(id, options, env);
  const path = keyPath(options.dataDir ?? config.dataDir, id);
  if ((await readIdentity(path)) !== null) {
    throw new EnvironmentError('ENROLLED', `${id} has a key already (${path}); move it away to enrol anew.`);
  }
  const token = await readToken(options.tokenFile);
  const identity = await joiningKey(`${path}.joining`);
  const { vantage: enrolled, boxKey = '' } = await join(fleet, { token, publicKey: identity.publicKey });
  await keepCollectorKey(collectorKeyPath(options.dataDir ?? config.dataDir, id), boxKey);
  await rename(`${path}.joining`, path);
  writeLine(
    io.stdout,
    `${id} is enrolled with the key ${identity.keyId.slice(0, KEY_SHOWN)}; start it with: aiqyn agent`,
  );
  const isAsHere =
    enrolled.id === mine.id &&
    enrolled.operator === mine.operator &&
    enrolled.place === mine.place &&
    enrolled.access === mine.access;
  if (isAsHere) return EXIT.done;
  writeLine(
    io.stderr,
    `The collector expects ${JSON.stringify(enrolled)}; make aiqyn.yaml say the same, or it refuses.`,
  );
  return EXIT.missing;
}

async function readToken(file: string): Promise<string> {
  const text = await readFile(file === '-' ? '/dev/stdin' : file, 'utf8').catch((cause: unknown) => {
    throw new ConfigError('--token-file', `${file} cannot be read`, { cause });
  });
  return text.trim();
}

/** So that bundles can be sealed for the collector while it cannot be asked. An older collector tells none. */
async function keepCollectorKey(path: string, boxKey: string): Promise<void> {
  if (isBoxPublicKey(boxKey)) await writeWhole(path, Buffer.from(`${boxKey}\n`));
}

/** Kept from before it is sent, so that an answer that was lost can be asked for again with the same key. */
async function joiningKey(path: string): Promise<Identity> {
  const known = await readIdentity(path);
  if (known !== null) return known;
  const { identity, pem } = createIdentity();
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeIdentity(path, pem);
  return identity;
}

async function join(fleet: FleetConfig, body: object): Promise<EnrolmentAnswer> {
  const { socks, authority } = fleet;
  const way = openWay({ ...(socks === null ? {} : { socks }), ...(authority === null ? {} : { authority }) });
  try {
    const failures: string[] = [];
    for (const base of fleet.collectors) {
      const answer = await way.send(
        {
          url: new URL(ENROLMENTS_PATH, base).href,
          headers: { 'content-type': 'application/json' },
          body: Buffer.from(JSON.stringify(body), 'utf8'),
          timeoutMs: JOIN_TIMEOUT_MS,
        },
        new AbortController().signal,
      );
      const enrolment = EnrolmentAnswer.safeParse(answer.body);
      if (enrolment.success) return enrolment.data;
      failures.push(`${base}: ${whyNot(answer)}`);
    }
    throw new EnvironmentError('NOT_ENROLLED', `No collector enrolled it (${failures.join('; ')}).`);
  } finally {
    await way.close();
  }
}

function whyNot({ failure, status, body }: JsonAnswer): string {
  return RefusalAnswer.safeParse(body).data?.message ?? failure ?? `status ${status}`;
}
