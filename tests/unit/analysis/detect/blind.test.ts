/** Vantages that could not look for a while: what they meet on their return, and when it ended, is told without guessing. */
import { describe, expect, it } from 'vitest';
import { DETECTOR_DEFAULTS } from '../../../../src/analysis/detect/config.ts';
import { foldWindow, initialState } from '../../../../src/analysis/detect/fold.ts';
import type { Incident, ReachabilityPoint } from '../../../../src/analysis/detect/point.ts';
import { aBlockedPoint, aHeartbeat, aPoint, idAt, MINUTE_MS, T0_MS } from '../../../support/points.ts';

type Look = 'ok' | 'blocked' | 'nothing' | 'unjudged';

const VANTAGES = [
  { vantage: 'ala-kcell', operator: 'AS29355', place: 'almaty' },
  { vantage: 'nqz-telecom', operator: 'AS9198', place: 'astana' },
] as const;
const UNJUDGED = {
  status: 'inconclusive',
  confidence: 0.2,
  method: null,
  failure: 'generic_timeout_error',
} as const;

function pointOf(look: Look, changes: Partial<ReachabilityPoint>): ReachabilityPoint[] {
  if (look === 'nothing') return [];
  if (look === 'unjudged') return [aPoint({ ...changes, ...UNJUDGED })];
  return [look === 'ok' ? aPoint(changes) : aBlockedPoint(changes)];
}

/** What is said in the end, where `looks` says what each vantage sees of youtube in a minute. */
function told(minutes: number, looks: (minute: number, vantage: number) => Look): Incident[] {
  const said = new Map<string, Incident>();
  let state = initialState(DETECTOR_DEFAULTS);
  for (let minute = 0; minute < minutes; minute += 1) {
    const fromMs = T0_MS + minute * MINUTE_MS;
    const points = VANTAGES.flatMap((at, n) =>
      pointOf(looks(minute, n), { ...at, id: idAt(fromMs, n), atMs: fromMs + n * 1_000 }),
    );
    const heartbeats = VANTAGES.map((at) => aHeartbeat({ ...at, atMs: fromMs }));
    const step = foldWindow(DETECTOR_DEFAULTS, state, {
      fromMs,
      toMs: fromMs + MINUTE_MS,
      points,
      heartbeats,
    });
    state = step.state;
    for (const incident of step.changed) said.set(incident.id, incident);
  }
  return [...said.values()];
}

function minuteOf(atMs: number | null): number {
  return atMs === null ? Infinity : Math.round((atMs - T0_MS) / MINUTE_MS);
}

describe('a vantage that did not look when a block began', () => {
  it.each(['nothing', 'unjudged'] as const)(
    'belongs to it when the block is the first thing it sees again (it had seen %s)',
    (blind) => {
      const [block, ...others] = told(260, (minute, vantage) => {
        if (vantage === 1 && minute >= 20 && minute < 200) return blind;
        return minute >= 30 ? 'blocked' : 'ok';
      });
      expect(others).toEqual([]);
      expect(block).toMatchObject({ operators: ['AS29355', 'AS9198'] });
      expect(minuteOf(block?.startMs ?? null)).toBe(30);
      const late = block?.members.find((member) => member.vantage === 'nqz-telecom');
      expect(minuteOf(late?.startMs ?? null)).toBe(200);
    },
  );

  it('has a block of its own when it saw the platform work after the first block began', () => {
    const found = told(260, (minute, vantage) => {
      if (vantage === 1 && minute >= 100 && minute < 200) return 'nothing';
      return minute >= (vantage === 1 ? 200 : 30) ? 'blocked' : 'ok';
    });
    expect(found.map(({ operators }) => operators)).toEqual([['AS29355'], ['AS9198']]);
  });
});

describe('a block that nobody could see end', () => {
  it.each(['nothing', 'unjudged'] as const)('ends when the next look was due (then came %s)', (blind) => {
    const [block] = told(200, (minute) => {
      if (minute >= 60 && minute < 120) return blind;
      return minute >= 30 && minute < 60 ? 'blocked' : 'ok';
    });
    expect([minuteOf(block?.startMs ?? null), minuteOf(block?.endMs ?? null)]).toEqual([30, 60]);
  });

  it('goes on where it is still there when they look again', () => {
    const [block, ...others] = told(200, (minute) => {
      if (minute >= 60 && minute < 120) return 'nothing';
      return minute >= 30 && minute < 150 ? 'blocked' : 'ok';
    });
    expect(others).toEqual([]);
    expect(minuteOf(block?.endMs ?? null)).toBe(150);
    expect(block?.openings).toEqual([]);
  });
});
