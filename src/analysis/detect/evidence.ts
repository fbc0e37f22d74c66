/**
 * What one point says for and against a family, as a log-likelihood ratio, and the sequential test over it.
 *
 * Model: each point of a target is "bad" with probability p0 where there is only noise and p1 where something interferes,
 * independently. The test is Page's one-sided CUSUM of Wald's log-likelihood ratio (A. Wald, "Sequential Tests of
 * Statistical Hypotheses", 1945; E. S. Page, "Continuous Inspection Schemes", 1954), run twice: against p1 near one
 * (a plain block, found within two rounds) and against the smallest share looked for (a fraction of connections).
 * Its last zero dates the onset. Restoration is the same test the other way, against the share seen while open.
 *
 * Loss makes silence but never an answer: p0 of silent failures follows the vantage's own noise, p0 of a forged
 * certificate does not. That noise is known from failures that soon worked again, of all targets over the last hour and of
 * the vantage's other platforms over the last few points, whichever is worse; evidence gathered before a line turned bad
 * is weighed again by what is known of it when the test would open. Re-tests follow within seconds, share a burst of loss, and so weigh less than a round.
 */
import { CONFIDENCE_FLOOR } from '../verdict/verdict.ts';
import type { Status } from '../verdict/verdict.ts';
import { COMPARED_METHODS, isSilent } from './manner.ts';
import { reasonsWith } from './test-reasons.ts';
import { speaksForPlatform } from './point.ts';
import type { ReachabilityPoint } from './point.ts';
import type { Family, Test } from './state.ts';

/** Chance of a bad point without interference, where nothing is known of the vantage. */
export const NOISE_FLOOR = 0.01;
/** Where so much may be noise, silence is no evidence at all. */
const NOISE_MAX = 0.95;
/** No more is assumed against a restoration, or a bad line would never be seen to work again. */
const RESTORE_NOISE_MAX = 0.5;
/** Noise is never known exactly; this much more is assumed. */
const NOISE_MARGIN = 1.5;
/** One measurement in five hundred is answered wrongly by accident: a setting, five times below the floor of loss. */
const ANSWERED_NOISE = 0.002;
const FORGED_NOISE = 0.0005;
const NEARLY_ALL = 0.95;
const SHARE_MAX = 0.9;
/** Re-tests of an answer (a reset, a forged certificate) share only the time. */
const RETEST_WEIGHT_ANSWER = 0.75;
/** Re-tests of silence share a burst of loss. */
const RETEST_WEIGHT_SILENCE = 0.6;
/**
 * Where what it is compared with worked each time (a harmless name, a paired page), a burst of loss explains them less. Set by
 * tests/bench/detector.ts: 0.92 gives 0.095 false incidents a vantage-year at 1 % loss, and a block after 85 s (median, one vantage).
 */
const RETEST_WEIGHT_COMPARED = 0.92;
/** Steps of a measurement that loss may hit; silence under one name alone is one of them. */
const STEPS = 4;
/** A censor silences the same step each time; noise that fails at another one says less. */
const OTHER_STEP_WEIGHT = 0.35;
/** From this confidence on a verdict counts in full. */
const CONFIDENCE_FULL = 0.8;
/** Points after which half of what was counted is forgotten, while open. */
const MEMORY = 60;

/** The family that a point is evidence of; null for none. `tampered` answers are a block by other means. */
const FAMILY_OF: Readonly<Record<Status, Family | 'good' | null>> = {
  ok: 'good',
  blocked: 'block',
  tampered: 'block',
  throttled: 'throttle',
  intercepted: 'intercept',
  down: 'down',
  offline: null,
  inconclusive: null,
};

export function meaningOf(point: ReachabilityPoint): Family | 'good' | null {
  if (point.confidence < CONFIDENCE_FLOOR || !speaksForPlatform(point)) return null;
  return FAMILY_OF[point.status];
}

