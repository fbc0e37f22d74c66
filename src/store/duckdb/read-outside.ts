/** What others see, in SQL. Values are always parameters. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';
import type { OutsideOutage, OutsidePoint } from '../../analysis/outside/point.ts';
import { OUTSIDE_TAGS } from '../fields.ts';
import { compareDays, DAY_MS } from '../outside-days.ts';
import type { OutsideDay, OutsideScope, Window } from '../store.ts';
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

const DayRow = z.object({
  day_ms: z.number(),
  source: z.string(),
  signal: z.string(),
  entity: z.string(),
  numbers: z.number(),
});

export async function readOutsideDays(connection: DuckDBConnection): Promise<OutsideDay[]> {
  const reader = await connection.runAndReadAll(
    `SELECT floor("at_ms" / $dayMs) * $dayMs AS "day_ms", "source", "signal", "entity", count(*)::DOUBLE AS "numbers"
     FROM "${OUTSIDE.name}" GROUP BY ALL`,
    { dayMs: DAY_MS },
  );
  return reader
    .getRowObjectsJS()
    .map((row) => {
      const { day_ms, ...same } = DayRow.parse(row);
      return { dayMs: day_ms, ...same };
    })
    .sort(compareDays);
}
