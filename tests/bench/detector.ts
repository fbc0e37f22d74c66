/** How fast the detector folds, how soon it finds a block, and how often it finds one that is not there. */
import { PLATFORMS as ALL_PLATFORMS } from '../../probes/words.ts';
import { seededRandom } from '../../src/analysis/correlate/random.ts';
import { DETECTOR_DEFAULTS } from '../../src/analysis/detect/config.ts';
import { foldWindow, initialState } from '../../src/analysis/detect/fold.ts';
import { simulatePoints } from '../support/simulated-line.ts';
import type { Line } from '../support/simulated-line.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const YEAR_DAYS = 365.25;
/** A new story each time, so that what the detector learns of a line is learnt as often as in practice. */
const STORY_DAYS = 30;
/** What a vantage measures. */
interface Plan {
  readonly platforms: readonly string[];
  readonly targetsPerPlatform: number;
}
const SMALL: Plan = { platforms: ['youtube', 'facebook', 'telegram', 'vk'], targetsPerPlatform: 1 };
/** As many targets as the default plan has, about. */
const WIDE: Plan = { platforms: ALL_PLATFORMS.slice(0, 12), targetsPerPlatform: 6 };
const CADENCE_SECONDS = 300;
const DELAY_TRIALS = 200;
/** Of the delays, and of the false incidents that the bar is set for. */
const LOSS_PERCENT = 1;

export interface DetectorBenchOptions {
  /** Vantage-years of simulated quiet at each loss. */
  readonly vantageYears?: number;
}

function linesOf(vantages: number): Line[] {
  return Array.from({ length: vantages }, (_, number) => ({
    vantage: `v${number}`,
    operator: `AS${number % 3}`,
    place: `place-${number % 2}`,
  }));
}

interface Quiet {
  readonly incidents: number;
  readonly points: number;
  readonly foldMs: number;
}

function quietStory(plan: Plan, lossPercent: number, seed: number): Quiet {
  const config = { ...DETECTOR_DEFAULTS, cadenceSeconds: CADENCE_SECONDS };
  const random = seededRandom(seed);
  const found = new Set<string>();
  let state = initialState(config);
  let points = 0;
  let foldMs = 0;
  const rounds = simulatePoints({
    lines: linesOf(1),
    ...plan,
    cadenceMs: CADENCE_SECONDS * 1_000,
    lossShare: lossPercent / 100,
    random,
    fromMs: 0,
    toMs: STORY_DAYS * DAY_MS,
  });
  for (const window of rounds) {
    points += window.points.length;
    const startedMs = performance.now();
    const result = foldWindow(config, state, window);
    foldMs += performance.now() - startedMs;
    state = result.state;
    for (const incident of result.changed) found.add(incident.id);
    for (const id of result.removed) found.delete(id);
  }
  return { incidents: found.size, points, foldMs };
}

interface Rate {
  readonly perVantageYear: number;
  readonly years: number;
  readonly pointsPerSecond: number;
}

function falseRate(plan: Plan, lossPercent: number, vantageYears: number): Rate {
  const stories = Math.ceil((vantageYears * YEAR_DAYS) / STORY_DAYS);
  let incidents = 0;
  let points = 0;
  let foldMs = 0;
  for (let story = 0; story < stories; story += 1) {
    const quiet = quietStory(plan, lossPercent, 1_000 + story);
    incidents += quiet.incidents;
    points += quiet.points;
    foldMs += quiet.foldMs;
  }
  const years = (stories * STORY_DAYS) / YEAR_DAYS;
  return { perVantageYear: incidents / years, years, pointsPerSecond: points / (foldMs / 1_000) };
}

