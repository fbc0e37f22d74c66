/** An incident in the JSON of the contract: what `replay --json` prints and the API serves. */
import type { Incident, IncidentKind, IncidentStatus } from './point.ts';
import { summarise } from './summary.ts';
import type { SummaryNames } from './summary.ts';

export interface IncidentJson {
  readonly id: string;
  readonly kind: IncidentKind;
  readonly status: IncidentStatus;
  readonly platforms: readonly string[];
  readonly operators: readonly string[];
  readonly places: readonly string[];
  readonly access: string | null;
  /** ISO 8601, UTC. */
  readonly start: string;
  /** Null while it goes on. */
  readonly end: string | null;
  readonly detectedAt: string;
  readonly confidence: number;
  readonly method: string | null;
  /** How many vantages saw it. */
  readonly vantages: number;
  readonly summary: string;
  readonly vantageIds: readonly string[];
  readonly openings: readonly { readonly start: string; readonly end: string }[];
  readonly reasons: readonly string[];
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** `names` turns ids into names for the summary; without it ids are shown. */
export function incidentJson(incident: Incident, names?: SummaryNames): IncidentJson {
  const { id, kind, status, platforms, operators, places, access, confidence, method, vantageIds } = incident;
  return {
    id,
    kind,
    status,
    platforms,
    operators,
    places,
    access,
    start: iso(incident.startMs),
    end: incident.endMs === null ? null : iso(incident.endMs),
    detectedAt: iso(incident.detectedAtMs),
    confidence,
    method,
    vantages: vantageIds.length,
    summary: summarise(incident, names),
    vantageIds,
    openings: incident.openings.map(({ startMs, endMs }) => ({ start: iso(startMs), end: iso(endMs) })),
    reasons: incident.reasons,
  };
}
