/**
 * `aiqyn backfill ooni`: what OONI's volunteers measured in a time of the past, from its public archive into archive, verdict and
 * store; then the incidents of that time, and what they go with. The same command after a kill goes on where it stopped.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../disk.ts';
import { systemClock } from '../../../probes/net/clock.ts';
import type { Catalog } from '../../../probes/catalog.ts';
import type { Association } from '../../analysis/correlate/association.ts';
import { incidentJson } from '../../analysis/detect/incident-json.ts';
import type { Incident } from '../../analysis/detect/point.ts';
import { loadCatalog } from '../../config/catalog-files.ts';
import { loadConfig } from '../../config/config.ts';
import type { Config } from '../../config/config.ts';
import { ConfigError, EnvironmentError } from '../../errors.ts';
import { loadShippedCalendar, USER_CALENDAR_FILE } from '../../events/calendar.ts';
import { correlateStore } from '../../events/correlation.ts';
import { startCalendarKeeper } from '../../events/keeper.ts';
import { createPlaceBook } from '../../events/places.ts';
import { parseInstant } from '../../export/time-window.ts';
import { dayOf } from '../../sources/ooni/archive-layout.ts';
import type { Wanted } from '../../sources/ooni/archive-layout.ts';
import type { ListedObject } from '../../sources/ooni/archive-listing.ts';
import { openBackfillJournal } from '../../sources/ooni/backfill-journal.ts';
import type { BackfillJournal } from '../../sources/ooni/backfill-journal.ts';
import { openSource } from '../archive-source.ts';
import type { ArchiveSource } from '../archive-source.ts';
import { createBackfillProgress, durationText, expectedSeconds, sizeText } from '../backfill-progress.ts';
import type { BackfillProgress } from '../backfill-progress.ts';
import { takeAll } from '../backfill-taking.ts';
import { EXIT, writeLine } from '../io.ts';
import type { Io } from '../io.ts';
import { createLogger } from '../logger.ts';
import type { ImportCounts, Taken } from '../measurement-importer.ts';
import { detectPast } from '../past.ts';
import { untilAskedToStop } from '../signals.ts';
import { heldOf, openStorage } from '../storage.ts';
import type { Storage } from '../storage.ts';

const COUNTRY = 'KZ';
const DAY_MS = 86_400_000;

export interface BackfillOptions {
  readonly since: string;
  readonly until: string;
  readonly from: string;
  readonly dryRun: boolean;
  readonly config?: string;
  readonly dataDir?: string;
  readonly asnDb?: string;
  readonly json: boolean;
}

interface Around {
  readonly options: BackfillOptions;
  readonly io: Io;
  readonly catalog: Catalog;
  readonly config: Config;
  readonly dataDir: string;
  readonly source: ArchiveSource;
  readonly wanted: Wanted;
  readonly progress: BackfillProgress;
  /** Somebody asked to stop. */
  readonly signal: AbortSignal;
}

/** Exit code 0 when everything was taken; 3 when a file or a line could not be read or had, there is none, or it was stopped before the end. */
export async function backfillOoniCommand(
  options: BackfillOptions,
  io: Io,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const catalog = loadCatalog();
  const config = loadConfig(options.config ?? null, env, catalog);
  const dataDir = options.dataDir ?? config.dataDir;
  const wanted = wantedOf(options, catalog);
  const scratchDir = join(dataDir, 'backfill');
  const progress = createBackfillProgress(io.stderr, systemClock());
  const stop = new AbortController();
  const { signal } = stop;
  const source = await openSource({
    from: options.from,
    scratchDir,
    clock: systemClock(),
    signal,
    onPause: (why, pauseMs) => {
      progress.waiting(why, pauseMs);
    },
  });
  const around = { options, io, catalog, config, dataDir, source, wanted, progress, signal };
  const storage = await openStorage({
    dataDir,
    store: config.store,
    archiveMegabytes: config.archive.budgetMegabytes,
    clock: systemClock(),
    log: createLogger('warn', false),
  });
  try {
    await makeFolder(scratchDir);
    const journal = await openBackfillJournal(join(dataDir, 'backfill-ooni.jsonl'));
    void untilAskedToStop().then(() => {
      progress.clear();
      writeLine(io.stderr, 'Stopping, once what was read is durable. Ctrl-C again ends it at once.');
      stop.abort();
    });
    try {
      return await backfill(around, storage, journal);
    } finally {
      await journal.close();
    }
  } finally {
    await rm(scratchDir, { recursive: true, force: true });
    await storage.close();
  }
}

