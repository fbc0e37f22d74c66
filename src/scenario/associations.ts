/** Sets the incidents of a scenario against its events, as production does. */
import { associate } from '../analysis/correlate/associate.ts';
import { ASSOCIATION_DEFAULTS } from '../analysis/correlate/association.ts';
import type { Association } from '../analysis/correlate/association.ts';
import { blocksOf } from '../analysis/correlate/blocks.ts';
import type { Incident } from '../analysis/detect/point.ts';
import type { Scenario } from './scenario.ts';

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
