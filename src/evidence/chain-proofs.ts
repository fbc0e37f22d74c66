/** Takes proofs out of a collector's chains and its archive, with the hashes of a few hours in memory. */
import { OwnMeasurement } from '../../probes/measurement.ts';
import { readSegment } from '../archive/segment-read.ts';
import { HOUR_MS, segmentAt } from '../archive/segments.ts';
import { uuidv7TimeMs } from '../archive/uuidv7.ts';
import type { ChainLink } from '../collector/link-file.ts';
import { readHeader } from '../fleet/batch.ts';
import { hashOfRecord } from '../fleet/chain.ts';
import type { Log } from '../log.ts';
import type { Window } from '../store/store.ts';
import type { LoggedChain } from './log-proofs.ts';
import { headOf } from './proofs.ts';
import type { Proof } from './proofs.ts';

/** Batches go on where the last one ended: an hour is asked for again at most at its edges. */
const HOURS_KEPT_MAX = 3;

export interface VantageChain {
  readonly vantage: string;
  /** DER in base64. */
  readonly publicKey: string;
  /** The bundle in which it was carried by hand; absent: what the vantage sent. */
  readonly carried?: string;
  /** Oldest first; asked for twice. */
  readonly links: () => AsyncIterable<ChainLink>;
}

interface Archived {
  readonly hash: string;
  readonly isIncluded: boolean;
}

export interface ChainProofsOptions {
  readonly archiveDir: string;
  readonly window: Window;
  readonly isIncluded: (measurement: OwnMeasurement) => boolean;
  /** Where the transparency log holds this vantage's chain, the first time at this batch or later. */
  readonly loggedFrom: (chain: VantageChain, number: number) => LoggedChain | null;
  readonly log: Log;
}

export interface ChainProof {
  readonly proof: Proof;
  /** Records of the bundle that the batch proves. */
  readonly proven: number;
}

export class ChainProofs {
  readonly #options: ChainProofsOptions;
  readonly #hours = new Map<number, ReadonlyMap<string, Archived>>();
  /** Ids of the bundle's records that a batch proved: what was carried and sent is counted once. */
  readonly #proven = new Set<string>();

  constructor(options: ChainProofsOptions) {
    this.#options = options;
  }

  /**
   * From the first batch that may hold a record of the window to the last, and on to the one that the transparency log names: so
   * that signed headers lead from each record to the published root. Returns what the log names.
   */
  async *of(chain: VantageChain): AsyncGenerator<ChainProof, LoggedChain | null> {
    const range = await this.#range(chain);
    if (range === null) return null;
    const logged = this.#options.loggedFrom(chain, range.last);
    const last = logged?.leaf.number ?? range.last;
    for await (const link of chain.links()) {
      const { number } = readHeader(link.header);
      if (number > last) break;
      if (number > range.last) yield headerAlone(link);
      else if (number >= range.first) yield await this.#proofOf(link);
    }
    return logged;
  }

  async #range({ links }: VantageChain): Promise<{ first: number; last: number } | null> {
    const numbers: number[] = [];
    for await (const link of links())
      if (link.ids.some((id) => this.#isNear(id))) numbers.splice(1, 1, readHeader(link.header).number);
    const [first, last = first] = numbers;
    return first === undefined || last === undefined ? null : { first, last };
  }

  /** An id is as old as the vantage's clock says; a corrected start may be an hour off. */
  #isNear(id: string): boolean {
    const atMs = uuidv7TimeMs(id);
    const { fromMs, toMs } = this.#options.window;
    return atMs !== null && atMs >= fromMs - HOUR_MS && atMs < toMs + HOUR_MS;
  }

  async #proofOf(link: ChainLink): Promise<ChainProof> {
    const { header, signature, ids } = link;
    const records: (Archived & { readonly id: string })[] = [];
    for (const id of ids) {
      const record = await this.#record(id);
      if (record !== null) records.push({ ...record, id });
    }
    const fresh = records.filter(({ id, isIncluded }) => isIncluded && !this.#proven.has(id));
    const proven = fresh.length;
    const hashes = records.map(({ hash }) => hash);
    const { prev, head } = readHeader(header);
    // A record whose body was dropped for want of disk has another hash: its batch proves nothing any more.
    const isWhole = proven > 0 && hashes.length === ids.length && headOf(prev, hashes) === head;
    if (isWhole) for (const { id } of fresh) this.#proven.add(id);
    return isWhole ? { proof: { header, signature, hashes }, proven } : headerAlone(link);
  }

  async #record(id: string): Promise<Archived | null> {
    const atMs = uuidv7TimeMs(id);
    if (atMs === null) return null;
    const hour = Math.floor(atMs / HOUR_MS);
    const known = this.#hours.get(hour) ?? (await this.#read(atMs));
    this.#hours.set(hour, known);
    for (const oldest of this.#hours.keys()) {
      if (this.#hours.size <= HOURS_KEPT_MAX) break;
      this.#hours.delete(oldest);
    }
    return known.get(id) ?? null;
  }

  async #read(atMs: number): Promise<ReadonlyMap<string, Archived>> {
    const { archiveDir, log, isIncluded } = this.#options;
    const records = new Map<string, Archived>();
    for await (const { id, text } of readSegment(segmentAt(archiveDir, atMs), log)) {
      const read = OwnMeasurement.safeParse(JSON.parse(text));
      if (read.success) records.set(id, { hash: hashOfRecord(read.data), isIncluded: isIncluded(read.data) });
    }
    return records;
  }
}

function headerAlone({ header, signature }: ChainLink): ChainProof {
  return { proof: { header, signature, hashes: null }, proven: 0 };
}
