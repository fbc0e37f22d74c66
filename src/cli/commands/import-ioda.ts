/**
 * `aiqyn import ioda`: saved answers of IODA's API (signals, outage events, alerts) into the store, as the running monitor would have asked for
 * them. What is usual is made of the files themselves. Importing a file again changes nothing.
 */
import { readFile, stat } from 'node:fs/promises';
import { systemClock } from '../../../probes/net/clock.ts';
import { AFTER_MS, BEFORE_MS } from '../../analysis/corroborate/corroborate.ts';
import { OutsideHistory } from '../../analysis/outside/history.ts';
import type { OutsideOutage } from '../../analysis/outside/point.ts';
import { loadCatalog } from '../../config/catalog-files.ts';
import { loadConfig } from '../../config/config.ts';
import { ConfigError } from '../../errors.ts';
import { readSavedAnswer } from '../../sources/ioda/read-file.ts';
import type { SavedAnswer } from '../../sources/ioda/read-file.ts';
import { keepWitnessed } from '../../collector/hear-witnesses.ts';
import type { OutsideReading } from '../../sources/source.ts';
import { incidentsIn } from '../../store/incidents-in.ts';
import type { Store, Window } from '../../store/store.ts';
import { EXIT, printable, writeLine } from '../io.ts';
import type { Io } from '../io.ts';
import { createLogger } from '../logger.ts';
import { watchedOf } from '../sources-of.ts';
import { openStore } from '../storage.ts';

const DAY_MS = 86_400_000;
/** A year of one network's signals is some ten megabytes. */
const FILE_BYTES_MAX = 512 * 1_048_576;

export interface ImportIodaOptions {
  readonly config?: string;
  readonly dataDir?: string;
  readonly json: boolean;
}

interface Read {
  readonly readings: readonly OutsideReading[];
  readonly outages: readonly OutsideOutage[];
  /** What could not be read, with its file. */
  readonly problems: readonly string[];
}

/** Exit code 0 when all was taken, 3 when something could not be read, 1 when nothing could. */
export async function importIodaCommand(
  files: readonly string[],
  options: ImportIodaOptions,
  io: Io,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const catalog = loadCatalog();
  const config = loadConfig(options.config ?? null, env, catalog);
  const clock = systemClock();
  const { placeOf } = watchedOf([], catalog);
  const read = await readFiles(files, (value) => readSavedAnswer(value, placeOf, clock.nowMs()));
  const { store } = await openStore({
    dataDir: options.dataDir ?? config.dataDir,
    store: config.store,
    clock,
    log: createLogger('warn', false),
  });
  try {
    await keepReadings(store, read.readings);
    await store.saveOutages(read.outages);
    const window = windowOf(read);
    if (window !== null) await keepWitnessed(store, await incidentsIn(store, window), clock.nowMs());
  } finally {
    await store.close();
  }
  return tell(read, options, io);
}

/** Of what can have changed what is said of an incident; null where nothing was read. */
function windowOf({ readings, outages }: Read): Window | null {
  const span = { fromMs: Infinity, toMs: -Infinity };
  for (const atMs of [...readings.map((one) => one.atMs), ...outages.map(({ startMs }) => startMs)]) {
    span.fromMs = Math.min(span.fromMs, atMs - AFTER_MS);
    span.toMs = Math.max(span.toMs, atMs + BEFORE_MS);
  }
  return span.fromMs > span.toMs ? null : span;
}

async function readFiles(
  files: readonly string[],
  readAnswer: (value: unknown) => SavedAnswer | null,
): Promise<Read> {
  const readings: OutsideReading[] = [];
  const outages: OutsideOutage[] = [];
  const problems: string[] = [];
  for (const file of files) {
    const answer = readAnswer(await jsonOf(file, problems));
    if (answer === null) {
      problems.push(`${file}: is no saved answer of IODA’s with signals, outage events or alerts`);
      continue;
    }
    for (const reading of answer.readings) readings.push(reading);
    for (const outage of answer.outages) outages.push(outage);
    if (answer.skippedRows > 0) problems.push(`${file}: rows of another shape: ${answer.skippedRows}`);
  }
  return { readings, outages, problems };
}

/** Null where it is no JSON, which is told. @throws ConfigError where there is no such file, or it is beyond its bound. */
async function jsonOf(file: string, problems: string[]): Promise<unknown> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new ConfigError(file, 'there is no such file', { cause });
  });
  if (found.isDirectory()) throw new ConfigError(file, 'is a folder; name the files in it');
  if (found.size > FILE_BYTES_MAX) throw new ConfigError(file, 'is larger than 512 MB; save less at once');
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    problems.push(`${file}: is no JSON`);
    return null;
  }
}

/** Day by day, so that each is held against the days before it. */
async function keepReadings(
  store: Pick<Store, 'writeOutside'>,
  readings: readonly OutsideReading[],
): Promise<void> {
  const days = new Map<number, OutsideReading[]>();
  for (const reading of readings) {
    const day = Math.floor(reading.atMs / DAY_MS);
    const known = days.get(day);
    if (known === undefined) days.set(day, [reading]);
    else known.push(reading);
  }
  const history = new OutsideHistory();
  for (const [day, own] of [...days].sort(([a], [b]) => a - b))
    await store.writeOutside(history.take(own, (day + 1) * DAY_MS));
}

function tell({ readings, outages, problems }: Read, { json }: ImportIodaOptions, io: Io): number {
  for (const problem of problems) writeLine(io.stderr, printable(problem));
  if (json)
    writeLine(io.stdout, JSON.stringify({ numbers: readings.length, outages: outages.length, problems }));
  else writeLine(io.stdout, `${readings.length} numbers and ${outages.length} outages of IODA imported.`);
  if (problems.length === 0) return EXIT.done;
  return readings.length + outages.length === 0 ? EXIT.failed : EXIT.missing;
}
