/**
 * Bursts in a stream of instants: the infinite-state automaton of Kleinberg ("Bursty and Hierarchical Structure in Streams", KDD
 * 2002), which Disco puts RIPE Atlas's disconnections through (Shah, Fontugne, Aben, Pelsser and Bush, "Disco: Fast, Good, and
 * Cheap Outage Detection", TMA 2017). Each state expects its gaps `SCALE` times as short as the one below; going up costs, so that a few
 * close instants are no burst. Its least costly way is found with Viterbi's algorithm.
 */

/** Kleinberg's s and γ. */
const SCALE = 2;
const COST = 1;
const STATES_MAX = 16;
/** Two instants of one millisecond are told apart by this. */
const GAP_MIN_MS = 1;

export interface Burst {
  /** First and last instant in it, UTC epoch milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  /** Its highest state; each is SCALE times as dense as the one below. */
  readonly level: number;
}

/**
 * @param instants ascending
 * @param windowMs how long was listened: an even flow over it is what state 0 expects
 */
export function burstsOf(instants: readonly number[], windowMs: number, levelMin: number): Burst[] {
  const gaps = instants.slice(1).map((atMs, index) => Math.max(GAP_MIN_MS, atMs - (instants[index] ?? atMs)));
  if (gaps.length === 0) return [];
  return runsOf(leastCostlyWay(gaps, windowMs / instants.length), levelMin).map(({ first, end, level }) => ({
    startMs: instants[first] ?? 0,
    endMs: instants[end] ?? 0,
    level,
  }));
}

interface Run {
  /** Of gaps: `end` is the first that is not in it. */
  readonly first: number;
  readonly end: number;
  readonly level: number;
}

/** Stretches in which the state is `levelMin` or more. */
function runsOf(states: readonly number[], levelMin: number): Run[] {
  const runs: Run[] = [];
  for (const [index, state] of states.entries()) {
    if (state < levelMin) continue;
    const before = runs.at(-1);
    const goesOn = before?.end === index;
    const first = goesOn ? before.first : index;
    const level = goesOn ? Math.max(before.level, state) : state;
    if (goesOn) runs.pop();
    runs.push({ first, end: index + 1, level });
  }
  return runs;
}

/** The state of each gap. */
function leastCostlyWay(gaps: readonly number[], meanGapMs: number): number[] {
  const shortestMs = Math.min(...gaps);
  const wanted = Math.ceil(Math.log(Math.max(1, meanGapMs / shortestMs)) / Math.log(SCALE)) + 1;
  const count = Math.min(STATES_MAX, Math.max(2, wanted));
  const climb = COST * Math.log(gaps.length + 1);
  const rates = Array.from({ length: count }, (_, state) => SCALE ** state / meanGapMs);
  let costs = rates.map((_, state) => (state === 0 ? 0 : Infinity));
  const from: number[][] = [];
  for (const gap of gaps) {
    const came: number[] = [];
    const best = costs.map((_, state) => costs[state] ?? Infinity);
    costs = rates.map((rate, state) => {
      const [before, cost] = cheapest(best, state, climb);
      came.push(before);
      return cost + rate * gap - Math.log(rate);
    });
    from.push(came);
  }
  let state = costs.indexOf(Math.min(...costs));
  const states: number[] = [];
  for (const came of from.toReversed()) {
    states.push(state);
    state = came[state] ?? 0;
  }
  return states.toReversed();
}

/** From which state it is cheapest to come to `state`, and what that has cost. Going down is free. */
function cheapest(costs: readonly number[], state: number, climb: number): readonly [number, number] {
  let found = 0;
  let least = Infinity;
  for (const [before, cost] of costs.entries()) {
    const all = cost + Math.max(0, state - before) * climb;
    if (all < least) [found, least] = [before, all];
  }
  return [found, least];
}
