/**
 * What vantages signed (src/fleet): each batch's header names the head of a chain over all its records. A proof is the header, its
 * signature and the hashes of the batch's records, so that whoever has one record sees that it is there, unchanged and in its place,
 * without having the others. Batches between those of the incident stand with their headers alone: none can be left out.
 */
import { z } from 'zod';
import { isBatchSigned, readHeader } from '../fleet/batch.ts';
import type { BatchHeader } from '../fleet/batch.ts';
import { nextHead } from '../fleet/chain.ts';
import { BundleRefusal } from './refusal.ts';

const Hash = z.string().regex(/^[0-9a-f]{64}$/);

export const Proof = z.strictObject({
  header: z.string(),
  signature: z.string(),
  /** Of its records, in their order; null where no record of it is in the bundle, or the archive lacks one. */
  hashes: z.array(Hash).nullable(),
});
export type Proof = z.output<typeof Proof>;

export const VantageKeys = z.array(
  z.strictObject({
    vantage: z.string(),
    /** DER in base64, of each key that it had. None: it measured on the installation's own machine. */
    publicKeys: z.array(z.string()),
    measurements: z.int().nonnegative(),
    /** Of these: those that a signed batch holds. */
    proven: z.int().nonnegative(),
  }),
);
export type VantageKeys = z.output<typeof VantageKeys>;

export function headOf(prev: string, hashes: readonly string[]): string {
  return hashes.reduce(nextHead, prev);
}

/** Follows chains from proof to proof, and remembers every hash that a signature stands for. */
export class ChainCheck {
  readonly #keys: ReadonlyMap<string, { readonly vantage: string; readonly publicKey: string }>;
  /** By key and, of what was carried by hand, file. */
  readonly #last = new Map<string, BatchHeader>();
  /** By `<vantage> <hash>` the chain that holds it. */
  readonly #proven = new Map<string, string>();

  constructor(keys: ReadonlyMap<string, { readonly vantage: string; readonly publicKey: string }>) {
    this.#keys = keys;
  }

  /** @throws BundleRefusal */
  add({ header: text, signature, hashes }: Proof): void {
    const header = headerOf(text);
    const where = `batch ${header.number} of ${header.vantage}`;
    const known = this.#keys.get(header.key);
    if (known?.vantage !== header.vantage) throw refusal(`${where}: its key is none of that vantage’s`);
    if (!isBatchSigned(text, signature, known.publicKey))
      throw refusal(`${where}: its signature does not hold`);
    this.#checkFollows(header, where);
    const chain = chainName(header);
    this.#last.set(chain, header);
    if (hashes === null) return;
    if (hashes.length !== header.entries || headOf(header.prev, hashes) !== header.head)
      throw refusal(`${where}: the records' hashes do not lead to the head that was signed`);
    for (const hash of hashes) {
      const record = `${header.vantage} ${hash}`;
      // What was carried and sent counts for the first of both, as where it was made.
      this.#proven.set(record, this.#proven.get(record) ?? chain);
    }
  }

  #checkFollows(header: BatchHeader, where: string): void {
    const before = this.#last.get(chainName(header));
    if (before === undefined) return;
    if (header.number !== before.number + 1 || header.prev !== before.head)
      throw refusal(`${where} does not follow batch ${before.number}`);
  }

  /** The name of the chain whose signatures stand for a record; null where none does. */
  provenBy(vantage: string, hash: string): string | null {
    return this.#proven.get(`${vantage} ${hash}`) ?? null;
  }

  /** The last batch of a chain that is here. */
  lastOf(chain: ChainId): BatchHeader | null {
    return this.#last.get(chainName(chain)) ?? null;
  }
}

/** What a vantage sent, or one bundle of what was carried by hand. */
export interface ChainId {
  readonly key: string;
  readonly carried?: string | undefined;
}

export function chainName({ key, carried = '' }: ChainId): string {
  return `${key} ${carried}`;
}

function headerOf(text: string): BatchHeader {
  try {
    return readHeader(text);
  } catch (error) {
    throw refusal(`a header cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function refusal(what: string): BundleRefusal {
  return new BundleRefusal('wrong_proof', what);
}
