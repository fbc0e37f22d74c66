/** Statements, measured hours and incidents for tests; each names only what its test is about. */
import { examineClaim } from '../../src/analysis/correlate/claims.ts';
import type { Claim, ClaimFinding, MeasuredHour } from '../../src/analysis/correlate/claims.ts';
import type { Incident } from '../../src/analysis/detect/point.ts';
import { anIncident } from './points.ts';

export const HOUR_MS = 3_600_000;
export const KNOWN = ['youtube', 'facebook', 'vk', 'telegram'];

export function aClaim(changes: Partial<Claim> = {}): Claim {
  return {
    id: 'c',
    stance: 'denies',
    platforms: ['youtube'],
    operators: [],
    places: [],
    fromMs: 0,
    toMs: 10 * HOUR_MS,
    ...changes,
  };
}

export function hours(count: number, changes: Partial<MeasuredHour> = {}): MeasuredHour[] {
  return Array.from({ length: count }, (_, n) => ({
    platform: 'youtube',
    operator: 'AS29355',
    place: 'almaty',
    access: 'mobile',
    startMs: n * HOUR_MS,
    ...changes,
  }));
}

/** An incident of one network, in its second hour but for what is changed. */
export function seenOn(
  changes: Partial<Incident['members'][number]> & Partial<Pick<Incident, 'kind' | 'openings' | 'id'>> = {},
): Incident {
  const { kind = 'platform_block', openings = [], id = 'incident-1', ...changed } = changes;
  const member = {
    vantage: 'v',
    operator: 'AS29355',
    place: 'almaty',
    access: 'mobile',
    platform: 'youtube',
    startMs: HOUR_MS,
    endMs: 2 * HOUR_MS,
    method: null,
    reasons: [],
    ...changed,
  };
  const { platform, operator, place, access, startMs, endMs } = member;
  return anIncident({
    id,
    kind,
    openings,
    platforms: platform === null ? [] : [platform],
    operators: [operator],
    places: [place],
    access,
    startMs,
    endMs,
    members: [member],
  });
}

export function examine(
  claim: Claim,
  incidents: readonly Incident[],
  measured: readonly MeasuredHour[],
): ClaimFinding {
  return examineClaim(claim, { incidents, measured, known: KNOWN });
}
