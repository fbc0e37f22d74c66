/** `aiqyn bundle export`: what waits in this machine's spools into a file, to be carried to the collector by hand. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { systemClock } from '../../../probes/net/clock.ts';
import { exportBundle } from '../../agent/bundle-export.ts';
import type { CarriedCount, CarriedVantage } from '../../agent/bundle-export.ts';
import { loadConfig } from '../../config/config.ts';
import type { Config, Environment } from '../../config/config.ts';
import { isCode, removeIfThere } from '../../disk.ts';
import { ConfigError, EnvironmentError } from '../../errors.ts';
import { readIdentity } from '../../fleet/identity.ts';
import { isBoxPublicKey, seal } from '../../fleet/sealed-box.ts';
import { collectorKeyPath, keyPath } from '../fleet-of.ts';
import { EXIT, writeLine } from '../io.ts';
import type { Io } from '../io.ts';
import { createLogger } from '../logger.ts';

const BUNDLE_ID_BYTES = 16;

export interface BundleExportOptions {
  readonly vantage?: string;
  readonly output: string;
  readonly to?: string;
  readonly plain?: true;
  readonly force?: true;
  readonly json?: true;
  readonly config?: string;
  readonly dataDir?: string;
}

/** Exit code 3 where nothing waits (then no file is made), or a vantage that was not named has no key. */
export async function bundleExportCommand(
  options: BundleExportOptions,
  io: Io,
  env: Environment,
): Promise<number> {
  const config = loadConfig(options.config ?? null, env);
  const dataDir = resolve(options.dataDir ?? config.dataDir);
  const output = outputOf(options);
  const { vantages, keyless } = await vantagesOf(options, config, dataDir);
  const recipient = await recipientOf(options, vantages, dataDir);
  const bundle = randomBytes(BUNDLE_ID_BYTES).toString('hex');
  const log = createLogger('warn', false);
  const made = exportBundle(vantages, { bundle, atMs: systemClock().nowMs(), log });
  const bytes = await writeFileOf(output, recipient === null ? made.bytes : seal(made.bytes, recipient));
  const counts = made.counts();
  const isEmpty = counts.every(({ measurements }) => measurements === 0);
  if (isEmpty) await removeIfThere(bytes.temporary);
  else await rename(bytes.temporary, output);
  tell({ file: isEmpty ? null : output, isSealed: recipient !== null, counts, keyless }, options, io);
  return isEmpty || keyless.length > 0 ? EXIT.missing : EXIT.done;
}

function outputOf({ output, force }: BundleExportOptions): string {
  const path = resolve(output);
  if (!existsSync(dirname(path))) throw new ConfigError('--output', `there is no folder ${dirname(path)}`);
  if (existsSync(path) && force !== true)
    throw new ConfigError('--output', `${output} is there already; --force replaces it`);
  return path;
}

/** The one that was asked for, or all that have a key. */
async function vantagesOf(
  { vantage: asked }: BundleExportOptions,
  { vantages, file }: Config,
  dataDir: string,
): Promise<{ vantages: CarriedVantage[]; keyless: string[] }> {
  const wanted = vantages.filter(({ id }) => asked === undefined || id === asked);
  if (wanted.length === 0)
    throw new ConfigError('--vantage', `${file ?? 'aiqyn.yaml'} has no vantage "${asked ?? ''}"`);
  const found: CarriedVantage[] = [];
  const keyless: string[] = [];
  for (const { id, operator, place, access } of wanted) {
    const identity = await readIdentity(keyPath(dataDir, id));
    if (identity === null) keyless.push(id);
    else
      found.push({
        vantage: { id, operator, place, access },
        identity,
        spoolDir: join(dataDir, 'spool', id),
      });
  }
  if (found.length > 0) return { vantages: found, keyless };
  throw new EnvironmentError(
    'NOT_ENROLLED',
    `${keyless.join(', ')} has no key in ${dataDir}, so that no collector would believe it; see: aiqyn enroll join`,
  );
}

/** The key that was given, else the one that came with the enrolment; null: not sealed. */
async function recipientOf(
  { to, plain }: BundleExportOptions,
  vantages: readonly CarriedVantage[],
  dataDir: string,
): Promise<string | null> {
  if (plain === true) return null;
  if (to !== undefined) {
    if (!isBoxPublicKey(to))
      throw new ConfigError(
        '--to',
        'a collector’s key of 43 letters and digits, as "aiqyn bundle key" prints it',
      );
    return to;
  }
  const keys = new Set<string>();
  for (const { vantage } of vantages) keys.add(await keptKey(collectorKeyPath(dataDir, vantage.id)));
  const [key = ''] = keys;
  if (keys.size === 1 && isBoxPublicKey(key)) return key;
  throw new ConfigError(
    '--to',
    'the collector’s key is not known here (its operator sees it with "aiqyn bundle key"); give it, or write a file that anybody can read with --plain',
  );
}

async function keptKey(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (isCode(error, 'ENOENT')) return '';
    throw error;
  }
}

/** Whole and synced beside its place, so that a stick that is drawn out has the old file or none under its name. */
async function writeFileOf(path: string, bytes: AsyncIterable<Buffer>): Promise<{ temporary: string }> {
  const temporary = `${path}.part`;
  try {
    const file = await open(temporary, 'w', 0o600);
    try {
      for await (const piece of bytes) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    return { temporary };
  } catch (error) {
    await removeIfThere(temporary).catch(() => undefined);
    throw refused(error, path);
  }
}

function refused(error: unknown, path: string): unknown {
  for (const code of ['ENOSPC', 'EACCES', 'EROFS', 'EIO', 'EPERM', 'EFBIG'])
    if (isCode(error, code))
      return new EnvironmentError('OUTPUT', `${path} cannot be written (${code}).`, { cause: error });
  return error;
}

interface Told {
  readonly file: string | null;
  readonly isSealed: boolean;
  readonly counts: readonly CarriedCount[];
  readonly keyless: readonly string[];
}

function tell({ file, isSealed, counts, keyless }: Told, { json }: BundleExportOptions, io: Io): void {
  for (const id of keyless) writeLine(io.stderr, `${id} has no key and was left out.`);
  if (json === true) {
    writeLine(io.stdout, JSON.stringify({ file, sealed: isSealed, vantages: counts }));
    return;
  }
  if (file === null) {
    writeLine(io.stdout, 'Nothing waits to be sent; no file was made.');
    return;
  }
  for (const { vantage, measurements } of counts)
    writeLine(io.stdout, `${measurements} measurements of ${vantage} that wait to be sent`);
  writeLine(
    io.stdout,
    isSealed
      ? `are in ${file}, which only the collector can read. They stay in the spool, too.`
      : `are in ${file}, which ANYBODY can read: who measures, where, and when. They stay in the spool, too.`,
  );
}
