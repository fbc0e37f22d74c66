import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../src/analysis/detect/point.ts';
import { mismatchesOf } from '../../../src/scenario/expect.ts';
import type { ExpectedIncident } from '../../../src/scenario/scenario.ts';
import { anIncident } from '../../support/points.ts';
import { aScenario, AT_MS, HOUR_MS } from '../../support/scenario.ts';

const MINUTE_MS = 60_000;

function wanted(changes: Partial<ExpectedIncident> = {}): ExpectedIncident {
  return { kind: 'platform_block', start: AT_MS, toleranceSeconds: 180, ...changes };
}

const said = anIncident({
  platforms: ['facebook', 'youtube'],
  operators: ['AS29355', 'AS9198'],
  places: ['almaty', 'astana'],
  vantageIds: ['ala-mobile', 'nqz-fixed'],
  startMs: AT_MS,
  endMs: AT_MS + HOUR_MS,
  openings: [{ startMs: AT_MS + 10 * MINUTE_MS, endMs: AT_MS + 20 * MINUTE_MS }],
});

function textsOf(incidents: readonly ExpectedIncident[], found: readonly Incident[], only = false): string[] {
  const scenario = aScenario({ expect: { incidents: [...incidents], only, associations: [] } });
  return mismatchesOf(scenario, found, []).map(({ text }) => text);
}

describe('mismatchesOf(scenario, incidents)', () => {
  it.each([
    ['nothing but its kind and start', {}],
    [
      'a part of its scope',
      { platforms: ['youtube'], operators: ['AS9198'], places: ['astana'], vantages: ['nqz-fixed'] },
    ],
    ['the access of one of its members', { access: 'mobile' as const }],
    ['a start at the edge of the tolerance', { start: AT_MS + 180_000 }],
    ['an end at the edge of the tolerance', { end: AT_MS + HOUR_MS - 180_000 }],
    ['its openings', { openings: 1 }],
  ])('takes what is said where %s is expected', (_, changes) => {
    expect(textsOf([wanted(changes)], [said])).toEqual([]);
  });

  it.each([
    ['another kind', { kind: 'throttling' as const }, 'is platform_block'],
    ['a platform more', { platforms: ['youtube', 'vk'] }, 'has the platforms facebook, youtube'],
    ['another operator', { operators: ['AS21299'] }, 'has the operators AS29355, AS9198'],
    ['another place', { places: ['shymkent'] }, 'has the places almaty, astana'],
    ['another access', { access: 'fixed' as const }, 'has the access mobile'],
    ['a start outside of the tolerance', { start: AT_MS + 181_000 }, 'starts 2026-03-01T12:00:00Z'],
    ['an end outside of the tolerance', { end: AT_MS + HOUR_MS + 181_000 }, 'ends 2026-03-01T13:00:00Z'],
    ['other openings', { openings: 2 }, 'has 1 openings'],
  ])('refuses it where %s is expected, and says how it differs', (_, changes, because) => {
    const [text = ''] = textsOf([wanted(changes)], [said]);
    expect(text).toContain('missing: ');
    expect(text).toContain('nearest: platform_block [facebook youtube');
    expect(text).toContain(because);
    expect(text).toContain('Two re-tests failed alike.');
  });

  it('takes what is still open at the end of the scenario for what ends then', () => {
    const open = anIncident({ startMs: AT_MS, endMs: null });
    expect(textsOf([wanted({ end: AT_MS + 12 * HOUR_MS })], [open])).toEqual([]);
    expect(textsOf([wanted({ end: AT_MS + 2 * HOUR_MS })], [open])[0]).toContain('ends open');
  });

  it('counts each said incident for one expectation only', () => {
    const [text = ''] = textsOf([wanted(), wanted()], [said]);
    expect(text).toContain('is another expectation’s');
  });

  it('allows more than is expected, but not where `only` stands', () => {
    const more = anIncident({ id: 'more', kind: 'target_down', startMs: AT_MS + 2 * HOUR_MS });
    expect(textsOf([wanted()], [said, more])).toEqual([]);
    expect(textsOf([wanted()], [said, more], true)).toEqual([
      expect.stringContaining('too much: target_down'),
    ]);
    expect(textsOf([], [], true)).toEqual([]);
  });

  it('says that nothing was said', () => {
    expect(textsOf([wanted()], [])[0]).toContain('nothing was said');
  });

  it('names the instants at which to look: those expected and those said', () => {
    const incidents = [wanted({ start: AT_MS - HOUR_MS, end: AT_MS + HOUR_MS, platforms: ['youtube'] })];
    const scenario = aScenario({ expect: { incidents, only: false, associations: [] } });
    expect(mismatchesOf(scenario, [said], [])[0]?.dispute).toEqual({
      instantsMs: [AT_MS - HOUR_MS, AT_MS + HOUR_MS, AT_MS, AT_MS + HOUR_MS],
      platforms: ['youtube'],
      operators: [],
    });
  });

  it('expects nothing where nothing is written', () => {
    expect(mismatchesOf(aScenario(), [said], [])).toEqual([]);
  });

  it('says which association is missing', () => {
    const associations = [{ kind: 'livestream', platform: 'youtube', significant: true }];
    const scenario = aScenario({ expect: { incidents: [], only: false, associations } });
    expect(mismatchesOf(scenario, [], [])).toEqual([
      { text: 'missing: association livestream × youtube; none was computed', dispute: null },
    ]);
  });
});
