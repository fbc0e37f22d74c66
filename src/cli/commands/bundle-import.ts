/**
 * `aiqyn bundle import` and `bundle key`, beside the collector: takes in what was carried by hand. Each file is looked at whole
 * before anything of it is taken in.
 */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkBundle } from '../../collector/bundle-check.ts';
import type { CheckedVantage } from '../../collector/bundle-check.ts';
import { openFleetBook } from '../../collector/fleet-book.ts';
import { loadConfig } from '../../config/config.ts';
import type { Environment } from '../../config/config.ts';
import { ConfigError, EnvironmentError } from '../../errors.ts';
import { openBoxKey } from '../../fleet/box-key-file.ts';
import { readBundle } from '../../fleet/bundle-file.ts';
import type { BundlePart } from '../../fleet/bundle-file.ts';
import { BundleRefusal } from '../../fleet/bundle-refusal.ts';
import { openBundlePlace } from '../bundle-place.ts';
import type { BundlePlace } from '../bundle-place.ts';
import { boxKeyPath } from '../fleet-of.ts';
import { EXIT, printable, writeLine } from '../io.ts';
import type { Io } from '../io.ts';
import { createLogger } from '../logger.ts';

export interface BundlePlaceOptions {
  readonly json?: true;
  readonly config?: string;
  readonly dataDir?: string;
}

interface Looked {
  readonly file: string;
  readonly open: () => AsyncIterable<BundlePart>;
  readonly vantages: readonly CheckedVantage[];
  readonly refused: BundleRefusal | null;
}

interface Taken {
  readonly file: string;
  readonly refused: { readonly code: string; readonly message: string } | null;
  readonly stored: number;
  readonly repeated: number;
  readonly vantages: readonly CheckedVantage[];
}

/** Prints the public key that bundles for this collector are sealed with. */
export async function bundleKeyCommand(
  options: BundlePlaceOptions,
  io: Io,
  env: Environment,
): Promise<number> {
  const { publicKey } = await openBoxKey(boxKeyPath(fleetDirOf(options, env).dataDir));
  writeLine(io.stdout, options.json === true ? JSON.stringify({ key: publicKey }) : publicKey);
  return EXIT.done;
}

/** Exit code 0 when all files were taken in, 1 when none was, 3 when some were refused. */
export async function bundleImportCommand(
  files: readonly string[],
  options: BundlePlaceOptions,
  io: Io,
  env: Environment,
): Promise<number> {
  requireFiles(files);
  const { config, dataDir } = fleetDirOf(options, env);
  const key = await openBoxKey(boxKeyPath(dataDir));
  const book = await openFleetBook(dataDir);
  const looked: Looked[] = [];
  for (const file of files)
    looked.push(await look(file, () => readBundle(createReadStream(file), key), book));
  const good = looked.filter(({ refused }) => refused === null);
  const taken = looked.filter(({ refused }) => refused !== null).map((one) => takenOf(one, [0, 0]));
  let incidents: number | null = 0;
  if (good.length > 0) {
    const place = await openBundlePlace({ config, dataDir, book, log: createLogger('warn', false) });
    try {
      for (const one of good) taken.push(await takeIn(one, place));
      incidents = (await place.detect(earliestOf(good)))?.length ?? null;
    } finally {
      await place.close();
    }
  }
  tell(taken, incidents, options, io);
  if (good.length === 0) return EXIT.failed;
  return good.length < looked.length ? EXIT.missing : EXIT.done;
}

function requireFiles(files: readonly string[]): void {
  for (const file of files)
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
      throw new ConfigError(file, 'there is no such file');
}

/** @throws EnvironmentError where no collector was ever set up: nobody is enrolled there. */
function fleetDirOf(options: BundlePlaceOptions, env: Environment) {
  const config = loadConfig(options.config ?? null, env);
  const dataDir = resolve(options.dataDir ?? config.dataDir);
  if (!existsSync(join(dataDir, 'fleet')))
    throw new EnvironmentError(
      'NO_COLLECTOR',
      `${dataDir} is no collector’s data directory; name the one in which vantages are enrolled with --data-dir.`,
    );
  return { config, dataDir };
}

async function look(
  file: string,
  open: () => AsyncIterable<BundlePart>,
  book: Parameters<typeof checkBundle>[1],
): Promise<Looked> {
  try {
    return { file, open, vantages: await checkBundle(open, book), refused: null };
  } catch (error) {
    if (error instanceof BundleRefusal) return { file, open, vantages: [], refused: error };
    throw error;
  }
}

async function takeIn(one: Looked, place: BundlePlace): Promise<Taken> {
  let [stored, repeated] = [0, 0];
  for await (const part of one.open()) {
    if (part.kind === 'end') continue;
    const kept = await place.put(part.batch);
    stored += kept.stored;
    repeated += kept.repeated;
  }
  return takenOf(one, [stored, repeated]);
}

function takenOf({ file, refused, vantages }: Looked, [stored, repeated]: readonly [number, number]): Taken {
  const why = refused === null ? null : { code: refused.code, message: refused.message };
  return { file, refused: why, stored, repeated, vantages };
}

function earliestOf(good: readonly Looked[]): number {
  return Math.min(...good.flatMap(({ vantages }) => vantages.map(({ fromMs }) => fromMs)));
}

function tell(taken: readonly Taken[], incidents: number | null, { json }: BundlePlaceOptions, io: Io): void {
  if (json === true) {
    writeLine(io.stdout, JSON.stringify({ files: taken, incidents }));
    return;
  }
  for (const { file, refused, stored, repeated, vantages } of taken) {
    if (refused !== null) {
      writeLine(
        io.stderr,
        printable(`${file}: REFUSED (${refused.code}): ${refused.message} Nothing of it was taken in.`),
      );
      continue;
    }
    const whose = vantages.map(({ vantage }) => vantage).join(', ');
    writeLine(
      io.stdout,
      printable(`${file}: ${stored} measurements of ${whose} taken in, ${repeated} were here already.`),
    );
  }
  if (incidents === null) writeLine(io.stdout, 'The running collector looks for incidents in that time now.');
  else if (incidents > 0) writeLine(io.stdout, `${incidents} incidents are new or amended.`);
}
