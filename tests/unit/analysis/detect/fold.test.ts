import { describe, expect, it } from 'vitest';
import { DETECTOR_DEFAULTS } from '../../../../src/analysis/detect/config.ts';
import { foldWindow, initialState } from '../../../../src/analysis/detect/fold.ts';
import type { Incident, ReachabilityPoint } from '../../../../src/analysis/detect/point.ts';
import type { Status } from '../../../../src/analysis/verdict/verdict.ts';

const MINUTE_MS = 60_000;
const METHODS: Partial<Record<Status, ReachabilityPoint['method']>> = {
  blocked: 'sni_drop',
  throttled: 'rate_limit',
};

function point(atMs: number, status: Status, change: Partial<ReachabilityPoint> = {}): ReachabilityPoint {
  return {
    id: `p-${atMs}-${change.vantage ?? 'a'}-${change.retest ?? 0}`,
    atMs,
    vantage: 'a',
    operator: 'AS1',
    place: 'almaty',
    access: 'mobile',
    platform: 'youtube',
    target: 'youtube-www',
    probe: 'web',
    retest: 0,
    status,
    layer: null,
    method: METHODS[status] ?? null,
    failure: status === 'ok' ? null : 'generic_timeout_error',
    confidence: 0.9,
    score: status === 'blocked' ? 1 : 0,
    reasons: [],
    dnsMs: null,
    tcpMs: null,
    tlsMs: 50,
    ttfbMs: null,
    totalMs: null,
    bytesPerSecond: null,
    ...change,
  };
}

/** One window a minute; each status is one round, a change of it is tested again three times. */
function play(rounds: readonly Status[]): { said: Map<string, Incident>; openedInRound: number | null } {
  let state = initialState(DETECTOR_DEFAULTS);
  const said = new Map<string, Incident>();
  let openedInRound: number | null = null;
  for (const [round, status] of rounds.entries()) {
    const fromMs = round * MINUTE_MS;
    const retests = status === rounds[round - 1] || round === 0 ? [] : [1, 2, 3];
    const points = [0, ...retests].map((retest) => point(fromMs + retest * 3_000, status, { retest }));
    const before = JSON.stringify(state);
    const result = foldWindow(DETECTOR_DEFAULTS, state, {
      fromMs,
      toMs: fromMs + MINUTE_MS,
      points,
      heartbeats: [],
    });
    expect(JSON.stringify(state)).toBe(before);
    state = result.state;
    for (const incident of result.changed) said.set(incident.id, incident);
    if (said.size > 0) openedInRound ??= round;
  }
  return { said, openedInRound };
}

function many(status: Status, count: number): Status[] {
  return Array.from({ length: count }, () => status);
}

describe('foldWindow(config, state, window)', () => {
  it('opens within two windows, dates the onset back to the first evidence and the end to the first good point', () => {
    const { said, openedInRound } = play([...many('ok', 10), ...many('blocked', 20), ...many('ok', 10)]);
    expect(openedInRound).toBeLessThanOrEqual(11);
    expect([...said.values()]).toMatchObject([
      { kind: 'platform_block', status: 'restored', startMs: 10 * MINUTE_MS, endMs: 30 * MINUTE_MS },
    ]);
  });

  it.each(['down', 'throttled'] as const)('finds %s as its own kind', (status) => {
    const { said } = play([...many('ok', 5), ...many(status, 20)]);
    const kinds = [...said.values()].map((incident) => incident.kind);
    expect(kinds).toEqual([status === 'down' ? 'target_down' : 'throttling']);
  });

  it.each(['offline', 'inconclusive'] as const)('never takes %s for a block', (status) => {
    expect(play([...many('ok', 5), ...many(status, 100)]).said.size).toBe(0);
  });

  it('says nothing of single losses', () => {
    const rounds = Array.from({ length: 300 }, (_, round): Status => (round % 25 === 3 ? 'blocked' : 'ok'));
    // Re-tests of a loss succeed, so only the round itself is bad.
    let state = initialState(DETECTOR_DEFAULTS);
    const found = rounds.flatMap((status, round) => {
      const fromMs = round * MINUTE_MS;
      const window = { fromMs, toMs: fromMs + MINUTE_MS, points: [point(fromMs, status)], heartbeats: [] };
      const result = foldWindow(DETECTOR_DEFAULTS, state, window);
      state = result.state;
      return result.changed;
    });
    expect(found).toEqual([]);
  });

  it('gives the same incidents with the same ids again', () => {
    const story = [...many('ok', 10), ...many('blocked', 20), ...many('ok', 10)];
    expect([...play(story).said]).toEqual([...play(story).said]);
  });

  it('keeps an incident id when it is restored and re-opened soon after', () => {
    const { said } = play([
      ...many('ok', 5),
      ...many('blocked', 10),
      ...many('ok', 10),
      ...many('blocked', 10),
    ]);
    expect([...said.values()]).toMatchObject([{ status: 'reopened', endMs: null }]);
    expect([...said.values()][0]?.openings).toHaveLength(1);
  });

  it('counts the targets of each vantage, each once, over all windows', () => {
    function window(fromMs: number, points: readonly ReachabilityPoint[]) {
      return { fromMs, toMs: fromMs + MINUTE_MS, points, heartbeats: [] };
    }
    const first = [point(1, 'ok'), point(2, 'ok', { target: 'vk-www' }), point(3, 'ok', { vantage: 'b' })];
    const again = [point(MINUTE_MS, 'ok'), point(MINUTE_MS + 1, 'ok', { target: 'x-www' })];
    const before = foldWindow(DETECTOR_DEFAULTS, initialState(DETECTOR_DEFAULTS), window(0, first)).state;
    const { state } = foldWindow(DETECTOR_DEFAULTS, before, window(MINUTE_MS, again));
    expect(before.targets).toEqual({ a: 2, b: 1 });
    expect(state.targets).toEqual({ a: 3, b: 1 });
  });
});
