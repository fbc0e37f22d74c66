/** What holds of the fold whatever the points are: the stories below are drawn, not written. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DETECTOR_DEFAULTS, thresholdsOf } from '../../../../src/analysis/detect/config.ts';
import type { DetectorConfig } from '../../../../src/analysis/detect/config.ts';
import type { DetectorWindow } from '../../../../src/analysis/detect/detector.ts';
import { foldWindow, initialState } from '../../../../src/analysis/detect/fold.ts';
import type { Incident, ReachabilityPoint } from '../../../../src/analysis/detect/point.ts';
import type { DetectorState } from '../../../../src/analysis/detect/state.ts';
import { aBlockedPoint, aHeartbeat, aPoint, idAt, MINUTE_MS, T0_MS } from '../../../support/points.ts';

const ROUNDS = 40;
const RUNS = { numRuns: 60, seed: 20_260_301 };
const VANTAGES = [
  { vantage: 'a', operator: 'AS29355', place: 'almaty' },
  { vantage: 'b', operator: 'AS9198', place: 'astana' },
] as const;
const PLATFORMS = ['youtube', 'facebook', 'vk'] as const;

const LOOKS: Readonly<Record<string, Partial<ReachabilityPoint> | null>> = {
  ok: {},
  silent: { status: 'blocked', layer: 'tls', method: 'sni_drop', confidence: 0.9 },
  lost: { status: 'blocked', layer: 'tcp', method: 'drop', confidence: 0.7 },
  reset: { status: 'blocked', layer: 'tls', method: 'sni_reset', confidence: 0.9 },
  forged: { status: 'intercepted', layer: 'tls', method: 'forged_certificate', confidence: 0.9 },
  slow: { status: 'throttled', layer: 'http', method: 'rate_limit', confidence: 0.75 },
  down: { status: 'down', confidence: 0.9 },
  offline: { status: 'offline', confidence: 0.9, failure: 'generic_timeout_error' },
  unsure: { status: 'blocked', method: 'drop', confidence: 0.3, failure: 'generic_timeout_error' },
  absent: null,
};

/** For each cell, what is seen round by round, in stretches. */
const stretches = fc.array(
  fc.record({ look: fc.constantFrom(...Object.keys(LOOKS)), rounds: fc.integer({ min: 1, max: 12 }) }),
  { minLength: 1, maxLength: 6 },
);
const stories = fc
  .record({
    cells: fc.array(stretches, {
      minLength: VANTAGES.length * PLATFORMS.length,
      maxLength: VANTAGES.length * PLATFORMS.length,
    }),
    words: fc.array(fc.constantFrom('online', 'online', 'online', 'offline', 'allow_list', ''), {
      minLength: ROUNDS * VANTAGES.length,
      maxLength: ROUNDS * VANTAGES.length,
    }),
  })
  .map(({ cells, words }) => Array.from({ length: ROUNDS }, (_, round) => windowOf(cells, words, round)));

type Stretches = readonly { readonly look: string; readonly rounds: number }[];

function lookAt(story: Stretches, round: number): Partial<ReachabilityPoint> | null {
  let end = 0;
  for (const { look, rounds } of story) {
    end += rounds;
    if (round < end) return LOOKS[look] ?? null;
  }
  return {};
}

function windowOf(cells: readonly Stretches[], words: readonly string[], round: number): DetectorWindow {
  const fromMs = T0_MS + round * MINUTE_MS;
  const points = cells.flatMap((story, n) => {
    const look = lookAt(story, round);
    const at = VANTAGES[n % VANTAGES.length];
    const platform = PLATFORMS[Math.floor(n / VANTAGES.length)] ?? 'vk';
    if (look === null || at === undefined) return [];
    // All of a round start in the same millisecond: what comes first is then settled by nothing but the id.
    return [
      aPoint({ ...at, id: idAt(fromMs, n), atMs: fromMs, platform, target: `${platform}-www`, ...look }),
    ];
  });
  const heartbeats = VANTAGES.flatMap((at, n) => {
    const connectivity = words[round * VANTAGES.length + n] ?? '';
    return connectivity === '' ? [] : [aHeartbeat({ ...at, atMs: fromMs, connectivity })];
  });
  return { fromMs, toMs: fromMs + MINUTE_MS, points, heartbeats };
}

interface Told {
  readonly changed: readonly Incident[];
  readonly removed: readonly string[];
}

interface Play {
  readonly told: readonly Told[];
  readonly state: DetectorState;
}

function play(
  windows: readonly DetectorWindow[],
  config: DetectorConfig = DETECTOR_DEFAULTS,
  between: (state: DetectorState) => DetectorState = (state) => state,
): Play {
  let state = initialState(config);
  const told: Told[] = [];
  for (const window of windows) {
    const { state: next, ...said } = foldWindow(config, between(state), window);
    state = next;
    told.push(said);
  }
  return { told, state };
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner);
  }
  return value;
}

function thawed(state: DetectorState): DetectorState {
  return structuredClone(state);
}

/** First window in which anything was told; Infinity: none did. */
function firstTold({ told }: Play): number {
  const at = told.findIndex(({ changed }) => changed.length > 0);
  return at < 0 ? Infinity : at;
}

