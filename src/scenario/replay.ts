/**
 * Plays a scenario in virtual time through the judge and the detector of production.
 *
 * Two folds run side by side. `live` sees what the collector has at the time: nothing of a vantage that is cut off.
 * `whole` sees what it will have after backfill. When a cut vantage comes back its spool arrives, and `live` goes on from
 * `whole`: that is what folding again from before the cut gives. A vantage without power measured nothing to backfill.
 */
import type { Association } from '../analysis/correlate/association.ts';
import { DETECTOR_DEFAULTS } from '../analysis/detect/config.ts';
import type { DetectorConfig } from '../analysis/detect/config.ts';
import { foldWindow, initialState } from '../analysis/detect/fold.ts';
import { asPublished, identify } from '../analysis/detect/identity.ts';
import type { Ids } from '../analysis/detect/identity.ts';
import type { Heartbeat, Incident, ReachabilityPoint } from '../analysis/detect/point.ts';
import type { DetectorState } from '../analysis/detect/state.ts';
import type { Scenario } from './scenario.ts';
import type { PlayedWindow } from './windows.ts';
import { isHeard } from './world.ts';
import type { ScenarioVantage } from './world.ts';
import { Lanes } from './lanes.ts';
import type { LanesInput } from './lanes.ts';
import { AlertLedger } from '../alerts/ledger.ts';
import type { Alert } from '../alerts/ledger.ts';

export interface ReplayInput extends LanesInput {
  /** Told after each window how far the play is, 0–1. */
  readonly onProgress?: (share: number) => void;
  /** Told what each window holds, in the order of time, with what a cut vantage only delivers later. */
  readonly onMeasured?: (window: PlayedWindow) => void;
  /** Sets incidents against the scenario's events; without it there are no associations. */
  readonly associate?: (scenario: Scenario, incidents: readonly Incident[]) => readonly Association[];
}

export interface ReplayResult {
  readonly incidents: readonly Incident[];
  readonly associations: readonly Association[];
  readonly alerts: readonly Alert[];
  readonly measurements: number;
}

const HEARTBEAT_SECONDS = 60;
const WINDOW_MS_MAX = 60_000;
const WINDOW_MS_MIN = 5_000;
interface Batch {
  readonly points: ReachabilityPoint[];
  readonly heartbeats: Heartbeat[];
}

interface Play {
  readonly input: ReplayInput;
  readonly lanes: Lanes;
  readonly nextBeatMs: Map<string, number>;
  readonly config: DetectorConfig;
}

function beat(play: Play, vantage: ScenarioVantage, atMs: number, batch: Batch, late: Batch): void {
  const conditions = play.lanes.world(atMs, vantage);
  if (!conditions.hasPower) return;
  const { id, operator, place, access } = vantage;
  const into = isHeard(conditions) ? batch : late;
  into.heartbeats.push({
    atMs,
    vantage: id,
    operator,
    place,
    access,
    connectivity: conditions.network,
    receivedAtMs: atMs,
    spoolDepth: 0,
    clockOffsetMs: 0,
  });
}

/** Everything that starts in [fromMs, toMs): `batch` arrives at once, `late` when the vantage is back. */
function gather(play: Play, toMs: number): { batch: Batch; late: Batch } {
  const batch: Batch = { points: [], heartbeats: [] };
  const late: Batch = { points: [], heartbeats: [] };
  for (const { point, isLate } of play.lanes.until(toMs)) (isLate ? late : batch).points.push(point);
  for (const vantage of play.input.scenario.vantages) {
    let nextMs = play.nextBeatMs.get(vantage.id) ?? play.input.scenario.from;
    for (; nextMs < toMs; nextMs += HEARTBEAT_SECONDS * 1_000) beat(play, vantage, nextMs, batch, late);
    play.nextBeatMs.set(vantage.id, nextMs);
  }
  return { batch, late };
}

/** The incidents of a fold as they stand. */
function note(
  incidents: Map<string, Incident>,
  changed: readonly Incident[],
  removed: readonly string[],
): void {
  for (const incident of changed) incidents.set(incident.id, incident);
  for (const id of removed) incidents.delete(id);
}