/** @throws ConfigError for days that are none or the wrong way round. */
function wantedOf({ since, until }: BackfillOptions, catalog: Catalog): Wanted {
  const nowMs = systemClock().nowMs();
  const firstDay = dayOf(parseInstant(since, '--since', nowMs));
  const lastDay = dayOf(parseInstant(until, '--until', nowMs));
  if (firstDay > dayOf(nowMs)) throw new ConfigError('--since', `${since} lies in the future`);
  if (firstDay > lastDay) throw new ConfigError('--until', `${until} lies before --since ${since}`);
  const tests = catalog.kindTargets.flatMap((fact) => (fact.probe === 'app' ? [fact.testName] : []));
  const judged = ['web_connectivity', ...tests.filter((name) => !name.startsWith('aiqyn_'))];
  const names = [...new Set(judged.map((name) => name.replaceAll('_', '')))].sort();
  return { firstDay, lastDay, country: COUNTRY, tests: names };
}

interface Work {
  /** All that is wanted, and of it what is not in the store yet. */
  readonly all: readonly ListedObject[];
  readonly left: readonly ListedObject[];
  readonly leftBytes: number;
}

async function workOf({ source, wanted, progress, signal }: Around, journal: BackfillJournal): Promise<Work> {
  const all: ListedObject[] = [];
  for await (const object of source.list(wanted)) {
    signal.throwIfAborted();
    all.push(object);
    progress.listed(all.length);
  }
  const left = all.filter(({ key, stamp }) => journal.find(source.name, key, stamp) === undefined);
  return { all, left, leftBytes: left.reduce((sum, { bytes }) => sum + bytes, 0) };
}

async function backfill(around: Around, storage: Storage, journal: BackfillJournal): Promise<number> {
  const { progress, signal } = around;
  let work: Work = { all: [], left: [], leftBytes: 0 };
  try {
    work = await workOf(around, journal);
    progress.clear();
    return await carryOut(around, storage, journal, work);
  } catch (error) {
    if (!signal.aborted || !isOfStop(error, signal)) throw error;
    progress.clear();
    tellStopped(around, journal, work);
    return EXIT.missing;
  } finally {
    progress.clear();
  }
}

async function carryOut(
  around: Around,
  storage: Storage,
  journal: BackfillJournal,
  work: Work,
): Promise<number> {
  const { options, io, progress, signal } = around;
  tellWork(around, work);
  if (options.dryRun) {
    if (options.json) writeLine(io.stdout, JSON.stringify(filesJson(work)));
    return EXIT.done;
  }
  progress.expect(work.left.length, work.leftBytes);
  const { asnDb } = options;
  const table = asnDb === undefined ? {} : { asnDb };
  const counts = await takeAll({ ...around, ...table, country: COUNTRY, storage, journal }, work.left);
  signal.throwIfAborted();
  const examined = await examine(around, storage, rangeOf(around, journal, work));
  progress.clear();
  tell(around, { ...filesJson(work), ...counts, ...examined });
  return counts.skipped > 0 || work.all.length === 0 ? EXIT.missing : EXIT.done;
}

function filesJson({ all, left, leftBytes }: Work) {
  return { files: all.length, filesDoneBefore: all.length - left.length, bytes: leftBytes };
}

