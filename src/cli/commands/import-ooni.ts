/**
 * `aiqyn import ooni`: measurements of OONI's probe, or exports of our own, into the data directory: archive, verdict, store, as
 * ingest does it with those of a vantage. One batch is in memory at a time; importing a file again changes nothing.
 */
import { stat } from 'node:fs/promises';
import { systemClock } from '../../../probes/net/clock.ts';
import { RingsTestKeys } from '../../../probes/measurement.ts';
import type { OwnMeasurement } from '../../../probes/measurement.ts';
import type { Heartbeat } from '../../analysis/detect/point.ts';
import { connectivityOf } from '../../analysis/verdict/connectivity.ts';
import { judge } from '../../analysis/verdict/judge.ts';
import { toPoint } from '../../analysis/verdict/point.ts';
import type { Knowledge } from '../../analysis/verdict/verdict.ts';
import { knowledgeWith } from '../../config/asn-table.ts';
import { loadCatalog } from '../../config/catalog-files.ts';
import { loadConfig } from '../../config/config.ts';
import { ConfigError } from '../../errors.ts';
import { adopt } from '../../sources/ooni/adopt.ts';
import type { AdoptOptions, LeftOut } from '../../sources/ooni/adopt.ts';
import { readMeasurementFiles } from '../../sources/ooni/read.ts';
import type { Problem, ReadMeasurement } from '../../sources/ooni/read.ts';
import { createTargetFinder } from '../../sources/ooni/target.ts';
import { EXIT, printable, writeLine } from '../io.ts';
import type { Io } from '../io.ts';
import { createLogger } from '../logger.ts';
import { createImportProgress } from '../import-progress.ts';
import type { ImportProgress } from '../import-progress.ts';
import { openStorage } from '../storage.ts';
import type { Storage } from '../storage.ts';

/** Archive and store are told of so many at once: durable each time, and never more in memory. */
const BATCH = 500;
/** Problems that are listed one by one; further ones are counted. */
const PROBLEMS_LISTED_MAX = 100;

export interface ImportOoniOptions {
  readonly config?: string;
  readonly dataDir?: string;
  /** ISO 3166-1 code; absent takes every country. */
  readonly country?: string;
  readonly asnDb?: string;
  readonly keepBodies: boolean;
  readonly json: boolean;
}

interface Counts {
  read: number;
  imported: number;
  repeated: number;
  skipped: number;
  readonly leftOut: Record<LeftOut, number>;
  readonly problems: string[];
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
    const counts = await new Importer({ storage, knowledge, adoption, io, progress }).run(paths);
    progress.stop();
    tell(counts, options, io);
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

interface ImporterParts {
  readonly storage: Storage;
  readonly knowledge: Knowledge;
  readonly adoption: AdoptOptions;
  readonly io: Io;
  readonly progress: ImportProgress;
}

class Importer {
  readonly #parts: ImporterParts;
  readonly #counts: Counts = {
    read: 0,
    imported: 0,
    repeated: 0,
    skipped: 0,
    leftOut: { other_country: 0, unknown_test: 0 },
    problems: [],
  };
  #batch: OwnMeasurement[] = [];

  constructor(parts: ImporterParts) {
    this.#parts = parts;
  }

  async run(paths: readonly string[]): Promise<Counts> {
    const skip = (problem: Problem): void => {
      this.#skip(problem);
    };
    for await (const read of readMeasurementFiles(paths, skip)) {
      this.#counts.read += 1;
      this.#take(read);
      if (this.#batch.length >= BATCH) await this.#store();
    }
    await this.#store();
    return this.#counts;
  }

  #skip({ file, line, what }: Problem): void {
    const { io, progress } = this.#parts;
    this.#counts.skipped += 1;
    if (this.#counts.skipped > PROBLEMS_LISTED_MAX) return;
    const sentence = printable(`${line > 0 ? `${file}:${line}` : file}: skipped: ${what}`);
    this.#counts.problems.push(sentence);
    progress.clear();
    writeLine(io.stderr, sentence);
  }

  #take({ file, line, measurement }: ReadMeasurement): void {
    const adopted = adopt(measurement, this.#parts.adoption);
    if (adopted.kind === 'ours') this.#batch.push(adopted.measurement);
    else if (adopted.kind === 'left_out') this.#counts.leftOut[adopted.why] += 1;
    else this.#skip({ file, line, what: adopted.what });
  }

  async #store(): Promise<void> {
    const { storage, knowledge, progress } = this.#parts;
    const batch = this.#batch;
    this.#batch = [];
    progress.show(this.#counts.read);
    if (batch.length === 0) return;
    const { added } = await storage.archive.append(batch);
    this.#counts.imported += added.length;
    this.#counts.repeated += batch.length - added.length;
    const points = batch
      .filter((measurement) => measurement.x_aiqyn_target.probe !== 'rings')
      .map((measurement) => toPoint(measurement, judge(measurement, knowledge)));
    if (points.length > 0) await storage.store.writePoints(points);
    const heartbeats = batch.flatMap((measurement) => heartbeatOf(measurement) ?? []);
    if (heartbeats.length > 0) await storage.store.writeHeartbeats(heartbeats);
  }
}

/** The rings of our own exports say how far their vantage got; of the rest nothing is known. */
function heartbeatOf(measurement: OwnMeasurement): Heartbeat | null {
  if (measurement.x_aiqyn_target.probe !== 'rings' || measurement.x_aiqyn_abort !== undefined) return null;
  const keys = RingsTestKeys.safeParse(measurement.test_keys);
  const connectivity = keys.success ? connectivityOf(keys.data.x_aiqyn_ring_checks) : null;
  if (connectivity === null) return null;
  const { id: vantage, operator, place, access } = measurement.x_aiqyn_vantage;
  const atMs = measurement.x_aiqyn_started_at_ms;
  return {
    vantage,
    operator,
    place,
    access,
    atMs,
    connectivity,
    receivedAtMs: atMs,
    spoolDepth: 0,
    clockOffsetMs: 0,
  };
}

function tell(counts: Counts, { json, country }: ImportOoniOptions, io: Io): void {
  if (json) {
    writeLine(io.stdout, JSON.stringify(counts));
    return;
  }
  const { other_country: elsewhere, unknown_test: unknown } = counts.leftOut;
  writeLine(
    io.stdout,
    `${counts.imported} measurements imported, ${counts.repeated} were there already, ${counts.skipped} could not be read.`,
  );
  if (elsewhere > 0)
    writeLine(
      io.stdout,
      `${elsewhere} left out: not measured in ${country ?? ''} (without --country all are taken).`,
    );
  if (unknown > 0) writeLine(io.stdout, `${unknown} left out: of tests that Aiqyn has no probe for.`);
}
