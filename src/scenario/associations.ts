/** Sets the incidents of a scenario against its events, as production does. */
import { associate } from '../analysis/correlate/associate.ts';
import { ASSOCIATION_DEFAULTS } from '../analysis/correlate/association.ts';
import type { Association, BlockInterval } from '../analysis/correlate/association.ts';
import type { Incident, IncidentKind } from '../analysis/detect/point.ts';
import type { Scenario } from './scenario.ts';

/** What somebody does to a platform; a site's own failure is not counted. */
const DONE_TO_PLATFORMS: ReadonlySet<IncidentKind> = new Set<IncidentKind>([
  'platform_block',
  'throttling',
  'interception',
]);

/** One interval for each network's part in each incident; what still goes on ends with the scenario. */
export function blocksOf(incidents: readonly Incident[], untilMs: number): BlockInterval[] {
  return incidents
    .filter((incident) => DONE_TO_PLATFORMS.has(incident.kind))
    .flatMap((incident) =>
      incident.members.flatMap(({ platform, operator, startMs, endMs }) =>
        platform === null ? [] : [{ platform, operator, startMs, endMs: endMs ?? incident.endMs ?? untilMs }],
      ),
    );
}

export function associateScenario(scenario: Scenario, incidents: readonly Incident[]): Association[] {
  return associate(
    {
      window: { fromMs: scenario.from, toMs: scenario.to },
      events: scenario.events.map(({ id, kind, from, to }) => ({ id, kind, startMs: from, endMs: to })),
      blocks: blocksOf(incidents, scenario.to),
      platforms: scenario.platforms,
    },
    { ...ASSOCIATION_DEFAULTS, seed: scenario.seed },
  );
}
