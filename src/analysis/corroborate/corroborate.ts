/**
 * What witnesses outside say of an incident: each that agrees, each that disagrees, and each that cannot see it, with the reason. Pure: the
 * same numbers give the same answer. It never makes an incident and never takes one back.
 */
import type { Incident } from '../detect/point.ts';
import { medianOf } from '../outside/history.ts';
import type { OutsideOutage, OutsidePoint } from '../outside/point.ts';
import { familyOfReport, isReportOf, ruleOf } from './witness.ts';
import type { Family, WitnessRule } from './witness.ts';

export const STANCES = ['agrees', 'disagrees', 'cannot_see', 'no_data'] as const;
export type Stance = (typeof STANCES)[number];

/**
 * Why a witness stands so. `changed`, `reported`: it agrees. `as_usual`: it would have changed. The others cannot see: `kind` (of another
 * kind), `platform`, `too_short` (shorter than its steps), `country_only` (it counts the whole country, the incident is of some networks),
 * `one_sided` (its staying as usual says nothing), `already` (it had changed before), `too_few` (it rests on too little). `pending`,
 * `missing`, `unusual_unknown`: no data.
 */
export const REASONS = [
  'changed',
  'reported',
  'as_usual',
  'kind',
  'platform',
  'too_short',
  'country_only',
  'one_sided',
  'already',
  'too_few',
  'pending',
  'missing',
  'usual_unknown',
] as const;
export type Reason = (typeof REASONS)[number];

export interface Testimony {
  readonly source: string;
  readonly signal: string;
  readonly entity: string;
  readonly family: Family;
  readonly stance: Stance;
  readonly reason: Reason;
  /** Of what it saw change; null where it saw none, or still goes on. UTC epoch milliseconds. */
  readonly startMs: number | null;
  readonly endMs: number | null;
  /** What was usual, and the farthest from it; null where no number says it. */
  readonly usual: number | null;
  readonly extreme: number | null;
}

