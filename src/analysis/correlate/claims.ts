/**
 * Official statements against measurements. A statement is taken apart into what it speaks of: each platform, on each operator and
 * in each place that it names. Each part is `supported` or `contradicted` only where it was itself measured for at least half of its
 * hours; an incident is evidence by itself. What was measured of one part says nothing of another.
 */
import type { Incident, IncidentKind, IncidentMember } from '../detect/point.ts';

/** Share of a claim's hours with a conclusive verdict, below which silence of the detector says nothing. */
export const CLAIM_MEASURED_SHARE_MIN = 0.5;
/** A statement speaks of the days before it. */
export const CLAIM_LOOKBACK_DAYS = 7;

export interface Claim {
  readonly id: string;
  readonly stance: 'confirms' | 'denies';
  /** What it speaks of; words of the catalogue or wider ones. */
  readonly platforms: readonly string[];
  /** Operators that it names, as it names them, each with its AS numbers (none: not known). Empty: any operator. */
  readonly operators: readonly { readonly name: string; readonly asns: readonly string[] }[];
  /** Empty: the country. */
  readonly places: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** An hour in which a platform had a conclusive verdict on a network. */
export interface MeasuredHour {
  readonly platform: string;
  readonly operator: string;
  readonly place: string;
  readonly access: string;
  readonly startMs: number;
}

export type Finding = 'supported' | 'contradicted' | 'not_measured';
export type ClaimReason =
  'incident_seen' | 'no_incident_seen' | 'too_little_measured' | 'never_measured' | 'not_comparable';

/** One platform of a statement, on one operator and in one place where it names them. */
export interface ClaimPart {
  readonly platform: string;
  /** Null: the statement names none, so that any counts. */
  readonly operator: string | null;
  readonly place: string | null;
  readonly finding: Finding;
  readonly reason: ClaimReason;
  readonly incidentIds: readonly string[];
  readonly measuredHours: number;
  readonly hours: number;
  /** AS numbers of the operators on which it was measured. */
  readonly measuredOn: readonly string[];
}

export interface ClaimFinding {
  /** `contradicted` as soon as one part is; `supported` where every part that was measured is; else `not_measured`. */
  readonly finding: Finding;
  /** Some parts are supported and others contradicted. */
  readonly isMixed: boolean;
  /** In the statement's own order. */
  readonly parts: readonly ClaimPart[];
}

type Extent = Pick<Incident, 'startMs' | 'endMs'> & {
  readonly [Key in 'platform' | 'operator' | 'place' | 'access']: IncidentMember[Key] | null;
};
type Operator = Claim['operators'][number];
interface Subject {
  readonly platform: string;
  readonly operator: Operator | null;
  readonly place: string | null;
}

const HOUR_MS = 3_600_000;
const ON_PLATFORMS: ReadonlySet<IncidentKind> = new Set<IncidentKind>([
  'platform_block',
  'throttling',
  'interception',
]);
const ON_NETWORKS: ReadonlySet<IncidentKind> = new Set<IncidentKind>([
  'mobile_shutdown',
  'shutdown',
  'allow_list',
]);
const WIDER: Readonly<Record<string, readonly string[]>> = {
  'social networks': ['facebook', 'instagram', 'youtube', 'vk', 'ok', 'tiktok', 'x'],
  messengers: ['whatsapp', 'telegram', 'signal'],
};

function isNetwork(word: string): boolean {
  return word === 'internet' || word === 'mobile';
}

/** Wider words become the platforms that they mean. */
export function claimedPlatforms(words: readonly string[]): string[] {
  return [...new Set(words.flatMap((word) => WIDER[word] ?? [word]))];
}

/** How many parts a statement has; for those who bound it. */
export function countParts(claim: {
  readonly platforms: readonly string[];
  readonly operators: readonly unknown[];
  readonly places: readonly string[];
}): number {
  const { platforms, operators, places } = claim;
  return claimedPlatforms(platforms).length * Math.max(1, operators.length) * Math.max(1, places.length);
}

function subjectsOf(claim: Claim): Subject[] {
  const operators = claim.operators.length === 0 ? [null] : claim.operators;
  const places = claim.places.length === 0 ? [null] : [...new Set(claim.places)];
  return claimedPlatforms(claim.platforms).flatMap((platform) =>
    operators.flatMap((operator) => places.map((place) => ({ platform, operator, place }))),
  );
}

/** Null stands for what is not told: it may be any. */
function isAnyOr(told: string | null, wanted: readonly string[]): boolean {
  return told === null || wanted.includes(told);
}

function isWithin(subject: Subject, there: Omit<Extent, 'startMs' | 'endMs'>): boolean {
  const { platform, operator, place } = subject;
  return (
    (isNetwork(platform) || there.platform === platform) &&
    (platform !== 'mobile' || isAnyOr(there.access, ['mobile'])) &&
    (operator === null || isAnyOr(there.operator, operator.asns)) &&
    (place === null || isAnyOr(there.place, [place]))
  );
}

/** Each network's own part; an incident that keeps none speaks for all that it names. */
function extentsOf(incident: Incident): readonly Extent[] {
  if (incident.members.length > 0)
    return incident.members.map((member) => ({ ...member, endMs: member.endMs ?? incident.endMs }));
  const { startMs, endMs, access } = incident;
  const [platforms, operators, places] = [incident.platforms, incident.operators, incident.places].map(
    (names): readonly (string | null)[] => (names.length === 0 ? [null] : names),
  );
  return (platforms ?? []).flatMap((platform) =>
    (operators ?? []).flatMap((operator) =>
      (places ?? []).map((place) => ({ platform, operator, place, access, startMs, endMs })),
    ),
  );
}

/** Whether it went on at any instant of the claim's time at which it was not lifted. */
function wentOn(claim: Claim, { startMs, endMs }: Extent, openings: Incident['openings']): boolean {
  const untilMs = Math.min(claim.toMs, endMs ?? claim.toMs);
  let atMs = Math.max(claim.fromMs, startMs);
  for (const opening of openings.toSorted((a, b) => a.startMs - b.startMs)) {
    if (opening.startMs <= atMs) atMs = Math.max(atMs, opening.endMs);
  }
  return atMs < untilMs;
}

function bearsOn(claim: Claim, subject: Subject, incident: Incident): boolean {
  const kinds = isNetwork(subject.platform) ? ON_NETWORKS : ON_PLATFORMS;
  return (
    kinds.has(incident.kind) &&
    extentsOf(incident).some(
      (extent) => isWithin(subject, extent) && wentOn(claim, extent, incident.openings),
    )
  );
}

function reasonOf(
  incidents: number,
  measuredHours: number,
  hours: number,
  isComparable: boolean,
): ClaimReason {
  if (incidents > 0) return 'incident_seen';
  if (!isComparable) return 'not_comparable';
  if (measuredHours === 0) return 'never_measured';
  return measuredHours < hours * CLAIM_MEASURED_SHARE_MIN ? 'too_little_measured' : 'no_incident_seen';
}

/** A confirmation and a denial are each other's mirror image; what was not measured is so for both. */
function findingOf(stance: Claim['stance'], reason: ClaimReason): Finding {
  if (reason !== 'incident_seen' && reason !== 'no_incident_seen') return 'not_measured';
  return (stance === 'confirms') === (reason === 'incident_seen') ? 'supported' : 'contradicted';
}

interface Evidence {
  readonly incidents: readonly Incident[];
  readonly measured: readonly MeasuredHour[];
  /** Platforms that Aiqyn can measure. */
  readonly known: readonly string[];
}

function examinePart(claim: Claim, subject: Subject, { incidents, measured, known }: Evidence): ClaimPart {
  const { platform, operator, place } = subject;
  const seen = incidents.filter((incident) => bearsOn(claim, subject, incident));
  const those = measured.filter(
    (hour) => hour.startMs < claim.toMs && hour.startMs + HOUR_MS > claim.fromMs && isWithin(subject, hour),
  );
  const hours = Math.max(1, Math.ceil((claim.toMs - claim.fromMs) / HOUR_MS));
  const measuredHours = Math.min(hours, new Set(those.map(({ startMs }) => startMs)).size);
  const isComparable =
    (isNetwork(platform) || known.includes(platform)) && (operator === null || operator.asns.length > 0);
  const reason = reasonOf(seen.length, measuredHours, hours, isComparable);
  return {
    platform,
    operator: operator?.name ?? null,
    place,
    finding: findingOf(claim.stance, reason),
    reason,
    incidentIds: seen.map(({ id }) => id),
    measuredHours,
    hours,
    measuredOn: [...new Set(those.map((hour) => hour.operator))].sort(),
  };
}

/** Pure: the same question gives the same finding. A claim without any length is examined at its instant. */
export function examineClaim(claim: Claim, evidence: Evidence): ClaimFinding {
  const whole = { ...claim, toMs: Math.max(claim.toMs, claim.fromMs + 1) };
  const parts = subjectsOf(whole).map((subject) => examinePart(whole, subject, evidence));
  const isContradicted = parts.some(({ finding }) => finding === 'contradicted');
  const isSupported = parts.some(({ finding }) => finding === 'supported');
  return {
    finding: isContradicted ? 'contradicted' : isSupported ? 'supported' : 'not_measured',
    isMixed: isContradicted && isSupported,
    parts,
  };
}
