/** A borrowed vantage measures now and then: what the detector makes of that. */
import { describe, expect, it } from 'vitest';
import { DETECTOR_DEFAULTS } from '../../../../src/analysis/detect/config.ts';
import { foldWindow, initialState } from '../../../../src/analysis/detect/fold.ts';
import type { Heartbeat, Incident, ReachabilityPoint } from '../../../../src/analysis/detect/point.ts';
import { aBlockedPoint, aHeartbeat, aPoint, idAt, MINUTE_MS, T0_MS } from '../../../support/points.ts';

const WINDOW_MS = 15_000;
const BORROWED = { vantage: 'globalping-as9198-almaty', operator: 'AS9198', access: 'remote' };

/** What is said of these points and heartbeats, window by window. */
function saidOf(
  points: readonly ReachabilityPoint[],
  heartbeats: readonly Heartbeat[],
  minutes: number,
): Incident[] {
  let state = initialState(DETECTOR_DEFAULTS);
  const said = new Map<string, Incident>();
  for (let fromMs = T0_MS; fromMs < T0_MS + minutes * MINUTE_MS; fromMs += WINDOW_MS) {
    const window = { fromMs, toMs: fromMs + WINDOW_MS };
    function isIn({ atMs }: { readonly atMs: number }): boolean {
      return atMs >= window.fromMs && atMs < window.toMs;
    }
    const result = foldWindow(DETECTOR_DEFAULTS, state, {
      ...window,
      points: points.filter(isIn),
      heartbeats: heartbeats.filter(isIn),
    });
    state = result.state;
    for (const incident of result.changed) said.set(incident.id, incident);
  }
  return [...said.values()];
}

/** Minutes of the day at which it was asked, as a planner's rounds fall. */
const IRREGULAR = [0, 17, 21, 70, 71, 128, 190, 255, 256, 257, 258, 300, 355, 420, 500];

function borrowed(minute: number, n: number, isBad: boolean): ReachabilityPoint {
  const atMs = T0_MS + minute * MINUTE_MS;
  const tags = { ...BORROWED, atMs, id: idAt(atMs, n) };
  return isBad
    ? aBlockedPoint({
        ...tags,
        layer: 'http',
        method: 'reset',
        failure: 'connection_reset',
        confidence: 0.65,
      })
    : aPoint(tags);
}

function beats(vantage: string, operator: string, minutes: number): Heartbeat[] {
  return Array.from({ length: minutes }, (_, minute) =>
    aHeartbeat({ vantage, operator, atMs: T0_MS + minute * MINUTE_MS }),
  );
}

describe('a vantage that measures now and then', () => {
  it('raises nothing while all is well, and nothing by not being asked for hours', () => {
    const points = IRREGULAR.map((minute, n) => borrowed(minute, n, false));
    expect(saidOf(points, [], 24 * 60)).toEqual([]);
  });

  it('raises nothing by one failure in a day', () => {
    const points = IRREGULAR.map((minute, n) => borrowed(minute, n, n === 6));
    expect(saidOf(points, [], 10 * 60)).toEqual([]);
  });

  it('opens an incident by itself when it fails again and again, dated from its first failure, and ends it', () => {
    const points = IRREGULAR.map((minute, n) => borrowed(minute, n, minute >= 255 && minute < 300)).concat(
      [256.5, 257.5].map((minute, n) => borrowed(minute, 50 + n, true)),
      [301, 302, 303, 304, 305, 306].map((minute, n) => borrowed(minute, 60 + n, false)),
    );
    const [incident, ...more] = saidOf(points, [], 10 * 60);
    expect(more).toEqual([]);
    expect(incident).toMatchObject({ kind: 'platform_block', status: 'restored', operators: ['AS9198'] });
    expect(incident?.startMs).toBe(T0_MS + 255 * MINUTE_MS);
    // Nobody looked between the last failure and the next success, so the end is when the next look was due.
    expect(incident?.endMs).toBeGreaterThan(T0_MS + 258 * MINUTE_MS);
    expect(incident?.endMs).toBeLessThanOrEqual(T0_MS + 300 * MINUTE_MS);
  });

  it('is no witness of a shutdown, and no voice against one', () => {
    const heartbeats = [
      ...beats('ala-kcell', 'AS29355', 60),
      ...beats('ala-beeline', 'AS21299', 60),
      ...beats('ala-tele2', 'AS48503', 60),
    ];
    const points = [0, 10, 20, 30, 40, 50, 100].map((minute, n) => borrowed(minute, n, false));
    const without = saidOf([], heartbeats, 120);
    const withBorrowed = saidOf(points, heartbeats, 120);
    expect(withBorrowed).toEqual(without);
    expect(withBorrowed.flatMap(({ vantageIds }) => vantageIds)).not.toContain(BORROWED.vantage);
    expect(withBorrowed.length).toBeGreaterThan(0);
  });
});