export interface Evidence {
  /** From BEFORE_MS before the incident's start to AFTER_MS after its end, ascending by instant. */
  readonly points: readonly OutsidePoint[];
  readonly outages: readonly OutsideOutage[];
  readonly nowMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
export const BEFORE_MS = 26 * HOUR_MS;
export const AFTER_MS = 2 * HOUR_MS;
/** Clocks, steps and ways of counting differ by this. */
const SLACK_MS = 30 * MINUTE_MS;
/** Before the incident: where a change was there already, it is another one. */
const ALREADY_MS = 4 * HOUR_MS;
/** Rows of the day before whose middle is usual where no baseline is known. */
const USUAL_ROWS_MIN = 12;
/** So late the slowest of them comes. */
const PENDING_MS = 3 * HOUR_MS;
/** From so many networks on an incident is the country's. */
export const NATIONAL_OPERATORS = 3;
/** Steps that must be counted before nothing is nothing. */
const STEPS_MIN = 2;
const COUNTRY = 'KZ';

type Said = Pick<Testimony, 'stance' | 'reason'> &
  Partial<Pick<Testimony, 'startMs' | 'endMs' | 'usual' | 'extreme'>>;

/** Those that agree first, then those that disagree, then the others; each by source, signal and entity. */
export function corroborate(incident: Incident, evidence: Evidence): Testimony[] {
  const found = [...seriesTestimonies(incident, evidence), ...reportTestimonies(incident, evidence)];
  return found.sort(
    (a, b) => STANCES.indexOf(a.stance) - STANCES.indexOf(b.stance) || compare(nameOf(a), nameOf(b)),
  );
}

function nameOf({ source, signal, entity }: Testimony): string {
  return `${source} ${signal} ${entity}`;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Whether the witness counts something that the incident is of. */
function isOf(entity: string, incident: Incident): boolean {
  return entity === COUNTRY || incident.operators.includes(entity) || incident.places.includes(entity);
}

function seriesTestimonies(incident: Incident, evidence: Evidence): Testimony[] {
  const series = new Map<string, OutsidePoint[]>();
  for (const point of evidence.points) {
    if (!isOf(point.entity, incident)) continue;
    const key = `${point.source} ${point.signal} ${point.entity}`;
    const known = series.get(key);
    if (known === undefined) series.set(key, [point]);
    else known.push(point);
  }
  return [...series.values()].flatMap((points): Testimony[] => {
    const [first] = points;
    const rule = first === undefined ? null : ruleOf(first.source, first.signal);
    if (first === undefined || rule === null) return [];
    const { source, signal, entity } = first;
    const restsOn = series.get(`${source} ${rule.restsOn?.signal ?? ''} ${entity}`) ?? [];
    const said = testify(rule, { incident, points, restsOn, nowMs: evidence.nowMs });
    const nothing = { startMs: null, endMs: null, usual: null, extreme: null };
    return [{ source, signal, entity, family: rule.family, ...nothing, ...said }];
  });
}

interface Case {
  readonly incident: Incident;
  readonly points: readonly OutsidePoint[];
  readonly restsOn: readonly OutsidePoint[];
  readonly nowMs: number;
}

function cannotSee(reason: Reason): Said {
  return { stance: 'cannot_see', reason };
}

function testify(rule: WitnessRule, about: Case): Said {
  const { incident, points, nowMs } = about;
  const sight = rule.sees[incident.kind];
  if (sight === undefined) return cannotSee('kind');
  if (isOfAnotherPlatform(rule, incident)) return cannotSee('platform');
  const endMs = incident.endMs ?? nowMs;
  if (incident.endMs !== null && endMs - incident.startMs < rule.stepMs) return cannotSee('too_short');
  const during = points.filter(({ atMs }) => atMs > incident.startMs - rule.stepMs && atMs < endMs);
  if (during.length === 0) {
    const isEarly = nowMs - incident.startMs < PENDING_MS;
    return { stance: 'no_data', reason: isEarly ? 'pending' : 'missing' };
  }
  return changeIn(rule, about, endMs) ?? unchanged(sight, rule, about, during);
}

/** A whole network that is cut off is cut off from each platform. */
function isOfAnotherPlatform({ platform }: WitnessRule, { platforms }: Incident): boolean {
  return platform !== undefined && platforms.length > 0 && !platforms.includes(platform);
}

/** What a series says that stayed as usual. */
function unchanged(
  sight: 'both' | 'agree_only',
  rule: WitnessRule,
  { incident, points, restsOn }: Case,
  during: readonly OutsidePoint[],
): Said {
  if (sight === 'agree_only') return cannotSee('one_sided');
  if (points[0]?.entity === COUNTRY && incident.operators.length < NATIONAL_OPERATORS)
    return cannotSee('country_only');
  if (during.length < STEPS_MIN || !restsOnEnough(rule, restsOn, during)) return cannotSee('too_few');
  return { stance: 'disagrees', reason: 'as_usual' };
}

function restsOnEnough(
  { restsOn: need }: WitnessRule,
  rows: readonly OutsidePoint[],
  during: readonly OutsidePoint[],
): boolean {
  if (need === undefined) return true;
  const instants = new Set(during.map(({ atMs }) => atMs));
  const sum = rows.reduce((all, { atMs, value }) => (instants.has(atMs) ? all + value : all), 0);
  return sum >= need.least;
}

interface Judged {
  readonly atMs: number;
  readonly value: number;
  readonly usual: number;
  readonly isChanged: boolean;
}

/** Each row against what was usual, as far as that is known: its baseline, else the middle of the day before. */
function judgedRows(rule: WitnessRule, { incident, points }: Case): Judged[] {
  const before = points.filter(({ atMs }) => atMs < incident.startMs - SLACK_MS).map(({ value }) => value);
  const fallback = before.length >= USUAL_ROWS_MIN ? medianOf(before) : null;
  return points.flatMap(({ atMs, value, baseline }) => {
    const usual = baseline ?? fallback;
    return usual === null ? [] : [{ atMs, value, usual, isChanged: isChange(rule, value, usual) }];
  });
}

/** The change that goes with the incident, or why it cannot be told; null: there is none. */
function changeIn(rule: WitnessRule, about: Case, endMs: number): Said | null {
  const { startMs } = about.incident;
  const judged = judgedRows(rule, about);
  const near = judged.filter(({ atMs }) => atMs >= startMs - SLACK_MS && atMs < endMs + SLACK_MS);
  if (near.length === 0) return { stance: 'no_data', reason: 'usual_unknown' };
  const from = near.findIndex(({ isChanged }) => isChanged);
  const first = near[from];
  if (first === undefined) return null;
  // One row alone is a slip, unless a row is half an hour.
  if (rule.stepMs < SLACK_MS && near[from + 1]?.isChanged === false) return null;
  if (hadChanged(judged, startMs)) return cannotSee('already');
  const values = near.map(({ value }) => value);
  return {
    stance: 'agrees',
    reason: 'changed',
    startMs: first.atMs,
    endMs: judged.find(({ atMs, isChanged }) => atMs > first.atMs && !isChanged)?.atMs ?? null,
    usual: first.usual,
    extreme: rule.change === 'falls' ? Math.min(...values) : Math.max(...values),
  };
}

/** In most rows of the hours before. */
function hadChanged(judged: readonly Judged[], startMs: number): boolean {
  const earlier = judged.filter(({ atMs }) => atMs >= startMs - ALREADY_MS && atMs < startMs - SLACK_MS);
  return earlier.filter(({ isChanged }) => isChanged).length * 2 > earlier.length;
}

function isChange({ change, least, usualMin }: WitnessRule, value: number, usual: number): boolean {
  if (usual < usualMin) return false;
  return change === 'falls' ? usual > 0 && (usual - value) / usual >= least : value - usual >= least;
}

/** Those that tell of an outage at the same time; that they tell of none says nothing. */
function reportTestimonies(incident: Incident, { outages, nowMs }: Evidence): Testimony[] {
  const found = new Map<string, Testimony>();
  for (const outage of outages) {
    const { source, signal, entity, startMs, endMs } = outage;
    const family = familyOfReport(source, signal);
    const key = `${source} ${signal} ${entity}`;
    if (family === null || found.has(key) || !isReport(outage, incident, nowMs)) continue;
    const same = { source, signal, entity, family, startMs, endMs, usual: null, extreme: null };
    found.set(key, { ...same, stance: 'agrees', reason: 'reported' });
  }
  return [...found.values()];
}

function isReport(outage: OutsideOutage, incident: Incident, nowMs: number): boolean {
  const { signal, entity, startMs, endMs, cause } = outage;
  if (!isOf(entity, incident) || !isReportOf(signal, incident.kind)) return false;
  if (signal === 'changepoint' && !incident.platforms.some((id) => isSiteOf(cause ?? '', id))) return false;
  const untilMs = incident.endMs ?? nowMs;
  // One that began long before is another one.
  const isBegunNear = startMs >= incident.startMs - ALREADY_MS;
  return isBegunNear && startMs < untilMs + SLACK_MS && (endMs ?? Infinity) > incident.startMs - SLACK_MS;
}

/** `www.youtube.com …` is YouTube's; names of a letter or two are looked for as a label of the host. */
function isSiteOf(cause: string, platform: string): boolean {
  const [host = ''] = cause.split(' ');
  return host
    .split('.')
    .some((label) => label === platform || (platform.length > 3 && label.includes(platform)));
}
