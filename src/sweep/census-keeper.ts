/**
 * Which blocks are watched. Blocks of each operator and place are looked at in an order by chance until enough can be judged, a
 * bounded number of addresses each round; what was found is kept on disk and looked at again after a month.
 */
import { canBeJudged, learnt } from '../../probes/sweep/census.ts';
import type { BlockRecord } from '../../probes/sweep/census.ts';
import type { Block, PrefixSet } from '../../probes/prefix.ts';
import type { BlockResult, WatchedBlock } from '../../probes/sweep/round.ts';
import { shuffled } from '../../probes/sweep/shuffled.ts';
import { takeCensus } from '../../probes/sweep/take-census.ts';
import type { SweepProber } from '../../probes/sweep-prober.ts';
import type { CensusFile } from './census-file.ts';

const DAY_MS = 86_400_000;
/** People move, and so do the addresses that answer. */
const KEPT_MS = 30 * DAY_MS;
/** Nobody may have answered because the operator was cut just then. */
const EMPTY_KEPT_MS = 7 * DAY_MS;
/** Blocks looked at for each that is wanted: where one in eight cannot be judged, the operator lets nobody in. */
const LOOKED_AT_PER_WANTED = 8;

export interface CensusKeeperOptions {
  readonly prefixes: PrefixSet;
  readonly file: CensusFile;
  readonly prober: SweepProber;
  /** Of each operator and place. */
  readonly blocksWanted: number;
  readonly nowMs: () => number;
  readonly random: () => number;
}

export interface CensusKeeper {
  /** Looks at blocks until about so many addresses were asked. False where our own trouble or a stop ended it. */
  extend(addresses: number, signal: AbortSignal): Promise<boolean>;
  watched(): readonly WatchedBlock[];
  /** Takes in what a round found, and keeps all of it on disk. */
  take(results: readonly BlockResult[]): Promise<void>;
  /** Addresses asked by `extend` so far. */
  readonly asked: number;
}

/** @throws what the file system throws. Lines of the file that may not be asked are passed over; `onRefused` is told how many. */
export async function openCensus(
  options: CensusKeeperOptions,
  onRefused: (lines: number) => void,
): Promise<CensusKeeper> {
  const { records, refused } = await options.file.read();
  if (refused > 0) onRefused(refused);
  return new Keeper(options, records);
}

class Keeper implements CensusKeeper {
  readonly #options: CensusKeeperOptions;
  readonly #records: Map<string, BlockRecord>;
  readonly #beliefs = new Map<string, number>();
  readonly #groups: readonly (readonly Block[])[];
  asked = 0;

  constructor(options: CensusKeeperOptions, records: ReadonlyMap<string, BlockRecord>) {
    this.#options = options;
    this.#records = new Map(records);
    const groups = new Map<string, Block[]>();
    for (const block of options.prefixes.blocks()) {
      const key = `${block.operator} ${block.place}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [block]);
      else group.push(block);
    }
    this.#groups = [...groups.values()].map((blocks) => shuffled(blocks, options.random));
  }

  async extend(addresses: number, signal: AbortSignal): Promise<boolean> {
    const isWhole = await this.#extend(this.asked + addresses, signal);
    await this.#options.file.write(this.#records.values());
    return isWhole;
  }

  async #extend(untilAsked: number, signal: AbortSignal): Promise<boolean> {
    for (let isOpen = true; isOpen;) {
      isOpen = false;
      // One block of each in turn, so that the largest operator does not keep the others waiting.
      for (const group of this.#groups) {
        if (this.asked >= untilAsked) return true;
        const block = this.#nextOf(group);
        if (block === undefined) continue;
        isOpen = true;
        if (!(await this.#lookAt(block, signal))) return false;
      }
    }
    return true;
  }

  watched(): readonly WatchedBlock[] {
    return this.#groups.flatMap((group) => this.#watchedOf(group));
  }

  async take(results: readonly BlockResult[]): Promise<void> {
    for (const { id, state, belief, asked, answered } of results) {
      this.#beliefs.set(id, belief);
      const record = this.#records.get(id);
      if (record !== undefined && state === 'up') this.#records.set(id, learnt(record, asked, answered));
    }
    await this.#options.file.write(this.#records.values());
  }

  #watchedOf(group: readonly Block[]): WatchedBlock[] {
    const found: WatchedBlock[] = [];
    for (const block of group) {
      const record = this.#records.get(block.id);
      if (record === undefined || !canBeJudged(record)) continue;
      const belief = this.#beliefs.get(block.id);
      found.push(belief === undefined ? { ...block, record } : { ...block, record, belief });
      if (found.length === this.#options.blocksWanted) break;
    }
    return found;
  }

  /** The next block to look at; undefined where enough are watched or too many were looked at in vain. */
  #nextOf(group: readonly Block[]): Block | undefined {
    const { blocksWanted } = this.#options;
    const fresh = group.flatMap(({ id }) => this.#freshRecord(id) ?? []);
    if (fresh.filter(canBeJudged).length >= blocksWanted) return undefined;
    if (fresh.length >= blocksWanted * LOOKED_AT_PER_WANTED) return undefined;
    return group.find(({ id }) => this.#freshRecord(id) === null);
  }

  #freshRecord(id: string): BlockRecord | null {
    const record = this.#records.get(id);
    if (record === undefined) return null;
    const keptMs = canBeJudged(record) ? KEPT_MS : EMPTY_KEPT_MS;
    return this.#options.nowMs() - record.atMs < keptMs ? record : null;
  }

  async #lookAt(block: Block, signal: AbortSignal): Promise<boolean> {
    const { prefixes, prober, nowMs, random } = this.#options;
    const { record, asked } = await takeCensus({
      block: block.id,
      allows: (address) => prefixes.allows(address),
      prober,
      nowMs,
      random,
      signal,
    });
    this.asked += asked;
    if (record === null) return false;
    const before = this.#records.get(block.id);
    // A block that is cut just now must not be forgotten for that: it keeps what was known of it.
    if (record.active.length === 0 && before !== undefined && canBeJudged(before))
      this.#records.set(block.id, { ...before, atMs: record.atMs });
    else this.#records.set(block.id, record);
    return true;
  }
}
