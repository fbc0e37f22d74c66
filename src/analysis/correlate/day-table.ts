/**
 * The table that the permutation test works on: for each event, how much of its window would have been blocked had it
 * happened on each day. Moving an event to another day at the same hour is what takes the evening out of the comparison:
 * congestion at 20:00 is there on the days without an event too.
 *
 * Days start at 00:00 UTC, which is five or six in the morning in Kazakhstan: the quietest hour, so that no evening is cut.
 */
import type { BlockInterval, EventInterval } from './association.ts';

export const DAY_MS = 86_400_000;
/** Ten years; a longer window would be a mistake in the question. */
const DAYS_MAX = 3_660;

export interface DayTable {
  readonly days: number;
  /** Per event: the day it happened on, its window's length, and blocked milliseconds had it been on day d. */
  readonly rows: readonly {
    readonly day: number;
    readonly windowMs: number;
    readonly blockedMs: Float64Array;
  }[];
  /** Per day: workday 0 or weekend 1; only days of one kind are exchanged. */
  readonly stratum: readonly number[];
  /** Per day: whether an event of this kind begins on it. */
  readonly hasEvent: readonly boolean[];
  /** Tables of the same word have the same days, and can share a draw. */
  readonly daysKey: string;
}

export interface DayTableQuestion {
  readonly window: { readonly fromMs: number; readonly toMs: number };
  readonly events: readonly EventInterval[];
  /** Disjoint and ascending; see `unionOf`. */
  readonly blocked: readonly { readonly startMs: number; readonly endMs: number }[];
  readonly leadMs: number;
  readonly lagMs: number;
  /** Starts of the days (00:00 UTC, epoch ms) with measurements; absent: all. Other days are no baseline and hold no event. */
  readonly measuredDays?: ReadonlySet<number>;
}

/** Merges overlapping intervals; ascending. */
export function unionOf(
  intervals: readonly Pick<BlockInterval, 'startMs' | 'endMs'>[],
): { startMs: number; endMs: number }[] {
  const union: { startMs: number; endMs: number }[] = [];
  for (const { startMs, endMs } of [...intervals].sort((a, b) => a.startMs - b.startMs)) {
    const last = union.at(-1);
    if (last !== undefined && startMs <= last.endMs) last.endMs = Math.max(last.endMs, endMs);
    else union.push({ startMs, endMs });
  }
  return union;
}

/** How much was blocked before an instant; of disjoint intervals, ascending. */
function blockedBefore(blocked: DayTableQuestion['blocked']): (atMs: number) => number {
  const startsMs = Float64Array.from(blocked, ({ startMs }) => startMs);
  const lengthsMs = Float64Array.from(blocked, ({ startMs, endMs }) => endMs - startMs);
  const sumsMs = new Float64Array(blocked.length + 1);
  for (const [index, lengthMs] of lengthsMs.entries()) sumsMs[index + 1] = (sumsMs[index] ?? 0) + lengthMs;
  return (atMs) => {
    let low = 0;
    let high = startsMs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((startsMs[middle] ?? 0) < atMs) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return 0;
    return (sumsMs[low - 1] ?? 0) + Math.min(lengthsMs[low - 1] ?? 0, atMs - (startsMs[low - 1] ?? 0));
  };
}

export function dayStartOf(atMs: number): number {
  return Math.floor(atMs / DAY_MS) * DAY_MS;
}

/** Starts of the window's days that were measured, ascending. */
function datesOf({ window, measuredDays }: DayTableQuestion): number[] {
  const originMs = dayStartOf(window.fromMs);
  const days = Math.min(DAYS_MAX, Math.ceil((window.toMs - originMs) / DAY_MS));
  const all = Array.from({ length: days }, (_, day) => originMs + day * DAY_MS);
  return measuredDays === undefined ? all : all.filter((dateMs) => measuredDays.has(dateMs));
}

/** 1970-01-01 was a Thursday. */
function stratumOf(dateMs: number): number {
  const weekday = (dateMs / DAY_MS + 4) % 7;
  return weekday === 0 || weekday === 6 ? 1 : 0;
}

export function dayTable(question: DayTableQuestion): DayTable {
  const dates = datesOf(question);
  const dayByDate = new Map(dates.map((dateMs, day) => [dateMs, day]));
  const before = blockedBefore(question.blocked);
  const hasEvent = dates.map(() => false);
  const rows = question.events.flatMap((event) => {
    const eventDateMs = dayStartOf(event.startMs);
    const day = dayByDate.get(eventDateMs);
    if (day === undefined) return [];
    hasEvent[day] = true;
    const fromMs = event.startMs - question.leadMs;
    const windowMs = event.endMs + question.lagMs - fromMs;
    const blockedMs = Float64Array.from(dates, (dateMs) => {
      const shiftedMs = fromMs + dateMs - eventDateMs;
      return before(shiftedMs + windowMs) - before(shiftedMs);
    });
    return [{ day, windowMs, blockedMs }];
  });
  const isWhole = dates.length === 0 || (dates.at(-1) ?? 0) - (dates[0] ?? 0) === (dates.length - 1) * DAY_MS;
  const daysKey = isWhole
    ? `${dates[0] ?? ''}+${dates.length}`
    : dates.map((dateMs) => dateMs / DAY_MS).join(' ');
  return { days: dates.length, rows, stratum: dates.map(stratumOf), hasEvent, daysKey };
}
