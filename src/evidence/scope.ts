/** Which measurements speak of an incident. */
import type { OwnMeasurement } from '../../probes/measurement.ts';
import type { Incident } from '../analysis/detect/point.ts';
import type { Window } from '../store/store.ts';

/** Before and after it: what it is to be compared with. */
const AROUND_MS = 3_600_000;

/** @param newestMs of all that was measured: where an incident goes on, its end so far. */
export function windowOfIncident({ startMs, endMs }: Incident, newestMs: number): Window {
  const toMs = endMs === null ? newestMs + 1 : endMs + AROUND_MS;
  return { fromMs: startMs - AROUND_MS, toMs: Math.max(toMs, startMs + 1) };
}

/** `measured`: of the incident's platforms; `control`: of the vantage's own connection. Null: neither, or another vantage's. */
export function roleOf(measurement: OwnMeasurement, incident: Incident): 'measured' | 'control' | null {
  const { x_aiqyn_vantage: vantage, x_aiqyn_target: target } = measurement;
  if (!incident.vantageIds.includes(vantage.id)) return null;
  if (target.probe === 'rings' || target.platform === 'control') return 'control';
  return incident.platforms.length === 0 || incident.platforms.includes(target.platform) ? 'measured' : null;
}
