/** How a vantage stands, by its heartbeats and by their absence. */
import { describe, expect, it } from 'vitest';
import { DETECTOR_DEFAULTS } from '../../../../src/analysis/detect/config.ts';
import { hear, noticeSilence, silenceMs } from '../../../../src/analysis/detect/reach.ts';
import type { VantageState } from '../../../../src/analysis/detect/state.ts';
import { aHeartbeat, MINUTE_MS, T0_MS } from '../../../support/points.ts';

/** One heartbeat a minute; '' is one that did not come. */
function after(...words: readonly string[]): VantageState {
  let state = hear(DETECTOR_DEFAULTS, undefined, aHeartbeat());
  for (const [n, connectivity] of words.entries()) {
    const atMs = T0_MS + (n + 1) * MINUTE_MS;
    if (connectivity !== '') state = hear(DETECTOR_DEFAULTS, state, aHeartbeat({ atMs, connectivity }));
  }
  return state;
}

describe('hear(config, state, heartbeat)', () => {
  it('takes a new vantage for one that is up', () => {
    expect(after()).toMatchObject({ reach: 'up', isPending: false, lastUpMs: T0_MS });
  });

  it('changes nothing for a single odd heartbeat', () => {
    expect(after('offline').reach).toBe('up');
    expect(after('offline', 'online', 'offline').reach).toBe('up');
  });

  it.each([
    ['offline', 'dark'],
    ['dns_only', 'dark'],
    ['domestic_only', 'dark'],
    ['allow_list', 'allow_list'],
  ])('believes the second "%s" in a row and dates it from the first', (word, reach) => {
    const state = after('online', word, word);
    expect(state).toMatchObject({ reach, sinceMs: T0_MS + 2 * MINUTE_MS, isPending: true });
    expect(state.words).toEqual({ [word]: 1 });
  });

  it.each(['unknown', 'elsewhere'])(
    'is told nothing of its own network by "%s", and hears that it lives',
    (word) => {
      const state = after('online', word, word, word);
      expect(state).toMatchObject({
        reach: 'up',
        lastUpMs: T0_MS + MINUTE_MS,
        lastHeardMs: T0_MS + 4 * MINUTE_MS,
      });
      expect(after('offline', 'offline', word, word).reach).toBe('dark');
    },
  );

  it('takes different words of being cut off for one and the same state', () => {
    expect(after('offline', 'dns_only')).toMatchObject({ reach: 'dark', sinceMs: T0_MS + MINUTE_MS });
  });

  it('is up again after two heartbeats that were online, since the first of them', () => {
    const back = after('offline', 'offline', 'online', 'online');
    expect(back).toMatchObject({ reach: 'up', sinceMs: T0_MS + 3 * MINUTE_MS, isPending: false });
  });

  it('keeps the words of a time away until the next one begins', () => {
    expect(after('offline', 'offline', 'online', 'online').words).toEqual({ offline: 1 });
    expect(after('offline', 'offline', 'online', 'online', 'dns_only', 'dns_only').words).toEqual({
      dns_only: 1,
    });
  });

  it('leaves the state it was given as it was, and passes over what is older than the newest', () => {
    const state = after('online', 'online');
    const copy = structuredClone(state);
    const late = hear(DETECTOR_DEFAULTS, state, aHeartbeat({ atMs: T0_MS, connectivity: 'offline' }));
    expect([state, late]).toEqual([copy, copy]);
  });
});

describe('noticeSilence(config, state, nowMs)', () => {
  it('waits for three heartbeats to be missed, then dates the silence to the first of them', () => {
    const state = after('online');
    const heardMs = T0_MS + MINUTE_MS;
    expect(noticeSilence(DETECTOR_DEFAULTS, state, heardMs + silenceMs(DETECTOR_DEFAULTS))).toBe(false);
    expect(noticeSilence(DETECTOR_DEFAULTS, state, heardMs + silenceMs(DETECTOR_DEFAULTS) + 1)).toBe(true);
    expect(state).toMatchObject({
      reach: 'silent',
      sinceMs: heardMs + MINUTE_MS,
      isPending: true,
      words: {},
    });
  });

  it('takes nobody for silent who said that it is cut off', () => {
    const state = after('offline', 'offline');
    expect(noticeSilence(DETECTOR_DEFAULTS, state, T0_MS + 60 * MINUTE_MS)).toBe(false);
    expect(state.reach).toBe('dark');
  });

  it('follows the heartbeat: who is heard every ten minutes is missed after thirty', () => {
    expect(silenceMs({ ...DETECTOR_DEFAULTS, heartbeatSeconds: 600 })).toBe(30 * MINUTE_MS);
  });

  it('is noticed when the vantage speaks again at the latest, and a record gives it its words', () => {
    const back = after('online', '', '', '', '', 'offline', 'offline');
    expect(back).toMatchObject({ reach: 'dark', isPending: true });
    expect(back.words).toEqual({ offline: 2 });
  });
});
