/** The detector's settings, in an operator's words, and the thresholds that follow from them. */

export interface DetectorConfig {
  /** False platform incidents that one vantage may raise in a year. */
  readonly falseIncidentsPerVantageYear: number;
  /** How often a vantage measures each target. With the figure above it sets how much evidence an incident needs. */
  readonly cadenceSeconds: number;
  /** How often a vantage says that it lives. */
  readonly heartbeatSeconds: number;
  /** Smallest share of failing connections that is looked for. */
  readonly smallestShare: number;
  /** A platform that fails again within this time after a restoration continues its incident. */
  readonly platformReopenMinutes: number;
  /** Openings of a shutdown may be this long; January 2022 had one of seven and a half hours. */
  readonly shutdownReopenHours: number;
  /** What starts within this time on other networks or platforms is the same event. */
  readonly togetherSeconds: number;
  /** After a vantage is back, how long its spooled record is waited for before its silence counts as unexplained. */
  readonly backfillGraceSeconds: number;
  /** Vantages of one machine each, by id: without power all of them fall silent, which is one silence. */
  readonly sameMachine: readonly (readonly string[])[];
}

export const DETECTOR_DEFAULTS: DetectorConfig = {
  falseIncidentsPerVantageYear: 0.1,
  cadenceSeconds: 60,
  heartbeatSeconds: 60,
  smallestShare: 0.3,
  platformReopenMinutes: 30,
  shutdownReopenHours: 12,
  togetherSeconds: 300,
  backfillGraceSeconds: 600,
  sameMachine: [],
};

const SECONDS_PER_YEAR = 31_557_600;
/**
 * A vantage with fewer targets is asked for as much: what is lost comes in bursts that hit all of them, so that few targets are no
 * fewer chances (tests/bench/detector.ts).
 */
const TARGETS_MIN = 16;
/** Two tests per target (see evidence.ts) share the budget. */
const TESTS_PER_TARGET = 2;

export interface Thresholds {
  /** Log-likelihood that opens a cell on its own. */
  readonly open: number;
  /** Half of it opens a cell where another vantage sees the same: the logs of independent evidence add up. */
  readonly openTogether: number;
}

/** One false restoration in a thousand chances. It costs nothing but a re-opening, so it may be weaker than opening. */
const RESTORE_ERROR = 1e-3;
/** Log-likelihood of "it works again" that restores a cell. */
export const RESTORE_THRESHOLD = -Math.log(RESTORE_ERROR);

/**
 * Thresholds of a vantage with so many targets from error rates. By Wald's inequality the chance that a log-likelihood ratio ever
 * passes `h` without cause is at most exp(-h) for each start of the test; a vantage-year holds one start per measurement.
 */
export function thresholdsOf(config: DetectorConfig, targets: number): Thresholds {
  const tests = Math.max(TARGETS_MIN, targets) * TESTS_PER_TARGET;
  const startsPerYear = (SECONDS_PER_YEAR / config.cadenceSeconds) * tests;
  const open = Math.log(Math.max(startsPerYear / config.falseIncidentsPerVantageYear, 100));
  return { open, openTogether: open / 2 };
}

/** Thresholds by vantage, each worked out when it is first asked for. `targets`: how many each vantage measures. */
export function thresholdsBy(
  config: DetectorConfig,
  targets: Readonly<Record<string, number>>,
): (vantage: string) => Thresholds {
  const known = new Map<string, Thresholds>();
  return (vantage) => {
    const before = known.get(vantage);
    if (before !== undefined) return before;
    const made = thresholdsOf(config, targets[vantage] ?? 0);
    known.set(vantage, made);
    return made;
  };
}
