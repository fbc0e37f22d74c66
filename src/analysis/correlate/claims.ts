/**
 * Official statements against measurements. A claim is `supported` or `contradicted` only where what it speaks of was measured
 * for at least half of its hours; an incident is evidence by itself. Everything else is `not_measured`, with the reason.
 */
import type { Incident, IncidentKind } from '../detect/point.ts';

/** Share of a claim's hours with a conclusive verdict, below which silence of the detector says nothing. */
export const CLAIM_MEASURED_SHARE_MIN = 0.5;
/** A statement speaks of the days before it. */
export const CLAIM_LOOKBACK_MS = 7 * 86_400_000;

export interface Claim {
  readonly id: string;
  readonly stance: 'confirms' | 'denies';
  /** What it speaks of; words of the catalogue or wider ones. */
  readonly platforms: readonly string[];
  /** Empty: the country. */
  readonly places: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** Hours of a claim's time in which a platform had a conclusive verdict in a place. */
export interface MeasuredHour {
  readonly platform: string;
  readonly place: string;
  readonly startMs: number;
}

export type ClaimReason =
  'incident_seen' | 'no_incident_seen' | 'too_little_measured' | 'never_measured' | 'not_comparable';

export interface ClaimFinding {
  readonly finding: 'supported' | 'contradicted' | 'not_measured';
  readonly reason: ClaimReason;
  readonly incidentIds: readonly string[];
  readonly measuredHours: number;
  readonly hours: number;
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

function bearsOn(claim: Claim, platforms: readonly string[], incident: Incident): boolean {
  const isThen = incident.startMs < claim.toMs && (incident.endMs === null || incident.endMs > claim.fromMs);
  const isThere =
    claim.places.length === 0 ||
    incident.places.length === 0 ||
    incident.places.some((place) => claim.places.includes(place));
  const isThat =
    (ON_PLATFORMS.has(incident.kind) &&
      incident.platforms.some((platform) => platforms.includes(platform))) ||
    (ON_NETWORKS.has(incident.kind) && platforms.some(isNetwork));
  return isThen && isThere && isThat;
}

/** Every hour in which anything that the claim speaks of was measured where it speaks of. */
function hoursMeasured(
  claim: Claim,
  platforms: readonly string[],
  measured: readonly MeasuredHour[],
): number {
  const isWide = platforms.some(isNetwork);
  const hours = measured.filter(
    ({ platform, place, startMs }) =>
      (isWide || platforms.includes(platform)) &&
      (claim.places.length === 0 || claim.places.includes(place)) &&
      startMs < claim.toMs &&
      startMs + HOUR_MS > claim.fromMs,
  );
  return new Set(hours.map(({ startMs }) => startMs)).size;
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

/** `known`: platforms that Aiqyn can measure. Pure: the same question gives the same finding. */
export function examineClaim(
  claim: Claim,
  incidents: readonly Incident[],
  measured: readonly MeasuredHour[],
  known: readonly string[],
): ClaimFinding {
  const platforms = claimedPlatforms(claim.platforms);
  const seen = incidents.filter((incident) => bearsOn(claim, platforms, incident));
  const hours = Math.max(1, Math.ceil((claim.toMs - claim.fromMs) / HOUR_MS));
  const measuredHours = Math.min(hours, hoursMeasured(claim, platforms, measured));
  const isComparable = platforms.some((platform) => isNetwork(platform) || known.includes(platform));
  const reason = reasonOf(seen.length, measuredHours, hours, isComparable);
  const base = { reason, incidentIds: seen.map(({ id }) => id), measuredHours, hours };
  if (reason !== 'incident_seen' && reason !== 'no_incident_seen')
    return { ...base, finding: 'not_measured' };
  const saysBlocked = claim.stance === 'confirms';
  return { ...base, finding: saysBlocked === (reason === 'incident_seen') ? 'supported' : 'contradicted' };
}
