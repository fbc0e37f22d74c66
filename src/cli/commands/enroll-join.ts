/** `aiqyn enroll join`: on the vantage's machine, by the vantage's own line. The key is made here and never leaves it. */
import { readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { systemClock } from '../../../probes/net/clock.ts';
import type { JsonAnswer } from '../../../probes/net/post-json.ts';
import type { VantageTag } from '../../../probes/measurement.ts';
import { loadConfig } from '../../config/config.ts';
import type { Config, Environment } from '../../config/config.ts';
import { makeFolder, writeWhole } from '../../disk.ts';
import { ConfigError, EnvironmentError } from '../../errors.ts';
import { ENROLMENTS_PATH, EnrolmentAnswer, RefusalAnswer } from '../../fleet/answers.ts';
import { isBoxPublicKey } from '../../fleet/sealed-box.ts';
import { createIdentity, readIdentity, writeIdentity } from '../../fleet/identity.ts';
import type { Identity } from '../../fleet/identity.ts';
import { collectorKeyPath, fleetOf, keyPath } from '../fleet-of.ts';
import type { Io } from '../io.ts';
import { EXIT, writeLine } from '../io.ts';
import { openLines } from '../lines.ts';
import { createLogger } from '../logger.ts';

const JOIN_TIMEOUT_MS = 30_000;
const KEY_SHOWN = 16;

export interface JoinOptions {
  readonly config?: string;
  readonly dataDir?: string;
  /** A file with the token; `-` for stdin. */
  readonly tokenFile: string;
}

/** The vantage is one of the configuration's, so that its words are checked as all others are. */
function vantageOf(id: string, { vantages, file }: Config): VantageTag {
  const found = vantages.find((vantage) => vantage.id === id);
  const where = `${file ?? 'aiqyn.yaml'} vantages`;
  if (found === undefined) throw new ConfigError(where, `there is no vantage "${id}"; add it there first`);
  return { id: found.id, operator: found.operator, place: found.place, access: found.access };
}

export async function enrollJoinCommand(
  id: string,
  options: JoinOptions,
  io: Io,
  env: Environment,
): Promise<number> {
  const config = loadConfig(options.config ?? null, env);
  fleetOf(config);
  const mine = vantageOf(id, config);
  const path = keyPath(options.dataDir ?? config.dataDir, id);
  if ((await readIdentity(path)) !== null) {
    throw new EnvironmentError('ENROLLED', `${id} has a key already (${path}); move it away to enrol anew.`);
  }
  const token = (await tokenOf(options.tokenFile)).trim();
  const identity = await joiningKey(`${path}.joining`);
  const { vantage: enrolled, boxKey = '' } = await join(config, id, { token, publicKey: identity.publicKey });
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

/** From stdin as it was given: whoever runs this may have no right to open the file behind it. */
async function tokenOf(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ConfigError('--token-file', `${file} cannot be read`, { cause });
  });
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
  await makeFolder(dirname(path), 0o700);
  await writeIdentity(path, pem);
  return identity;
}

/** By the vantage's own line. */
async function join(config: Config, id: string, body: object): Promise<EnrolmentAnswer> {
  const lines = openLines(config, { clock: systemClock(), log: createLogger('silent', false) });
  try {
    const { send } = lines.of(id);
    const failures: string[] = [];
    for (const base of fleetOf(config).collectors) {
      const answer = await send(
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
    await lines.close();
  }
}

function whyNot({ failure, status, body }: JsonAnswer): string {
  return RefusalAnswer.safeParse(body).data?.message ?? failure ?? `status ${status}`;
}
