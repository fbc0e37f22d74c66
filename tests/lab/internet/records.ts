/** What came to rest at the lab's collector. */
import { join } from 'node:path';
import type { OwnMeasurement } from '../../../probes/measurement.ts';
import { judge } from '../../../src/analysis/verdict/judge.ts';
import type { Verdict } from '../../../src/analysis/verdict/verdict.ts';
import type { Incident } from '../../../src/analysis/detect/point.ts';
import { readArchive } from '../../../src/archive/segment-read.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { buildKnowledge } from '../../../src/config/knowledge.ts';
import { openDuckdbStore } from '../../../src/store/duckdb/store.ts';
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

/** What a stopped collector's store holds. */
export async function stored(
  dataDir: string,
): Promise<{ readonly incidents: readonly Incident[]; readonly points: readonly string[] }> {
  const store = await openDuckdbStore({ file: join(dataDir, 'store.duckdb'), log: silentLog });
  try {
    const points: string[] = [];
    for await (const { id } of store.points({ fromMs: 0, toMs: Date.now() + DAY_MS })) points.push(id);
    return { incidents: await store.incidents({}), points };
  } finally {
    await store.close();
  }
}

/** Those of `kept` that the archive does not hold, or not yet. */
export async function missing(kept: ReadonlySet<string>, dataDir: string): Promise<string[]> {
  const known = new Set((await archived(dataDir)).map(({ x_aiqyn_id }) => x_aiqyn_id));
  return [...kept].filter((id) => !known.has(id));
}

export interface Accounts {
  /** Told to be on a vantage's disk, and not in the archive, or measurements of targets not in the store. */
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** How many the archive holds. */
  readonly archived: number;
}

/** What became of the measurements of these ids; nothing is lost and nothing doubled where both lists are empty. */
export async function accountsOf(
  kept: ReadonlySet<string>,
  dataDir: string,
  points: readonly string[],
): Promise<Accounts> {
  const records = await archived(dataDir);
  const inArchive = records.map(({ x_aiqyn_id }) => x_aiqyn_id);
  const ofTargets = records.filter(({ x_aiqyn_target }) => x_aiqyn_target.probe !== 'rings');
  const known = { archive: new Set(inArchive), store: new Set(points) };
  return {
    lost: [
      ...[...kept].filter((id) => !known.archive.has(id)),
      ...ofTargets.map(({ x_aiqyn_id }) => x_aiqyn_id).filter((id) => !known.store.has(id)),
    ],
    doubled: [...twice(inArchive), ...twice(points)],
    archived: inArchive.length,
  };
}

function twice(ids: readonly string[]): string[] {
  const seen = new Set<string>();
  return ids.filter((id) => seen.size === seen.add(id).size);
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
