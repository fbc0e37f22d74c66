/** Incidents as the intervals that events are set against. */
import type { Incident, IncidentKind } from '../detect/point.ts';
import type { BlockInterval } from './association.ts';

/** What somebody does to a platform; a site's own failure is not counted. */
const DONE_TO_PLATFORMS: ReadonlySet<IncidentKind> = new Set<IncidentKind>([
  'platform_block',
  'throttling',
  'interception',
]);

/** One interval for each network's part in each incident; what still goes on ends at `untilMs`. */
export function blocksOf(incidents: readonly Incident[], untilMs: number): BlockInterval[] {
  return incidents
    .filter((incident) => DONE_TO_PLATFORMS.has(incident.kind))
    .flatMap((incident) =>
      incident.members.flatMap(({ platform, operator, startMs, endMs }) =>
        platform === null ? [] : [{ platform, operator, startMs, endMs: endMs ?? incident.endMs ?? untilMs }],
      ),
    );
}
