/** The port's questions in SQL. Values are always parameters; the only names put into a text come from the lists in this tree. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';
import type { Heartbeat, Incident, ReachabilityPoint, SweepPoint } from '../../analysis/detect/point.ts';
import { STATUSES } from '../../analysis/verdict/verdict.ts';
import type { Status } from '../../analysis/verdict/verdict.ts';
import type { AiqynEvent } from '../../events/event.ts';
import { incidentLimit, requireBucket, SCOPE_KEYS } from '../query-limits.ts';
import { STATUS_LOOKBACK_MS } from '../store.ts';
import type { Bucket, IncidentQuery, LatestStatus, Scope, Store, Window } from '../store.ts';
import { EVENT, HEARTBEAT, INCIDENT, REACHABILITY, SWEEP } from './schema.ts';
import { eventOfRow, heartbeatOfRow, incidentOfRow, pointOfRow, sweepOfRow } from './rows.ts';

type Values = Record<string, string | number>;
type Question<Name extends 'statusNow' | 'buckets'> = Parameters<Store[Name]>[0];

const POINT_COLUMNS = REACHABILITY.columns.map(([name]) => `p."${name}"`).join(', ');

async function rowsOf(connection: DuckDBConnection, sql: string, values: Values): Promise<unknown[]> {
  const reader = await connection.runAndReadAll(sql, values);
  return reader.getRowObjectsJS();
}

/** `AND p."operator" = $operator …` for what the scope names. */
function narrow(scope: Scope | undefined, alias: string): { readonly sql: string; readonly values: Values } {
  const values: Values = {};
  let sql = '';
  for (const key of SCOPE_KEYS) {
    const value = scope?.[key];
    if (value === undefined) continue;
    values[key] = value;
    sql += ` AND ${alias}."${key}" = $${key}`;
  }
  return { sql, values };
}

/**
 * Since when a status holds, without sorting or joining the whole lookback: one pass finds the first and last instant of
 * each status of each cell. Where another status was seen after the present one's first instant, a second pass finds the
 * first point after it, from the oldest such break on. Among points of one instant the greater id is the newer.
 */
export async function readStatusNow(
  connection: DuckDBConnection,
  { nowMs, freshMs, scope }: Question<'statusNow'>,
): Promise<LatestStatus[]> {
  const { sql, values } = narrow(scope, 'p');
  const inHistory = narrow(scope, 'r').sql;
  const history = `"${REACHABILITY.name}" r`;
  const sameCell = 'r."vantage" = b."vantage" AND r."target" = b."target"';
  const rows = await rowsOf(
    connection,
    `WITH latest AS MATERIALIZED (
       SELECT ${POINT_COLUMNS} FROM "${REACHABILITY.name}" p WHERE p."at_ms" > $freshFromMs ${sql}
       QUALIFY row_number() OVER (PARTITION BY p."vantage", p."target" ORDER BY p."at_ms" DESC, p."id" DESC) = 1
     ), spans AS (
       SELECT r."vantage", r."target", r."status", min(r."at_ms") AS first_ms, max(r."at_ms") AS last_ms
       FROM ${history} WHERE r."at_ms" > $lookbackFromMs ${inHistory} GROUP BY ALL
     ), runs AS MATERIALIZED (
       SELECT b."vantage", b."target", b."status",
         min(r.first_ms) FILTER (r."status" = b."status") AS first_ms,
         max(r.last_ms) FILTER (r."status" <> b."status") AS broken_ms
       FROM latest b JOIN spans r ON ${sameCell} GROUP BY ALL
     ), broken AS MATERIALIZED (
       SELECT * FROM runs WHERE first_ms <= broken_ms
     ), resumed AS MATERIALIZED (
       SELECT b."vantage", b."target", b."status", b.broken_ms,
         min(r."at_ms") FILTER (r."at_ms" > b.broken_ms) AS next_ms, bool_or(r."at_ms" = b.broken_ms) AS is_tie
       FROM ${history} JOIN broken b ON ${sameCell} AND r."status" = b."status" AND r."at_ms" >= b.broken_ms
       WHERE r."at_ms" >= (SELECT min(broken_ms) FROM broken) ${inHistory} GROUP BY ALL
     ), tied AS (
       SELECT b."vantage", b."target",
         max(r."id") FILTER (r."status" = b."status") > max(r."id") FILTER (r."status" <> b."status") AS is_newer
       FROM ${history} JOIN resumed b ON ${sameCell} AND r."at_ms" = b.broken_ms
       WHERE b.is_tie ${inHistory} GROUP BY ALL
     )
     SELECT ${POINT_COLUMNS},
       coalesce(CASE WHEN tied.is_newer THEN resumed.broken_ms WHEN resumed."target" IS NOT NULL THEN resumed.next_ms
         ELSE runs.first_ms END, p."at_ms") AS since_ms
     FROM latest p LEFT JOIN runs USING ("vantage", "target") LEFT JOIN resumed USING ("vantage", "target")
       LEFT JOIN tied USING ("vantage", "target")
     ORDER BY p."vantage", p."target"`,
    { freshFromMs: nowMs - freshMs, lookbackFromMs: nowMs - STATUS_LOOKBACK_MS, ...values },
  );
  return rows.map((row) => ({ point: pointOfRow(row), sinceMs: Since.parse(row).since_ms }));
}
const Since = z.object({ since_ms: z.number() });

