/**
 * What Grafana does between a dashboard's JSON and a graph, as far as our dashboards use it: it puts in variables and
 * macros, asks InfluxDB and turns the answer into frames. Written from the behaviour of its InfluxDB data source
 * (templating in the browser, macros and frames in the backend).
 */
import { z } from 'zod';

const Query = z.looseObject({
  refId: z.string(),
  query: z.string(),
  rawQuery: z.literal(true),
  resultFormat: z.enum(['time_series', 'table']),
  alias: z.string().optional(),
});
export type Query = z.infer<typeof Query>;

const GridPos = z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() });
const Steps = z.array(z.object({ value: z.number().nullable(), color: z.string() }));
const Override = z.object({
  matcher: z.object({ id: z.string(), options: z.unknown() }),
  properties: z.array(z.object({ id: z.string(), value: z.unknown() })),
});
const FieldConfig = z.object({
  defaults: z.looseObject({
    unit: z.string().optional(),
    thresholds: z.object({ mode: z.string(), steps: Steps }).optional(),
    mappings: z.array(z.looseObject({ type: z.string() })).optional(),
  }),
  overrides: z.array(Override).default([]),
});
const Panel = z.looseObject({
  id: z.int(),
  type: z.string(),
  title: z.string(),
  description: z.string().optional(),
  gridPos: GridPos,
  maxDataPoints: z.number().optional(),
  interval: z.string().optional(),
  datasource: z.object({ type: z.string(), uid: z.string() }).optional(),
  targets: z.array(Query).default([]),
  transformations: z.array(z.looseObject({ id: z.string() })).default([]),
  fieldConfig: FieldConfig.optional(),
  options: z.looseObject({}).optional(),
});
export type Panel = z.infer<typeof Panel>;

const Variable = z.looseObject({
  name: z.string(),
  type: z.enum(['query', 'textbox']),
  label: z.string(),
  description: z.string(),
  query: z.string(),
  multi: z.boolean().optional(),
  includeAll: z.boolean().optional(),
  allValue: z.string().optional(),
  /** 2: not shown. */
  hide: z.number().optional(),
  /** Only what matches is offered. */
  regex: z.string().optional(),
});
export type Variable = z.infer<typeof Variable>;

const Annotation = z.looseObject({
  name: z.string(),
  enable: z.boolean(),
  iconColor: z.string(),
  query: z.string(),
  titleColumn: z.string(),
  textColumn: z.string(),
  tagsColumn: z.string(),
  timeEndColumn: z.string(),
  target: Query,
});
export type Annotation = z.infer<typeof Annotation>;

/** A dashboard of schema version 36 and later, as file provisioning reads it. */
export const Dashboard = z.looseObject({
  uid: z.string().regex(/^[a-z0-9-]{1,40}$/),
  title: z.string(),
  description: z.string(),
  schemaVersion: z.int().min(36),
  editable: z.literal(false),
  tags: z.array(z.string()),
  time: z.object({ from: z.string(), to: z.string() }),
  templating: z.object({ list: z.array(Variable) }),
  annotations: z.object({ list: z.array(Annotation) }),
  links: z.array(z.looseObject({ title: z.string(), type: z.string(), url: z.string().optional() })),
  panels: z.array(Panel),
});
export type Dashboard = z.infer<typeof Dashboard>;

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What is chosen: `All`, one text, or several; an empty list is nothing. */
export type Choice = 'All' | { readonly one: string } | { readonly several: readonly string[] };
export type Choices = Readonly<Record<string, Choice>>;

/** As Grafana escapes what it puts into a regular expression. */
function escapeRegex(text: string): string {
  return text.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&');
}

function asRegex(choice: Exclude<Choice, 'All'>): string {
  if ('one' in choice) return escapeRegex(choice.one);
  const escaped = choice.several.map(escapeRegex);
  return escaped.length === 1 ? escaped.join('') : `(${escaped.join('|')})`;
}

function formatted(choice: Choice, format: string | undefined, variable: Variable): string {
  if (choice === 'All') return variable.allValue ?? '.*';
  if (format === 'regex') return asRegex(choice);
  return 'one' in choice ? choice.one : `{${choice.several.join(',')}}`;
}

const VARIABLE = /\$\{(\w+)(?::([\w:]+))?\}|\$(\w+)|\[\[(\w+)\]\]/g;

/** Variables first, in the browser; what is not known there is left for the backend's macros. */
export function withVariables(
  text: string,
  dashboard: Dashboard,
  choices: Choices,
  range: TimeRange,
): string {
  return text.replace(
    VARIABLE,
    (whole, braced?: string, format?: string, plain?: string, bracketed?: string) => {
      const name = braced ?? plain ?? bracketed ?? '';
      if (name === '__from' || name === '__to')
        return instant(name === '__from' ? range.fromMs : range.toMs, format);
      const variable = dashboard.templating.list.find((each) => each.name === name);
      if (variable === undefined) return whole;
      if (variable.type === 'textbox') return variable.query;
      return formatted(choices[name] ?? 'All', format, variable);
    },
  );
}

function instant(atMs: number, format: string | undefined): string {
  return format === 'date:iso' ? new Date(atMs).toISOString() : String(atMs);
}

