/** Runs a window's points through each target's sequential tests, and says which tests opened or closed. */
import { RESTORE_THRESHOLD, thresholdsBy } from './config.ts';
import type { Thresholds } from './config.ts';
import {
  addBad,
  addGood,
  closeTest,
  meaningOf,
  newTest,
  noiseOf,
  openTest,
  strengthOf,
  weightOf,
} from './evidence.ts';
import { hasSilence, isSilent } from './manner.ts';
import { countNoise, noiseAround, renewNoise, stillNoisy } from './noise.ts';
import { hasCandidate, openable } from './opening.ts';
import type { ReachabilityPoint } from './point.ts';
import { FAMILIES } from './state.ts';
import type { Cell, DetectorState, Family, Test } from './state.ts';

/** A test that opened or closed, with a copy of how it stood then. */
export interface Turn {
  readonly change: 'opened' | 'closed';
  readonly family: Family;
  readonly cell: Cell;
  readonly test: Test;
  /** First good point after the last bad one, for `closed`. */
  readonly endMs: number;
}

export interface CellDraft {
  readonly cells: Record<string, Cell>;
  readonly targets: DetectorState['targets'];
  readonly noise: Readonly<Record<string, number>>;
  readonly noiseNow: DetectorState['noiseNow'];
  readonly turns: Turn[];
}

interface Run {
  readonly state: DetectorState;
  /** Cells of this window, each a copy of its own. */
  readonly touched: Map<string, Cell>;
  /** The vantage of each target that was not known before. */
  readonly added: string[];
  readonly turns: Turn[];
  /** Vantages whose noise may have changed. */
  readonly noisy: Set<string>;
}

const CADENCE_MEMORY = 0.2;

function newCell(point: ReachabilityPoint, cadenceMs: number): Cell {
  const { vantage, operator, place, access, platform, target } = point;
  return {
    vantage,
    operator,
    place,
    access,
    platform,
    target,
    lastMs: 0,
    cadenceMs,
    noiseBad: 0,
    noiseCount: 0,
    recent: [],
    run: 0,
    tests: NO_TESTS,
  };
}

/** Nearly all cells have none: they share this, and `testFor` and `withoutTest` make anew what differs. */
const NO_TESTS: Cell['tests'] = Object.freeze({});

function copyOf(cell: Cell): Cell {
  if (cell.tests === NO_TESTS) return { ...cell };
  const tests: Partial<Record<Family, Test>> = {};
  for (const family of FAMILIES) {
    const test = cell.tests[family];
    if (test !== undefined) tests[family] = { ...test };
  }
  return { ...cell, tests };
}

function withoutTest(tests: Cell['tests'], family: Family): Cell['tests'] {
  const left = FAMILIES.filter((one) => one !== family && tests[one] !== undefined);
  return left.length === 0 ? NO_TESTS : Object.fromEntries(left.map((one) => [one, tests[one]]));
}

function testFor(cell: Cell, family: Family): Test {
  const known = cell.tests[family];
  if (known !== undefined) return known;
  const test = newTest();
  cell.tests = { ...cell.tests, [family]: test };
  return test;
}

function cellFor(run: Run, point: ReachabilityPoint): Cell {
  const key = `${point.vantage}|${point.target}`;
  const known = run.touched.get(key);
  if (known !== undefined) return known;
  const old = run.state.cells[key];
  const cell = old === undefined ? newCell(point, run.state.config.cadenceSeconds * 1_000) : copyOf(old);
  if (old === undefined) run.added.push(point.vantage);
  run.touched.set(key, cell);
  return cell;
}

function keepTime(cell: Cell, point: ReachabilityPoint): void {
  if (point.retest > 0 || point.atMs <= cell.lastMs) return;
  if (cell.lastMs > 0) {
    const distanceMs = Math.min(point.atMs - cell.lastMs, cell.cadenceMs * 3);
    cell.cadenceMs += (distanceMs - cell.cadenceMs) * CADENCE_MEMORY;
  }
  cell.lastMs = point.atMs;
}

/** A quick handshake says nothing of a body that crawls: light checks shake hands every minute and fetch nothing. */
function isSpeedShown(cell: Cell, { bytesPerSecond, tlsMs }: ReachabilityPoint): boolean {
  return bytesPerSecond !== null || (tlsMs !== null && cell.tests.throttle?.isBodySlow !== true);
}

/** Who forges an answer lets the connection through; who drops the very name or answers for it shows no certificate. */
function isOtherAct(family: Family, meaning: Family | 'good', point: ReachabilityPoint): boolean {
  if (family === 'block') return meaning === 'intercept';
  return family === 'intercept' && meaning === 'block' && (!isSilent(point) || point.method === 'sni_drop');
}

/**
 * Whether this point may speak against the family: throttling is refuted by speed that was measured; what is slowed but
 * arrives is neither blocked nor down.
 */
function refutes(cell: Cell, family: Family, meaning: Family | 'good', point: ReachabilityPoint): boolean {
  if (meaning === 'good') return family !== 'throttle' || isSpeedShown(cell, point);
  if (meaning === 'down') return false;
  if (isOtherAct(family, meaning, point)) return true;
  return family === 'down' || family === 'throttle' || meaning === 'throttle';
}

