/**
 * Pieces of InfluxQL. Names are those of src/store/fields.ts, as types: a renamed one breaks the build.
 *
 * Variables are written with their format (`${platform:regex}`), so that the text does not depend on how a version of
 * Grafana formats them where none is said: one value is escaped, several become `(a|b)`, All becomes `.*`.
 */
import type {
  ASSOCIATION_FIELDS,
  ASSOCIATION_TAGS,
  EVENT_FIELDS,
  EVENT_TAGS,
  HEARTBEAT_FIELDS,
  HEARTBEAT_TAGS,
  INCIDENT_FIELDS,
  INCIDENT_TAGS,
  OUTAGE_FIELDS,
  OUTAGE_TAGS,
  OUTSIDE_FIELDS,
  OUTSIDE_TAGS,
  REACHABILITY_FIELDS,
  REACHABILITY_TAGS,
  SWEEP_FIELDS,
  SWEEP_TAGS,
} from '../../src/store/fields.ts';
import { ROLLUP_FIELDS, SEVERITY_FIELD } from '../../src/store/fields.ts';
import type { SERIES } from '../../src/store/fields.ts';

/** The hidden variable that holds the name of the retention policy which keeps longest. */
export const HISTORY_VARIABLE = 'history';

interface Columns {
  readonly reachability:
    (typeof REACHABILITY_TAGS)[number] | (typeof REACHABILITY_FIELDS)[number] | typeof SEVERITY_FIELD;
  readonly heartbeat: (typeof HEARTBEAT_TAGS)[number] | (typeof HEARTBEAT_FIELDS)[number];
  readonly sweep: (typeof SWEEP_TAGS)[number] | (typeof SWEEP_FIELDS)[number];
  readonly outside: (typeof OUTSIDE_TAGS)[number] | (typeof OUTSIDE_FIELDS)[number];
  readonly outage: (typeof OUTAGE_TAGS)[number] | (typeof OUTAGE_FIELDS)[number];
  readonly incident: (typeof INCIDENT_TAGS)[number] | (typeof INCIDENT_FIELDS)[number];
  readonly event: (typeof EVENT_TAGS)[number] | (typeof EVENT_FIELDS)[number];
  readonly association: (typeof ASSOCIATION_TAGS)[number] | (typeof ASSOCIATION_FIELDS)[number];
}
export type SeriesName = keyof Columns & keyof typeof SERIES;
export type Column<S extends SeriesName> = Columns[S];

/** Variables that narrow a dashboard; each is also the name of the tag that it narrows. */
export const SCOPE_VARIABLES = ['platform', 'operator', 'place', 'vantage'] as const;
export type ScopeVariable = (typeof SCOPE_VARIABLES)[number];

/** A name as InfluxQL wants it, of a series that has it. */
export function column<S extends SeriesName>(_series: S, name: Column<S>): string {
  return quoted(name);
}

/** Several, with a comma between them. */
export function columns<S extends SeriesName>(series: S, ...names: readonly Column<S>[]): string {
  return names.map((name) => column(series, name)).join(', ');
}

function quoted(name: string): string {
  return `"${name}"`;
}

/** Of the rollups: how many verdicts, and the sum of their scores. */
export const ROLLUP_COUNT = quoted(ROLLUP_FIELDS.count);
export const ROLLUP_SCORE_SUM = quoted(ROLLUP_FIELDS.scoreSum);

/** Matches a tag with a variable, whatever was chosen: one, several, All, or nothing, which matches nothing. */
export function matches(tag: string, variable: string): string {
  return `${quoted(tag)} =~ /^\${${variable}:regex}$/`;
}

/** The dashboard's choice, as the conditions of a WHERE. */
export function inScope<S extends SeriesName>(
  _series: S,
  ...variables: readonly (ScopeVariable & Column<S>)[]
): string {
  return variables.map((variable) => matches(variable, variable)).join(' AND ');
}

/** The last minutes of the dashboard's time range: "now" where it ends now, and what was then where it ended long ago. */
export function lastMinutes(minutes: number): string {
  return `time > \${__to}ms - ${minutes}m AND time <= \${__to}ms`;
}

/** Incidents that overlap the dashboard's time range; one that goes on has no end. */
export function incidentsInRange(): string {
  const end = column('incident', 'end_ms');
  return `time <= \${__to}ms AND (${end} >= \${__from} OR ${column('incident', 'status')} != 'restored') AND ${column('incident', 'removed')} = 0`;
}

/** Outages of others that overlap the dashboard's time range; one that goes on has no end. */
export function outagesInRange(): string {
  const [end, open] = [column('outage', 'end_ms'), column('outage', 'open')];
  return `time <= \${__to}ms AND (${end} >= \${__from} OR ${open} = 1) AND ${column('outage', 'removed')} = 0`;
}

/** When an incident or an outage ended; 0 for one that goes on. */
export function endedOrZero(series: 'incident' | 'outage' = 'incident'): string {
  return `${column(series, 'end_ms')} * (1 - ${column(series, 'open')})`;
}

/** Until when an incident is drawn: one that goes on, to the end of the dashboard's time range. */
export function drawnUntil(): string {
  const end = column('incident', 'end_ms');
  return `${end} + ${column('incident', 'open')} * (\${__to} - ${end})`;
}

/** Where incidents and events are kept longest, and the hourly sums: `aiqyn store init` makes it, else the default policy. */
export function kept(series: SeriesName): string {
  return `"\${${HISTORY_VARIABLE}:raw}"."${series}"`;
}

/** Events that overlap the dashboard's time range. */
export function eventsInRange(): string {
  return `time <= \${__to}ms AND ${column('event', 'end_ms')} >= \${__from} AND ${column('event', 'removed')} = 0`;
}

/** Which of the statuses counts most; src/analysis/verdict/severity.ts orders them. */
export function severity(): string {
  return `max(${column('reachability', SEVERITY_FIELD)})`;
}
