/**
 * `aiqyn store init` on InfluxDB 2.x: buckets in the place of retention policies, mappings so that the same InfluxQL finds
 * them, tasks in the place of continuous queries. What is there already is rolled up and copied before anything gets a
 * shorter life. A step looks again before it acts: a server makes some mappings by itself once a bucket has its name.
 */
import { EnvironmentError } from '../../errors.ts';
import { LASTING_SERIES } from '../fields.ts';
import { RAW_KEPT_MS, RAW_POLICY } from './layout.ts';
import type { Resources } from './resources.ts';
import { copyFlux, ROLLUPS, rollupPast, rollupTask } from './rollup.ts';
import type { Rollup } from './rollup.ts';
import type { Step } from './step.ts';

/** The bucket that InfluxQL finds as `database`.`policy`. */
export function bucketOf(database: string, policy: string): string {
  return `${database}/${policy}`;
}

/** The steps that are still to be done; none where all is as it should be. */
export async function planTasks(resources: Resources, database: string): Promise<Step[]> {
  const raw = await resources.bucket(database);
  const steps =
    raw === null ? [bucketStep(resources, database, RAW_KEPT_MS, 'raw points are kept for 30 days')] : [];
  steps.push(...(await mappingSteps(resources, database, RAW_POLICY, database)));
  for (const rollup of ROLLUPS) steps.push(...(await placeSteps(resources, database, rollup)));
  if (raw !== null) steps.push(...(await copySteps(resources, database)));
  for (const rollup of ROLLUPS) steps.push(...(await taskSteps(resources, database, rollup, raw !== null)));
  if (raw !== null)
    steps.push(...keepSteps(resources, raw.name, raw.keptMs, RAW_KEPT_MS, 'raw points are kept for 30 days'));
  return steps;
}

function bucketStep(resources: Resources, bucket: string, keptMs: number | null, why: string): Step {
  return {
    why,
    what: `make the bucket "${bucket}", kept ${daysOf(keptMs)}`,
    async run() {
      await resources.createBucket(bucket, keptMs);
    },
  };
}

function daysOf(keptMs: number | null): string {
  return keptMs === null ? 'for ever' : `for ${keptMs / 86_400_000} days`;
}

function keepSteps(
  resources: Resources,
  bucket: string,
  isMs: number | null,
  wantedMs: number | null,
  why: string,
): Step[] {
  if (isMs === wantedMs) return [];
  return [
    {
      why,
      what: `keep the bucket "${bucket}" ${daysOf(wantedMs)}, and no longer ${daysOf(isMs)}`,
      async run() {
        const found = await resources.bucket(bucket);
        if (found !== null) await resources.keep(found, wantedMs);
      },
    },
  ];
}

async function placeSteps(resources: Resources, database: string, rollup: Rollup): Promise<Step[]> {
  const { policy, keptMs, why } = rollup;
  const bucket = bucketOf(database, policy);
  const found = await resources.bucket(bucket);
  return [
    ...(found === null
      ? [bucketStep(resources, bucket, keptMs, why)]
      : keepSteps(resources, bucket, found.keptMs, keptMs, why)),
    ...(await mappingSteps(resources, database, policy, bucket)),
  ];
}

/** @throws EnvironmentError `STORE_INIT_MAPPING` where InfluxQL's name leads elsewhere. */
async function mappingSteps(
  resources: Resources,
  database: string,
  policy: string,
  bucket: string,
): Promise<Step[]> {
  if (await isMapped(resources, database, policy, bucket)) return [];
  return [
    {
      why: `InfluxQL finds "${database}"."${policy}"`,
      what: `map "${database}"."${policy}" to the bucket "${bucket}"`,
      async run() {
        if (await isMapped(resources, database, policy, bucket)) return;
        const found = await resources.bucket(bucket);
        if (found === null)
          throw new EnvironmentError('STORE_INIT', `The bucket "${bucket}" has gone meanwhile.`);
        await resources.createMapping({
          bucketID: found.id,
          database,
          retention_policy: policy,
          default: policy === RAW_POLICY,
        });
      },
    },
  ];
}

/** The raw bucket must be the database's default, under whatever policy. */
async function isMapped(
  resources: Resources,
  database: string,
  policy: string,
  bucket: string,
): Promise<boolean> {
  const found = await resources.bucket(bucket);
  const mappings = await resources.mappings(database);
  const here = mappings.find((mapping) =>
    policy === RAW_POLICY ? mapping.default : mapping.retention_policy === policy,
  );
  if (here === undefined) return false;
  if (here.bucketID === found?.id) return true;
  throw new EnvironmentError(
    'STORE_INIT_MAPPING',
    `InfluxQL's "${database}"."${here.retention_policy}" leads to another bucket (${here.bucketID}) than "${bucket}". Remove or correct that DBRP mapping ("influx v1 dbrp list" shows it), or use another bucket for Aiqyn.`,
  );
}

async function taskSteps(
  resources: Resources,
  database: string,
  rollup: Rollup,
  hasPast: boolean,
): Promise<Step[]> {
  const { policy, every } = rollup;
  const to = bucketOf(database, policy);
  const flux = rollupTask(taskName(database, rollup), rollup, database, to);
  const found = await resources.task(taskName(database, rollup));
  if (found?.flux.trim() === flux.trim() && found.status === 'active') return [];
  const past = scriptStep(
    resources,
    `what is there already is rolled up by ${every}`,
    rollupPast(rollup, database, to),
  );
  const task: Step = {
    why: `new points are rolled up by ${every}`,
    what: flux,
    async run() {
      await (found === null ? resources.createTask(flux) : resources.updateTask(found, flux));
    },
  };
  return hasPast ? [past, task] : [task];
}

export function taskName(database: string, { policy }: Rollup): string {
  return `${policy}_reachability of ${database}`;
}

/** Once, before there is a task: afterwards the copy is newer than what it was made from. */
async function copySteps(resources: Resources, database: string): Promise<Step[]> {
  const steps: Step[] = [];
  for (const rollup of ROLLUPS.filter(({ keptMs }) => keptMs === null)) {
    if ((await resources.task(taskName(database, rollup))) !== null) continue;
    const script = copyFlux(LASTING_SERIES, database, bucketOf(database, rollup.policy));
    steps.push(
      scriptStep(resources, 'incidents and events that are there already are kept for ever', script),
    );
  }
  return steps;
}

function scriptStep(resources: Resources, why: string, flux: string): Step {
  return {
    why,
    what: flux,
    async run() {
      await resources.run(flux);
    },
  };
}
