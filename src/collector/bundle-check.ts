/**
 * Whether a bundle may be taken in: all of it is looked at before anything of it is, so that a file that is refused changes nothing.
 */
import { openBody, readHeader } from '../fleet/batch.ts';
import type { BatchHeader } from '../fleet/batch.ts';
import { isSealSigned, readSeal } from '../fleet/bundle-file.ts';
import type { BundlePart, CarriedBatch, SignedSeal } from '../fleet/bundle-file.ts';
import { BUNDLE_REFUSALS, BundleRefusal } from '../fleet/bundle-refusal.ts';
import type { BundleRefusalCode } from '../fleet/bundle-refusal.ts';
import { Refusal } from '../fleet/refusal.ts';
import type { FleetBook } from './fleet-book.ts';
import { believed, checkTags } from './reception.ts';

/** What one vantage put into it. Instants are starts of measurements, UTC epoch milliseconds by the vantage's own clock. */
export interface CheckedVantage {
  readonly vantage: string;
  readonly measurements: number;
  readonly fromMs: number;
  readonly toMs: number;
}

interface Segment extends CheckedVantage {
  readonly last: BatchHeader;
  readonly publicKey: string;
}

/**
 * Reads the file twice: whether its bytes are whole, then whether each batch is believed.
 * @throws BundleRefusal
 */
export async function checkBundle(
  open: () => AsyncIterable<BundlePart>,
  book: Pick<FleetBook, 'find'>,
): Promise<readonly CheckedVantage[]> {
  for await (const part of open()) if (part.kind === 'end') break;
  const segments = new Map<string, Segment>();
  for await (const part of open()) {
    if (part.kind === 'batch') await addBatch(segments, part.batch, book);
    else checkSeals(segments, part.seals);
  }
  return [...segments.values()].map(({ vantage, measurements, fromMs, toMs }) => ({
    vantage,
    measurements,
    fromMs,
    toMs,
  }));
}

async function addBatch(
  segments: Map<string, Segment>,
  { headerText, signature, body }: CarriedBatch,
  book: Pick<FleetBook, 'find'>,
): Promise<void> {
  const header = inWords(() => readHeader(headerText));
  try {
    const enrolled = await believed(header, headerText, signature, book);
    const before = segments.get(header.key);
    checkFollows(header, before?.last);
    const entries = await openBody(header, body);
    checkTags(entries, enrolled);
    const starts = entries.map(({ measurement }) => measurement.x_aiqyn_started_at_ms);
    segments.set(header.key, {
      vantage: header.vantage,
      publicKey: enrolled.publicKey,
      last: header,
      measurements: (before?.measurements ?? 0) + entries.length,
      fromMs: Math.min(before?.fromMs ?? Infinity, ...starts),
      toMs: Math.max(before?.toMs ?? -Infinity, ...starts),
    });
  } catch (error) {
    throw worded(error);
  }
}

/** Each bundle's batches of a key are numbered from 1 and go on from each other. */
function checkFollows(header: BatchHeader, before: BatchHeader | undefined): void {
  if (header.carried === undefined || header.entries === 0)
    throw new BundleRefusal('malformed', 'a batch that is not for carrying');
  const isNext =
    before === undefined
      ? header.number === 1
      : header.carried === before.carried &&
        header.spool === before.spool &&
        header.number === before.number + 1 &&
        header.prev === before.head &&
        header.first > before.last;
  if (!isNext) throw new BundleRefusal('incomplete', header.vantage);
}

/** A seal for each vantage, by its own key, that says what is here. */
function checkSeals(segments: ReadonlyMap<string, Segment>, seals: readonly SignedSeal[]): void {
  const sealed = new Set<string>();
  for (const signed of seals) {
    const { key, bundle, batches, head } = readSeal(signed);
    const segment = segments.get(key);
    if (segment === undefined) throw new BundleRefusal('incomplete', 'nothing of a vantage is left');
    if (!isSealSigned(signed, segment.publicKey)) throw new BundleRefusal('forged', 'at the end');
    const { last, vantage } = segment;
    if (last.carried !== bundle || last.number !== batches || last.head !== head)
      throw new BundleRefusal('incomplete', vantage);
    sealed.add(key);
  }
  for (const [key, { vantage }] of segments)
    if (!sealed.has(key)) throw new BundleRefusal('incomplete', vantage);
}

function inWords<T>(task: () => T): T {
  try {
    return task();
  } catch (error) {
    throw worded(error);
  }
}

/** A batch's refusal as one of the file; the rest as it is. */
function worded(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const { code } = error;
  // The file's bytes are whole by then: a body that is not the one that was signed was put there.
  if (code === 'truncated') return new BundleRefusal('forged', 'a batch has another body than was signed');
  return isBundleCode(code) ? new BundleRefusal(code) : new BundleRefusal('malformed', error.message);
}

function isBundleCode(code: string): code is BundleRefusalCode {
  return code in BUNDLE_REFUSALS;
}
