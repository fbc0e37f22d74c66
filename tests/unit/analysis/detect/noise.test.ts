/** A bad line through the whole fold: it is never a block, and a block on a bad line still is one. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../src/analysis/correlate/random.ts';
import { DETECTOR_DEFAULTS } from '../../../../src/analysis/detect/config.ts';
import { foldWindow, initialState } from '../../../../src/analysis/detect/fold.ts';
import { shareBy } from '../../../../src/analysis/detect/noise.ts';
import type { Incident, ReachabilityPoint } from '../../../../src/analysis/detect/point.ts';
import { aBlockedPoint, aHeartbeat, aPoint, idAt, MINUTE_MS, T0_MS } from '../../../support/points.ts';

const PLATFORMS = ['youtube', 'facebook', 'vk', 'telegram', 'x', 'whatsapp'];
const MINUTES = 240;

/** A line that loses the share `lost` of measurements, and from the second hour on blocks what `blocked` names. */
function incidentsOf(lost: number, blocked: readonly string[], seed: number): Incident[] {
  const config = { ...DETECTOR_DEFAULTS, cadenceSeconds: 60, heartbeatSeconds: 60 };
  const random = seededRandom(seed);
  const incidents = new Map<string, Incident>();
  let state = initialState(config);
  for (let minute = 0; minute < MINUTES; minute += 1) {
    const fromMs = T0_MS + minute * MINUTE_MS;
    const points = PLATFORMS.map((platform, n): ReachabilityPoint => {
      const isBlocked = minute >= 120 && blocked.includes(platform);
      const place = { id: idAt(fromMs, n), atMs: fromMs + n * 1_000, platform, target: `${platform}-www` };
      return isBlocked || random() < lost ? aBlockedPoint(place) : aPoint(place);
    });
    const heartbeats = [aHeartbeat({ atMs: fromMs })];
    const step = foldWindow(config, state, { fromMs, toMs: fromMs + MINUTE_MS, points, heartbeats });
    state = step.state;
    for (const incident of step.changed) incidents.set(incident.id, incident);
    for (const id of step.removed) incidents.delete(id);
  }
  return [...incidents.values()];
}

describe.each([1, 2, 3])('a line that loses (seed %d)', (seed) => {
  it.each([0, 0.02, 0.05, 0.1])('the share %f is no block', (lost) => {
    expect(incidentsOf(lost, [], seed)).toEqual([]);
  });

  it.each([0, 0.02, 0.1])('the share %f does not hide a block that lasts', (lost) => {
    const found = incidentsOf(lost, ['youtube', 'facebook'], seed);
    expect(new Set(found.flatMap(({ platforms }) => platforms))).toEqual(new Set(['youtube', 'facebook']));
  });
});

/** Where each silence lies, as a line that loses `lost` of each step would have it; null: all steps came through. */
function stepLost(random: () => number, lost: number): ReachabilityPoint['method'] {
  const steps = ['no_answer', 'drop', 'sni_drop', 'drop'] as const;
  return steps.find(() => random() < lost) ?? null;
}

/** A line of which nothing is left from the second hour to the third, or that blocks everything then, each name its way. */
function toldOf(silence: (random: () => number, n: number) => ReachabilityPoint['method']): Incident[] {
  const config = { ...DETECTOR_DEFAULTS, cadenceSeconds: 60, heartbeatSeconds: 60 };
  const random = seededRandom(7);
  const incidents = new Map<string, Incident>();
  let state = initialState(config);
  for (let minute = 0; minute < MINUTES; minute += 1) {
    const fromMs = T0_MS + minute * MINUTE_MS;
    const isBad = minute >= 60 && minute < 120;
    const points = PLATFORMS.map((platform, n): ReachabilityPoint => {
      const method = isBad ? silence(random, n) : null;
      const place = { id: idAt(fromMs, n), atMs: fromMs + n * 1_000, platform, target: `${platform}-www` };
      return method === null ? aPoint(place) : aBlockedPoint({ ...place, method });
    });
    const heartbeats = [aHeartbeat({ atMs: fromMs })];
    const step = foldWindow(config, state, { fromMs, toMs: fromMs + MINUTE_MS, points, heartbeats });
    state = step.state;
    for (const incident of step.changed) incidents.set(incident.id, incident);
  }
  return [...incidents.values()];
}

describe('a line that loses nearly everything', () => {
  it.each([0.36, 0.5, 0.64, 0.8, 0.95])('is no block of everything: %f of each step', (lost) => {
    expect(toldOf((random) => stepLost(random, lost))).toEqual([]);
  });

  it('nor is a resolver that says nothing of any name', () => {
    expect(toldOf(() => 'no_answer')).toEqual([]);
  });

  it.each([
    ['each name its own way', (n: number) => (n % 2 === 0 ? ('sni_drop' as const) : ('drop' as const))],
    ['one way', () => 'drop' as const],
  ])('but silence at the same step each time is a block of everything: %s', (_, wayOf) => {
    const found = toldOf((random, n) => (random() < 0.02 ? 'no_answer' : wayOf(n)));
    expect(new Set(found.flatMap(({ platforms }) => platforms))).toEqual(new Set(PLATFORMS));
  });

  it('and a resolver that is silent about some names blocks them', () => {
    const found = toldOf((_, n) => (n < 3 ? 'no_answer' : null));
    expect(new Set(found.flatMap(({ platforms }) => platforms))).toEqual(new Set(PLATFORMS.slice(0, 3)));
  });
});

describe('shareBy(witness)', () => {
  it('grows with what the company lost, stays between nothing and all, and needs many to be sure', () => {
    const few = shareBy({ count: 2, bad: 1, targets: 2, heard: 2 }, false);
    const many = shareBy({ count: 40, bad: 20, targets: 5, heard: 40 }, false);
    expect(shareBy({ count: 0, bad: 0, targets: 0, heard: 0 }, false)).toBeGreaterThan(0);
    expect(few).toBeLessThan(many);
    expect(many).toBeLessThan(0.5);
  });

  it('is the less where what is silent was compared with a harmless name on the same address', () => {
    const witness = { count: 3, bad: 0, targets: 3, heard: 3 };
    expect(shareBy(witness, true)).toBeLessThan(shareBy(witness, false));
  });
});