function weighAgainst(run: Run, cell: Cell, family: Family, point: ReachabilityPoint): void {
  const test = cell.tests[family];
  if (test === undefined) return;
  const p0 = noiseOf(family, hasSilence(test), noiseAround(run.state, cell, test, point.atMs));
  addGood(test, point.atMs, {
    p0,
    weight: weightOf(point),
    smallestShare: run.state.config.smallestShare,
  });
  if (test.isOpen && test.restore >= RESTORE_THRESHOLD) {
    const endMs = test.firstGoodMs ?? point.atMs;
    run.turns.push({ change: 'closed', family, cell, test: { ...test }, endMs });
    closeTest(test);
  }
  if (!test.isOpen && strengthOf(test) === 0) cell.tests = withoutTest(cell.tests, family);
}

function weighFor(run: Run, cell: Cell, family: Family, point: ReachabilityPoint): void {
  const test = testFor(cell, family);
  const p0 = noiseOf(family, isSilent(point), noiseAround(run.state, cell, test, point.atMs));
  addBad(test, point, { p0, weight: weightOf(point), smallestShare: run.state.config.smallestShare });
}

function noteNoise(run: Run, cell: Cell, atMs: number, isNoise: boolean): void {
  if (isNoise || cell.run > 0) run.noisy.add(cell.vantage);
  countNoise(cell, atMs, isNoise);
}

/** A failure that nobody can judge (no control, no network) speaks neither for nor against, but it is no sign of health. */
function interruptRestoration(cell: Cell): void {
  for (const family of FAMILIES) {
    const test = cell.tests[family];
    if (test?.isOpen === true) test.restore = 0;
  }
}

function weigh(run: Run, point: ReachabilityPoint): void {
  const cell = cellFor(run, point);
  keepTime(cell, point);
  const meaning = meaningOf(point);
  if (meaning === null) {
    if (point.failure !== null) interruptRestoration(cell);
    return;
  }
  noteNoise(run, cell, point.atMs, meaning === 'block' && isSilent(point));
  if (cell.tests !== NO_TESTS) {
    for (const family of FAMILIES) {
      if (cell.tests[family] !== undefined && family !== meaning && refutes(cell, family, meaning, point))
        weighAgainst(run, cell, family, point);
    }
  }
  if (meaning !== 'good') weighFor(run, cell, meaning, point);
}

/** Changes `cells`: a cell that the window did not touch is copied before its test opens. */
function open(
  run: Run,
  cells: Record<string, Cell>,
  key: string,
  family: Family,
  thresholds: (vantage: string) => Thresholds,
): void {
  const found = cells[key];
  const test = found?.tests[family];
  if (found === undefined || test === undefined) return;
  const cell = run.touched.has(key) ? found : copyOf(found);
  run.touched.set(key, cell);
  cells[key] = cell;
  const own = cell.tests[family] ?? test;
  openTest(own, thresholds(cell.vantage).open);
  run.turns.push({ change: 'opened', family, cell, test: { ...own }, endMs: 0 });
}

/** What began in one millisecond comes in the order of its ids: whoever is first names the incident. */
function byTime(a: ReachabilityPoint, b: ReachabilityPoint): number {
  return a.atMs - b.atMs || (a.id < b.id ? -1 : 1);
}

function inOrder(points: readonly ReachabilityPoint[]): readonly ReachabilityPoint[] {
  for (let index = 1; index < points.length; index += 1) {
    const before = points[index - 1];
    const after = points[index];
    if (before !== undefined && after !== undefined && byTime(before, after) > 0)
      return points.toSorted(byTime);
  }
  return points;
}

function withAdded(targets: DetectorState['targets'], added: readonly string[]): DetectorState['targets'] {
  if (added.length === 0) return targets;
  const next = { ...targets };
  for (const vantage of added) next[vantage] = (next[vantage] ?? 0) + 1;
  return next;
}

/** The given state stays as it is; what comes back shares whatever the window did not touch. */
export function foldPoints(
  state: DetectorState,
  points: readonly ReachabilityPoint[],
  nowMs: number,
): CellDraft {
  const run: Run = {
    state,
    touched: new Map(),
    added: [],
    turns: [],
    noisy: stillNoisy(state),
  };
  for (const point of inOrder(points)) weigh(run, point);
  const cells: Record<string, Cell> = { ...state.cells };
  for (const [key, cell] of run.touched) cells[key] = cell;
  const all = Object.values(cells);
  const noise = renewNoise(state, all, run.noisy, nowMs);
  const targets = withAdded(state.targets, run.added);
  const thresholds = thresholdsBy(state.config, targets);
  const moment = { state: { ...state, ...noise }, thresholds, nowMs };
  if (hasCandidate(moment, all)) {
    for (const [key, families] of openable(moment, cells))
      for (const family of families) open(run, cells, key, family, thresholds);
  }
  return { cells, targets, ...noise, turns: run.turns };
}
