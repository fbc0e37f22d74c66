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
  const keyOf = keysOf(table);
  const firstByKey = new Map<string, Row>();
  for (const row of rows) {
    const key = keyOf(row);
    if (!firstByKey.has(key)) firstByKey.set(key, row);
  }
  await forEachBatch([...firstByKey.values()], async (batch) => {
    const held = await heldKeys(connection, table, batch);
    const fresh = held.size === 0 ? batch : batch.filter((row) => !held.has(keyOf(row)));
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
  const places = keyColumns.map(([name]) => placeOf(table, name));
  await stage(
    connection,
    keyColumns,
    rows.map((row) => places.map((place) => row[place] ?? null)),
  );
  const names = table.key.map((name) => `s."${name}"`).join(', ');
  const held = await connection.runAndReadAll(
    `SELECT ${names} FROM temp.${STAGE} s
     WHERE EXISTS (SELECT 1 FROM "${table.name}" t WHERE ${sameKey(table)} AND ${inRange(table)})`,
    range,
  );
  await dropStage(connection);
  return new Set(held.getRowsJS().map(keyText));
}

/** Adds the rows, each in the place of an older one with its key; the last of equal keys wins. */
export async function replaceRows(
  connection: DuckDBConnection,
  table: Table,
  rows: readonly Row[],
): Promise<void> {
  const keyOf = keysOf(table);
  const lastByKey = new Map(rows.map((row) => [keyOf(row), row]));
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

function placeOf(table: Table, column: string): number {
  return table.columns.findIndex(([name]) => name === column);
}

/** Tells rows of one table apart as their keys do. */
function keysOf(table: Table): (row: Row) => string {
  const places = table.key.map((column) => placeOf(table, column));
  return (row) => keyText(places.map((place) => row[place] ?? null));
}

/** The one column of a key as it is: almost every row's key is its id. */
function keyText(cells: readonly unknown[]): string {
  const [only] = cells;
  return cells.length === 1 && typeof only === 'string' ? only : JSON.stringify(cells);
}

/** The least and greatest value of the range column; DuckDB orders VARCHAR by its UTF-8 bytes, so the comparison must too. */
function rangeOf(table: Table, rows: readonly Row[]): [Cell, Cell] {
  const place = placeOf(table, table.rangeColumn);
  const first = rows[0]?.[place] ?? null;
  let [least, greatest] = [first, first];
  for (const row of rows) {
    const value = row[place] ?? null;
    if (compareCells(value, least) < 0) least = value;
    if (compareCells(value, greatest) > 0) greatest = value;
  }
  return [least, greatest];
}

/** Only beyond ASCII do UTF-16's units and UTF-8's bytes order differently. */
const BEYOND_ASCII = /[^\u0000-\u007f]/;

function compareCells(left: Cell, right: Cell): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [a, b] = [String(left), String(right)];
  if (BEYOND_ASCII.test(a) || BEYOND_ASCII.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