interface Folds {
  live: DetectorState;
  whole: DetectorState;
  /** As the two folds say them. */
  liveIncidents: Map<string, Incident>;
  readonly incidents: Map<string, Incident>;
  ids: Ids;
  readonly ledger: AlertLedger;
  /** Vantages with something in their spool. */
  readonly owing: Set<string>;
}

/** Says what changed; what was published keeps its id, as in the collector. */
function publish(folds: Folds, changed: readonly Incident[], atMs: number): void {
  const { ledger } = folds;
  folds.ids = identify(folds.ids, ledger.said, folds.liveIncidents);
  for (const incident of changed) {
    const id = folds.ids.get(incident.id) ?? incident.id;
    ledger.say(asPublished(incident, id, ledger.said.get(id)), atMs);
  }
  const published = new Set(folds.ids.values());
  for (const id of ledger.said.keys()) if (!published.has(id)) ledger.takeBack(id, atMs);
}

/** After backfill: what the whole fold says replaces what was said. */
function reconcile(folds: Folds, atMs: number): void {
  folds.live = folds.whole;
  folds.liveIncidents = new Map(folds.incidents);
  publish(folds, [...folds.incidents.values()], atMs);
}

function advance(play: Play, folds: Folds, fromMs: number, toMs: number): void {
  const { batch, late } = gather(play, toMs);
  const heartbeats = [...batch.heartbeats, ...late.heartbeats];
  const all = { fromMs, toMs, points: [...batch.points, ...late.points], heartbeats };
  play.input.onMeasured?.(all);
  const isBackfilled = batch.heartbeats.some((one) => folds.owing.delete(one.vantage));
  for (const one of late.heartbeats) folds.owing.add(one.vantage);
  const isApart = folds.live !== folds.whole;
  const whole = foldWindow(play.config, folds.whole, all);
  note(folds.incidents, whole.changed, whole.removed);
  folds.whole = whole.state;
  if (isBackfilled && folds.owing.size === 0) {
    reconcile(folds, toMs);
    return;
  }
  const isLate = late.heartbeats.length + late.points.length > 0;
  const live = isApart || isLate ? foldWindow(play.config, folds.live, { fromMs, toMs, ...batch }) : whole;
  folds.live = live.state;
  note(folds.liveIncidents, live.changed, live.removed);
  if (live.changed.length + live.removed.length > 0) publish(folds, live.changed, toMs);
}

/** Deterministic: the same scenario gives the same answer. */
export function replay(input: ReplayInput): ReplayResult {
  const { scenario } = input;
  const config: DetectorConfig = {
    ...DETECTOR_DEFAULTS,
    cadenceSeconds: scenario.cadenceSeconds,
    heartbeatSeconds: HEARTBEAT_SECONDS,
  };
  const play: Play = {
    input,
    lanes: new Lanes(input),
    nextBeatMs: new Map(),
    config,
  };
  const start = initialState(config);
  const folds: Folds = {
    live: start,
    whole: start,
    liveIncidents: new Map(),
    incidents: new Map(),
    ids: new Map(),
    ledger: new AlertLedger(),
    owing: new Set(),
  };
  const halfRoundMs = (scenario.cadenceSeconds * 1_000) / 2;
  const windowMs = Math.min(WINDOW_MS_MAX, Math.max(WINDOW_MS_MIN, halfRoundMs));
  for (let fromMs = scenario.from; fromMs < scenario.to; fromMs += windowMs) {
    const toMs = Math.min(fromMs + windowMs, scenario.to);
    advance(play, folds, fromMs, toMs);
    input.onProgress?.((toMs - scenario.from) / (scenario.to - scenario.from));
  }
  // Spools that are still owed when the play ends are carried in, so that the report is what will be known.
  if (folds.live !== folds.whole) reconcile(folds, scenario.to);
  const incidents = [...folds.ledger.said.values()].sort(
    (a, b) => a.startMs - b.startMs || (a.id < b.id ? -1 : 1),
  );
  return {
    incidents,
    associations: input.associate?.(scenario, incidents) ?? [],
    alerts: folds.ledger.alerts,
    measurements: play.lanes.measurements,
  };
}
