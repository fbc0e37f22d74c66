/** An incident as the API writes it: DESIGN's contract, and its details without naming a vantage. */
import type { Incident } from '../../analysis/detect/point.ts';
import type { WebContext } from '../context.ts';
import { incidentSentence } from '../overview/sentences.ts';
import type { IncidentAnswer } from './schemas.ts';

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
function isoOrNull(atMs: number | null): string | null {
  return atMs === null ? null : iso(atMs);
}

export function incidentAnswer(context: WebContext, incident: Incident): IncidentAnswer {
  return {
    id: incident.id,
    kind: incident.kind,
    status: incident.status,
    platforms: [...incident.platforms],
    operators: [...incident.operators],
    places: [...incident.places],
    access: incident.access,
    start: iso(incident.startMs),
    end: isoOrNull(incident.endMs),
    detectedAt: iso(incident.detectedAtMs),
    confidence: incident.confidence,
    method: incident.method,
    vantages: incident.vantageIds.length,
    summary: `${incidentSentence(context, incident, context.clock.nowMs())}.`,
  };
}

export function incidentDetail(context: WebContext, incident: Incident) {
  return {
    ...incidentAnswer(context, incident),
    reasons: [...incident.reasons],
    openings: incident.openings.map(({ startMs, endMs }) => ({ start: iso(startMs), end: iso(endMs) })),
    members: incident.members.map((member) => ({
      operator: member.operator,
      place: member.place,
      access: member.access,
      platform: member.platform,
      start: iso(member.startMs),
      end: isoOrNull(member.endMs),
      method: member.method,
      reasons: [...member.reasons],
    })),
  };
}
