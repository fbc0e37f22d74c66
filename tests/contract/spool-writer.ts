/** Appends for ever, three at a time, and prints each sequence once it is confirmed. Killed by spool.test.ts. */
import { writeSync } from 'node:fs';
import { openFileSpool } from '../../src/agent/file-spool.ts';
import { listeningLog, webMeasurement } from '../support/agent-records.ts';

const APPENDS_MAX = 100_000;
const dir = process.argv[2] ?? '';
const spool = await openFileSpool({ dir, budgetBytes: 1e9, log: listeningLog(), segmentBytes: 20_000 });

async function write(): Promise<void> {
  for (let n = 0; n < APPENDS_MAX; n += 1) writeSync(1, `${await spool.append(webMeasurement())}\n`);
}
await Promise.all([write(), write(), write()]);
