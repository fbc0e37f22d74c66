/**
 * `aiqyn store init` on InfluxDB 1.x: raw points for 30 days, five-minute rollups for a year, hourly ones, incidents and
 * events for ever. What is there already is rolled up and copied before anything gets a shorter life.
 */
import { STATUSES } from '../../analysis/verdict/verdict.ts';
import { FOREVER_POLICY, ROLLUP_FIELDS, SERIES } from '../fields.ts';
import { ask } from './ask.ts';
import type { InfluxConnection } from './connection.ts';
import { FIVE_MINUTES_POLICY, RAW_KEPT_MS, readPolicies } from './layout.ts';
import type { Policy } from './layout.ts';
import { name } from './text.ts';

export interface Step {
  /** For people: what it is for. */
  readonly why: string;
  readonly influxql: string;
}

const TIMES = ['dns_ms', 'tcp_ms', 'tls_ms', 'ttfb_ms', 'total_ms', 'bytes_per_s'];
const ROLLUP = [
  ...STATUSES.map((status) => `sum(${name(status)}) AS ${name(status)}`),
  `sum("score") AS ${name(ROLLUP_FIELDS.scoreSum)}`,
  `count("score") AS ${name(ROLLUP_FIELDS.count)}`,
  `mean("score") AS "score"`,
  ...TIMES.map((field) => `median(${name(field)}) AS ${name(field)}`),
].join(', ');

/** The steps that are still to be done; none where all is as it should be. */
export async function planRetention(connection: InfluxConnection): Promise<Step[]> {
  const policies = await readPolicies(connection);
  const queries = new Set((await ask(connection, 'SHOW CONTINUOUS QUERIES')).map((row) => row['name']));
  const raw = policies.find(({ isDefault }) => isDefault)?.name ?? 'autogen';
  const { database } = connection.address;
  return [
    ...policySteps(database, policies),
    ...rollupSteps(database, raw, FIVE_MINUTES_POLICY, '5m', queries),
    ...rollupSteps(database, raw, FOREVER_POLICY, '1h', queries),
    ...copySteps(database, raw, policies),
    ...rawSteps(database, raw, policies),
  ];
}

/** Does the steps in their order; a step that fails leaves the rest for the next time. */
export async function applyRetention(
  connection: InfluxConnection,
  steps: readonly Step[],
  onDone: (step: Step) => void,
): Promise<void> {
  for (const step of steps) {
    await ask(connection, step.influxql);
    onDone(step);
  }
}

function policySteps(database: string, policies: readonly Policy[]): Step[] {
  const wanted = [
    [FIVE_MINUTES_POLICY, '365d', '7d', 'five-minute rollups are kept for a year'],
    [FOREVER_POLICY, 'INF', '30d', 'hourly rollups, incidents and events are kept for ever'],
  ] as const;
  return wanted.flatMap(([policy, duration, shard, why]) =>
    policies.some((one) => one.name === policy)
      ? []
      : [
          {
            why,
            influxql: `CREATE RETENTION POLICY ${name(policy)} ON ${name(database)} DURATION ${duration} REPLICATION 1 SHARD DURATION ${shard}`,
          },
        ],
  );
}

/** Looks back for late data at each run: half a day for five minutes, a day and a half for hours. */
function rollupSteps(
  database: string,
  raw: string,
  policy: string,
  every: '5m' | '1h',
  queries: ReadonlySet<unknown>,
): Step[] {
  const query = `${policy}_reachability`;
  if (queries.has(query)) return [];
  const series = name(SERIES.reachability);
  const into = `SELECT ${ROLLUP} INTO ${name(database)}.${name(policy)}.${series} FROM ${name(database)}.${name(raw)}.${series}`;
  const group = `GROUP BY time(${every}), *`;
  const back = every === '5m' ? '12h' : '36h';
  return [
    {
      why: `what is there already is rolled up by ${every}`,
      influxql: `${into} WHERE time <= now() ${group}`,
    },
    {
      why: `new points are rolled up by ${every}`,
      influxql: `CREATE CONTINUOUS QUERY ${name(query)} ON ${name(database)} RESAMPLE EVERY ${every} FOR ${back} BEGIN ${into} ${group} END`,
    },
  ];
}

function copySteps(database: string, raw: string, policies: readonly Policy[]): Step[] {
  if (policies.some(({ name: one }) => one === FOREVER_POLICY)) return [];
  return [SERIES.incident, SERIES.event].map((series) => ({
    why: `${series}s that are there already are kept for ever`,
    influxql: `SELECT * INTO ${name(database)}.${name(FOREVER_POLICY)}.${name(series)} FROM ${name(database)}.${name(raw)}.${name(series)} GROUP BY *`,
  }));
}

function rawSteps(database: string, raw: string, policies: readonly Policy[]): Step[] {
  if (policies.find(({ name: one }) => one === raw)?.keptMs === RAW_KEPT_MS) return [];
  return [
    {
      why: 'raw points are kept for 30 days',
      influxql: `ALTER RETENTION POLICY ${name(raw)} ON ${name(database)} DURATION 30d SHARD DURATION 1d DEFAULT`,
    },
  ];
}
