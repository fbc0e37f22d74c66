/** Parquet by an in-memory DuckDB, loaded only when somebody asks for this format. */
import { COLUMNS } from './point-table.ts';
import type { Cell } from './point-table.ts';

const MEMORY_MB = 256;
/** Rows per append; bounds what waits in memory outside DuckDB. */
const FLUSH_ROWS = 20_000;

/** Writes the rows, in the order of `table`, to a Parquet file (zstd). What does not fit in memory goes to `<file>.spill` meanwhile. */
export async function writeParquet(
  file: string,
  rows: AsyncIterable<readonly Cell[]>,
  table: typeof COLUMNS = COLUMNS,
): Promise<void> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${MEMORY_MB}MB`,
    threads: '2',
    temp_directory: `${file}.spill`,
  });
  const connection = await instance.connect();
  try {
    const columns = table.map(({ name, type }) => `"${name}" ${type}`).join(', ');
    await connection.run(`CREATE TABLE points (${columns})`);
    const appender = await connection.createAppender('points');
    let count = 0;
    for await (const row of rows) {
      for (const cell of row) {
        if (cell === null) appender.appendNull();
        else if (typeof cell === 'number') appender.appendDouble(cell);
        else appender.appendVarchar(cell);
      }
      appender.endRow();
      count += 1;
      if (count % FLUSH_ROWS === 0) appender.flushSync();
    }
    appender.closeSync();
    // COPY takes no parameter for its file; a quote in the name is doubled.
    await connection.run(
      `COPY (SELECT * REPLACE (CAST("time" AS TIMESTAMPTZ) AS "time") FROM points) TO '${file.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
