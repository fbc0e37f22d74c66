/**
 * `aiqyn store init` on InfluxDB 1.x: raw points for 30 days, five-minute rollups for a year, hourly ones, incidents and
 * events for ever. What is there already is rolled up and copied before anything gets a shorter life.
 */
import { FOREVER_POLICY, LASTING_SERIES, SERIES } from '../fields.ts';
import { ask } from './ask.ts';
import type { InfluxConnection } from './connection.ts';
import { RAW_KEPT_MS, RAW_POLICY, readPolicies } from './layout.ts';
import type { Policy } from './layout.ts';
import { rollupSelection, ROLLUPS } from './rollup.ts';
import type { Rollup } from './rollup.ts';
import type { Step } from './step.ts';
import { name } from './text.ts';

const SHARD_DURATIONS = { '5m': '7d', '1h': '30d' } as const;
const DAY_MS = 86_400_000;

/** The steps that are still to be done; none where all is as it should be. */
export async function planPolicies(connection: InfluxConnection): Promise<Step[]> {
  const policies = await readPolicies(connection);
  const queries = new Set((await ask(connection, 'SHOW CONTINUOUS QUERIES')).map((row) => row['name']));
  const raw = policies.find(({ isDefault }) => isDefault)?.name ?? RAW_POLICY;
  const { database } = connection.address;
  const wanted = [
    ...policySteps(database, policies),
    ...copySteps(database, raw, queries),
    ...ROLLUPS.flatMap((rollup) => rollupSteps(database, raw, rollup, queries)),
    ...rawSteps(database, raw, policies),
  ];
  return wanted.map(({ why, what }) => ({
    why,
    what,
    async run() {
      await ask(connection, what);
    },
  }));
}

type Planned = Omit<Step, 'run'>;

function policySteps(database: string, policies: readonly Policy[]): Planned[] {
  return ROLLUPS.flatMap(({ policy, keptMs, every, why }) => {
    const duration = keptMs === null ? 'INF' : `${keptMs / DAY_MS}d`;
    const bounds = `DURATION ${duration} REPLICATION 1 SHARD DURATION ${SHARD_DURATIONS[every]}`;
    const there = policies.find((one) => one.name === policy);
    if (there?.keptMs === keptMs) return [];
    const verb = there === undefined ? 'CREATE' : 'ALTER';
    return [{ why, what: `${verb} RETENTION POLICY ${name(policy)} ON ${name(database)} ${bounds}` }];
  });
}

function rollupSteps(
  database: string,
  raw: string,
  { policy, every, back }: Rollup,
  queries: ReadonlySet<unknown>,
): Planned[] {
  const query = queryName(policy);
  if (queries.has(query)) return [];
  const series = name(SERIES.reachability);
  const into = `SELECT ${rollupSelection()} INTO ${name(database)}.${name(policy)}.${series} FROM ${name(database)}.${name(raw)}.${series}`;
  const group = `GROUP BY time(${every}), *`;
  return [
    {
      why: `what is there already is rolled up by ${every}`,
      what: `${into} WHERE time <= now() ${group}`,
    },
    {
      why: `new points are rolled up by ${every}`,
      what: `CREATE CONTINUOUS QUERY ${name(query)} ON ${name(database)} RESAMPLE EVERY ${every} FOR ${back} BEGIN ${into} ${group} END`,
    },
  ];
}

function queryName(policy: string): string {
  return `${policy}_reachability`;
}

/** Once, before there is a query: afterwards the copy is newer than what it was made from. */
function copySteps(database: string, raw: string, queries: ReadonlySet<unknown>): Planned[] {
  if (queries.has(queryName(FOREVER_POLICY))) return [];
  return LASTING_SERIES.map((series) => ({
    why: `${series}s that are there already are kept for ever`,
    what: `SELECT * INTO ${name(database)}.${name(FOREVER_POLICY)}.${name(series)} FROM ${name(database)}.${name(raw)}.${name(series)} GROUP BY *`,
  }));
}

function rawSteps(database: string, raw: string, policies: readonly Policy[]): Planned[] {
  if (policies.find(({ name: one }) => one === raw)?.keptMs === RAW_KEPT_MS) return [];
  return [
    {
      why: 'raw points are kept for 30 days',
      what: `ALTER RETENTION POLICY ${name(raw)} ON ${name(database)} DURATION 30d SHARD DURATION 1d DEFAULT`,
    },
  ];
}