/** Seconds from the censor's first packet to the end of the window that opened the incident; null when nothing opened. */
function delayOf(plan: Plan, vantages: number, seed: number): number | null {
  const config = DETECTOR_DEFAULTS;
  const random = seededRandom(seed);
  const blockFromMs = 30 * MINUTE_MS + Math.floor(random() * MINUTE_MS);
  let state = initialState(config);
  const windows = simulatePoints({
    lines: linesOf(vantages),
    ...plan,
    cadenceMs: config.cadenceSeconds * 1_000,
    lossShare: LOSS_PERCENT / 100,
    random,
    fromMs: 0,
    toMs: 60 * MINUTE_MS,
    block: { platform: 'youtube', fromMs: blockFromMs },
  });
  for (const window of windows) {
    const result = foldWindow(config, state, window);
    state = result.state;
    if (result.changed.some((incident) => incident.platforms.includes('youtube'))) {
      return (window.toMs - blockFromMs) / 1_000;
    }
  }
  return null;
}

function delays(plan: Plan, vantages: number): { median: number; p95: number } {
  const found = Array.from({ length: DELAY_TRIALS }, (_, trial) =>
    delayOf(plan, vantages, 9_000 + trial),
  ).map((delay) => delay ?? Infinity);
  found.sort((a, b) => a - b);
  function at(share: number): number {
    return Math.round(found[Math.floor(found.length * share)] ?? Infinity);
  }
  return { median: at(0.5), p95: at(0.95) };
}

/** What a collector of ten vantages folds again after a year: eleven platforms, a round every five minutes, 1 % lost. */
function yearOfTenVantages(): { seconds: number; points: number } {
  const config = { ...DETECTOR_DEFAULTS, cadenceSeconds: CADENCE_SECONDS };
  let state = initialState(config);
  let [foldMs, points] = [0, 0];
  const rounds = simulatePoints({
    lines: linesOf(10),
    platforms: ALL_PLATFORMS,
    cadenceMs: CADENCE_SECONDS * 1_000,
    lossShare: 0.01,
    random: seededRandom(1),
    fromMs: 0,
    toMs: YEAR_DAYS * DAY_MS,
  });
  for (const window of rounds) {
    points += window.points.length;
    const startedMs = performance.now();
    state = foldWindow(config, state, window).state;
    foldMs += performance.now() - startedMs;
  }
  return { seconds: foldMs / 1_000, points };
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/** Names end in their unit; delays run from the censor's first packet to the opening of the incident. */
export async function benchDetector(options: DetectorBenchOptions = {}): Promise<Record<string, number>> {
  const years = options.vantageYears ?? 200;
  const clean = falseRate(SMALL, LOSS_PERCENT, years);
  // Three times the loss, and as many targets as the default plan has, are shown beside it on smaller samples.
  const lossy = falseRate(SMALL, 3, years / 4);
  const wide = falseRate(WIDE, LOSS_PERCENT, years / 8);
  const alone = delays(SMALL, 1);
  const three = delays(SMALL, 3);
  const aloneWide = delays(WIDE, 1);
  const year = yearOfTenVantages();
  await Promise.resolve();
  return {
    detectorPointsPerSecond: Math.round(clean.pointsPerSecond),
    detectorSimulatedVantageYears: Math.round(clean.years),
    detectorFalseIncidentsPerVantageYearAt1PercentLoss: rounded(clean.perVantageYear),
    detectorFalseIncidentsPerVantageYearAt3PercentLoss: rounded(lossy.perVantageYear),
    detectorFalseIncidentsPerVantageYearWith72Targets: rounded(wide.perVantageYear),
    detectorYearOfTenVantagesPoints: year.points,
    detectorYearOfTenVantagesSeconds: Math.round(year.seconds),
    detectorDelayMedianSeconds1Vantage: alone.median,
    detectorDelayP95Seconds1Vantage: alone.p95,
    detectorDelayMedianSeconds1VantageWith72Targets: aloneWide.median,
    detectorDelayP95Seconds1VantageWith72Targets: aloneWide.p95,
    detectorDelayMedianSeconds3Vantages: three.median,
    detectorDelayP95Seconds3Vantages: three.p95,
  };
}