const Numbers = z.array(z.number());
const MaybeNumbers = z.array(z.number().nullable());
const Strings = z.array(z.string());

/** Read by column and checked by column: a day of a page's chart is ten thousand buckets. */
export async function readBuckets(
  connection: DuckDBConnection,
  { window, bucketMs, by, scope }: Question<'buckets'>,
): Promise<Bucket[]> {
  requireBucket(bucketMs);
  const { sql, values } = narrow(scope, 'p');
  const groups = [...new Set(by)];
  const names = groups.map((group) => `, p."${group}"`).join('');
  const counts = STATUSES.map(
    (status) => `, count(*) FILTER (p."status" = '${status}')::DOUBLE AS "n_${status}"`,
  ).join('');
  const reader = await connection.runAndReadAll(
    `SELECT floor(p."at_ms" / $bucketMs) * $bucketMs AS start_ms ${names} ${counts}, avg(p."score") AS mean_score,
       median(p."total_ms") AS median_total_ms, median(p."bytes_per_s") AS median_bytes_per_s
     FROM "${REACHABILITY.name}" p WHERE p."at_ms" >= $fromMs AND p."at_ms" < $toMs ${sql}
     GROUP BY ALL ORDER BY start_ms ${names}`,
    { fromMs: window.fromMs, toMs: window.toMs, bucketMs, ...values },
  );
  return bucketsOf(reader.getColumnsObjectJS(), by);
}

function bucketsOf(columns: Readonly<Record<string, unknown>>, by: readonly string[]): Bucket[] {
  const startMs = Numbers.parse(columns['start_ms']);
  const meanScore = Numbers.parse(columns['mean_score']);
  const medianTotalMs = MaybeNumbers.parse(columns['median_total_ms']);
  const medianBytesPerSecond = MaybeNumbers.parse(columns['median_bytes_per_s']);
  const groups = by.map((group) => Strings.parse(columns[group]));
  function counted(status: Status): readonly number[] {
    return Numbers.parse(columns[`n_${status}`]);
  }
  const counts: Readonly<Record<Status, readonly number[]>> = {
    ok: counted('ok'),
    blocked: counted('blocked'),
    throttled: counted('throttled'),
    intercepted: counted('intercepted'),
    tampered: counted('tampered'),
    down: counted('down'),
    offline: counted('offline'),
    inconclusive: counted('inconclusive'),
  };
  function count(status: Status, row: number): number {
    return counts[status][row] ?? 0;
  }
  return startMs.map((start, row) => ({
    startMs: start,
    group: groups.map((values) => values[row] ?? ''),
    counts: {
      ok: count('ok', row),
      blocked: count('blocked', row),
      throttled: count('throttled', row),
      intercepted: count('intercepted', row),
      tampered: count('tampered', row),
      down: count('down', row),
      offline: count('offline', row),
      inconclusive: count('inconclusive', row),
    },
    meanScore: meanScore[row] ?? 0,
    medianTotalMs: medianTotalMs[row] ?? null,
    medianBytesPerSecond: medianBytesPerSecond[row] ?? null,
  }));
}

/** Streams: DuckDB sorts (on disk where memory ends) and hands out one chunk of about 2,000 rows at a time. */
export async function* readPoints(
  connection: DuckDBConnection,
  window: Window,
  scope: Scope | undefined,
): AsyncGenerator<ReachabilityPoint> {
  const { sql, values } = narrow(scope, 'p');
  const result = await connection.stream(
    `SELECT ${POINT_COLUMNS} FROM "${REACHABILITY.name}" p
     WHERE p."at_ms" >= $fromMs AND p."at_ms" < $toMs ${sql} ORDER BY p."at_ms", p."id"`,
    { fromMs: window.fromMs, toMs: window.toMs, ...values },
  );
  for await (const rows of result.yieldRowObjectJs()) yield* rows.map(pointOfRow);
}

