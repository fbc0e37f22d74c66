/**
 * Writing in batches, each in one transaction. New rows are appended to their table at once; only where their keys' range
 * is taken does a temporary table (which is not logged) tell which are there already. Rows that replace others always go
 * through one. A commit is synced to the write-ahead log, so it survives kill -9.
 */
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { Table } from './schema.ts';

export type Cell = string | number | null;
export type Row = readonly Cell[];

const STAGE = 'aiqyn_stage';
/** Rows per transaction; bounds the memory of one write. */
const BATCH_ROWS_MAX = 20_000;

/** Runs `work` in a transaction; rolls back and passes the error on when it fails. */
export async function inTransaction(connection: DuckDBConnection, work: () => Promise<void>): Promise<void> {
  await connection.run('BEGIN TRANSACTION');
  try {
    await work();
    await connection.run('COMMIT');
  } catch (error) {
    // After a failed COMMIT there is nothing left to roll back, and the first error is the one that tells.
    await connection.run('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Adds the rows whose key is not there yet; the first of equal keys wins. */
export async function addRows(
  connection: DuckDBConnection,
  table: Table,
  rows: readonly Row[],
): Promise<void> {
  const firstByKey = new Map<string, Row>();
  for (const row of rows) {
    const key = keyOf(table, row);
    if (!firstByKey.has(key)) firstByKey.set(key, row);
  }
  await forEachBatch([...firstByKey.values()], async (batch) => {
    const held = await heldKeys(connection, table, batch);
    const fresh = batch.filter((row) => !held.has(keyOf(table, row)));
    await inTransaction(connection, async () => {
      append(await connection.createAppender(table.name), fresh);
    });
  });
}

/** Which of the rows' keys the table has. Ids begin with their time, so that usually none is in the range. */
async function heldKeys(
  connection: DuckDBConnection,
  table: Table,
  rows: readonly Row[],
): Promise<ReadonlySet<string>> {
  const range = rangeOf(table, rows);
  const found = await connection.runAndReadAll(
    `SELECT 1 FROM "${table.name}" t WHERE ${inRange(table)} LIMIT 1`,
    range,
  );
  if (found.currentRowCount === 0) return new Set();
  const keyColumns = table.columns.filter(([name]) => table.key.includes(name));
  await stage(
    connection,
    keyColumns,
    rows.map((row) => keyColumns.map(([name]) => cellOf(table, row, name))),
  );
  const names = table.key.map((name) => `s."${name}"`).join(', ');
  const held = await connection.runAndReadAll(
    `SELECT ${names} FROM temp.${STAGE} s
     WHERE EXISTS (SELECT 1 FROM "${table.name}" t WHERE ${sameKey(table)} AND ${inRange(table)})`,
    range,
  );
  await dropStage(connection);
  return new Set(held.getRowsJS().map((key) => JSON.stringify(key)));
}

/** Adds the rows, each in the place of an older one with its key; the last of equal keys wins. */
export async function replaceRows(
  connection: DuckDBConnection,
  table: Table,
  rows: readonly Row[],
): Promise<void> {
  const lastByKey = new Map(rows.map((row) => [keyOf(table, row), row]));
  await forEachBatch([...lastByKey.values()], async (batch) => {
    const range = rangeOf(table, batch);
    await stage(connection, table.columns, batch);
    await inTransaction(connection, async () => {
      await connection.run(
        `DELETE FROM "${table.name}" t WHERE ${inRange(table)}
         AND EXISTS (SELECT 1 FROM temp.${STAGE} s WHERE ${sameKey(table)})`,
        range,
      );
      await connection.run(
        `INSERT INTO "${table.name}" (${columnList(table)}) SELECT ${columnList(table)} FROM temp.${STAGE}`,
      );
    });
    await dropStage(connection);
  });
}

/** Deletes the rows with these ids; ids that are not there are no error. */
export async function deleteIds(
  connection: DuckDBConnection,
  table: Table,
  ids: readonly string[],
): Promise<void> {
  const sql = `DELETE FROM "${table.name}" WHERE list_contains(from_json($1, '["VARCHAR"]'), "id")`;
  await connection.run(sql, [JSON.stringify(ids)]);
}

async function forEachBatch(
  rows: readonly Row[],
  write: (batch: readonly Row[]) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < rows.length; start += BATCH_ROWS_MAX)
    await write(rows.slice(start, start + BATCH_ROWS_MAX));
}

async function stage(
  connection: DuckDBConnection,
  columns: Table['columns'],
  rows: readonly Row[],
): Promise<void> {
  const types = columns.map(([name, type]) => `"${name}" ${type}`);
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${STAGE} (${types.join(', ')})`);
  append(await connection.createAppender(STAGE, null, 'temp'), rows);
}

/** Frees the memory of the batch; a temporary table that is only emptied keeps it. */
async function dropStage(connection: DuckDBConnection): Promise<void> {
  await connection.run(`DROP TABLE IF EXISTS temp.${STAGE}`);
}

function append(appender: DuckDBAppender, rows: readonly Row[]): void {
  try {
    for (const row of rows) {
      for (const cell of row) {
        if (cell === null) appender.appendNull();
        else if (typeof cell === 'number') appender.appendDouble(cell);
        else appender.appendVarchar(cell);
      }
      appender.endRow();
    }
  } finally {
    appender.closeSync();
  }
}

function columnList(table: Table): string {
  return table.columns.map(([name]) => `"${name}"`).join(', ');
}

function sameKey(table: Table): string {
  return table.key.map((name) => `t."${name}" = s."${name}"`).join(' AND ');
}

function inRange(table: Table): string {
  return `t."${table.rangeColumn}" BETWEEN $1 AND $2`;
}

function cellOf(table: Table, row: Row, column: string): Cell {
  return row[table.columns.findIndex(([name]) => name === column)] ?? null;
}

function keyOf(table: Table, row: Row): string {
  return JSON.stringify(table.key.map((column) => cellOf(table, row, column)));
}

/** The least and greatest value of the range column; DuckDB orders VARCHAR by its UTF-8 bytes, so the comparison must too. */
function rangeOf(table: Table, rows: readonly Row[]): [Cell, Cell] {
  const values = rows.map((row) => cellOf(table, row, table.rangeColumn));
  let [least, greatest] = [values[0] ?? null, values[0] ?? null];
  for (const value of values) {
    if (compareCells(value, least) < 0) least = value;
    if (compareCells(value, greatest) > 0) greatest = value;
  }
  return [least, greatest];
}

function compareCells(left: Cell, right: Cell): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)));
}