/** Then the backend's macros. */
export function withMacros(text: string, range: TimeRange, intervalMs: number): string {
  return text
    .replaceAll('$timeFilter', `time >= ${range.fromMs}ms and time <= ${range.toMs}ms`)
    .replaceAll('$__interval_ms', String(intervalMs))
    .replaceAll('$__interval', `${intervalMs / 1_000}s`);
}

/** Round numbers of milliseconds, as Grafana rounds the range over the number of points. */
const ROUND_MS = [
  1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
].map((seconds) => seconds * 1_000);
const POINTS_WITHOUT_BOUND = 1_000;

export function intervalOf(panel: Pick<Panel, 'maxDataPoints' | 'interval'>, range: TimeRange): number {
  const rawMs = (range.toMs - range.fromMs) / (panel.maxDataPoints ?? POINTS_WITHOUT_BOUND);
  const nearest = ROUND_MS.reduce((best, each) =>
    Math.abs(each - rawMs) < Math.abs(best - rawMs) ? each : best,
  );
  return Math.max(nearest, minimumMs(panel.interval));
}

function minimumMs(interval: string | undefined): number {
  const [, digits, unit] = /^(\d+)([smh])$/.exec(interval ?? '1s') ?? [];
  return Number(digits) * ({ s: 1_000, m: 60_000, h: 3_600_000 }[unit ?? 's'] ?? 1_000);
}

const Answer = z.object({
  results: z
    .array(
      z.object({
        error: z.string().optional(),
        series: z
          .array(
            z.object({
              name: z.string().optional(),
              tags: z.record(z.string(), z.string()).optional(),
              columns: z.array(z.string()),
              values: z.array(z.array(z.union([z.number(), z.string(), z.boolean(), z.null()]))),
            }),
          )
          .default([]),
      }),
    )
    .length(1),
});
type Value = number | string | boolean | null;
export interface Field {
  readonly name: string;
  readonly type: 'time' | 'number' | 'string' | 'boolean';
  readonly values: readonly Value[];
}
export interface Frame {
  readonly name: string;
  readonly fields: readonly Field[];
}

function typeOf(values: readonly Value[]): Field['type'] {
  const first = values.find((each) => each !== null);
  return typeof first === 'string' ? 'string' : typeof first === 'boolean' ? 'boolean' : 'number';
}

function fieldOf(name: string, values: readonly Value[]): Field {
  return name === 'time' ? { name: 'Time', type: 'time', values } : { name, type: typeOf(values), values };
}

type Series = z.infer<typeof Answer>['results'][number]['series'][number];

function columnOf(series: readonly Series[], index: number): Value[] {
  return series.flatMap(({ values }) => values.map((row) => row[index] ?? null));
}

/** One frame: time, tags, fields; the rows of all series under each other. */
function tableOf(series: readonly Series[]): Frame[] {
  const [first] = series;
  if (first === undefined) return [];
  const tags = Object.keys(first.tags ?? {}).map((tag) =>
    fieldOf(
      tag,
      series.flatMap((each) => each.values.map(() => each.tags?.[tag] ?? '')),
    ),
  );
  const [head, ...rest] = first.columns.map((name, index) => fieldOf(name, columnOf(series, index)));
  return [{ name: first.name ?? '', fields: [...(head === undefined ? [] : [head]), ...tags, ...rest] }];
}

function aliasOf(alias: string, series: Series, column: string): string {
  return alias.replace(/\$tag_(\w+)|\$(col|m)\b/g, (_whole, tag?: string, word?: string) =>
    tag === undefined ? (word === 'col' ? column : (series.name ?? '')) : (series.tags?.[tag] ?? ''),
  );
}

/** A frame for each series and column, each with its time. */
function timeSeriesOf(series: readonly Series[], alias: string | undefined): Frame[] {
  return series.flatMap((each) =>
    each.columns.slice(1).map((column, index) => ({
      name: alias === undefined ? `${each.name ?? ''}.${column}` : aliasOf(alias, each, column),
      fields: [
        fieldOf(
          'time',
          each.values.map((row) => row[0] ?? null),
        ),
        fieldOf(
          'Value',
          each.values.map((row) => row[index + 1] ?? null),
        ),
      ],
    })),
  );
}

export type Ask = (influxql: string) => Promise<unknown>;

/** @throws Error with InfluxDB's own words where it refuses the query. */
export async function framesOf(
  ask: Ask,
  influxql: string,
  query: Pick<Query, 'resultFormat' | 'alias'>,
): Promise<Frame[]> {
  const [result] = Answer.parse(await ask(influxql)).results;
  if (result?.error !== undefined) throw new Error(`${result.error}\n${influxql}`);
  const series = result?.series ?? [];
  return query.resultFormat === 'table' ? tableOf(series) : timeSeriesOf(series, query.alias);
}

/** The names a variable offers: the second column of `SHOW TAG VALUES`, the first of `SHOW RETENTION POLICIES`. */
export async function offered(ask: Ask, influxql: string): Promise<string[]> {
  const [result] = Answer.parse(await ask(influxql)).results;
  if (result?.error !== undefined) throw new Error(`${result.error}\n${influxql}`);
  const column = influxql.startsWith('SHOW RETENTION POLICIES') ? 0 : 1;
  return (result?.series ?? []).flatMap(({ values }) => values.map((row) => String(row[column])));
}
