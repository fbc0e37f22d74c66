/**
 * The DuckDB file's tables and how older files are brought forward. Names come from src/store/fields.ts.
 *
 * No table has an index: the store has one writer (DuckDB locks the file, the adapter queues its writes), so keys are kept
 * unique by an anti-join over a range that zone maps prune. A primary key on the id made the file four times as large and
 * halved the rate of writes.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { STATUSES } from '../../analysis/verdict/verdict.ts';
import { EnvironmentError } from '../../errors.ts';
import { HEARTBEAT_TAGS, OUTSIDE_TAGS, REACHABILITY_TAGS, SERIES, SWEEP_TAGS } from '../fields.ts';
import { inTransaction } from './writes.ts';

export const SCHEMA_TABLE = 'aiqyn_schema';

export type SqlType = 'VARCHAR' | 'DOUBLE';

/** A table's stored columns in the order in which rows are handed to `writes.ts`. Instants are DOUBLE: exact to the year 287396. */
export interface Table {
  readonly name: string;
  readonly columns: readonly (readonly [name: string, type: SqlType])[];
  /** What makes a row the same row. */
  readonly key: readonly string[];
  /** The key column whose range bounds the search for rows that are already there. */
  readonly rangeColumn: string;
}

export const REACHABILITY: Table = {
  name: SERIES.reachability,
  columns: [
    ['id', 'VARCHAR'],
    ['at_ms', 'DOUBLE'],
    ...REACHABILITY_TAGS.map((tag) => [tag, 'VARCHAR'] as const),
    ['retest', 'DOUBLE'],
    ['status', 'VARCHAR'],
    ['layer', 'VARCHAR'],
    ['method', 'VARCHAR'],
    ['failure', 'VARCHAR'],
    ['confidence', 'DOUBLE'],
    ['score', 'DOUBLE'],
    /** A JSON array of sentences. */
    ['reasons', 'VARCHAR'],
    ['dns_ms', 'DOUBLE'],
    ['tcp_ms', 'DOUBLE'],
    ['tls_ms', 'DOUBLE'],
    ['ttfb_ms', 'DOUBLE'],
    ['total_ms', 'DOUBLE'],
    ['bytes_per_s', 'DOUBLE'],
  ],
  key: ['id'],
  rangeColumn: 'id',
};

export const HEARTBEAT: Table = {
  name: SERIES.heartbeat,
  columns: [
    ['at_ms', 'DOUBLE'],
    ...HEARTBEAT_TAGS.map((tag) => [tag, 'VARCHAR'] as const),
    ['connectivity', 'VARCHAR'],
    ['received_at_ms', 'DOUBLE'],
    ['spool_depth', 'DOUBLE'],
    ['clock_offset_ms', 'DOUBLE'],
  ],
  key: ['vantage', 'at_ms'],
  rangeColumn: 'at_ms',
};

export const INCIDENT: Table = {
  name: SERIES.incident,
  columns: [
    ['id', 'VARCHAR'],
    ['kind', 'VARCHAR'],
    ['status', 'VARCHAR'],
    ['start_ms', 'DOUBLE'],
    ['end_ms', 'DOUBLE'],
    /** A JSON array. */
    ['platforms', 'VARCHAR'],
    /** The whole incident, JSON. */
    ['body', 'VARCHAR'],
  ],
  key: ['id'],
  rangeColumn: 'id',
};

export const EVENT: Table = {
  name: SERIES.event,
  columns: [
    ['id', 'VARCHAR'],
    ['kind', 'VARCHAR'],
    ['start_ms', 'DOUBLE'],
    ['end_ms', 'DOUBLE'],
    /** The whole event, JSON. */
    ['body', 'VARCHAR'],
  ],
  key: ['id'],
  rangeColumn: 'id',
};

export const SWEEP: Table = {
  name: SERIES.sweep,
  columns: [
    ['at_ms', 'DOUBLE'],
    ...SWEEP_TAGS.map((tag) => [tag, 'VARCHAR'] as const),
    ['up_ratio', 'DOUBLE'],
    ['probed', 'DOUBLE'],
    ['answered', 'DOUBLE'],
    ['rtt_ms', 'DOUBLE'],
  ],
  key: ['operator', 'place', 'at_ms'],
  rangeColumn: 'at_ms',
};

export const OUTSIDE: Table = {
  name: SERIES.outside,
  columns: [
    ['at_ms', 'DOUBLE'],
    ...OUTSIDE_TAGS.map((tag) => [tag, 'VARCHAR'] as const),
    ['value', 'DOUBLE'],
    ['baseline', 'DOUBLE'],
  ],
  key: ['source', 'signal', 'entity', 'at_ms'],
  rangeColumn: 'at_ms',
};

/** Of others. */
export const OUTAGE: Table = {
  name: SERIES.outage,
  columns: [
    ['id', 'VARCHAR'],
    ['kind', 'VARCHAR'],
    ['start_ms', 'DOUBLE'],
    ['end_ms', 'DOUBLE'],
    /** The whole outage, JSON. */
    ['body', 'VARCHAR'],
  ],
  key: ['id'],
  rangeColumn: 'id',
};

/** Forward only; number n brings a file from version n to n + 1. Never edit one that was released: add the next. */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
    createTable(
      REACHABILITY,
      STATUSES.map(
        (status) => `"${status}" TINYINT GENERATED ALWAYS AS (CAST("status" = '${status}' AS TINYINT))`,
      ),
    ),
    createTable(HEARTBEAT, [
      `"up" TINYINT GENERATED ALWAYS AS (CAST("connectivity" <> 'offline' AS TINYINT))`,
    ]),
    createTable(INCIDENT, []),
    createTable(EVENT, []),
  ],
  [createTable(SWEEP, [])],
  [createTable(OUTSIDE, []), createTable(OUTAGE, [])],
];
export const SCHEMA_VERSION = MIGRATIONS.length;

function createTable(table: Table, generated: readonly string[]): string {
  const stored = table.columns.map(([name, type]) => `"${name}" ${type}`);
  return `CREATE TABLE "${table.name}" (${[...stored, ...generated].join(', ')})`;
}

/**
 * Brings the file to SCHEMA_VERSION, one transaction per step.
 * @throws EnvironmentError('STORE_NEWER') for a file that a newer Aiqyn wrote; it is left as it is.
 */
export async function migrate(connection: DuckDBConnection, file: string): Promise<void> {
  await connection.run(`CREATE TABLE IF NOT EXISTS ${SCHEMA_TABLE} (version DOUBLE NOT NULL)`);
  const reader = await connection.runAndReadAll(`SELECT coalesce(max(version), 0) FROM ${SCHEMA_TABLE}`);
  const version = Number(reader.getRowsJS()[0]?.[0] ?? 0);
  if (version > SCHEMA_VERSION)
    throw new EnvironmentError(
      'STORE_NEWER',
      `${file} was written by a newer Aiqyn (schema ${version}, this one knows ${SCHEMA_VERSION}). Update Aiqyn, or choose another --data-dir.`,
    );
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < version) continue;
    await inTransaction(connection, async () => {
      for (const statement of statements) await connection.run(statement);
      await connection.run(`INSERT INTO ${SCHEMA_TABLE} VALUES ($1)`, [index + 1]);
    });
  }
}
