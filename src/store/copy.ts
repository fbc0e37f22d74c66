/**
 * One store's content into another, through the port alone: measurements in the order of time, a bounded number at a time.
 * Each kind of record has its key there, so a copy that was cut off is begun again and changes nothing that is there already.
 */
import type { Heartbeat, Incident, ReachabilityPoint, SweepPoint } from '../analysis/detect/point.ts';
import type { OutsidePoint } from '../analysis/outside/point.ts';
import { EnvironmentError } from '../errors.ts';
import { SERIES } from './fields.ts';
import { INCIDENTS_MAX } from './query-limits.ts';
import type { Store, Window } from './store.ts';

/** Rows that are held at a time. */
const BATCH_MAX = 5_000;
const DAY_MS = 86_400_000;
/** Every instant that a store can hold, UTC epoch milliseconds: 1677 to 2262. */
const EVER: Window = { fromMs: -9_223_372_036_854, toMs: 9_223_372_036_854 };

export interface CopyOptions {
  /** Measurements and heartbeats from this instant on; incidents and events come whole. UTC epoch milliseconds. */
  readonly sinceMs: number | null;
  /** How many measurements have been read until now. */
  readonly onRead: (points: number) => void;
}

/** What of one series the source has, and how many of these the target has not. */
export interface SeriesCheck {
  readonly series: string;
  readonly rows: number;
  readonly missing: number;
}

/** Writes everything the source has into the target. @throws what the stores throw. */
export async function copyStore(from: Store, to: Store, options: CopyOptions): Promise<void> {
  const window = await windowOf(from, options.sinceMs);
  let read = 0;
  for await (const batch of batches(from.points(window))) {
    await to.writePoints(batch);
    read += batch.length;
    options.onRead(read);
  }
  for await (const day of heartbeatDays(from, options.sinceMs))
    for (const batch of slices(await from.heartbeats(day))) await to.writeHeartbeats(batch);
  for (const batch of slices(await from.sweeps(sweepWindow(options.sinceMs)))) await to.writeSweeps(batch);
  for await (const batch of batches(from.outside(sweepWindow(options.sinceMs)))) await to.writeOutside(batch);
  for (const batch of slices(await from.outages(EVER))) await to.saveOutages(batch);
  for (const batch of slices(await everyIncident(from))) await to.saveIncidents(batch);
  for (const batch of slices(await from.events(EVER))) await to.saveEvents(batch);
}

/** Looks for each of the source's records in the target; the target may have more. */
export async function compareStores(
  from: Store,
  to: Store,
  sinceMs: number | null,
): Promise<readonly SeriesCheck[]> {
  return [
    { series: SERIES.reachability, ...(await comparePoints(from, to, await windowOf(from, sinceMs))) },
    { series: SERIES.heartbeat, ...(await compareHeartbeats(from, to, sinceMs)) },
    { series: SERIES.sweep, ...(await compareSweeps(from, to, sinceMs)) },
    { series: SERIES.outside, ...(await compareOutside(from, to, sinceMs)) },
    { series: SERIES.outage, ...compareKeys(await from.outages(EVER), await to.outages(EVER), idOf) },
    { series: SERIES.incident, ...compareKeys(await everyIncident(from), await everyIncident(to), idOf) },
    { series: SERIES.event, ...compareKeys(await from.events(EVER), await to.events(EVER), idOf) },
  ];
}

type Compared = Omit<SeriesCheck, 'series'>;

function idOf({ id }: { readonly id: string }): string {
  return id;
}

function beatKey({ vantage, atMs }: Heartbeat): string {
  return JSON.stringify([vantage, atMs]);
}

function sweepKey({ operator, place, atMs }: SweepPoint): string {
  return JSON.stringify([operator, place, atMs]);
}

/** A few rows each round: years of them are read at once. */
function sweepWindow(sinceMs: number | null): Window {
  return { fromMs: sinceMs ?? EVER.fromMs, toMs: EVER.toMs };
}

async function compareSweeps(from: Store, to: Store, sinceMs: number | null): Promise<Compared> {
  const window = sweepWindow(sinceMs);
  return compareKeys(await from.sweeps(window), await to.sweeps(window), sweepKey);
}

