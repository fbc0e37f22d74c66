/** One act of a censor after another on the same target, and losses about the time at which one ends. */
import { describe, expect, it } from 'vitest';
import { DETECTOR_DEFAULTS } from '../../../../src/analysis/detect/config.ts';
import { foldWindow, initialState } from '../../../../src/analysis/detect/fold.ts';
import type { Incident, ReachabilityPoint } from '../../../../src/analysis/detect/point.ts';
import { aBlockedPoint, aPoint, idAt, MINUTE_MS, T0_MS } from '../../../support/points.ts';

const FORGED = {
  status: 'intercepted',
  method: 'forged_certificate',
  failure: 'ssl_unknown_authority',
} as const;

function minuteOf(atMs: number | null): string {
  return atMs === null ? '' : String((atMs - T0_MS) / MINUTE_MS);
}

/** `kind from-to` in minutes of what is said in the end; `seen` is what each minute shows of youtube. */
function told(minutes: number, seen: (minute: number) => Partial<ReachabilityPoint> | null): string[] {
  const said = new Map<string, Incident>();
  let state = initialState(DETECTOR_DEFAULTS);
  for (let minute = 0; minute < minutes; minute += 1) {
    const fromMs = T0_MS + minute * MINUTE_MS;
    const shown = seen(minute);
    const at = { id: idAt(fromMs), atMs: fromMs };
    const points = [shown === null ? aPoint(at) : aBlockedPoint({ ...at, ...shown })];
    const window = { fromMs, toMs: fromMs + MINUTE_MS, points, heartbeats: [] };
    const step = foldWindow(DETECTOR_DEFAULTS, state, window);
    state = step.state;
    for (const incident of step.changed) said.set(incident.id, incident);
  }
  return [...said.values()]
    .sort((a, b) => a.startMs - b.startMs)
    .map(({ kind, startMs, endMs }) => `${kind} ${minuteOf(startMs)}-${minuteOf(endMs)}`);
}

describe('one act after another', () => {
  it.each(['sni_drop', 'sni_reset', 'nxdomain'] as const)(
    'a forged certificate ends a block by %s: the connection is let through',
    (method) => {
      const found = told(200, (minute) => {
        if (minute < 40 || minute >= 120) return null;
        return minute < 80 ? { method } : FORGED;
      });
      expect(found).toEqual(['platform_block 40-80', 'interception 80-120']);
    },
  );

  it.each(['sni_drop', 'sni_reset', 'nxdomain'] as const)('a block by %s ends an interception', (method) => {
    const found = told(200, (minute) => {
      if (minute < 40 || minute >= 120) return null;
      return minute < 80 ? FORGED : { method };
    });
    expect(found).toEqual(['interception 40-80', 'platform_block 80-120']);
  });

  it('a line that falls silent ends no interception', () => {
    const found = told(100, (minute) => {
      if (minute < 40) return null;
      return minute % 3 === 0 ? { method: 'drop' } : FORGED;
    });
    expect(found.filter((one) => one.startsWith('interception'))).toEqual([expect.stringMatching(/ 4\d-$/)]);
  });
});

describe('the end of a block', () => {
  it('is where it began to work again, although something is lost soon after', () => {
    const found = told(200, (minute) =>
      minute >= 40 && minute < 80 ? {} : minute === 82 ? { method: 'drop' } : null,
    );
    expect(found).toEqual(['platform_block 40-80']);
  });

  it('is the later one where the block was only lifted for a moment', () => {
    const found = told(200, (minute) => (minute >= 40 && minute < 80 && minute !== 60 ? {} : null));
    expect(found).toEqual(['platform_block 40-80']);
  });
});
