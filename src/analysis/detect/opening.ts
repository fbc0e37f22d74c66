/**
 * When a test opens: at the end of a window, when all that was measured in it is known. Silence only counts against what
 * the vantage's other platforms lost since it began, so that a line that turns bad is not taken for a block.
 */
import type { Thresholds } from './config.ts';
import { noiseOf, strengthAt, strengthOf } from './evidence.ts';
import { hasSilence, isCompared } from './manner.ts';
import { askCompany, noiseAround, shareBy } from './noise.ts';
import { FAMILIES } from './state.ts';
import type { Cell, DetectorState, Family, Test } from './state.ts';

/** A window's end: the state with the noise as it is known now, and the thresholds. */
export interface Moment {
  readonly state: DetectorState;
  readonly thresholds: (vantage: string) => Thresholds;
  readonly nowMs: number;
}

interface Candidate {
  readonly key: string;
  readonly cell: Cell;
  readonly family: Family;
  readonly test: Test;
  /** With what is known of the line at the end of the window; an open test's is not asked. */
  readonly strength: number;
}

type Cells = Readonly<Record<string, Cell>>;

/** Points of other platforms, or one of each of their targets, that are waited for before a silence may count. */
const WITNESS_POINTS = 8;
/** Rounds that are waited for them at most. */
const WITNESS_ROUNDS = 1.25;
/** Loss that is assumed where a vantage measures one platform only, so that nothing tells its line from a block. */
const LONE_NOISE = 0.02;

/** The loss that is likely since a silence began; null while the vantage's other platforms have not said enough. */
function noiseSince(moment: Moment, around: readonly Cell[], { cell, test }: Candidate): number | null {
  const witness = askCompany(around, cell.platform, test.fullSinceMs);
  // Silence under one name, while a harmless one was answered on the same address, brings its own witness.
  const hasOwnWitness = isCompared(test);
  const isEnough = hasOwnWitness || witness.heard >= Math.min(WITNESS_POINTS, witness.targets);
  if (!isEnough && moment.nowMs - test.fullSinceMs < cell.cadenceMs * WITNESS_ROUNDS) return null;
  const unknown = witness.targets === 0 ? LONE_NOISE : 0;
  return Math.max(
    noiseAround(moment.state, cell, test, test.lastBadMs),
    shareBy(witness, hasOwnWitness),
    unknown,
  );
}

function strengthNow(moment: Moment, around: readonly Cell[], candidate: Candidate): number {
  const { cell, family, test } = candidate;
  if (test.isOpen || !hasSilence(test)) {
    const noise = noiseAround(moment.state, cell, test, test.lastBadMs);
    return strengthAt(test, noiseOf(family, hasSilence(test), noise));
  }
  const noise = noiseSince(moment, around, candidate);
  return noise === null ? 0 : strengthAt(test, noiseOf(family, true, noise));
}

function candidatesOf(moment: Moment, cells: Cells): Map<string, Candidate[]> {
  const found = new Map<string, Candidate[]>();
  const around = new Map<string, Cell[]>();
  for (const [key, cell] of Object.entries(cells)) {
    for (const family of FAMILIES) {
      const test = cell.tests[family];
      if (test === undefined) continue;
      const { openTogether } = moment.thresholds(cell.vantage);
      if (strengthOf(test) < openTogether) continue;
      const own =
        around.get(cell.vantage) ?? Object.values(cells).filter((one) => one.vantage === cell.vantage);
      around.set(cell.vantage, own);
      const candidate = { key, cell, family, test, strength: 0 };
      const strength = strengthNow(moment, own, candidate);
      if (strength < openTogether) continue;
      const name = `${family}|${cell.platform}`;
      found.set(name, [...(found.get(name) ?? []), { ...candidate, strength }]);
    }
  }
  return found;
}

/** Where two vantages see the same of one platform at the same time, each needs only half the evidence. */
function isShared(moment: Moment, one: Candidate, group: readonly Candidate[]): boolean {
  return group.some(
    (other) =>
      other.cell.vantage !== one.cell.vantage &&
      Math.abs(other.test.lastBadMs - one.test.lastBadMs) <= togetherMs(moment, one.cell),
  );
}

function togetherMs(moment: Moment, cell: Cell): number {
  return Math.max(moment.state.config.togetherSeconds * 1_000, cell.cadenceMs * 2);
}

function isCandidate(test: Test | undefined, enough: () => number): boolean {
  return test !== undefined && !test.isOpen && strengthOf(test) >= enough();
}

/** Some test is strong enough to be looked at, and not open yet: asked of every window, and nearly always not so. */
export function hasCandidate({ thresholds }: Moment, cells: readonly Cell[]): boolean {
  return cells.some(({ vantage, tests }) =>
    FAMILIES.some((family) => isCandidate(tests[family], () => thresholds(vantage).openTogether)),
  );
}

/** The tests that are strong enough now and not open yet, by the cell's key. */
export function openable(moment: Moment, cells: Cells): Map<string, Family[]> {
  const found = new Map<string, Family[]>();
  for (const group of candidatesOf(moment, cells).values()) {
    for (const one of group) {
      const isStrong =
        one.strength >= moment.thresholds(one.cell.vantage).open || isShared(moment, one, group);
      if (!one.test.isOpen && isStrong) found.set(one.key, [...(found.get(one.key) ?? []), one.family]);
    }
  }
  return found;
}
