import { describe, expect, it } from 'vitest';
import { INCIDENT_KINDS } from '../../../../src/analysis/detect/point.ts';
import { summarise } from '../../../../src/analysis/detect/summary.ts';
import { anIncident, MINUTE_MS, T0_MS } from '../../../support/points.ts';

const NETWORK = { platforms: [], method: null } as const;

describe('summarise(incident, names)', () => {
  it.each([
    [
      anIncident(),
      'youtube is blocked on AS29355 in almaty since 2026-03-01 00:00 UTC; handshakes get no answer.',
    ],
    [
      anIncident({ endMs: T0_MS + 60 * MINUTE_MS, platforms: ['facebook', 'youtube'], method: null }),
      'facebook and youtube were blocked on AS29355 in almaty from 2026-03-01 00:00 UTC to 2026-03-01 01:00 UTC.',
    ],
    [
      anIncident({ kind: 'shutdown', ...NETWORK, operators: ['AS9198', 'AS29355'] }),
      'The internet is cut on AS9198 and AS29355 in almaty since 2026-03-01 00:00 UTC.',
    ],
    [
      anIncident({ kind: 'mobile_shutdown', ...NETWORK, endMs: T0_MS + 2 * MINUTE_MS }),
      'Mobile internet was cut on AS29355 in almaty from 2026-03-01 00:00 UTC to 2026-03-01 00:02 UTC.',
    ],
    [
      anIncident({ kind: 'target_down', method: null }),
      'youtube is down everywhere, outside the country too, since 2026-03-01 00:00 UTC.',
    ],
    [
      anIncident({ kind: 'vantage_silent', ...NETWORK, vantageIds: ['ala-kcell', 'nqz-telecom'] }),
      'Vantages ala-kcell and nqz-telecom are silent or offline on AS29355 in almaty since 2026-03-01 00:00 UTC.',
    ],
  ])('says it in one sentence: %#', (incident, sentence) => {
    expect(summarise(incident)).toBe(sentence);
  });

  it('counts openings, in the singular and the plural', () => {
    const opening = { startMs: T0_MS, endMs: T0_MS + MINUTE_MS };
    expect(summarise(anIncident({ openings: [opening] }))).toContain(', with 1 opening;');
    expect(summarise(anIncident({ openings: [opening, opening] }))).toContain(', with 2 openings;');
  });

  it('names six at most and counts the rest', () => {
    const platforms = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    expect(summarise(anIncident({ platforms }))).toContain('a, b, c, d, e, f and 2 more are blocked');
  });

  it('shows names and times as the reader is used to', () => {
    const names = {
      platform: () => 'YouTube',
      operator: () => 'Kcell',
      place: () => 'Almaty',
      time: () => '05:00',
    };
    expect(summarise(anIncident({ method: null }), names)).toBe(
      'YouTube is blocked on Kcell in Almaty since 05:00.',
    );
  });

  it.each(INCIDENT_KINDS)('has words for %s, open and ended', (kind) => {
    for (const endMs of [null, T0_MS + MINUTE_MS])
      expect(summarise(anIncident({ kind, endMs }))).toMatch(/^[A-Za-z].+\.$/);
  });
});
