/** Relative risk: blocked share of event time over blocked share of the same hours on comparable days without an event. */
import type { DayTable } from './day-table.ts';

const BOOTSTRAP_DRAWS = 1_000;
/** Added to both sides, in windows, so that a baseline in which nothing was ever blocked gives a finite ratio (Haldane). */
const HALDANE = 0.5;

interface EventShares {
  readonly inEvent: number;
  readonly otherwise: number;
}

/** Days without an event, of a sort that has events: what the events can be compared with. */
export function comparableDays({ stratum, hasEvent, rows }: DayTable): number {
  const sorts = new Set(rows.map(({ day }) => stratum[day]));
  return hasEvent.filter((has, day) => !has && sorts.has(stratum[day])).length;
}

/** Per event: its own blocked share, and the mean over comparable days. An event that has none of these tells nothing. */
function sharesOf(table: DayTable): EventShares[] {
  return table.rows.flatMap((row) => {
    const others = row.blockedMs.filter(
      (_, day) => table.hasEvent[day] === false && table.stratum[day] === table.stratum[row.day],
    );
    if (others.length === 0) return [];
    const otherMs = others.reduce((sum, value) => sum + value, 0) / others.length;
    return [{ inEvent: (row.blockedMs[row.day] ?? 0) / row.windowMs, otherwise: otherMs / row.windowMs }];
  });
}

function ratioOf(shares: readonly EventShares[]): number {
  const inEvent = shares.reduce((sum, share) => sum + share.inEvent, 0);
  const otherwise = shares.reduce((sum, share) => sum + share.otherwise, 0);
  return (inEvent + HALDANE) / (otherwise + HALDANE);
}

export interface Risk {
  readonly inEvents: number;
  readonly otherwise: number;
  readonly relativeRisk: { readonly value: number; readonly low: number; readonly high: number } | null;
}

/** The 95 % interval is a percentile bootstrap over events (Efron 1979): events are the independent units, not minutes. */
export function relativeRisk(table: DayTable, random: () => number): Risk {
  const shares = sharesOf(table);
  const count = Math.max(1, shares.length);
  const inEvents = shares.reduce((sum, share) => sum + share.inEvent, 0) / count;
  const otherwise = shares.reduce((sum, share) => sum + share.otherwise, 0) / count;
  if (inEvents === 0 && otherwise === 0) return { inEvents, otherwise, relativeRisk: null };
  const drawn = [...shares];
  const draws = Float64Array.from({ length: BOOTSTRAP_DRAWS }, () => {
    for (const [index, share] of shares.entries())
      drawn[index] = shares[Math.floor(random() * shares.length)] ?? share;
    return ratioOf(drawn);
  }).sort();
  const value = ratioOf(shares);
  const low = draws[Math.floor(BOOTSTRAP_DRAWS * 0.025)] ?? value;
  const high = draws[Math.floor(BOOTSTRAP_DRAWS * 0.975)] ?? value;
  return { inEvents, otherwise, relativeRisk: { value, low, high } };
}
