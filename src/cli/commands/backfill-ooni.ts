/**
 * `aiqyn backfill ooni`: what OONI's volunteers measured in a time of the past, from its public archive into archive, verdict and
 * store; then the incidents of that time, and what they go with. The same command after a kill goes on where it stopped.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../probes/net/clock.ts';
import type { Catalog } from '../../../probes/catalog.ts';
import type { Association } from '../../analysis/correlate/association.ts';
import { incidentJson } from '../../analysis/detect/incident-json.ts';
import type { Incident } from '../../analysis/detect/point.ts';
import { knowledgeWith } from '../../config/asn-table.ts';
import { loadCatalog } from '../../config/catalog-files.ts';
import { loadConfig } from '../../config/config.ts';
import type { Config } from '../../config/config.ts';
import { ConfigError } from '../../errors.ts';
import { loadShippedCalendar, USER_CALENDAR_FILE } from '../../events/calendar.ts';
import { correlateStore } from '../../events/correlation.ts';
import { startCalendarKeeper } from '../../events/keeper.ts';
import { createPlaceBook } from '../../events/places.ts';
import { parseInstant } from '../../export/time-window.ts';
import { dayOf } from '../../sources/ooni/archive-layout.ts';
import type { Wanted } from '../../sources/ooni/archive-layout.ts';
import type { ListedObject } from '../../sources/ooni/archive-listing.ts';
import { openBackfillJournal } from '../../sources/ooni/backfill-journal.ts';
import type { BackfillJournal, JournalEntry } from '../../sources/ooni/backfill-journal.ts';
import { createTargetFinder } from '../../sources/ooni/target.ts';
import { openSource } from '../archive-source.ts';
import type { ArchiveSource, FetchedFile } from '../archive-source.ts';
import { keeper } from '../backfill-keeping.ts';
import { createBackfillProgress, durationText, expectedSeconds, sizeText } from '../backfill-progress.ts';
import type { BackfillProgress } from '../backfill-progress.ts';
import { EXIT, writeLine } from '../io.ts';
import type { Io } from '../io.ts';
import { createLogger } from '../logger.ts';
import { MeasurementImporter } from '../measurement-importer.ts';
import type { ImportCounts, Taken } from '../measurement-importer.ts';
import { detectPast } from '../past.ts';
import { heldOf, openStorage } from '../storage.ts';
import type { Storage } from '../storage.ts';

const COUNTRY = 'KZ';
/** Files that may be read again after a kill: small ones share a write of the store. */
const JOURNAL_FILES_MAX = 100;
const JOURNAL_MEASUREMENTS_MAX = 500;
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
}

