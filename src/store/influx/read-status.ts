/**
 * The newest verdict of each vantage and target, and since when it holds, without reading the whole lookback: the database
 * finds each cell's newest rows and the last verdict that said otherwise; only around that are rows read.
 */
import { z } from 'zod';
import type { ReachabilityPoint } from '../../analysis/detect/point.ts';
import { severityOf } from '../../analysis/verdict/severity.ts';
import type { Status } from '../../analysis/verdict/verdict.ts';
import { SERIES, SEVERITY_FIELD } from '../fields.ts';
import { STATUS_LOOKBACK_MS } from '../store.ts';
import type { LatestStatus, Store } from '../store.ts';
import { ask, askEach } from './ask.ts';
import type { InfluxConnection } from './connection.ts';
import { compare, narrow } from './read-points.ts';
import { POINT_SELECTION, pointOfRow } from './rows.ts';
import type { Row } from './rows.ts';
import { fromTagValue, instant, literal, name, tagValue, within } from './text.ts';

type Question = Parameters<Store['statusNow']>[0];
/** Two rows of a cell tell whether its newest instant is shared. */
const NEWEST_ROWS = 2;
const US_PER_MS = 1_000;
const REACHABILITY = name(SERIES.reachability);
const SEVERITY = name(SEVERITY_FIELD);
const CELL = '"vantage", "target"';

export async function readStatusNow(
  connection: InfluxConnection,
  question: Question,
): Promise<LatestStatus[]> {
  const points = await readNewest(connection, question);
  const lookbackMs = question.nowMs - STATUS_LOOKBACK_MS;
  const recent = points.filter(({ atMs }) => atMs > lookbackMs);
  const since = await readSince(connection, recent, lookbackMs, narrow(question.scope));
  return points
    .map((point) => ({ point, sinceMs: since.get(cellOf(point)) ?? point.atMs }))
    .sort((a, b) => compare(a.point.vantage, b.point.vantage) || compare(a.point.target, b.point.target));
}

function cellOf({ vantage, target }: { readonly vantage: string; readonly target: string }): string {
  return JSON.stringify([vantage, target]);
}

const CellRow = z.object({
  time: z.number().transform((microseconds) => Math.floor(microseconds / US_PER_MS)),
  vantage: z.string().transform(fromTagValue),
  target: z.string().transform(fromTagValue),
});

async function readNewest(connection: InfluxConnection, question: Question): Promise<ReachabilityPoint[]> {
  const { nowMs, freshMs, scope } = question;
  const rows = await ask(
    connection,
    `SELECT ${POINT_SELECTION} FROM ${REACHABILITY} WHERE time >= ${instant(nowMs - freshMs + 1)}${narrow(scope)} GROUP BY ${CELL} ORDER BY time DESC LIMIT ${NEWEST_ROWS}`,
  );
  const newest = new Map<string, ReachabilityPoint>();
  const shared = new Map<string, ReachabilityPoint>();
  for (const point of rows.map(pointOfRow)) {
    const cell = cellOf(point);
    const before = newest.get(cell);
    if (before === undefined) newest.set(cell, point);
    else if (before.atMs === point.atMs) shared.set(cell, point);
  }
  const ties = await askEach(
    connection,
    [...shared.values()].map(
      (point) =>
        `SELECT ${POINT_SELECTION} FROM ${REACHABILITY} WHERE ${within(point.atMs, point.atMs + 1)}${ofCell(point)}${narrow(scope)}`,
    ),
  );
  for (const point of ties.flat().map(pointOfRow)) {
    const cell = cellOf(point);
    if (compare(newest.get(cell)?.id ?? '', point.id) < 0) newest.set(cell, point);
  }
  return [...newest.values()];
}

function ofCell({ vantage, target }: ReachabilityPoint): string {
  return ` AND "vantage" = ${literal(tagValue(vantage))} AND "target" = ${literal(tagValue(target))}`;
}

/** First instant of each cell's newest unbroken run, by cell. */
async function readSince(
  connection: InfluxConnection,
  points: readonly ReachabilityPoint[],
  lookbackMs: number,
  scope: string,
): Promise<ReadonlyMap<string, number>> {
  const since = new Map<string, number>();
  if (points.length === 0) return since;
  const where = `WHERE time >= ${instant(lookbackMs + 1)}${scope}`;
  for (const row of await ask(
    connection,
    `SELECT first("score") FROM ${REACHABILITY} ${where} GROUP BY ${CELL}`,
  )) {
    const { time, ...cell } = CellRow.parse(row);
    since.set(cellOf(cell), time);
  }
  const broken = await readBreaks(connection, points, where);
  const resumed = await askEach(
    connection,
    broken.flatMap(({ point, brokenMs }) => {
      const cell = `${ofCell(point)}${scope}`;
      return [
        `SELECT "id", "status" FROM ${REACHABILITY} WHERE ${within(brokenMs, brokenMs + 1)}${cell}`,
        `SELECT "id", "status" FROM ${REACHABILITY} WHERE time >= ${instant(brokenMs + 1)}${cell} ORDER BY time ASC LIMIT 1`,
      ];
    }),
  );
  for (const [index, { point, brokenMs }] of broken.entries()) {
    const isTied = resumesWithin(resumed[2 * index] ?? [], point.status);
    const [next] = resumed[2 * index + 1] ?? [];
    const nextMs = next === undefined ? point.atMs : StatusRow.parse(next).time;
    since.set(cellOf(point), isTied ? brokenMs : nextMs);
  }
  return since;
}

interface Break {
  readonly point: ReachabilityPoint;
  /** The last instant at which the cell had another status. */
  readonly brokenMs: number;
}

async function readBreaks(
  connection: InfluxConnection,
  points: readonly ReachabilityPoint[],
  where: string,
): Promise<Break[]> {
  const statuses = [...new Set(points.map(({ status }) => status))];
  const others = await askEach(
    connection,
    statuses.map(
      (status) =>
        `SELECT last(${SEVERITY}) FROM ${REACHABILITY} ${where} AND ${SEVERITY} <> ${severityOf(status)} GROUP BY ${CELL}`,
    ),
  );
  return statuses.flatMap((status, index) => {
    const brokenMs = new Map((others[index] ?? []).map((row) => cellInstant(row)));
    return points.flatMap((point) => {
      const atMs = brokenMs.get(cellOf(point));
      return point.status === status && atMs !== undefined ? [{ point, brokenMs: atMs }] : [];
    });
  });
}

function cellInstant(row: Row): [cell: string, atMs: number] {
  const { time, ...cell } = CellRow.parse(row);
  return [cellOf(cell), time];
}

const StatusRow = z.object({
  time: z.number().transform((microseconds) => Math.floor(microseconds / US_PER_MS)),
  id: z.string(),
  status: z.string(),
});

/** Among points of one instant the greater id is the newer: does that one have the status again? */
function resumesWithin(rows: readonly Row[], status: Status): boolean {
  const newest = rows
    .map((row) => StatusRow.parse(row))
    .sort((a, b) => compare(a.id, b.id))
    .at(-1);
  return newest?.status === status;
}
