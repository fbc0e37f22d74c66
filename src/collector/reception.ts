/**
 * The collector's door: believes a batch only when its key is enrolled, its signature holds, it follows the last one of that
 * key, and its body is what was signed; then archive and store, then the chain, then the acknowledgement. A batch whose
 * acknowledgement was lost is answered again and changes nothing. One batch of a key at a time,
 * in the order in which they came, from the first look at the book on: a revocation holds for what still waits.
 */
import type { Clock } from '../../probes/probe.ts';
import type { SpoolEntry, Uplink, VantageState } from '../agent/spool.ts';
import { isBatchSigned, openBody, readHeader } from '../fleet/batch.ts';
import type { BatchHeader } from '../fleet/batch.ts';
import { withClockCorrected } from '../fleet/chain.ts';
import { Refusal } from '../fleet/refusal.ts';
import type { CarriedBook } from './carried-book.ts';
import type { Enrolled, FleetBook, Standing } from './fleet-book.ts';

/** Below, a clock is as good as the way to it: nothing is corrected. */
export const CLOCK_OFFSET_MS_TOLERATED = 2_000;

export interface ReceptionOptions {
  readonly book: Pick<FleetBook, 'find' | 'standing' | 'add'>;
  /** What of a vantage's spool came by hand, and need not be sent any more. */
  readonly carried: Pick<CarriedBook, 'lastOf'>;
  /** Ingest. */
  readonly uplink: Uplink;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** What a vantage is told: where its chain stands now. */
export type Acknowledgement = Pick<Standing, 'number' | 'head' | 'last' | 'spool'>;

/** Of a batch that does not follow, so that an honest vantage can go on from where the collector is. */
export class OutOfStep extends Refusal {
  readonly standing: Acknowledgement;

  constructor(code: 'replayed' | 'reordered', standing: Standing) {
    super(code);
    this.standing = acknowledgementOf(standing);
  }
}

export interface Reception {
  /** @throws Refusal, OutOfStep; what archive or store throw, and then the batch may come again. */
  receive(headerText: string, signature: string, body: Buffer): Promise<Acknowledgement>;
}

export function createReception(options: ReceptionOptions): Reception {
  const alone = createTurns();

  return {
    async receive(headerText, signature, body) {
      const header = readHeader(headerText);
      if (header.carried !== undefined) throw new Refusal('malformed', 'a batch that is carried by hand');
      return alone(header.key, async () => {
        const enrolled = await believed(header, headerText, signature, options.book);
        const standing = await options.book.standing(header.key);
        if (isSameBatch(header, standing)) return acknowledgementOf(standing);
        checkFollows(header, await withCarried(header, standing, options.carried));
        const entries = await openBody(header, body);
        checkTags(entries, enrolled);
        await options.uplink.deliver(corrected(header, entries), stateOf(header, enrolled));
        await options.book.add(header.key, {
          header: headerText,
          signature,
          receivedAtMs: options.clock.nowMs(),
          ids: entries.map(({ measurement }) => measurement.x_aiqyn_id),
        });
        return acknowledgementOf(header);
      });
    },
  };
}

/** One task of a name at a time, in the order in which they came. */
export function createTurns(): <T>(name: string, task: () => Promise<T>) => Promise<T> {
  const busy = new Map<string, Promise<unknown>>();
  return async (name, task) => {
    const mine = (busy.get(name) ?? Promise.resolve()).then(task);
    const settled = mine.catch(() => undefined);
    busy.set(name, settled);
    try {
      return await mine;
    } finally {
      if (busy.get(name) === settled) busy.delete(name);
    }
  };
}

/** @throws Refusal unknown_key, forged, revoked, other_vantage */
export async function believed(
  header: BatchHeader,
  headerText: string,
  signature: string,
  book: Pick<FleetBook, 'find'>,
): Promise<Enrolled> {
  const enrolled = await book.find(header.key);
  if (enrolled === null) throw new Refusal('unknown_key');
  if (!isBatchSigned(headerText, signature, enrolled.publicKey)) throw new Refusal('forged');
  if (enrolled.revokedAtMs !== null) throw new Refusal('revoked');
  if (header.vantage !== enrolled.vantage.id) throw new Refusal('other_vantage');
  return enrolled;
}

function isSameBatch(header: BatchHeader, standing: Standing): boolean {
  const isSame = header.number === standing.number && header.head === standing.head;
  return isSame && header.bodySha256 === standing.bodySha256 && header.spool === standing.spool;
}

/** Where the vantage goes on: behind what of its spool was carried here, too. */
async function withCarried(
  { key, spool }: BatchHeader,
  standing: Standing,
  carried: ReceptionOptions['carried'],
): Promise<Standing> {
  const last = await carried.lastOf(key, spool);
  const sent = standing.spool === spool ? standing.last : 0;
  return last > sent ? { ...standing, spool, last } : standing;
}

function checkFollows(header: BatchHeader, standing: Standing): void {
  if (header.number <= standing.number) throw new OutOfStep('replayed', standing);
  const isNext = header.number === standing.number + 1 && header.prev === standing.head;
  if (!isNext || !goesOn(header, standing)) throw new OutOfStep('reordered', standing);
}

/** Records of one spool come in their order; a new spool counts from its own beginning. */
function goesOn(header: BatchHeader, standing: Standing): boolean {
  if (header.spool !== standing.spool) return true;
  return header.entries === 0 ? header.last === standing.last : header.first > standing.last;
}

function offsetOf({ clockOffsetMs }: BatchHeader): number {
  return Math.abs(clockOffsetMs) > CLOCK_OFFSET_MS_TOLERATED ? clockOffsetMs : 0;
}

/** Operator, place and access are as enrolled; a vantage that moved is enrolled anew. @throws Refusal other_vantage */
export function checkTags(entries: readonly SpoolEntry[], { vantage }: Enrolled): void {
  for (const { measurement } of entries) {
    const { operator, place, access } = measurement.x_aiqyn_vantage;
    const isAsEnrolled =
      operator === vantage.operator && place === vantage.place && access === vantage.access;
    if (!isAsEnrolled)
      throw new Refusal('other_vantage', 'another operator, place or access than was enrolled');
  }
}

function corrected(header: BatchHeader, entries: readonly SpoolEntry[]): readonly SpoolEntry[] {
  const offsetMs = offsetOf(header);
  if (offsetMs === 0) return entries;
  return entries.map(({ sequence, measurement }) => ({
    sequence,
    measurement: withClockCorrected(measurement, offsetMs),
  }));
}

function stateOf(header: BatchHeader, { vantage }: Enrolled): VantageState {
  const { connectivity, spoolDepth, clockOffsetMs } = header;
  return { vantage, atMs: header.atMs - offsetOf(header), connectivity, spoolDepth, clockOffsetMs };
}

function acknowledgementOf({ number, head, last, spool }: Acknowledgement): Acknowledgement {
  return { number, head, last, spool };
}
