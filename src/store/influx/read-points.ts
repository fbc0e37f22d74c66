/** Whole points in their order, page by page, and how many there are. */
import { z } from 'zod';
import type { ReachabilityPoint } from '../../analysis/detect/point.ts';
import { SERIES } from '../fields.ts';
import { SCOPE_KEYS } from '../query-limits.ts';
import type { Scope, Store, Window } from '../store.ts';
import { answers, ask } from './ask.ts';
import type { InfluxConnection } from './connection.ts';
import { POINT_SELECTION, pointOfRow } from './rows.ts';
import { literal, name, tagValue, within } from './text.ts';

const PAGE_ROWS = 5_000;
/** A page looks this far, and farther while it finds little. */
const PAGE_MS_FIRST = 3_600_000;
const GROWTH = 8;
const PAGE_ROWS_FEW = PAGE_ROWS / GROWTH;
const US_PER_MS = 1_000;

/** ` AND "operator" = '…' …` for what the scope names. An empty tag is none in the database, which equals ''. */
export function narrow(scope: Scope | undefined): string {
  let sql = '';
  for (const key of SCOPE_KEYS) {
    const value = scope?.[key];
    if (value !== undefined) sql += ` AND ${name(key)} = ${literal(tagValue(value))}`;
  }
  return sql;
}

/** By code unit, not by a locale: the same order on every machine. */
export function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Ascending by instant, then id. Holds one page; a page never ends within a millisecond. */
export async function* readPoints(
  connection: InfluxConnection,
  window: Window,
  scope: Scope | undefined,
): AsyncGenerator<ReachabilityPoint> {
  const found = await spanOf(connection, window, scope);
  if (found === null) return;
  let { fromMs } = found;
  let spanMs = PAGE_MS_FIRST;
  let limit = PAGE_ROWS;
  while (fromMs < found.toMs) {
    const toMs = Math.min(fromMs + spanMs, found.toMs);
    const page = await readPage(connection, { fromMs, toMs }, scope, limit);
    const lastMs = page.at(-1)?.atMs ?? fromMs;
    if (page.length < limit) {
      yield* inOrder(page);
      fromMs = toMs;
      limit = PAGE_ROWS;
      if (page.length < PAGE_ROWS_FEW) spanMs *= GROWTH;
      continue;
    }
    // Cut by the limit: the last millisecond may go on, so it is read again.
    yield* inOrder(page.filter(({ atMs }) => atMs < lastMs));
    if (lastMs === fromMs) limit *= 2;
    else spanMs = Math.max(1, lastMs - fromMs);
    fromMs = lastMs;
  }
}

async function readPage(
  connection: InfluxConnection,
  { fromMs, toMs }: Window,
  scope: Scope | undefined,
  limit: number,
): Promise<ReachabilityPoint[]> {
  const page: ReachabilityPoint[] = [];
  const question = `SELECT ${POINT_SELECTION} FROM ${name(SERIES.reachability)} WHERE ${within(fromMs, toMs)}${narrow(scope)} ORDER BY time ASC LIMIT ${limit}`;
  for await (const { row } of answers(connection, question)) page.push(pointOfRow(row));
  return page;
}

function inOrder(page: readonly ReachabilityPoint[]): ReachabilityPoint[] {
  return page.toSorted((a, b) => a.atMs - b.atMs || compare(a.id, b.id));
}

const TimeRow = z.object({ time: z.number() });

/** From the first point in the window to just after the last; null where there is none. */
async function spanOf(
  connection: InfluxConnection,
  { fromMs, toMs }: Window,
  scope: Scope | undefined,
): Promise<Window | null> {
  if (fromMs >= toMs) return null;
  const where = `FROM ${name(SERIES.reachability)} WHERE ${within(fromMs, toMs)}${narrow(scope)}`;
  const rows = await ask(connection, `SELECT first("score") ${where}; SELECT last("score") ${where}`);
  const [first, last] = rows.map((row) => Math.floor(TimeRow.parse(row).time / US_PER_MS));
  return first === undefined || last === undefined ? null : { fromMs: first, toMs: last + 1 };
}

const CountRow = z.object({ count: z.number() });

export async function readExtent(connection: InfluxConnection): ReturnType<Store['extent']> {
  const span = await spanOf(connection, { fromMs: 0, toMs: Infinity }, undefined);
  if (span === null) return { points: 0, oldestMs: null, newestMs: null };
  const [row] = await ask(connection, `SELECT count("score") FROM ${name(SERIES.reachability)}`);
  return {
    points: row === undefined ? 0 : CountRow.parse(row).count,
    oldestMs: span.fromMs,
    newestMs: span.toMs - 1,
  };
}
