/** What others see, in SQL. Values are always parameters. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { OutsideOutage, OutsidePoint } from '../../analysis/outside/point.ts';
import { OUTSIDE_TAGS } from '../fields.ts';
import type { OutsideScope, Window } from '../store.ts';
import { outageOfRow, outsideOfRow } from './rows.ts';
import { OUTAGE, OUTSIDE } from './schema.ts';

/** Streams in the order of time, one chunk of about 2,000 rows at a time. */
export async function* readOutside(
  connection: DuckDBConnection,
  { fromMs, toMs }: Window,
  scope: OutsideScope = {},
): AsyncGenerator<OutsidePoint> {
  const wanted = OUTSIDE_TAGS.filter((tag) => scope[tag] !== undefined);
  const narrowed = wanted.map((tag) => ` AND "${tag}" = $${tag}`).join('');
  const result = await connection.stream(
    `SELECT * FROM "${OUTSIDE.name}" WHERE "at_ms" >= $fromMs AND "at_ms" < $toMs${narrowed} ORDER BY "at_ms"`,
    { fromMs, toMs, ...Object.fromEntries(wanted.map((tag) => [tag, scope[tag] ?? ''])) },
  );
  for await (const rows of result.yieldRowObjectJs()) yield* rows.map(outsideOfRow);
}

export async function readOutages(
  connection: DuckDBConnection,
  { fromMs, toMs }: Window,
): Promise<OutsideOutage[]> {
  const reader = await connection.runAndReadAll(
    `SELECT "body" FROM "${OUTAGE.name}"
     WHERE "start_ms" < $toMs AND ("end_ms" IS NULL OR greatest("end_ms", "start_ms" + 1) > $fromMs)
     ORDER BY "start_ms", "id"`,
    { fromMs, toMs },
  );
  return reader.getRowObjectsJS().map(outageOfRow);
}
