/** A saved answer of IODA's API: signals, outage events or alerts, told apart by what they hold. Pure. */
import { z } from 'zod';
import type { OutsideOutage } from '../../analysis/outside/point.ts';
import { fittingRows } from '../../polite/client.ts';
import type { OutsideReading } from '../source.ts';
import { outageOf, outagesOfAlerts, readingsOf } from './read.ts';
import type { PlaceOf } from './read.ts';
import { Alert, OutageEvent, SignalSeries } from './shapes.ts';

export interface SavedAnswer {
  readonly readings: readonly OutsideReading[];
  readonly outages: readonly OutsideOutage[];
  /** Rows of another shape. */
  readonly skippedRows: number;
}

const Saved = z.union([
  z.array(z.unknown()),
  z.object({ data: z.array(z.unknown()) }).transform(({ data }) => data),
]);

/** @param nowMs an outage that ends later goes on. Null where it is no answer of IODA's with rows. */
export function readSavedAnswer(value: unknown, placeOf: PlaceOf, nowMs: number): SavedAnswer | null {
  const saved = Saved.safeParse(value);
  if (!saved.success) return null;
  // Signals are lists of lists: one for each entity.
  const rows = saved.data.flat();
  const series = fittingRows(SignalSeries, rows).rows;
  const events = fittingRows(OutageEvent, rows).rows;
  const alerts = fittingRows(Alert, rows).rows;
  const understood = series.length + events.length + alerts.length;
  if (understood === 0 && rows.length > 0) return null;
  return {
    readings: series.flatMap((one) => readingsOf(one, placeOf) ?? []),
    outages: [
      ...events.map((event) => outageOf(event, placeOf, nowMs)).filter((outage) => outage !== null),
      ...outagesOfAlerts(alerts, placeOf),
    ],
    skippedRows: rows.length - understood,
  };
}