export async function readHeartbeats(
  connection: DuckDBConnection,
  window: Window,
  scope: Pick<Scope, 'vantage'> | undefined,
): Promise<Heartbeat[]> {
  const { sql, values } = narrow(scope?.vantage === undefined ? undefined : { vantage: scope.vantage }, 'h');
  const rows = await rowsOf(
    connection,
    `SELECT * FROM "${HEARTBEAT.name}" h WHERE h."at_ms" >= $fromMs AND h."at_ms" < $toMs ${sql} ORDER BY h."at_ms", h."vantage"`,
    { fromMs: window.fromMs, toMs: window.toMs, ...values },
  );
  return rows.map(heartbeatOfRow);
}

export async function readVantagesNow(connection: DuckDBConnection): Promise<Heartbeat[]> {
  const rows = await rowsOf(
    connection,
    `SELECT h.* FROM "${HEARTBEAT.name}" h JOIN
       (SELECT "vantage", max("at_ms") AS at_ms FROM "${HEARTBEAT.name}" GROUP BY "vantage") newest
       ON newest."vantage" = h."vantage" AND newest.at_ms = h."at_ms" ORDER BY h."vantage"`,
    {},
  );
  return rows.map(heartbeatOfRow);
}

export async function readSweeps(
  connection: DuckDBConnection,
  window: Window,
  scope: Parameters<Store['sweeps']>[1],
): Promise<SweepPoint[]> {
  const { sql, values } = narrow(scope, 's');
  const rows = await rowsOf(
    connection,
    `SELECT * FROM "${SWEEP.name}" s WHERE s."at_ms" >= $fromMs AND s."at_ms" < $toMs ${sql} ORDER BY s."at_ms", s."operator", s."place"`,
    { fromMs: window.fromMs, toMs: window.toMs, ...values },
  );
  return rows.map(sweepOfRow);
}

export async function readIncidents(connection: DuckDBConnection, query: IncidentQuery): Promise<Incident[]> {
  const conditions = ['true'];
  const values: Values = { limit: incidentLimit(query) };
  if (query.window !== undefined) {
    conditions.push(
      `"start_ms" < $toMs AND ("end_ms" IS NULL OR greatest("end_ms", "start_ms" + 1) > $fromMs)`,
    );
    values['fromMs'] = query.window.fromMs;
    values['toMs'] = query.window.toMs;
  }
  if (query.openOnly === true) conditions.push(`"status" <> 'restored'`);
  if (query.platform !== undefined) {
    conditions.push(`list_contains(from_json("platforms", '["VARCHAR"]'), $platform)`);
    values['platform'] = query.platform;
  }
  const rows = await rowsOf(
    connection,
    `SELECT "body" FROM "${INCIDENT.name}" WHERE ${conditions.join(' AND ')} ORDER BY "start_ms" DESC, "id" LIMIT $limit`,
    values,
  );
  return rows.map(incidentOfRow);
}

export async function readIncident(connection: DuckDBConnection, id: string): Promise<Incident | null> {
  const rows = await rowsOf(connection, `SELECT "body" FROM "${INCIDENT.name}" WHERE "id" = $id`, { id });
  return rows[0] === undefined ? null : incidentOfRow(rows[0]);
}

export async function readEvents(connection: DuckDBConnection, window: Window): Promise<AiqynEvent[]> {
  const rows = await rowsOf(
    connection,
    `SELECT "body" FROM "${EVENT.name}" WHERE "start_ms" < $toMs AND greatest("end_ms", "start_ms" + 1) > $fromMs
     ORDER BY "start_ms", "id"`,
    { fromMs: window.fromMs, toMs: window.toMs },
  );
  return rows.map(eventOfRow);
}

const Extent = z.object({
  points: z.number(),
  oldest_ms: z.number().nullable(),
  newest_ms: z.number().nullable(),
});
export async function readExtent(connection: DuckDBConnection): ReturnType<Store['extent']> {
  const rows = await rowsOf(
    connection,
    `SELECT count(*)::DOUBLE AS points, min("at_ms") AS oldest_ms, max("at_ms") AS newest_ms FROM "${REACHABILITY.name}"`,
    {},
  );
  const read = Extent.parse(rows[0]);
  return { points: read.points, oldestMs: read.oldest_ms, newestMs: read.newest_ms };
}
