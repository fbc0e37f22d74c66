/**
 * What came by hand: batches out of bundles, beside the chains of what is sent.
 *
 *   fleet/carried/<key id>.jsonl    its batches: signed headers, each bundle's in order
 */
import { join } from 'node:path';
import { makeFolder } from '../disk.ts';
import { readHeader } from '../fleet/batch.ts';
import type { BatchHeader } from '../fleet/batch.ts';
import { appendLink, eachLink, lastLink } from './link-file.ts';
import type { ChainLink } from './link-file.ts';

/** Of one key. */
interface Known {
  /** Number of the last batch of each bundle that is here. */
  readonly bundles: Map<string, number>;
  /** Of each spool the last sequence up to which everything that it still had is here. */
  readonly spools: Map<string, number>;
}

/** Opens or creates `<dataDir>/fleet/carried`. One process appends: the caller holds the data directory's lock. */
export async function openCarriedBook(dataDir: string): Promise<CarriedBook> {
  const dir = join(dataDir, 'fleet', 'carried');
  await makeFolder(dir, 0o700);
  return new CarriedBook(dir);
}

export class CarriedBook {
  readonly #dir: string;
  readonly #known = new Map<string, Promise<Known>>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Whether this batch of this bundle is here. */
  async has({ key, carried = '', number }: BatchHeader): Promise<boolean> {
    return number <= ((await this.#of(key)).bundles.get(carried) ?? 0);
  }

  /** Sequence up to which nothing of the spool need be sent any more; 0 where nothing of it was carried. */
  async lastOf(key: string, spool: string): Promise<number> {
    return (await this.#of(key)).spools.get(spool) ?? 0;
  }

  /** Durable when it resolves. The batches of a bundle come in their order. */
  async add(key: string, link: ChainLink): Promise<void> {
    const known = await this.#of(key);
    try {
      await appendLink(this.#path(key), link);
    } catch (error) {
      this.#known.delete(key);
      throw error;
    }
    note(known, link);
  }

  /** Of a key, in the order in which they came; for readers beside a running collector. */
  async bundles(key: string): Promise<readonly string[]> {
    const found = new Set<string>();
    for await (const { header } of eachLink(this.#path(key))) found.add(readHeader(header).carried ?? '');
    return [...found];
  }

  /** Where each bundle of a key ends, ascending by its name; for readers beside a running collector. */
  async heads(key: string): Promise<(BatchHeader & { readonly carried: string })[]> {
    const last = new Map<string, BatchHeader & { readonly carried: string }>();
    for await (const link of eachLink(this.#path(key))) {
      const { carried = '', ...header } = readHeader(link.header);
      last.set(carried, { ...header, carried });
    }
    return [...last.values()].sort((one, other) => (one.carried < other.carried ? -1 : 1));
  }

  /** A bundle's batches of a key, in their order. */
  async *eachLink(key: string, bundle: string): AsyncGenerator<ChainLink> {
    for await (const link of eachLink(this.#path(key)))
      if (readHeader(link.header).carried === bundle) yield link;
  }

  /** Read once, however many ask at once. */
  async #of(key: string): Promise<Known> {
    const held = this.#known.get(key) ?? this.#read(key);
    this.#known.set(key, held);
    try {
      return await held;
    } catch (error) {
      this.#known.delete(key);
      throw error;
    }
  }

  async #read(key: string): Promise<Known> {
    const known: Known = { bundles: new Map(), spools: new Map() };
    await lastLink(this.#path(key), 'r+');
    for await (const link of eachLink(this.#path(key))) note(known, link);
    return known;
  }

  #path(key: string): string {
    return join(this.#dir, `${key}.jsonl`);
  }
}

function note({ bundles, spools }: Known, link: ChainLink): void {
  const { carried = '', number, spool, last } = readHeader(link.header);
  bundles.set(carried, Math.max(number, bundles.get(carried) ?? 0));
  spools.set(spool, Math.max(last, spools.get(spool) ?? 0));
}
