/**
 * Takes measurements into archive, verdict and store as ingest does it with those of a vantage: what `import ooni` and
 * `backfill ooni` share. One batch is in memory at a time; taking a measurement again changes nothing.
 */
import { RingsTestKeys } from '../../probes/measurement.ts';
import type { OwnMeasurement } from '../../probes/measurement.ts';
import type { Heartbeat } from '../analysis/detect/point.ts';
import { connectivityOf } from '../analysis/verdict/connectivity.ts';
import { judge } from '../analysis/verdict/judge.ts';
import { toPoint } from '../analysis/verdict/point.ts';
import type { Knowledge } from '../analysis/verdict/verdict.ts';
import { adopt } from '../sources/ooni/adopt.ts';
import type { AdoptOptions, LeftOut } from '../sources/ooni/adopt.ts';
import { readMeasurementFiles } from '../sources/ooni/read.ts';
import type { Problem, ReadMeasurement } from '../sources/ooni/read.ts';
import { printable, writeLine } from './io.ts';
import type { Io } from './io.ts';
import type { Storage } from './storage.ts';

/** Archive and store are told of so many at once: durable each time, and never more than two of them in memory. */
const BATCH = 500;
/** Problems that are listed one by one; further ones are counted. */
const PROBLEMS_LISTED_MAX = 100;

export interface ImportCounts {
  read: number;
  imported: number;
  repeated: number;
  skipped: number;
  readonly leftOut: Record<LeftOut, number>;
  readonly problems: string[];
}

/** First and last start of what was taken, UTC epoch milliseconds; null before the first. */
export interface Taken {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

export interface ImporterParts {
  readonly storage: Pick<Storage, 'archive' | 'store'>;
  readonly knowledge: Knowledge;
  readonly adoption: AdoptOptions;
  readonly io: Io;
  readonly progress: { show(read: number): void; clear(): void };
  /** Ends the reading in the middle of a file; what was read so far waits for `store` as ever. */
  readonly signal?: AbortSignal;
}

export class MeasurementImporter {
  readonly #parts: ImporterParts;
  readonly #counts: ImportCounts = {
    read: 0,
    imported: 0,
    repeated: 0,
    skipped: 0,
    leftOut: { other_country: 0, unknown_test: 0 },
    problems: [],
  };
  #batch: OwnMeasurement[] = [];
  /** What was handed on is written in order, while the next batch is read. */
  #written: Promise<void> = Promise.resolve();
  /** The batch before the one that is being read. */
  #ahead: Promise<void> = Promise.resolve();
  #fromMs = Infinity;
  #toMs = -Infinity;

  constructor(parts: ImporterParts) {
    this.#parts = parts;
  }

  get counts(): Readonly<ImportCounts> {
    return this.#counts;
  }

  /** Reads the paths; the last of it waits for `store`. `shownAs` names a file in problems. */
  async take(paths: readonly string[], shownAs: (file: string) => string = (file) => file): Promise<Taken> {
    [this.#fromMs, this.#toMs] = [Infinity, -Infinity];
    const skip = (problem: Problem): void => {
      this.skip({ ...problem, file: shownAs(problem.file) });
    };
    for await (const read of readMeasurementFiles(paths, skip)) {
      this.#counts.read += 1;
      this.#take({ ...read, file: shownAs(read.file) });
      if (this.#batch.length >= BATCH) await this.#handOn();
      if (this.#parts.signal?.aborted === true) break;
    }
    const isSome = this.#fromMs <= this.#toMs;
    return { fromMs: isSome ? this.#fromMs : null, toMs: isSome ? this.#toMs : null };
  }

  /** Names a problem and counts it. */
  skip({ file, line, what }: Problem): void {
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
    if (adopted.kind === 'ours') this.#push(adopted.measurement);
    else if (adopted.kind === 'left_out') this.#counts.leftOut[adopted.why] += 1;
    else this.skip({ file, line, what: adopted.what });
  }

  #push(measurement: OwnMeasurement): void {
    this.#batch.push(measurement);
    this.#fromMs = Math.min(this.#fromMs, measurement.x_aiqyn_started_at_ms);
    this.#toMs = Math.max(this.#toMs, measurement.x_aiqyn_started_at_ms);
  }

  /** Resolves when all that was taken is durable in archive and store. */
  async store(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#parts.progress.show(this.#counts.read);
    // A batch that failed fails all that come after it: none of them is told to be durable.
    this.#written = this.#written.then(async () => this.#write(batch));
    return this.#written;
  }

  /** One batch is written while the next is read, and no more. */
  async #handOn(): Promise<void> {
    await this.#ahead;
    this.#ahead = this.store();
    // Thrown where it is waited for: at the next batch, or by `store`.
    this.#ahead.catch(() => undefined);
  }

  async #write(batch: readonly OwnMeasurement[]): Promise<void> {
    const { storage, knowledge } = this.#parts;
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
  if (measurement.x_aiqyn_other_network !== undefined) return null;
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
