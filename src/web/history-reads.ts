/** Months past, as the store has them: who measured, what others told, what happened. */
import type { Association } from '../analysis/correlate/association.ts';
import type { Incident } from '../analysis/detect/point.ts';
import { STOP_PREFIX } from '../events/imports/stop.ts';
import { correlateStore } from '../events/correlation.ts';
import { isImportedVantage } from '../sources/ooni/adopt.ts';
import { incidentsIn } from '../store/incidents-in.ts';
import type { WebContext } from './context.ts';
import { ALL_TIME, kept } from './event-reads.ts';

const DAY_MS = 86_400_000;
const INCIDENTS_MAX = 1_000;
/** Years that are kept computed at once. */
const YEARS_KEPT_MAX = 32;

export interface HistoryMonth {
  /** UTC epoch milliseconds of its start, UTC. */
  readonly startMs: number;
  readonly measuredDays: number;
  /** Measurements of our own vantages, and of volunteers' probes that were taken in. */
  readonly own: number;
  readonly imported: number;
  /** Numbers of those who watch from outside, by source: asked for, or taken in later. */
  readonly others: ReadonlyMap<string, OthersNumbers>;
  /** By source. */
  readonly outages: ReadonlyMap<string, number>;
  readonly incidents: number;
  readonly events: number;
  /** Those of them that were taken in from Access Now's STOP. */
  readonly stopEvents: number;
}

export interface OthersNumbers {
  readonly series: number;
  readonly numbers: number;
}

export interface HistoryYear {
  readonly year: number;
  readonly months: readonly HistoryMonth[];
  /** Newest first; INCIDENTS_MAX at most. */
  readonly incidents: readonly Incident[];
  readonly associations: readonly Association[];
  /** How many of them were tested; the correction was made for so many. */
  readonly tests: number;
}

export interface HistoryReader {
  /** Newest first; those of which anything is known. */
  readonly months: () => Promise<readonly HistoryMonth[]>;
  /** Null for a year of which nothing is known. */
  readonly year: (year: number) => Promise<HistoryYear | null>;
}

export function createHistoryReader(context: WebContext): HistoryReader {
  const months = kept(context, readMonths);
  const years = new Map<number, () => Promise<HistoryYear | null>>();
  return {
    months,
    year: async (year) => {
      const known = years.get(year) ?? kept(context, async () => readYear(context, year, await months()));
      years.set(year, known);
      const [oldest] = years.keys();
      if (years.size > YEARS_KEPT_MAX && oldest !== undefined) years.delete(oldest);
      return known();
    },
  };
}

interface Counting {
  readonly days: Set<number>;
  own: number;
  imported: number;
  /** Numbers by series, by source. */
  readonly others: Map<string, Map<string, number>>;
  readonly outages: Map<string, number>;
  incidents: number;
  events: number;
  stopEvents: number;
}

function monthOf(atMs: number): number {
  const date = new Date(atMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

class Months {
  readonly #months = new Map<number, Counting>();

  at(atMs: number): Counting {
    const startMs = monthOf(atMs);
    const known = this.#months.get(startMs);
    if (known !== undefined) return known;
    const fresh: Counting = {
      days: new Set<number>(),
      own: 0,
      imported: 0,
      others: new Map(),
      outages: new Map(),
      incidents: 0,
      events: 0,
      stopEvents: 0,
    };
    this.#months.set(startMs, fresh);
    return fresh;
  }

  /** Only events are known of most months of the calendar: those are not history that anybody measured. */
  known(): HistoryMonth[] {
    return [...this.#months]
      .map(([startMs, { days, others, ...counts }]) => ({
        startMs,
        measuredDays: days.size,
        others: new Map([...others].map(([source, series]) => [source, totalOf(series)] as const)),
        ...counts,
      }))
      .filter(
        ({ measuredDays, incidents, outages, others, stopEvents }) =>
          measuredDays + incidents + outages.size + others.size + stopEvents > 0,
      )
      .sort((a, b) => b.startMs - a.startMs);
  }
}

function totalOf(series: ReadonlyMap<string, number>): OthersNumbers {
  return { series: series.size, numbers: [...series.values()].reduce((sum, one) => sum + one, 0) };
}

async function countMeasured({ store }: WebContext, months: Months): Promise<void> {
  const { oldestMs, newestMs } = await store.extent();
  if (oldestMs === null || newestMs === null) return;
  const window = { fromMs: oldestMs, toMs: newestMs + 1 };
  for (const bucket of await store.buckets({ window, bucketMs: DAY_MS, by: ['vantage'] })) {
    const month = months.at(bucket.startMs);
    month.days.add(bucket.startMs);
    const count = Object.values(bucket.counts).reduce((sum, one) => sum + one, 0);
    if (isImportedVantage(bucket.group[0] ?? '')) month.imported += count;
    else month.own += count;
  }
}

async function countOthers({ store }: WebContext, months: Months): Promise<void> {
  for (const { dayMs, source, signal, entity, numbers } of await store.outsideDays()) {
    const { others } = months.at(dayMs);
    const series = others.get(source) ?? new Map<string, number>();
    others.set(source, series);
    const key = `${signal} ${entity}`;
    series.set(key, (series.get(key) ?? 0) + numbers);
  }
}

async function readMonths(context: WebContext): Promise<readonly HistoryMonth[]> {
  const { store } = context;
  const months = new Months();
  await countMeasured(context, months);
  await countOthers(context, months);
  for (const { source, startMs } of await store.outages(ALL_TIME)) {
    const { outages } = months.at(startMs);
    outages.set(source, (outages.get(source) ?? 0) + 1);
  }
  for (const incident of await incidentsIn(store, ALL_TIME)) months.at(incident.startMs).incidents += 1;
  for (const { id, origin, startMs } of await store.events(ALL_TIME)) {
    const month = months.at(startMs);
    month.events += 1;
    if (origin === 'user' && id.startsWith(STOP_PREFIX)) month.stopEvents += 1;
  }
  return months.known();
}

async function readYear(
  context: WebContext,
  year: number,
  all: readonly HistoryMonth[],
): Promise<HistoryYear | null> {
  const window = { fromMs: Date.UTC(year, 0, 1), toMs: Date.UTC(year + 1, 0, 1) };
  const months = all.filter(({ startMs }) => startMs >= window.fromMs && startMs < window.toMs);
  if (months.length === 0) return null;
  const { store, clock } = context;
  const incidents = await store.incidents({ window, limit: INCIDENTS_MAX });
  const toMs = Math.min(window.toMs, clock.nowMs());
  const { associations } = await correlateStore(store, toMs, window.fromMs);
  const tests = associations.filter(({ pValue }) => pValue !== null).length;
  return {
    year,
    months,
    incidents,
    associations,
    tests,
  };
}
