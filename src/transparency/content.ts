/** What a day's leaves are made of: the heads of all vantages' chains, and the hours of what was measured on this machine. */
import type { CarriedBook } from '../collector/carried-book.ts';
import type { FleetBook } from '../collector/fleet-book.ts';
import type { ArchivedHours } from './archived-hours.ts';
import type { DayContent } from './keeper.ts';
import type { LogBook } from './log-book.ts';
import type { LogLeaf } from './log.ts';

export interface ContentSources {
  /** Null: no vantage sends from elsewhere. */
  readonly chains: Pick<FleetBook, 'enrolled' | 'newest'> | null;
  /** What came by hand; null where nothing can. */
  readonly carried: Pick<CarriedBook, 'heads'> | null;
  /** Null: nothing is measured here. */
  readonly hours: ArchivedHours | null;
  readonly book: Pick<LogBook, 'days' | 'leavesOf'>;
}

/** Every chain that has a batch, by key, however long it was silent. */
async function chainLeaves({ chains, carried }: ContentSources): Promise<LogLeaf[]> {
  if (chains === null) return [];
  const leaves: LogLeaf[] = [];
  for (const key of [...(await chains.enrolled()).keys()].sort()) {
    const position = await chains.newest(key);
    if (position !== null) leaves.push({ kind: 'chain', key, number: position.number, head: position.head });
    for (const { carried: bundle, number, head } of (await carried?.heads(key)) ?? [])
      leaves.push({ kind: 'chain', key, carried: bundle, number, head });
  }
  return leaves;
}

/** By hour, the root that was published last. */
async function publishedHours({
  days,
  leavesOf,
}: Pick<LogBook, 'days' | 'leavesOf'>): Promise<Map<string, string>> {
  const roots = new Map<string, string>();
  for (const { day } of days)
    for (const leaf of await leavesOf(day)) if (leaf.kind === 'hour') roots.set(leaf.hour, leaf.root);
  return roots;
}

/** The leaves of a day that ends at `toMs`, chains first. */
export async function contentOf(sources: ContentSources, toMs: number): Promise<DayContent> {
  const { hours, book } = sources;
  const heads = await chainLeaves(sources);
  if (hours === null) return { leaves: heads, published: async () => Promise.resolve() };
  const published = await publishedHours({ days: book.days, leavesOf: async (day) => book.leavesOf(day) });
  const { leaves, remember } = await hours.changed(toMs, published);
  return { leaves: [...heads, ...leaves], published: remember };
}
