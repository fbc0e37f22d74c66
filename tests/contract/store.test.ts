import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openDuckdbStore } from '../../src/store/duckdb/store.ts';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import { silentLog } from '../support/silent-log.ts';
import { describeStore } from './store-suite.ts';
import { describeStoreBuckets } from './store-suite-buckets.ts';
import { describeStoreRecords } from './store-suite-records.ts';

let dir = '';
let opened = 0;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aiqyn-store-'));
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

const adapters = {
  memory: async () => createMemoryStore(),
  DuckDB: async () => openDuckdbStore({ file: join(dir, `${++opened}.duckdb`), log: silentLog }),
};
for (const [name, open] of Object.entries(adapters)) {
  describeStore(name, open);
  describeStoreBuckets(name, open);
  describeStoreRecords(name, open);
}
