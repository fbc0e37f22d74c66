/**
 * `aiqyn import ooni`: measurements of OONI's probe, or exports of our own, into the data directory: archive, verdict, store, as
 * ingest does it with those of a vantage. One batch is in memory at a time; importing a file again changes nothing.
 */
import { stat } from 'node:fs/promises';
import { systemClock } from '../../../probes/net/clock.ts';
import { knowledgeWith } from '../../config/asn-table.ts';
import { loadCatalog } from '../../config/catalog-files.ts';
import { loadConfig } from '../../config/config.ts';
import { ConfigError } from '../../errors.ts';
import type { AdoptOptions } from '../../sources/ooni/adopt.ts';
import { createTargetFinder } from '../../sources/ooni/target.ts';
import { detectPast } from '../past.ts';
import { EXIT, writeLine } from '../io.ts';
import type { Io } from '../io.ts';
import { createLogger } from '../logger.ts';
import { createImportProgress } from '../import-progress.ts';
import { MeasurementImporter } from '../measurement-importer.ts';
import type { ImportCounts } from '../measurement-importer.ts';
import { openStorage } from '../storage.ts';

export interface ImportOoniOptions {
  readonly config?: string;
  readonly dataDir?: string;
  /** ISO 3166-1 code; absent takes every country. */
  readonly country?: string;
  readonly asnDb?: string;
  readonly keepBodies: boolean;
  readonly json: boolean;
}

/** Exit code 0 when everything was taken or left out by rule, 3 when a line could not be read, 1 when nothing could. */
export async function importOoniCommand(
  paths: readonly string[],
  options: ImportOoniOptions,
  io: Io,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  await requireThere(paths);
  const catalog = loadCatalog();
  const config = loadConfig(options.config ?? null, env, catalog);
  const knowledge = knowledgeWith(options.asnDb);
  const log = createLogger('warn', false);
  const storage = await openStorage({
    dataDir: options.dataDir ?? config.dataDir,
    store: config.store,
    archiveMegabytes: config.archive.budgetMegabytes,
    clock: systemClock(),
    log,
  });
  const progress = createImportProgress(io.stderr, paths, systemClock());
  try {
    const adoption: AdoptOptions = {
      findTarget: createTargetFinder(catalog),
      country: options.country?.toUpperCase() ?? null,
      blockpagesOf: knowledge.blockpagesOf,
      keepBodies: options.keepBodies || config.archive.keepBodies,
    };
    const importer = new MeasurementImporter({ storage, knowledge, adoption, io, progress });
    const taken = await importer.take(paths);
    await importer.store();
    const { counts } = importer;
    progress.stop();
    const incidents = await detectPast({ storage, config, taken, nowMs: systemClock().nowMs() });
    tell({ ...counts, incidents: incidents.length }, options, io);
    if (counts.read === 0) return EXIT.failed;
    return counts.skipped > 0 ? EXIT.missing : EXIT.done;
  } finally {
    progress.stop();
    await storage.close();
  }
}

async function requireThere(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await stat(path).catch((cause: unknown) => {
      throw new ConfigError(path, 'there is no such file or folder', { cause });
    });
  }
}

type Told = Readonly<ImportCounts> & { readonly incidents: number };

function tell(counts: Told, { json, country }: ImportOoniOptions, io: Io): void {
  if (json) {
    writeLine(io.stdout, JSON.stringify(counts));
    return;
  }
  const { other_country: elsewhere, unknown_test: unknown } = counts.leftOut;
  writeLine(
    io.stdout,
    `${counts.imported} measurements imported, ${counts.repeated} were there already, ${counts.skipped} could not be read.`,
  );
  if (counts.incidents > 0)
    writeLine(io.stdout, `${counts.incidents} incidents in the time they were measured.`);
  if (elsewhere > 0)
    writeLine(
      io.stdout,
      `${elsewhere} left out: not measured in ${country ?? ''} (without --country all are taken).`,
    );
  if (unknown > 0) writeLine(io.stdout, `${unknown} left out: of tests that Aiqyn has no probe for.`);
}
