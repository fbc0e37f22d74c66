/** `aiqyn verify`: whether a bundle of evidence, or a transparency log, is what it was. Needs no network and no store. */
import { readFileSync, statSync } from 'node:fs';
import { loadCatalog } from '../../config/catalog-files.ts';
import { buildKnowledge } from '../../config/knowledge.ts';
import { ConfigError } from '../../errors.ts';
import { publicKeyOfPem } from '../../evidence/manifest.ts';
import { verifyBundle } from '../../evidence/verify.ts';
import type { Verification } from '../../evidence/verify.ts';
import { readPublicKey } from '../../fleet/identity.ts';
import { flawOfDays, forkOf, PublishedLog } from '../../transparency/log.ts';
import { EXIT, printable, writeLine } from '../io.ts';
import type { Io } from '../io.ts';
import { packageVersion } from '../version.ts';

export interface VerifyCommandOptions {
  readonly key?: string;
  /** A transparency.json: what a bundle's days are held against, or what is checked itself. */
  readonly log?: string;
  /** An earlier one, which `log` must still hold. */
  readonly saved?: string;
  readonly json?: true;
}

/** Longer than a log of a century. */
const LOG_BYTES_MAX = 32 * 1_048_576;

/** A fingerprint, or a file with the public key (PEM). */
function keyIdOf(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  let pem: string;
  try {
    pem = readFileSync(text, 'utf8');
  } catch (cause) {
    throw new ConfigError('--key', `${text} is neither a fingerprint (64 hex digits) nor a file`, { cause });
  }
  const id = readPublicKey(publicKeyOfPem(pem) ?? '');
  if (id === null) throw new ConfigError('--key', `${text} holds no Ed25519 public key (PEM)`);
  return id;
}

function logOf(file: string, option: string): PublishedLog {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() !== true) throw new ConfigError(option, `there is no file ${file}`);
  if (stats.size > LOG_BYTES_MAX) throw new ConfigError(option, `${file} is too large for a log`);
  try {
    return PublishedLog.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new ConfigError(option, `${file} is no transparency.json of Aiqyn`, { cause });
  }
}

/** Exit codes: 0 it holds, 1 it is refused, 2 no such file, 3 it holds, but other rules judge some measurements otherwise. */
export async function verifyCommand(
  file: string | undefined,
  options: VerifyCommandOptions,
  io: Io,
): Promise<number> {
  if (options.saved !== undefined && options.log === undefined)
    throw new ConfigError('--saved', 'needs --log: the log of today that must still hold the saved one');
  if (file !== undefined) return verifyFile(file, options, io);
  if (options.log === undefined) throw new ConfigError('verify', 'give a bundle, or a log with --log');
  return verifyLog(options.log, options, io);
}

async function verifyFile(file: string, options: VerifyCommandOptions, io: Io): Promise<number> {
  if (options.saved !== undefined)
    throw new ConfigError('--saved', 'is for a log without a bundle; give the saved log as --log');
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
    throw new ConfigError('verify', `there is no file ${file}`);
  const catalog = loadCatalog();
  const verification = await verifyBundle(file, {
    catalog,
    knowledge: buildKnowledge(catalog),
    version: packageVersion(),
    ...(options.key === undefined ? {} : { key: keyIdOf(options.key) }),
    ...(options.log === undefined ? {} : { log: logOf(options.log, '--log') }),
  });
  if (options.json === true) writeLine(io.stdout, JSON.stringify({ file, ...verification }));
  else tell(file, verification, io);
  if (!verification.isGood) return EXIT.failed;
  return verification.differences > 0 ? EXIT.missing : EXIT.done;
}

/** A log by itself, and against what was saved of it. */
function verifyLog(file: string, { saved, key, json }: VerifyCommandOptions, io: Io): number {
  const log = logOf(file, '--log');
  const earlier = saved === undefined ? null : logOf(saved, '--saved');
  const problem = problemOfLogs(log, earlier, key === undefined ? null : keyIdOf(key));
  if (json === true)
    writeLine(
      io.stdout,
      JSON.stringify({ log: file, isGood: problem === null, problem, days: log.days.length }),
    );
  else
    writeLine(
      io.stdout,
      printable(problem === null ? heldLog(file, log, earlier) : `REFUSED (wrong_log): ${problem}`),
    );
  return problem === null ? EXIT.done : EXIT.failed;
}

function heldLog(file: string, { days }: PublishedLog, earlier: PublishedLog | null): string {
  const last = days.at(-1);
  const span =
    last === undefined
      ? 'no day yet'
      : `${days.length} days to ${last.day}, each signed and after the one before`;
  const kept = earlier === null ? '' : ` It still holds all ${earlier.days.length} days that were saved.`;
  return `${file} holds: ${span}.${kept}`;
}

function problemOfLogs(log: PublishedLog, earlier: PublishedLog | null, key: string | null): string | null {
  if (key !== null && readPublicKey(log.publicKey) !== key) return 'the log is of another key than --key';
  const flaw = flawOfDays(log.days, log.publicKey);
  if (flaw !== null || earlier === null) return flaw;
  if (readPublicKey(earlier.publicKey) !== readPublicKey(log.publicKey))
    return 'the two logs are of different keys';
  const earlierFlaw = flawOfDays(earlier.days, earlier.publicKey);
  return earlierFlaw === null
    ? forkOf(earlier.days, log.days)
    : `the saved log does not hold: ${earlierFlaw}`;
}

function tell(file: string, verification: Verification, io: Io): void {
  const { isGood, problems, notes, measurements, incident, differences, logged } = verification;
  for (const { code, what } of problems) writeLine(io.stdout, printable(`REFUSED (${code}): ${what}`));
  for (const note of notes) writeLine(io.stdout, printable(`Note: ${note}`));
  if (!isGood) return;
  writeLine(
    io.stdout,
    printable(
      `${file} holds: ${measurements} measurements of ${incident ?? '?'} were judged again, nothing was changed. ${logged} records lead to published days of its transparency log.`,
    ),
  );
  if (differences > 0)
    writeLine(
      io.stdout,
      `But ${differences} of them get another verdict here than the bundle states. Its maker names other rules than those of this Aiqyn, and only with those can it be said who is right: check it with the version that it names, and do not take the stated verdicts as confirmed by this check.`,
    );
}