describe('the fold, whatever it is given', () => {
  it('never changes a state that it was given', () => {
    fc.assert(
      fc.property(stories, (windows) => {
        expect(() => play(windows, frozen({ ...DETECTOR_DEFAULTS }), frozen)).not.toThrow();
      }),
      RUNS,
    );
  });

  it('goes on the same from a state that was written down and read again', () => {
    fc.assert(
      fc.property(stories, (windows) => {
        expect(play(windows, DETECTOR_DEFAULTS, thawed)).toEqual(play(windows));
        const parsed: unknown = JSON.parse(JSON.stringify(play(windows).state));
        expect(parsed).toEqual(play(windows).state);
      }),
      RUNS,
    );
  });

  it('takes the points of a window in any order', () => {
    const shuffled = stories.chain((windows) =>
      fc
        .tuple(...windows.map(({ points }) => fc.shuffledSubarray([...points], { minLength: points.length })))
        .map((orders) => ({
          windows,
          again: windows.map((window, n) => ({ ...window, points: orders[n] ?? [] })),
        })),
    );
    fc.assert(
      fc.property(shuffled, ({ windows, again }) => {
        expect(play(again)).toEqual(play(windows));
      }),
      RUNS,
    );
  });

  it('says, folded again from a state before a late point, what it would have said had the point come in time', () => {
    fc.assert(
      fc.property(stories, fc.integer({ min: 1, max: ROUNDS - 1 }), (windows, lateAt) => {
        const inTime = play(windows);
        const missing = windows.map((window, n) => (n === lateAt ? { ...window, points: [] } : window));
        const kept: DetectorState[] = [];
        play(missing, DETECTOR_DEFAULTS, (state) => {
          kept.push(state);
          return state;
        });
        let state = kept[lateAt] ?? initialState(DETECTOR_DEFAULTS);
        for (const window of windows.slice(lateAt))
          state = foldWindow(DETECTOR_DEFAULTS, state, window).state;
        expect(state).toEqual(inTime.state);
      }),
      RUNS,
    );
  });
});

describe('falseIncidentsPerVantageYear', () => {
  it('asks for more evidence the fewer are allowed, and the more and the more often is measured', () => {
    const few = fc.double({ min: 1e-4, max: 1_000, noNaN: true });
    const cadence = fc.double({ min: 1, max: 3_600, noNaN: true });
    const targets = fc.nat(1_000);
    fc.assert(
      fc.property(few, few, cadence, cadence, targets, targets, (x, y, s, t, m, n) => {
        const config = { ...DETECTOR_DEFAULTS };
        const strict = {
          ...config,
          falseIncidentsPerVantageYear: Math.min(x, y),
          cadenceSeconds: Math.min(s, t),
        };
        const loose = {
          ...config,
          falseIncidentsPerVantageYear: Math.max(x, y),
          cadenceSeconds: Math.max(s, t),
        };
        const [more, fewer] = [Math.max(m, n), Math.min(m, n)];
        expect(thresholdsOf(strict, more).open).toBeGreaterThanOrEqual(thresholdsOf(loose, fewer).open);
      }),
    );
  });

  it('never finds anything sooner where fewer are allowed, and nothing that the others do not find', () => {
    fc.assert(
      fc.property(stories, fc.constantFrom(0.001, 0.01, 0.1, 1, 10), (windows, allowed) => {
        const quiet = windows.map((window) => ({ ...window, heartbeats: [] }));
        const strict = play(quiet, { ...DETECTOR_DEFAULTS, falseIncidentsPerVantageYear: allowed });
        const loose = play(quiet, { ...DETECTOR_DEFAULTS, falseIncidentsPerVantageYear: allowed * 10 });
        expect(firstTold(strict)).toBeGreaterThanOrEqual(firstTold(loose));
      }),
      RUNS,
    );
  });
});

/** Incidents that are told while nobody measures anything for `minutes`, after the first `rounds` of a story. */
function toldInGap(windows: readonly DetectorWindow[], rounds: number, minutes: number): readonly Incident[] {
  const story = windows.slice(0, rounds).map((window) => ({ ...window, heartbeats: [] }));
  const gap = Array.from({ length: SETTLE_ROUNDS + minutes }, (_, n): DetectorWindow => {
    const fromMs = T0_MS + (rounds + n) * MINUTE_MS;
    return { fromMs, toMs: fromMs + MINUTE_MS, points: [], heartbeats: [] };
  });
  return play([...story, ...gap])
    .told.slice(rounds + SETTLE_ROUNDS)
    .flatMap(({ changed }) => changed);
}

/** Rounds in which what was strong enough already stops waiting for what the other platforms lose. */
const SETTLE_ROUNDS = 2;

describe('a gap, in which nobody measures anything', () => {
  it('opens and re-opens no incident, however long it is', () => {
    fc.assert(
      fc.property(stories, fc.integer({ min: 1, max: 26 * 60 }), (windows, minutes) => {
        expect(toldInGap(windows, ROUNDS, minutes).filter(({ endMs }) => endMs === null)).toEqual([]);
      }),
      { ...RUNS, numRuns: 15 },
    );
  });

  it('closes none within half an hour', () => {
    fc.assert(
      fc.property(stories, fc.integer({ min: 1, max: 15 }), (windows, minutes) => {
        expect(toldInGap(windows, 12, minutes)).toEqual([]);
      }),
      RUNS,
    );
  });
});

describe('a point that comes in a later window than its own', () => {
  it('does not turn the clock of its target back', () => {
    const at = { vantage: 'a', platform: 'youtube', target: 'youtube-www' };
    const newest = aPoint({ ...at, id: idAt(T0_MS, 1), atMs: T0_MS + 5 * MINUTE_MS });
    const late = aBlockedPoint({ ...at, id: idAt(T0_MS, 2), atMs: T0_MS + MINUTE_MS });
    const windows = [newest, late].map((point, n) => {
      const fromMs = T0_MS + (5 + n) * MINUTE_MS;
      return { fromMs, toMs: fromMs + MINUTE_MS, points: [point], heartbeats: [] };
    });
    const [cell] = Object.values(play(windows).state.cells);
    expect(cell).toMatchObject({ lastMs: newest.atMs });
  });
});
