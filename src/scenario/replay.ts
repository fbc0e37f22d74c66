/**
 * Plays a scenario in virtual time through the judge and the detector of production.
 *
 * Two folds run side by side. `live` sees what the collector has at the time: nothing of a vantage that is cut off.
 * `whole` sees what it will have after backfill. When a cut vantage comes back its spool arrives, and `live` goes on from
 * `whole`: that is what folding again from before the cut gives. A vantage without power measured nothing to backfill.
 */
import { RETESTED_FAILURES_MAX } from '../agent/target-runner.ts';
import type { Association } from '../analysis/correlate/association.ts';
import { seededRandom } from '../analysis/correlate/random.ts';
import { DETECTOR_DEFAULTS } from '../analysis/detect/config.ts';
import type { DetectorConfig } from '../analysis/detect/config.ts';
import { foldWindow, initialState } from '../analysis/detect/fold.ts';
import { asPublished, identify } from '../analysis/detect/identity.ts';
import type { Ids } from '../analysis/detect/identity.ts';
import type { Heartbeat, Incident, ReachabilityPoint } from '../analysis/detect/point.ts';
import type { DetectorState } from '../analysis/detect/state.ts';
import { judge } from '../analysis/verdict/judge.ts';
import { toPoint } from '../analysis/verdict/point.ts';
import type { Knowledge } from '../analysis/verdict/verdict.ts';
import type { Platform } from '../../probes/words.ts';
import type { Scenario } from './scenario.ts';
import { drawFate, fateKey } from './fate.ts';
import { synthesize } from './synthesize.ts';
import type { PlayedWindow } from './windows.ts';
import { createWorld } from './world.ts';
import type { Conditions, ScenarioVantage } from './world.ts';
import { AlertLedger } from '../alerts/ledger.ts';
import type { Alert } from '../alerts/ledger.ts';

export interface ReplayInput {
  readonly scenario: Scenario;
  readonly knowledge: Knowledge;
  /** Certificates (DER, base64) by the interceptor's id. */
  readonly certificates: ReadonlyMap<string, string>;
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
/** Re-tests of a status that changed, in seconds after the run that showed it. */
const RETEST_SECONDS = [2, 5, 9] as const;
const WINDOW_MS_MAX = 60_000;
const WINDOW_MS_MIN = 5_000;
/** Kinds of measurement that are remembered with their verdict. */
const LIKENESSES_MAX = 5_000;
/** Rounds of one vantage and its platforms are spread over this share of the cadence. */
const SPREAD = 0.5;

interface Batch {
  readonly points: ReachabilityPoint[];
  readonly heartbeats: Heartbeat[];
}

interface Lane {
  readonly vantage: ScenarioVantage;
  readonly platform: Platform;
  readonly random: () => number;
  readonly number: number;
  nextMs: number;
  /** Rounds that failed one after the other, by the first try of each. */
  failures: number;
}

interface Play {
  readonly input: ReplayInput;
  readonly world: (atMs: number, vantage: ScenarioVantage) => Conditions;
  readonly lanes: Lane[];
  readonly nextBeatMs: Map<string, number>;
  readonly config: DetectorConfig;
  /** Decides how long steps take. */
  readonly timing: () => number;
  /** Judged points by likeness. */
  readonly points: Map<string, ReachabilityPoint>;
  measurements: number;
}

/** Vantages do not knock at once, nor do the targets of one. */
function lanesOf(scenario: Scenario): Lane[] {
  const cadenceMs = scenario.cadenceSeconds * 1_000;
  const count = scenario.vantages.length * scenario.platforms.length;
  return scenario.vantages.flatMap((vantage, row) =>
    scenario.platforms.map((platform, column) => {
      const number = row * scenario.platforms.length + column;
      const nextMs = scenario.from + Math.floor((number / count) * cadenceMs * SPREAD);
      const random = seededRandom((scenario.seed + number * 7_919) >>> 0);
      return { vantage, platform, random, number, nextMs, failures: 0 };
    }),
  );
}

/** Measurements that differ in vantage and latency alone are judged once. */
function measure(play: Play, lane: Lane, atMs: number, retest: number): ReachabilityPoint {
  const { scenario, knowledge, certificates } = play.input;
  const { vantage, platform } = lane;
  const fate = drawFate(play.world(atMs, vantage), platform, lane.random);
  play.measurements += 1;
  const id = idOf(play.measurements, lane.number);
  const likeness = `${platform} ${fateKey(fate)}`;
  const known = play.points.get(likeness);
  if (known !== undefined) {
    const { operator, place, access } = vantage;
    return { ...known, id, atMs, retest, vantage: vantage.id, operator, place, access };
  }
  const { latencyMs } = scenario.noise;
  const random = play.timing;
  const measurement = synthesize({
    id,
    atMs,
    retest,
    vantage,
    platform,
    fate,
    latencyMs,
    random,
    certificates,
  });
  const point = toPoint(measurement, judge(measurement, knowledge));
  if (play.points.size < LIKENESSES_MAX) play.points.set(likeness, point);
  return point;
}

function idOf(count: number, lane: number): string {
  return `${count.toString(16).padStart(8, '0')}-0000-7000-8000-${lane.toString(16).padStart(12, '0')}`;
}

/** One round of one lane; what fails, and what works again, is looked at again at once, as by src/agent/target-runner.ts. */
function runLane(play: Play, lane: Lane, batch: Batch, late: Batch): void {
  const atMs = lane.nextMs;
  lane.nextMs += play.input.scenario.cadenceSeconds * 1_000;
  const conditions = play.world(atMs, lane.vantage);
  if (!conditions.hasPower) return;
  const into = conditions.network === 'online' ? batch : late;
  const point = measure(play, lane, atMs, 0);
  into.points.push(point);
  const failedBefore = lane.failures;
  lane.failures = point.status === 'ok' ? 0 : failedBefore + 1;
  const isNews = point.status === 'ok' ? failedBefore > 0 : lane.failures <= RETESTED_FAILURES_MAX;
  if (!isNews) return;
  for (const [index, seconds] of RETEST_SECONDS.entries()) {
    const again = measure(play, lane, atMs + seconds * 1_000, index + 1);
    into.points.push(again);
    if (point.status === 'ok' && again.status !== 'ok') return;
  }
}

function beat(play: Play, vantage: ScenarioVantage, atMs: number, batch: Batch, late: Batch): void {
  const conditions = play.world(atMs, vantage);
  if (!conditions.hasPower) return;
  const { id, operator, place, access } = vantage;
  const into = conditions.network === 'online' ? batch : late;
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
  for (const lane of play.lanes) while (lane.nextMs < toMs) runLane(play, lane, batch, late);
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
    world: createWorld(scenario),
    lanes: lanesOf(scenario),
    nextBeatMs: new Map(),
    config,
    timing: seededRandom(scenario.seed),
    points: new Map(),
    measurements: 0,
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
    measurements: play.measurements,
  };
}