async function windowOf(store: Store, sinceMs: number | null): Promise<Window> {
  const { oldestMs, newestMs } = await store.extent();
  const fromMs = Math.max(oldestMs ?? 0, sinceMs ?? -Infinity);
  return { fromMs, toMs: Math.max(fromMs, (newestMs ?? fromMs - 1) + 1) };
}

/** By days; the first reaches back for ever, because a vantage may have been offline before its first measurement. */
async function* heartbeatDays(store: Store, sinceMs: number | null): AsyncGenerator<Window> {
  const [{ oldestMs }, newest] = [await store.extent(), await store.vantagesNow()];
  const toMs = Math.max(0, ...newest.map(({ atMs }) => atMs + 1));
  let fromMs = sinceMs ?? Math.min(oldestMs ?? toMs, toMs);
  if (sinceMs === null) yield { fromMs: EVER.fromMs, toMs: fromMs };
  for (; fromMs < toMs; fromMs += DAY_MS) yield { fromMs, toMs: Math.min(toMs, fromMs + DAY_MS) };
}

/** A question has at most INCIDENTS_MAX answers: a window with as many is halved. */
async function everyIncident(store: Store): Promise<readonly Incident[]> {
  const found = new Map<string, Incident>();
  const windows = [EVER];
  for (let window = windows.pop(); window !== undefined; window = windows.pop()) {
    const some = await store.incidents({ window, limit: INCIDENTS_MAX });
    for (const incident of some) found.set(incident.id, incident);
    if (some.length < INCIDENTS_MAX) continue;
    const middleMs = Math.floor((window.fromMs + window.toMs) / 2);
    if (middleMs <= window.fromMs)
      throw new EnvironmentError('STORE_COPY', `More than ${INCIDENTS_MAX} incidents go on at one instant.`);
    windows.push({ fromMs: window.fromMs, toMs: middleMs }, { fromMs: middleMs, toMs: window.toMs });
  }
  return [...found.values()];
}

async function* batches<T>(points: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const point of points) {
    batch.push(point);
    if (batch.length < BATCH_MAX) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function* slices<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += BATCH_MAX) yield rows.slice(start, start + BATCH_MAX);
}

/** Both in the order that the port promises, side by side. */
async function comparePoints(from: Store, to: Store, window: Window): Promise<Compared> {
  const theirs = to.points(window)[Symbol.asyncIterator]();
  let held = await theirs.next();
  let rows = 0;
  let missing = 0;
  for await (const point of from.points(window)) {
    rows += 1;
    while (held.done !== true && isBefore(held.value, point)) held = await theirs.next();
    if (held.done === true || held.value.id !== point.id) missing += 1;
  }
  await theirs.return?.();
  return { rows, missing };
}

function isBefore(a: ReachabilityPoint, b: ReachabilityPoint): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.id < b.id);
}

async function compareHeartbeats(from: Store, to: Store, sinceMs: number | null): Promise<Compared> {
  let rows = 0;
  let missing = 0;
  for await (const day of heartbeatDays(from, sinceMs)) {
    const some = compareKeys(await from.heartbeats(day), await to.heartbeats(day), beatKey);
    rows += some.rows;
    missing += some.missing;
  }
  return { rows, missing };
}

function outsideKey({ source, signal, entity, atMs }: OutsidePoint): string {
  return JSON.stringify([source, signal, entity, atMs]);
}

async function compareOutside(from: Store, to: Store, sinceMs: number | null): Promise<Compared> {
  let rows = 0;
  let missing = 0;
  for await (const batch of batches(from.outside(sweepWindow(sinceMs)))) {
    const [first, last] = [batch[0]?.atMs ?? 0, batch.at(-1)?.atMs ?? 0];
    const theirs: OutsidePoint[] = [];
    for await (const point of to.outside({ fromMs: first, toMs: last + 1 })) theirs.push(point);
    const some = compareKeys(batch, theirs, outsideKey);
    rows += some.rows;
    missing += some.missing;
  }
  return { rows, missing };
}

function compareKeys<T>(ours: readonly T[], theirs: readonly T[], keyOf: (row: T) => string): Compared {
  const held = new Set(theirs.map(keyOf));
  return { rows: ours.length, missing: ours.filter((row) => !held.has(keyOf(row))).length };
}