function tellWork({ io, source, options }: Around, { all, left, leftBytes }: Work): void {
  const done = all.length - left.length;
  const what = `${source.name} from ${options.since} to ${options.until}`;
  const toRead =
    left.length === 0
      ? 'nothing is left to read'
      : `${sizeText(leftBytes)} to read, ${durationText(expectedSeconds(leftBytes))} on two cores and a line that is no slower`;
  writeLine(
    io.stderr,
    all.length === 0
      ? `No file of Kazakhstan in ${what}. Look at the days, and at --from.`
      : `${all.length} files of ${what}${done > 0 ? `, ${done} of them done before` : ''}: ${toRead}.`,
  );
}

/** A listing that was cut off says so in its own words. What archive or store refuse meanwhile is no stop. */
function isOfStop(error: unknown, { reason }: AbortSignal): boolean {
  return error === reason || (error instanceof EnvironmentError && error.code === 'OONI_ARCHIVE');
}

function tellStopped({ io, source }: Around, journal: BackfillJournal, { all }: Work): void {
  const done = all.filter(({ key, stamp }) => journal.find(source.name, key, stamp) !== undefined);
  const what =
    all.length === 0
      ? 'before all files were listed'
      : `${done.length} of ${all.length} files are taken in and stay`;
  writeLine(io.stderr, `Stopped: ${what}. The same command goes on from there.`);
}

/** First and last start in all that is wanted, of this run and earlier ones. */
function rangeOf({ source }: Around, journal: BackfillJournal, { all }: Work): Taken {
  let [fromMs, toMs] = [Infinity, -Infinity];
  for (const { key, stamp } of all) {
    const entry = journal.find(source.name, key, stamp);
    fromMs = Math.min(fromMs, entry?.fromMs ?? Infinity);
    toMs = Math.max(toMs, entry?.toMs ?? -Infinity);
  }
  return fromMs > toMs ? { fromMs: null, toMs: null } : { fromMs, toMs };
}

interface Examined {
  readonly incidents: readonly Incident[];
  readonly associations: readonly Association[];
}

async function examine(
  { config, catalog, dataDir, progress, signal }: Around,
  storage: Storage,
  taken: Taken,
): Promise<Examined> {
  const { fromMs, toMs } = taken;
  if (fromMs === null || toMs === null) return { incidents: [], associations: [] };
  const clock = systemClock();
  const log = createLogger('warn', false);
  const calendar = await startCalendarKeeper({
    store: storage.store,
    shipped: loadShippedCalendar(),
    file: join(dataDir, USER_CALENDAR_FILE),
    book: createPlaceBook(catalog.places),
    clock,
    log,
    ...heldOf(storage, dataDir, log),
  });
  await calendar.stop();
  const incidents = await detectPast({
    storage,
    config,
    taken,
    nowMs: clock.nowMs(),
    onProgress: (atMs) => {
      signal.throwIfAborted();
      progress.folded(atMs);
    },
  });
  const lastMs = (Math.floor(toMs / DAY_MS) + 1) * DAY_MS;
  const firstMs = Math.floor(fromMs / DAY_MS) * DAY_MS;
  const { associations } = await correlateStore(storage.store, Math.min(lastMs, clock.nowMs()), firstMs);
  return { incidents, associations };
}

interface Result extends Readonly<ImportCounts>, ReturnType<typeof filesJson>, Examined {}

function tell({ io, options }: Around, result: Result): void {
  const { files, imported, repeated, skipped, incidents, associations } = result;
  if (options.json) {
    const answer = { ...result, incidents: incidents.map((incident) => incidentJson(incident)) };
    writeLine(io.stdout, JSON.stringify(answer));
    return;
  }
  if (files === 0) return;
  writeLine(
    io.stdout,
    `${imported} measurements taken, ${repeated} were there already, ${skipped} files or lines could not be read.`,
  );
  writeLine(io.stdout, `${incidents.length} incidents in that time.`);
  for (const { sentence, outcome } of associations)
    if (outcome !== 'too_few_events') writeLine(io.stdout, sentence);
}
