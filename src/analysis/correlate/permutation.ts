/**
 * The permutation test. Null hypothesis: on which days events fall has nothing to do with when blocks are.
 *
 * Whole days are exchanged, workdays with workdays and weekend days with weekend days, and an event keeps its hour. Within a
 * day everything stays in its place, so the autocorrelation of a block that lasts for hours is kept, and so is the evening.
 * Blocks that last for days would still make neighbouring days alike; then runs of several days are exchanged as one
 * (block permutation; Politis and Romano, "The Stationary Bootstrap", JASA 1994, for why the run must outlast the dependence).
 * The p-value counts the observed calendar as one of the draws (Phipson and Smyth, "Permutation P-values Should Never Be
 * Zero", 2010), so it is never 0 and the test is exact where days are exchangeable.
 */
import type { DayTable } from './day-table.ts';

/** A run longer than this would leave too few runs to exchange. */
const RUN_DAYS_MAX = 7;

/** How many days are exchanged as one: the first lag at which daily blocked time is no longer clearly correlated. */
export function runDays(table: DayTable): number {
  const daily = Array.from({ length: table.days }, (_, day) =>
    table.rows.reduce((sum, row) => sum + (row.blockedMs[day] ?? 0), 0),
  );
  const mean = daily.reduce((sum, value) => sum + value, 0) / Math.max(1, daily.length);
  const variance = daily.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  if (variance === 0) return 1;
  // Bartlett's bound: under independence a sample autocorrelation stays below this 95 times in 100 (one-sided).
  const bound = 1.645 / Math.sqrt(daily.length);
  const lagMax = Math.min(RUN_DAYS_MAX, Math.floor(daily.length / 5));
  for (let lag = 1; lag < lagMax; lag += 1) {
    const covariance = daily
      .slice(lag)
      .reduce((sum, value, index) => sum + (value - mean) * ((daily[index] ?? 0) - mean), 0);
    if (covariance / variance <= bound) return lag;
  }
  return Math.max(1, lagMax);
}

function shuffle(items: number[], random: () => number): void {
  for (let index = items.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    const held = items[index] ?? 0;
    items[index] = items[other] ?? 0;
    items[other] = held;
  }
}

/** A random map day → day. Single days move within their stratum; longer runs move anywhere (they hold both kinds of day). */
function randomDayMap(table: DayTable, runLength: number, random: () => number): number[] {
  const map = Array.from({ length: table.days }, (_, day) => day);
  if (runLength === 1) {
    for (const kind of [0, 1]) {
      const days = map.filter((day) => table.stratum[day] === kind);
      const shuffled = [...days];
      shuffle(shuffled, random);
      days.forEach((day, index) => (map[day] = shuffled[index] ?? day));
    }
    return map;
  }
  const runs = Array.from({ length: Math.ceil(table.days / runLength) }, (_, run) => run);
  shuffle(runs, random);
  const days = runs.flatMap((run) =>
    Array.from({ length: runLength }, (_, offset) => run * runLength + offset).filter(
      (day) => day < table.days,
    ),
  );
  days.forEach((day, index) => (map[index] = day));
  return map;
}

function blockedWith(table: DayTable, map: readonly number[]): number {
  return table.rows.reduce((sum, row) => sum + (row.blockedMs[map[row.day] ?? row.day] ?? 0), 0);
}

/** One-sided p-value of "events are blocked more than the same hours of other days". */
export function permutationP(table: DayTable, permutations: number, random: () => number): number {
  const observed = blockedWith(
    table,
    Array.from({ length: table.days }, (_, day) => day),
  );
  const runLength = runDays(table);
  let asExtreme = 1;
  for (let draw = 0; draw < permutations; draw += 1) {
    if (blockedWith(table, randomDayMap(table, runLength, random)) >= observed) asExtreme += 1;
  }
  return asExtreme / (permutations + 1);
}

/** Holm's step-down adjustment (Scandinavian Journal of Statistics, 1979); keeps the order of the input. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = pValues.map(() => 1);
  let largest = 0;
  order.forEach(({ p, index }, rank) => {
    largest = Math.max(largest, Math.min(1, p * (pValues.length - rank)));
    adjusted[index] = largest;
  });
  return adjusted;
}
