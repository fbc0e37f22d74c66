/**
 * What downsampling keeps of the measurements, said once: continuous queries of 1.x and tasks of 2.x are both made from it,
 * so that the same questions read both.
 */
import { STATUSES } from '../../analysis/verdict/verdict.ts';
import { FOREVER_POLICY, ROLLUP_FIELDS, SERIES, SEVERITY_FIELD, TIMING_FIELDS } from '../fields.ts';
import { FIVE_MINUTES_KEPT_MS, FIVE_MINUTES_POLICY } from './layout.ts';
import { name } from './text.ts';

interface RollupField {
  readonly as: string;
  readonly of: string;
  readonly by: 'sum' | 'count' | 'max' | 'mean' | 'median';
}

const FIELDS: readonly RollupField[] = [
  ...STATUSES.map((status) => ({ as: status, of: status, by: 'sum' as const })),
  { as: SEVERITY_FIELD, of: SEVERITY_FIELD, by: 'max' },
  { as: ROLLUP_FIELDS.scoreSum, of: 'score', by: 'sum' },
  { as: ROLLUP_FIELDS.count, of: 'score', by: 'count' },
  { as: 'score', of: 'score', by: 'mean' },
  ...TIMING_FIELDS.map((field) => ({ as: field, of: field, by: 'median' as const })),
];

export interface Rollup {
  readonly policy: string;
  readonly every: '5m' | '1h';
  /** How far each run looks back for late data. */
  readonly back: string;
  /** Null: for ever. */
  readonly keptMs: number | null;
  /** For people. */
  readonly why: string;
}

export const ROLLUPS: readonly Rollup[] = [
  {
    policy: FIVE_MINUTES_POLICY,
    every: '5m',
    back: '12h',
    keptMs: FIVE_MINUTES_KEPT_MS,
    why: 'five-minute rollups are kept for a year',
  },
  {
    policy: FOREVER_POLICY,
    every: '1h',
    back: '36h',
    keptMs: null,
    why: 'hourly rollups, incidents and events are kept for ever',
  },
];

/** `sum("ok") AS "ok", …` of InfluxQL. */
export function rollupSelection(): string {
  return FIELDS.map(({ as, of, by }) => `${by}(${name(of)}) AS ${name(as)}`).join(', ');
}

/** Where Flux reads, writes, and of which time. */
export interface FluxPlace {
  readonly from: string;
  readonly to: string;
  readonly every: string;
  /** Flux expressions of `range`. */
  readonly start: string;
  readonly stop: string;
}

/** The script of a task that runs `rollup` at its time, with what came late. */
export function rollupTask(taskName: string, { every, back }: Rollup, from: string, to: string): string {
  const option = `option task = {name: ${fluxText(taskName)}, every: ${every}, offset: 1m}`;
  // Whole windows only: a cut one would overwrite what a full one had.
  const start = `date.truncate(t: -${back}, unit: ${every})`;
  const stop = `date.truncate(t: now(), unit: ${every})`;
  return ['import "date"', option, rollupFlux({ from, to, every, start, stop })].join('\n\n');
}

/** Rolls up all that is there already, once; answers no rows. */
export function rollupPast({ every }: Rollup, from: string, to: string): string {
  const stop = `date.truncate(t: now(), unit: ${every})`;
  return ['import "date"', rollupFlux({ from, to, every, start: EARLIEST, stop })].join('\n\n');
}

/** Copies series whole, whenever they were; answers no rows. */
export function copyFlux(series: readonly string[], from: string, to: string): string {
  return [
    `from(bucket: ${fluxText(from)})`,
    `    |> range(start: ${EARLIEST}, stop: ${LATEST})`,
    `    |> filter(fn: (r) => ${anyOf('_measurement', series)})`,
    `    |> to(bucket: ${fluxText(to)})`,
    '    |> filter(fn: (r) => false)',
  ].join('\n');
}

const EARLIEST = '1970-01-01T00:00:00Z';
const LATEST = '2262-01-01T00:00:00Z';

function rollupFlux(place: FluxPlace): string {
  const points = [
    'points =',
    `    from(bucket: ${fluxText(place.from)})`,
    `        |> range(start: ${place.start}, stop: ${place.stop})`,
    `        |> filter(fn: (r) => r._measurement == ${fluxText(SERIES.reachability)})`,
  ].join('\n');
  return [points, ...groups().map((group) => pipeline(group, place))].join('\n\n');
}

/** Fields that keep their name and are made in one way go together; one that gets another name goes alone. */
function groups(): readonly (readonly RollupField[])[] {
  const same = FIELDS.filter(({ as, of }) => as === of);
  const together = (['sum', 'max', 'mean', 'median'] as const).map((way) =>
    same.filter(({ by }) => by === way),
  );
  return [...together, ...FIELDS.filter(({ as, of }) => as !== of).map((field) => [field])];
}

/** A window's point stands at its start, as in InfluxQL, and an empty one has none. */
function pipeline(fields: readonly RollupField[], { to, every }: FluxPlace): string {
  const [first] = fields;
  if (first === undefined) throw new RangeError('a rollup of nothing');
  const renamed = first.as === first.of ? [] : [`    |> set(key: "_field", value: ${fluxText(first.as)})`];
  return [
    'points',
    `    |> filter(fn: (r) => ${anyOf('_field', [...new Set(fields.map(({ of }) => of))])})`,
    `    |> aggregateWindow(every: ${every}, fn: ${windowFunction(first.by)}, timeSrc: "_start", createEmpty: false)`,
    ...renamed,
    `    |> to(bucket: ${fluxText(to)})`,
    '    |> filter(fn: (r) => false)',
    // Two results may not have one name.
    `    |> yield(name: ${fluxText(`${first.by} of ${first.of}`)})`,
  ].join('\n');
}

/** InfluxQL's median is exact; Flux's is near it unless asked. */
function windowFunction(by: RollupField['by']): string {
  return by === 'median'
    ? '(tables=<-, column) => tables |> median(column: column, method: "exact_mean")'
    : by;
}

function anyOf(column: '_field' | '_measurement', values: readonly string[]): string {
  return values.map((value) => `r.${column} == ${fluxText(value)}`).join(' or ');
}

/** A string literal of Flux. */
function fluxText(value: string): string {
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', String.raw`\"`)
    .replaceAll('${', String.raw`\${`)
    .replaceAll('\n', String.raw`\n`);
  return `"${escaped}"`;
}
