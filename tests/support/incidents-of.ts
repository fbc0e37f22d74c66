/** What the detector makes of points that come again and again, as a plan's schedules bring them. */
import { DETECTOR_DEFAULTS } from '../../src/analysis/detect/config.ts';
import { foldWindow, initialState } from '../../src/analysis/detect/fold.ts';
import type { Incident, ReachabilityPoint } from '../../src/analysis/detect/point.ts';

const MINUTE_MS = 60_000;

export interface Repeated {
  readonly point: ReachabilityPoint;
  readonly everyMinutes: number;
  /** Re-tests that follow the first run within its minute; default none. */
  readonly retests?: number;
}

/** Incidents by id as they stood last. Each point comes at every so many minutes from 0 on, on each of the vantages. */
export function incidentsOf(
  repeated: readonly Repeated[],
  minutes: number,
  vantages: readonly string[] = ['a'],
): readonly Incident[] {
  const said = new Map<string, Incident>();
  let state = initialState(DETECTOR_DEFAULTS);
  for (let minute = 0; minute < minutes; minute += 1) {
    const fromMs = minute * MINUTE_MS;
    const points = repeated
      .filter(({ everyMinutes }) => minute % everyMinutes === 0)
      .flatMap((one) => vantages.flatMap((vantage) => comingAt(one, vantage, fromMs, minute === 0)));
    const window = { fromMs, toMs: fromMs + MINUTE_MS, points, heartbeats: [] };
    const result = foldWindow(DETECTOR_DEFAULTS, state, window);
    state = result.state;
    for (const incident of result.changed) said.set(incident.id, incident);
    for (const id of result.removed) said.delete(id);
  }
  return [...said.values()];
}

function comingAt(
  { point, retests = 0 }: Repeated,
  vantage: string,
  fromMs: number,
  isFirst: boolean,
): ReachabilityPoint[] {
  return Array.from({ length: isFirst ? 1 + retests : 1 }, (_, retest) => ({
    ...point,
    id: `${vantage}-${point.target}-${fromMs}-${retest}`,
    vantage,
    atMs: fromMs + 1_000 + retest * 5_000,
    retest,
  }));
}