export function weightOf(point: ReachabilityPoint): number {
  const byConfidence = Math.min(1, point.confidence / CONFIDENCE_FULL);
  if (point.retest === 0) return byConfidence;
  if (!isSilent(point)) return byConfidence * RETEST_WEIGHT_ANSWER;
  const isCompared = COMPARED_METHODS.has(point.method) || point.probe === 'throughput';
  return byConfidence * (isCompared ? RETEST_WEIGHT_COMPARED : RETEST_WEIGHT_SILENCE);
}

/** p0 of a bad point of this family at a vantage with this noise. */
export function noiseOf(family: Family, isSilence: boolean, vantageNoise: number): number {
  if (family === 'intercept') return FORGED_NOISE;
  if (!isSilence) return ANSWERED_NOISE;
  return Math.min(NOISE_MAX, Math.max(NOISE_FLOOR, vantageNoise * NOISE_MARGIN));
}

/** Share of a test's evidence so far that names the point's method; 1 where there is none yet. */
function agreement(test: Test, point: ReachabilityPoint): number {
  let all = 0;
  for (const count of Object.values(test.methods)) all += count;
  return all === 0 ? 1 : (test.methods[point.method ?? ''] ?? 0) / all;
}

const AGREED = 0.5;
/**
 * p0 and weight of this very point. Noise fails at any step. Silence or slowness at the same step again, under one name alone, is
 * the less likely to be noise; silence at ever other steps is the more likely.
 */
function atStep(test: Test, point: ReachabilityPoint, odds: Odds): { p0: number; weight: number } {
  const { p0, weight } = odds;
  if (!isSilent(point)) return { p0, weight };
  const isSame = agreement(test, point) >= AGREED;
  if (!isSame) return { p0, weight: weight * OTHER_STEP_WEIGHT };
  const isRepeated = COMPARED_METHODS.has(point.method) && test.badCount > 0;
  return { p0: isRepeated ? p0 / STEPS : p0, weight };
}

export function newTest(): Test {
  return {
    full: 0,
    fullSinceMs: 0,
    partial: 0,
    partialSinceMs: 0,
    isOpen: false,
    startMs: 0,
    lastBadMs: 0,
    firstGoodMs: null,
    restore: 0,
    badCount: 0,
    count: 0,
    noiseAssumed: 0,
    confidenceSum: 0,
    methods: {},
    isBodySlow: false,
    reasons: [],
  };
}

export interface Odds {
  readonly p0: number;
  readonly weight: number;
  readonly smallestShare: number;
}

function restoreNoise({ p0 }: Odds): number {
  return Math.min(p0, RESTORE_NOISE_MAX);
}

function shareFor(odds: Odds): number {
  return Math.max(odds.p0, Math.min(SHARE_MAX, Math.max(odds.smallestShare, odds.p0 * 3)));
}

function remember(test: Test, isBad: boolean, weight: number): void {
  if (test.count > MEMORY) {
    test.count /= 2;
    test.badCount /= 2;
    test.confidenceSum /= 2;
  }
  test.count += weight;
  if (isBad) test.badCount += weight;
}

/** What was seen longer ago counts for less: noise before a block has a method of its own. */
const METHOD_MEMORY = 0.85;

function noted(methods: Test['methods'], method: string, weight: number): Test['methods'] {
  const next: Test['methods'] = {};
  for (const [name, count] of Object.entries(methods)) next[name] = count * METHOD_MEMORY;
  next[method] = (next[method] ?? 0) + weight;
  return next;
}

/** The noise behind all of a test's strength: what added more counts for more. Averaged as logarithms, as strength adds. */
function assumed(noise: number, p0: number, before: number, after: number): number {
  if (noise === 0 || before <= 0 || after <= 0) return p0;
  const added = Math.max(0, after - before) / after;
  return Math.exp(Math.log(noise) * (1 - added) + Math.log(p0) * added);
}

