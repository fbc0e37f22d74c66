/** A process to be killed: writes points to a DuckDB store and prints how many were acknowledged. */
import { openDuckdbStore } from '../../src/store/duckdb/store.ts';
import { manyPoints } from './points.ts';
import { silentLog } from './silent-log.ts';

const store = await openDuckdbStore({ file: process.argv[2] ?? '', log: silentLog });
let written = 0;
for (const batch of manyPoints(10_000_000, 50)) {
  await store.writePoints(batch);
  written += batch.length;
  process.stdout.write(`${written}\n`);
}
