/** Takes the files of a backfill in, one after another; each is noted as done once what it holds is durable. */
import type { Catalog } from '../../probes/catalog.ts';
import { knowledgeWith } from '../config/asn-table.ts';
import type { Config } from '../config/config.ts';
import { EnvironmentError } from '../errors.ts';
import type { ListedObject } from '../sources/ooni/archive-listing.ts';
import type { BackfillJournal, JournalEntry } from '../sources/ooni/backfill-journal.ts';
import { createTargetFinder } from '../sources/ooni/target.ts';
import type { ArchiveSource, FetchedFile } from './archive-source.ts';
import { keeper } from './backfill-keeping.ts';
import type { BackfillProgress } from './backfill-progress.ts';
import type { Io } from './io.ts';
import { MeasurementImporter } from './measurement-importer.ts';
import type { ImportCounts } from './measurement-importer.ts';
import type { Storage } from './storage.ts';

/** Files that may be read again after a kill: small ones share a write of the store. */
const JOURNAL_FILES_MAX = 100;
const JOURNAL_MEASUREMENTS_MAX = 500;
/** An archive of which so many files in a row could not be had is away; each of them has had all its tries. */
const FAILED_IN_A_ROW_MAX = 10;

export interface TakingParts {
  readonly catalog: Catalog;
  readonly config: Pick<Config, 'archive'>;
  /** ISO 3166-1, e.g. `KZ`. */
  readonly country: string;
  /** A table of networks, as a path; absent: only what the files tell. */
  readonly asnDb?: string;
  readonly source: ArchiveSource;
  readonly storage: Pick<Storage, 'archive' | 'store'>;
  readonly journal: BackfillJournal;
  readonly io: Io;
  readonly progress: BackfillProgress;
  /** Ends the taking in the middle of a file, which is then not noted. */
  readonly signal: AbortSignal;
}

/**
 * Resolves when all that was read is durable and noted; also when `signal` ended it early.
 * @throws EnvironmentError where archive or store refuse, or the source is away; what was taken before is kept.
 */
export async function takeAll(
  parts: TakingParts,
  objects: readonly ListedObject[],
): Promise<Readonly<ImportCounts>> {
  const { source, journal, progress, signal } = parts;
  const importer = importerOf(parts);
  const keep = keeper(importer, journal);
  let entries: JournalEntry[] = [];
  let failedInARow = 0;
  for await (const file of source.fetch(objects)) {
    if (signal.aborted) break;
    const entry = await takeFile(importer, file, parts);
    if (entry !== null) entries.push(entry);
    progress.done(file.object.bytes);
    failedInARow = file.path === null ? failedInARow + 1 : 0;
    if (failedInARow >= FAILED_IN_A_ROW_MAX) break;
    const measurements = entries.reduce((sum, one) => sum + one.measurements, 0);
    if (measurements < JOURNAL_MEASUREMENTS_MAX && entries.length < JOURNAL_FILES_MAX) continue;
    await keep.begin(entries);
    entries = [];
  }
  await keep.begin(entries);
  await keep.end();
  if (failedInARow >= FAILED_IN_A_ROW_MAX)
    throw new EnvironmentError(
      'OONI_ARCHIVE',
      `${source.name} gave none of the last ${failedInARow} files. What was taken so far stays; run the same command again later.`,
    );
  return importer.counts;
}

function importerOf(parts: TakingParts): MeasurementImporter {
  const { catalog, config, country, asnDb, storage, io, progress, signal } = parts;
  const knowledge = knowledgeWith(asnDb);
  return new MeasurementImporter({
    storage,
    knowledge,
    adoption: {
      findTarget: createTargetFinder(catalog),
      country,
      blockpagesOf: knowledge.blockpagesOf,
      keepBodies: config.archive.keepBodies,
    },
    io,
    progress,
    signal,
  });
}

/** Null where the file could not be had, or not to its end: the next run tries again. */
async function takeFile(
  importer: MeasurementImporter,
  { object, path, what, release }: FetchedFile,
  { source, signal }: TakingParts,
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
  if (signal.aborted) return null;
  const measurements = importer.counts.read - before.read;
  const skipped = importer.counts.skipped - before.skipped;
  return { source: source.name, key, stamp, measurements, skipped, fromMs, toMs };
}