/** Exit code 0 when everything was taken, 3 when a file or a line could not be read or had. */
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
  const source = await openSource(options.from, scratchDir, systemClock());
  const around = { options, io, catalog, config, dataDir, source, wanted };
  const storage = await openStorage({
    dataDir,
    store: config.store,
    archiveMegabytes: config.archive.budgetMegabytes,
    clock: systemClock(),
    log: createLogger('warn', false),
  });
  try {
    await mkdir(scratchDir, { recursive: true });
    const journal = await openBackfillJournal(join(dataDir, 'backfill-ooni.jsonl'));
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

async function workOf(
  { source, wanted }: Around,
  journal: BackfillJournal,
  progress: BackfillProgress,
): Promise<Work> {
  const all: ListedObject[] = [];
  for await (const object of source.list(wanted)) {
    all.push(object);
    progress.listed(all.length);
  }
  const left = all.filter(({ key, stamp }) => journal.find(source.name, key, stamp) === undefined);
  return { all, left, leftBytes: left.reduce((sum, { bytes }) => sum + bytes, 0) };
}

async function backfill(around: Around, storage: Storage, journal: BackfillJournal): Promise<number> {
  const { options, io } = around;
  let work: Work = { all: [], left: [], leftBytes: 0 };
  const progress = createBackfillProgress(io.stderr, systemClock(), () => ({
    files: work.left.length,
    bytes: work.leftBytes,
  }));
  try {
    work = await workOf(around, journal, progress);
    progress.clear();
    tellWork(around, work);
    if (options.dryRun) {
      if (options.json) writeLine(io.stdout, JSON.stringify(filesJson(work)));
      return EXIT.done;
    }
    const counts = await takeAll(around, storage, journal, work, progress);
    const taken = rangeOf(around, journal, work);
    const { incidents, associations } = await examine(around, storage, taken, progress);
    progress.clear();
    tell(around, { ...filesJson(work), ...counts, incidents, associations });
    return counts.skipped > 0 ? EXIT.missing : EXIT.done;
  } finally {
    progress.clear();
  }
}

function filesJson({ all, left, leftBytes }: Work) {
  return { files: all.length, filesDoneBefore: all.length - left.length, bytes: leftBytes };
}

function tellWork({ io, source, options }: Around, { all, left, leftBytes }: Work): void {
  const done = all.length - left.length;
  writeLine(
    io.stderr,
    `${all.length} files of ${source.name} from ${options.since} to ${options.until}` +
      `${done > 0 ? `, ${done} of them done before` : ''}: ${sizeText(leftBytes)} to read, ` +
      `${durationText(expectedSeconds(leftBytes))} on two cores and a line that is no slower.`,
  );
}

async function takeAll(
  around: Around,
  storage: Storage,
  journal: BackfillJournal,
  work: Work,
  progress: BackfillProgress,
): Promise<Readonly<ImportCounts>> {
  const { catalog, config, io, options, source } = around;
  const knowledge = knowledgeWith(options.asnDb);
  const importer = new MeasurementImporter({
    storage,
    knowledge,
    adoption: {
      findTarget: createTargetFinder(catalog),
      country: COUNTRY,
      blockpagesOf: knowledge.blockpagesOf,
      keepBodies: config.archive.keepBodies,
    },
    io,
    progress,
  });
  let entries: JournalEntry[] = [];
  const keep = keeper(importer, journal);
  for await (const file of source.fetch(work.left)) {
    const entry = await takeFile(importer, file, source.name);
    if (entry !== null) entries.push(entry);
    progress.done(file.object.bytes);
    const measurements = entries.reduce((sum, one) => sum + one.measurements, 0);
    if (measurements < JOURNAL_MEASUREMENTS_MAX && entries.length < JOURNAL_FILES_MAX) continue;
    await keep.begin(entries);
    entries = [];
  }
  await keep.begin(entries);
  await keep.end();
  return importer.counts;
}

/** Null where the file could not be had: the next run tries again. */
async function takeFile(
  importer: MeasurementImporter,
  { object, path, what, release }: FetchedFile,
  source: string,
): Promise<JournalEntry | null> {
  const { key, stamp } = object;
  if (path === null) {
    importer.skip({ file: key, line: 0, what });
    await release();
    return null;
  }
  const before = { ...importer.counts };
  const { fromMs, toMs } = await importer.take([path], () => key);
  await release();
  const measurements = importer.counts.read - before.read;
  const skipped = importer.counts.skipped - before.skipped;
  return { source, key, stamp, measurements, skipped, fromMs, toMs };
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
  { config, catalog, dataDir }: Around,
  storage: Storage,
  taken: Taken,
  progress: BackfillProgress,
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
  const { imported, repeated, skipped, incidents, associations } = result;
  if (options.json) {
    const answer = { ...result, incidents: incidents.map((incident) => incidentJson(incident)) };
    writeLine(io.stdout, JSON.stringify(answer));
    return;
  }
  writeLine(
    io.stdout,
    `${imported} measurements taken, ${repeated} were there already, ${skipped} files or lines could not be read.`,
  );
  writeLine(io.stdout, `${incidents.length} incidents in that time.`);
  for (const { sentence, outcome } of associations)
    if (outcome !== 'too_few_events') writeLine(io.stdout, sentence);
}
