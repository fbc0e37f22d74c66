/** Gathers open incidents of the same kind on the same networks, so that one sentence can name all their platforms. */
import type { Incident, IncidentKind } from '../../analysis/detect/point.ts';

/** What a reader must know first. */
export const KIND_ORDER: readonly IncidentKind[] = [
  'shutdown',
  'allow_list',
  'mobile_shutdown',
  'interception',
  'platform_block',
  'throttling',
  'target_down',
  'vantage_silent',
];

export interface IncidentGroup {
  readonly kind: IncidentKind;
  readonly platforms: readonly string[];
  readonly operators: readonly string[];
  readonly places: readonly string[];
  readonly startMs: number;
  /** Distinct vantages that saw it; they are counted and never named. */
  readonly vantages: number;
  readonly incidents: number;
}

function groupKey(incident: Incident): string {
  return JSON.stringify([incident.kind, incident.operators.toSorted(), incident.access]);
}

function unite(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())];
}

/** Most serious kind first, then the oldest. Restored incidents are not looked at. */
export function groupIncidents(incidents: readonly Incident[]): IncidentGroup[] {
  const groups = new Map<string, Incident[]>();
  for (const incident of incidents) {
    if (incident.status === 'restored') continue;
    const key = groupKey(incident);
    groups.set(key, [...(groups.get(key) ?? []), incident]);
  }
  return [...groups.values()]
    .flatMap((members) => {
      const [first] = members;
      if (first === undefined) return [];
      return {
        kind: first.kind,
        platforms: unite(members.map((member) => member.platforms)),
        operators: unite(members.map((member) => member.operators)),
        places: unite(members.map((member) => member.places)),
        startMs: Math.min(...members.map((member) => member.startMs)),
        vantages: unite(members.map((member) => member.vantageIds)).length,
        incidents: members.length,
      };
    })
    .toSorted((a, b) => KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) || a.startMs - b.startMs);
}
