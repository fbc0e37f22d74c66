/**
 * What a bundle has of the transparency log: the signed days that hold its records, and the way from each to its day's root. A
 * record that a vantage signed gets there by its chain; one of this machine's vantages by the hour of the archive it lies in.
 */
import { z } from 'zod';
import { segmentAt } from '../archive/segments.ts';
import type { Log } from '../log.ts';
import { hourName, recordHashes, recordLeaf } from '../transparency/archived-hours.ts';
import type { LogBook } from '../transparency/log-book.ts';
import { ChainLeaf, Day, Hash, HourLeaf, hashOfLeaf, SignedDay } from '../transparency/log.ts';
import { auditPath, rootOf } from '../transparency/merkle.ts';
import { chainName } from './proofs.ts';
import type { ChainId } from './proofs.ts';

/** A line of hashes below the bound on lines. */
const HOUR_RECORDS_MAX = 200_000;
const ENTRIES_MAX = 50_000;

const Place = {
  day: Day,
  index: z.int().nonnegative(),
  path: z.array(Hash).max(64),
};
export const LoggedChain = z.strictObject({ ...Place, leaf: ChainLeaf });
export type LoggedChain = z.output<typeof LoggedChain>;
const LoggedHour = z.strictObject({ ...Place, leaf: HourLeaf });
type LoggedHour = z.output<typeof LoggedHour>;

export const LogProofs = z.strictObject({
  /** One after the other, from the first that a proof needs to the last. */
  days: z.array(SignedDay).max(ENTRIES_MAX),
  chains: z.array(LoggedChain).max(ENTRIES_MAX),
  hours: z.array(LoggedHour).max(ENTRIES_MAX),
  /** Measurements and controls of the bundle that these lead to. */
  logged: z.int().nonnegative(),
});
export type LogProofs = z.output<typeof LogProofs>;

/** Hashes of an hour's records, in the order in which its tree has them. */
export const HourLine = z.strictObject({
  hour: z.string(),
  hashes: z.array(Hash).max(HOUR_RECORDS_MAX),
});
export type HourLine = z.output<typeof HourLine>;

interface Placed<Leaf> {
  readonly day: string;
  readonly index: number;
  readonly leaf: Leaf;
}

/** All leaves of the log, as far as it is closed, and the way from each to its root. */
export class LoggedLeaves {
  readonly #days: readonly SignedDay[];
  /** Hashes of a day's leaves. */
  readonly #hashes = new Map<string, readonly string[]>();
  /** By the chain's name, oldest first. */
  readonly #chains = new Map<string, Placed<ChainLeaf>[]>();
  readonly #hours = new Map<string, Placed<HourLeaf>[]>();

  private constructor(days: readonly SignedDay[]) {
    this.#days = days;
  }

  static async read(book: Pick<LogBook, 'days' | 'leavesOf'>): Promise<LoggedLeaves> {
    const found = new LoggedLeaves(book.days);
    for (const { day } of book.days) {
      const leaves = await book.leavesOf(day);
      found.#hashes.set(day, leaves.map(hashOfLeaf));
      for (const [index, leaf] of leaves.entries())
        if (leaf.kind === 'chain') listIn(found.#chains, chainName(leaf)).push({ day, index, leaf });
        else listIn(found.#hours, leaf.hour).push({ day, index, leaf });
    }
    return found;
  }

  /** The first that holds this batch; what is published first is hardest to have made up. */
  chainFrom(chain: ChainId, number: number): LoggedChain | null {
    return this.#withPath(this.#chains.get(chainName(chain))?.find(({ leaf }) => leaf.number >= number));
  }

  hourWith(hour: string, root: string): LoggedHour | null {
    return this.#withPath(this.#hours.get(hour)?.find(({ leaf }) => leaf.root === root));
  }

  /** From the first of these days to the last, without a gap. */
  daysAround(days: readonly string[]): SignedDay[] {
    const [first, last] = [days.toSorted().at(0), days.toSorted().at(-1)];
    if (first === undefined || last === undefined) return [];
    return this.#days.filter(({ day }) => day >= first && day <= last);
  }

  #withPath<Leaf>(placed: Placed<Leaf> | undefined): (Placed<Leaf> & { path: string[] }) | null {
    if (placed === undefined) return null;
    return { ...placed, path: auditPath(placed.index, this.#hashes.get(placed.day) ?? []) };
  }
}

function listIn<T>(lists: Map<string, T[]>, name: string): T[] {
  const known = lists.get(name) ?? [];
  lists.set(name, known);
  return known;
}

/**
 * The hours as the archive holds them now, where the log holds them so.
 * @param hours starts, UTC epoch milliseconds.
 */
export async function* loggedHours(
  leaves: LoggedLeaves,
  hours: readonly number[],
  { archiveDir, log }: { readonly archiveDir: string; readonly log: Log },
): AsyncGenerator<{ readonly startMs: number; readonly line: HourLine; readonly logged: LoggedHour }> {
  for (const startMs of hours) {
    const hashes: string[] = [];
    for await (const hash of recordHashes(segmentAt(archiveDir, startMs), log)) {
      hashes.push(hash);
      if (hashes.length > HOUR_RECORDS_MAX) break;
    }
    if (hashes.length > HOUR_RECORDS_MAX) continue;
    const logged = leaves.hourWith(hourName(startMs), rootOf(hashes.map(recordLeaf)));
    if (logged !== null) yield { startMs, line: { hour: logged.leaf.hour, hashes }, logged };
  }
}
