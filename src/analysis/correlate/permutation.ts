/**
 * The permutation test. Null hypothesis: on which days events fall has nothing to do with when blocks are.
 *
 * Whole days are exchanged, workdays with workdays and weekend days with weekend days, and an event keeps its hour. Within a
 * day everything stays in its place, so the autocorrelation of a block that lasts for hours is kept, and so is the evening.
 * Blocks that last for days would still make neighbouring days alike; then runs of several days are exchanged as one
 * (block permutation; Politis and Romano, "The Stationary Bootstrap", JASA 1994, for why the run must outlast the dependence).
 * The p-value counts the observed calendar as one of the draws (Phipson and Smyth, "Permutation P-values Should Never Be
 * Zero", 2010), so it is never 0. A draw that gives just what was observed counts half (mid-p; Lancaster, "Significance Tests
 * in Discrete Distributions", JASA 1961): where blocks are rare few values are possible, most draws tie, and counting each tie
 * in full would call a third of the null calendars significant that the level allows. Ties are not broken by a die: the
 * same calendar must give the same answer to everybody.
 */
import type { DayTable } from './day-table.ts';
import { seededRandom } from './random.ts';

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

function shuffle(items: Uint16Array, random: () => number): void {
  for (let index = items.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    const held = items[index] ?? 0;
    items[index] = items[other] ?? 0;
    items[other] = held;
  }
}

type DayMap = Uint16Array;

/** Makes random maps day → day, always into the same array. Single days move within their stratum. */
function singleDayMaps(stratum: readonly number[], random: () => number): () => DayMap {
  const map = new Uint16Array(stratum.length);
  const kinds = [0, 1].map((kind) =>
    Uint16Array.from(stratum.flatMap((own, day) => (own === kind ? [day] : []))),
  );
  const places = kinds.map((days) => days.slice());
  return () => {
    for (const [kind, days] of kinds.entries()) {
      shuffle(days, random);
      for (const [index, place] of (places[kind] ?? []).entries()) map[place] = days[index] ?? place;
    }
    return map;
  };
}

/** Longer runs move anywhere: they hold both kinds of day. */
function runMaps(dayCount: number, runLength: number, random: () => number): () => DayMap {
  const map = new Uint16Array(dayCount);
  const runs = Uint16Array.from({ length: Math.ceil(dayCount / runLength) }, (_, run) => run);
  return () => {
    shuffle(runs, random);
    let place = 0;
    for (const run of runs)
      for (let day = run * runLength; day < Math.min(dayCount, (run + 1) * runLength); day += 1) {
        map[place] = day;
        place += 1;
      }
    return map;
  };
}

function blockedWith(table: DayTable, map: DayMap): number {
  let sum = 0;
  for (const { day, blockedMs } of table.rows) sum += blockedMs[map[day] ?? day] ?? 0;
  return sum;
}

interface Counted {
  readonly table: DayTable;
  readonly observed: number;
  /** Draws above what was observed, and half of those equal to it. */
  asExtreme: number;
}

/** Sums of the same days in another order differ in the last digits; a millisecond is exact enough. */
const TIE_MS = 0.5;

function extremeness(drawn: number, observed: number): number {
  if (Math.abs(drawn - observed) < TIE_MS) return 0.5;
  return drawn > observed ? 1 : 0;
}

interface Group {
  readonly runLength: number;
  readonly alike: Counted[];
}

/** Tables that can share a draw: of the same days, exchanged in runs of one length. */
function groupsOf(counted: readonly Counted[]): Group[] {
  const groups = new Map<string, Group>();
  for (const one of counted) {
    if (one.observed === 0) continue;
    const runLength = runDays(one.table);
    const key = `${runLength} ${one.table.daysKey}`;
    const group = groups.get(key) ?? { runLength, alike: [] };
    group.alike.push(one);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** After so many draws the caller may do something else. */
const DRAWS_AT_ONCE = 100;

/**
 * One-sided mid-p-values of "events are blocked more than the same hours of other days", one per table and in their order.
 * Tables of the same days share each draw. Steps, so that a server can answer others meanwhile.
 */
export function* permutationSteps(
  tables: readonly DayTable[],
  permutations: number,
  seed: number,
): Generator<undefined, number[]> {
  const counted = tables.map((table): Counted => {
    const asItWas = Uint16Array.from({ length: table.days }, (_, day) => day);
    const observed = blockedWith(table, asItWas);
    // Where no event met a block there is nothing that could go with anything, however rare blocks are.
    return { table, observed, asExtreme: observed > 0 ? 0.5 : permutations + 1 };
  });
  for (const { runLength, alike } of groupsOf(counted)) {
    const random = seededRandom(seed + runLength);
    const [first] = alike;
    if (first === undefined) continue;
    const { stratum, days } = first.table;
    const draw = runLength === 1 ? singleDayMaps(stratum, random) : runMaps(days, runLength, random);
    for (let done = 0; done < permutations; done += 1) {
      const map = draw();
      for (const one of alike) one.asExtreme += extremeness(blockedWith(one.table, map), one.observed);
      if (done % DRAWS_AT_ONCE === DRAWS_AT_ONCE - 1) yield;
    }
  }
  return counted.map(({ asExtreme }) => asExtreme / (permutations + 1));
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
