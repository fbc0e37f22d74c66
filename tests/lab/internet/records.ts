/** What came to rest at the lab's collector. */
import { join } from 'node:path';
import type { OwnMeasurement } from '../../../probes/measurement.ts';
import { judge } from '../../../src/analysis/verdict/judge.ts';
import type { Verdict } from '../../../src/analysis/verdict/verdict.ts';
import { readArchive } from '../../../src/archive/segment-read.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { buildKnowledge } from '../../../src/config/knowledge.ts';
import { silentLog } from '../../support/silent-log.ts';

const knowledge = buildKnowledge(loadCatalog());
const DAY_MS = 86_400_000;

/** In the order of their ids. */
export async function archived(dataDir: string): Promise<OwnMeasurement[]> {
  const found: OwnMeasurement[] = [];
  const window = { fromMs: Date.now() - 30 * DAY_MS, toMs: Date.now() + DAY_MS };
  for await (const { measurement } of readArchive(join(dataDir, 'archive'), window, silentLog))
    found.push(measurement);
  return found;
}

export interface Judged {
  readonly measurement: OwnMeasurement;
  readonly verdict: Verdict;
}

/** Of targets, not of rings, with the verdict that production makes. */
export async function judgements(dataDir: string): Promise<Judged[]> {
  return (await archived(dataDir))
    .filter(({ x_aiqyn_target }) => x_aiqyn_target.probe !== 'rings')
    .map((measurement) => ({ measurement, verdict: judge(measurement, knowledge) }));
}
