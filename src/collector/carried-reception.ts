/**
 * Takes in batches that were carried by hand. What the archive has, however it came, is not stored again; the same batch again
 * changes nothing, and the vantage need not send what of its spool was carried.
 */
import type { Clock } from '../../probes/probe.ts';
import { openBody, readHeader } from '../fleet/batch.ts';
import type { CarriedBatch } from '../fleet/bundle-file.ts';
import { Refusal } from '../fleet/refusal.ts';
import type { CarriedBook } from './carried-book.ts';
import type { FleetBook } from './fleet-book.ts';
import type { CarriedIntake, Kept } from './ingest.ts';
import { believed, checkTags, createTurns } from './reception.ts';

export interface CarriedReceptionOptions {
  readonly book: Pick<FleetBook, 'find'>;
  readonly carried: Pick<CarriedBook, 'has' | 'add'>;
  readonly intake: CarriedIntake;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export interface CarriedReception {
  /** The batches of a bundle in their order. @throws Refusal; what archive or store throw, and then the batch may come again. */
  receive(batch: CarriedBatch): Promise<Kept>;
}

export function createCarriedReception({
  book,
  carried,
  intake,
  clock,
}: CarriedReceptionOptions): CarriedReception {
  const alone = createTurns();
  return {
    async receive({ headerText, signature, body }) {
      const header = readHeader(headerText);
      if (header.carried === undefined) throw new Refusal('malformed', 'a batch that is sent');
      return alone(header.key, async () => {
        const enrolled = await believed(header, headerText, signature, book);
        if (await carried.has(header)) return { stored: 0, repeated: header.entries };
        const entries = await openBody(header, body);
        checkTags(entries, enrolled);
        const { vantage } = enrolled;
        const { atMs, connectivity, spoolDepth, clockOffsetMs } = header;
        const kept = await intake.take(entries, { vantage, atMs, connectivity, spoolDepth, clockOffsetMs });
        const ids = entries.map(({ measurement }) => measurement.x_aiqyn_id);
        await carried.add(header.key, { header: headerText, signature, receivedAtMs: clock.nowMs(), ids });
        return kept;
      });
    },
  };
}
