/** Puts what waits in spools into a bundle (src/fleet/bundle-file.ts): the spools stay as they are, and agents may be running. */
import type { VantageTag } from '../../probes/measurement.ts';
import { sealBatch } from '../fleet/batch.ts';
import type { ChainPosition } from '../fleet/batch.ts';
import { signSeal, writeBundle } from '../fleet/bundle-file.ts';
import type { CarriedBatch, SignedSeal } from '../fleet/bundle-file.ts';
import type { Identity } from '../fleet/identity.ts';
import type { Log } from '../log.ts';
import { readChain } from './chain-file.ts';
import { readSpool } from './spool-reader.ts';
import type { SpoolEntry } from './spool.ts';

const BATCH_ENTRIES_MAX = 200;
/** A batch is closed once its records have this many bytes as JSON; bodies are compressed below their own bound. */
const BATCH_BYTES_MAX = 6 * 1_048_576;

export interface CarriedVantage {
  readonly vantage: VantageTag;
  readonly identity: Identity;
  readonly spoolDir: string;
}

/** Of one vantage, after its last record. Instants are UTC epoch milliseconds by its own clock. */
export interface CarriedCount {
  readonly vantage: string;
  readonly measurements: number;
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

export interface BundleExport {
  /** The file's bytes, not sealed. */
  readonly bytes: AsyncIterable<Buffer>;
  /** Once all bytes were taken. */
  counts(): readonly CarriedCount[];
}

/** @param bundle 16 random bytes in hex, of this file alone. */
export function exportBundle(
  vantages: readonly CarriedVantage[],
  { bundle, atMs, log }: { readonly bundle: string; readonly atMs: number; readonly log: Log },
): BundleExport {
  const seals: SignedSeal[] = [];
  const counts: CarriedCount[] = [];

  async function* batches(): AsyncGenerator<CarriedBatch> {
    for (const one of vantages) {
      const count = { vantage: one.vantage.id, measurements: 0, fromMs: Infinity, toMs: -Infinity };
      const chain = await readChain(one.spoolDir, one.identity.keyId, log);
      if (chain !== null) {
        let after: ChainPosition = { number: 0, head: chain.head, last: chain.last };
        for await (const entries of grouped(readSpool(one.spoolDir, chain.last, log))) {
          const by = { identity: one.identity, spool: chain.spool, after, carried: bundle };
          const batch = await sealBatch(entries, stateOf(one, atMs), by);
          after = batch.header;
          tally(count, entries);
          yield batch;
        }
        const { number, head } = after;
        if (number > 0)
          seals.push(signSeal({ key: one.identity.keyId, bundle, batches: number, head }, one.identity));
      }
      const isSome = count.measurements > 0;
      counts.push(isSome ? count : { ...count, fromMs: null, toMs: null });
    }
  }

  return { bytes: writeBundle(batches(), () => seals), counts: () => counts };
}

/** How the vantage is when somebody carries this, nobody can know; its records say how it was. */
function stateOf({ vantage }: CarriedVantage, atMs: number) {
  return { vantage, atMs, connectivity: 'unknown', spoolDepth: 0, clockOffsetMs: 0 };
}

function tally(
  count: { measurements: number; fromMs: number; toMs: number },
  entries: readonly SpoolEntry[],
) {
  count.measurements += entries.length;
  for (const { measurement } of entries) {
    count.fromMs = Math.min(count.fromMs, measurement.x_aiqyn_started_at_ms);
    count.toMs = Math.max(count.toMs, measurement.x_aiqyn_started_at_ms);
  }
}

async function* grouped(entries: AsyncIterable<SpoolEntry>): AsyncGenerator<readonly SpoolEntry[]> {
  let group: SpoolEntry[] = [];
  let bytes = 0;
  for await (const entry of entries) {
    group.push(entry);
    bytes += Buffer.byteLength(JSON.stringify(entry.measurement));
    if (group.length < BATCH_ENTRIES_MAX && bytes < BATCH_BYTES_MAX) continue;
    yield group;
    [group, bytes] = [[], 0];
  }
  if (group.length > 0) yield group;
}
