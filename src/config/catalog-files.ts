/** Reads the catalogue and the plans that come with Aiqyn, and a user's own plan. Facts are checked against each other here. */
import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { z } from 'zod';
import {
  BlockpageFact,
  HarmlessName,
  InterceptorFact,
  OperatorFact,
  PlaceFact,
  PlatformFact,
  PrefixFact,
  RingFact,
  TargetFact,
} from '../../probes/catalog.ts';
import type { Catalog } from '../../probes/catalog.ts';
import { KindFact, SCHEDULED_KINDS } from '../../probes/kinds.ts';
import { Plan } from '../../probes/plan.ts';
import type { PlannedTarget } from '../../probes/plan.ts';
import { isCron } from '../cron.ts';
import { ConfigError } from '../errors.ts';
import { catalogProblems } from './catalog-problems.ts';
import { nearest } from './nearest.ts';
import { isShipped, shippedNames, shippedText, shownPath } from './shipped-files.ts';
import { parseYaml, PROBLEMS_MAX } from './yaml.ts';

/** A plan whose cron expressions the scheduler's own parser takes: `99 * * * *` has five fields and still is none. */
const CheckedPlan = Plan.superRefine((plan, context) => {
  for (const rate of ['light', 'full', 'rings', ...SCHEDULED_KINDS] as const) {
    const cron = plan[rate]?.cron;
    if (cron === undefined || isCron(cron)) continue;
    context.addIssue({
      code: 'custom',
      path: [rate, 'cron'],
      message: 'a cron expression with fields in range, such as "*/15 * * * *"',
    });
  }
});

let ownCatalog: Catalog | null = null;

/** The catalogue that comes with Aiqyn, cross-checked; read once. Throws ConfigError when it is damaged. */
export function loadCatalog(): Catalog {
  ownCatalog ??= readCatalog();
  return ownCatalog;
}

const CATALOG_FOLDER = 'probes/catalog';
const PLAN_FOLDER = 'probes/plans';

function fromCatalog<S extends z.ZodType>(schema: S, name: string): z.output<S> {
  const path = `${CATALOG_FOLDER}/${name}.yaml`;
  return parseYaml(schema, shippedText(path), path);
}

/** Throws ConfigError when a file is wrong or missing, or when facts contradict each other. */
function readCatalog(): Catalog {
  const catalog: Catalog = {
    platforms: fromCatalog(z.array(PlatformFact), 'platforms'),
    targets: fromCatalog(z.array(TargetFact), 'targets'),
    kindTargets: SCHEDULED_KINDS.flatMap((kind) => fromCatalog(z.array(KindFact), kind)),
    operators: fromCatalog(z.array(OperatorFact), 'operators'),
    places: fromCatalog(z.array(PlaceFact), 'places'),
    interceptors: fromCatalog(z.array(InterceptorFact), 'interceptors'),
    rings: fromCatalog(z.array(RingFact), 'rings'),
    harmlessNames: fromCatalog(z.array(HarmlessName).min(1), 'harmless-names'),
    blockpages: fromCatalog(z.array(BlockpageFact), 'blockpages'),
    prefixes: fromCatalog(z.array(PrefixFact), 'prefixes'),
  };
  const problems = catalogProblems(catalog, (pem) => isShipped(`${CATALOG_FOLDER}/interceptors/${pem}`));
  if (problems.length > 0) throw new ConfigError(CATALOG_FOLDER, listed(problems));
  return catalog;
}

/**
 * A plan by name (`default`, `light-mobile`, `press`, `quic`) or by the path of a YAML file; anything with a slash or an extension
 * is a path. Throws ConfigError when there is none, or when it is wrong.
 */
export function loadPlan(nameOrPath: string): Plan {
  if (!/^[a-z0-9-]+$/i.test(nameOrPath)) {
    return parseYaml(CheckedPlan, readText(nameOrPath), shownPath(nameOrPath));
  }
  const names = planNames();
  if (!names.includes(nameOrPath)) {
    const guess = nearest(nameOrPath, names);
    const hint = guess === null ? '.' : `, did you mean "${guess}"?`;
    throw new ConfigError(
      'plan',
      `there is no plan "${nameOrPath}"${hint} Known are ${names.join(', ')}; or give a path such as ./my-plan.yaml`,
    );
  }
  const path = `${PLAN_FOLDER}/${nameOrPath}.yaml`;
  return parseYaml(CheckedPlan, shippedText(path), path);
}

/** Names of the plans that come with Aiqyn, sorted. */
export function planNames(): string[] {
  return shippedNames(PLAN_FOLDER)
    .filter((file) => extname(file) === '.yaml')
    .map((file) => basename(file, '.yaml'))
    .sort();
}

/**
 * What a plan measures, in the catalogue's order, of the kinds that it has a schedule for: the targets of its platforms that are not sensitive, and those it names,
 * but none that it excludes. Throws ConfigError for ids that the catalogue does not have, and for a plan of nothing.
 */
export function plannedTargets(plan: Plan, catalog: Catalog): PlannedTarget[] {
  const candidates = [...catalog.targets, ...catalog.kindTargets];
  const ids = candidates.map((target) => target.id);
  const problems = [
    ...unknownIds('targets', plan.targets, ids),
    ...unknownIds('exclude', plan.exclude, ids),
    ...unscheduled(plan, catalog),
  ];
  if (problems.length > 0) throw new ConfigError(`plan ${plan.id}`, listed(problems));
  const platforms = new Set(plan.platforms);
  const named = new Set(plan.targets);
  const excluded = new Set(plan.exclude);
  const planned = candidates
    .filter(({ probe }) => probe === 'web' || plan[probe] !== undefined)
    .filter((target) => named.has(target.id) || (platforms.has(target.platform) && !target.sensitive))
    .filter((target) => !excluded.has(target.id));
  if (planned.length === 0) {
    throw new ConfigError(
      `plan ${plan.id}`,
      'measures nothing: no target of its platforms and targets is left',
    );
  }
  return planned.map(plannedOf);
}

/** A fact as its probe is given it. */
export function plannedOf(fact: TargetFact | KindFact): PlannedTarget {
  if (fact.probe !== 'web') return fact;
  const { id, platform, probe, url, lightUrl = url } = fact;
  return { id, platform, probe, url, lightUrl };
}

/** A target named for a kind that the plan never runs would be left out in silence. */
function unscheduled(plan: Plan, catalog: Catalog): string[] {
  return catalog.kindTargets
    .filter(({ id, probe }) => plan.targets.includes(id) && plan[probe] === undefined)
    .map(
      ({ id, probe }) =>
        `targets: "${id}" is measured by the probe ${probe}, and the plan has no schedule "${probe}"`,
    );
}

function unknownIds(key: string, wanted: readonly string[], known: readonly string[]): string[] {
  return wanted
    .filter((id) => !known.includes(id))
    .map((id) => {
      const guess = nearest(id, known);
      const hint = guess === null ? '' : `, did you mean "${guess}"?`;
      return `${key}: the catalogue has no target "${id}"${hint}`;
    });
}

function listed(problems: readonly string[]): string {
  if (problems.length === 1) return problems.join('');
  const lines = problems.slice(0, PROBLEMS_MAX).map((problem) => `\n  ${problem}`);
  const more = problems.length - lines.length;
  return `${problems.length} problems${lines.join('')}${more > 0 ? `\n  … and ${more} more` : ''}`;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(file, 'cannot be read: is the path right, and may this user read it?', { cause });
  }
}