/** A bad point of the test's own family. Changes `test`, which the caller has copied. */
export function addBad(test: Test, point: ReachabilityPoint, odds: Odds): void {
  if (test.full === 0) test.fullSinceMs = point.atMs;
  if (test.partial === 0) {
    test.partialSinceMs = point.atMs;
    if (!test.isOpen) restart(test);
  }
  const before = strengthOf(test);
  const { p0, weight } = atStep(test, point, odds);
  test.full += weight * Math.log(NEARLY_ALL / p0);
  test.partial += weight * Math.max(0, Math.log(shareFor(odds) / p0));
  remember(test, true, odds.weight);
  test.noiseAssumed = assumed(test.noiseAssumed, odds.p0, before, strengthOf(test));
  test.confidenceSum += odds.weight * point.confidence;
  const method = point.method ?? '';
  test.methods = noted(test.methods, method, odds.weight);
  if (point.layer === 'http') test.isBodySlow = true;
  test.reasons = reasonsWith(test.reasons, point.reasons);
  if (test.isOpen)
    test.restore = Math.max(0, test.restore + odds.weight * Math.log(restoreNoise(odds) / shareSeen(test)));
  // As the onset, the end is dated by the last zero: a loss after a restoration began does not undo it.
  if (test.isOpen && test.restore > 0) return;
  test.lastBadMs = Math.max(test.lastBadMs, point.atMs);
  test.firstGoodMs = null;
}

/** A point that speaks against the test's family. Changes `test`, which the caller has copied. */
export function addGood(test: Test, atMs: number, odds: Odds): void {
  const { p0, weight } = odds;
  test.full = Math.max(0, test.full + weight * Math.log((1 - NEARLY_ALL) / (1 - p0)));
  test.partial = Math.max(0, test.partial + weight * Math.log((1 - shareFor(odds)) / (1 - p0)));
  remember(test, false, weight);
  if (atMs > test.lastBadMs) test.firstGoodMs ??= atMs;
  if (test.isOpen) test.restore += weight * Math.log((1 - restoreNoise(odds)) / (1 - shareSeen(test)));
}

function restart(test: Test): void {
  test.noiseAssumed = 0;
  test.count = 0;
  test.badCount = 0;
  test.confidenceSum = 0;
  test.methods = {};
  test.isBodySlow = false;
  test.reasons = [];
  test.lastBadMs = 0;
  test.firstGoodMs = null;
}

const SHARE_PRIOR_BAD = 1.4;
const SHARE_PRIOR_COUNT = 2;
const SHARE_SEEN_MIN = 0.25;
const SHARE_SEEN_MAX = 0.97;

/** Share of bad points since the onset, drawn to 0.7 while there are few. */
export function shareSeen(test: Test): number {
  const share = (test.badCount + SHARE_PRIOR_BAD) / (test.count + SHARE_PRIOR_COUNT);
  return Math.min(SHARE_SEEN_MAX, Math.max(SHARE_SEEN_MIN, share));
}

/** The stronger of the two tests. */
export function strengthOf(test: Test): number {
  return Math.max(test.full, test.partial);
}

/** The strength at the noise that is known now: a line that turned bad is no proof. */
export function strengthAt(test: Test, p0: number): number {
  const strength = strengthOf(test);
  if (p0 >= NOISE_MAX) return 0;
  if (test.noiseAssumed === 0 || p0 <= test.noiseAssumed) return strength;
  return strength * (Math.log(NEARLY_ALL / p0) / Math.log(NEARLY_ALL / test.noiseAssumed));
}

/** Share of the opening threshold at which "nearly every connection" dates the onset, although "a share" is the stronger. */
const PLAIN_SHARE = 0.75;

/**
 * Opens a test: the onset is the last zero of whichever test is the stronger. Noise before a plain block gives the test
 * for a share a head start, so the plain one dates the onset as soon as it is nearly sure by itself.
 */
export function openTest(test: Test, threshold: number): void {
  test.isOpen = true;
  test.restore = 0;
  const isPlain = test.full >= Math.min(test.partial, threshold * PLAIN_SHARE);
  test.startMs = isPlain ? test.fullSinceMs : test.partialSinceMs;
}

export function closeTest(test: Test): void {
  test.isOpen = false;
  test.full = 0;
  test.partial = 0;
  restart(test);
}
