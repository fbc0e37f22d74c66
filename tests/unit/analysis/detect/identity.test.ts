import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asPublished, identify } from '../../../../src/analysis/detect/identity.ts';
import type { Incident } from '../../../../src/analysis/detect/point.ts';
import { anIncident, MINUTE_MS, T0_MS } from '../../../support/points.ts';

function of(vantage: string, platform: string | null, changes: Partial<Incident> = {}): Incident {
  const whole = anIncident(changes);
  const [member] = whole.members;
  if (member === undefined) throw new Error('the builder gives one member');
  return { ...whole, members: [{ ...member, vantage, platform }] };
}

function byId(...incidents: readonly Incident[]): Map<string, Incident> {
  return new Map(incidents.map((incident) => [incident.id, incident]));
}

describe('identify(known, published, folded)', () => {
  it('gives a new incident the id that the fold gave it', () => {
    expect([...identify(new Map(), new Map(), byId(of('a', 'youtube', { id: 'x' })))]).toEqual([['x', 'x']]);
  });

  it('keeps the published id where late data moved the onset and so the folded id', () => {
    const published = byId(of('a', 'youtube', { id: 'old' }));
    const earlier = of('a', 'youtube', { id: 'new', startMs: T0_MS - 20 * MINUTE_MS });
    expect(identify(new Map(), published, byId(earlier)).get('new')).toBe('old');
  });

  it.each([
    { what: 'another platform', folded: of('a', 'vk', { id: 'new' }) },
    { what: 'another kind', folded: of('a', 'youtube', { id: 'new', kind: 'throttling' }) },
    {
      what: 'another hour',
      folded: of('a', 'youtube', { id: 'new', startMs: T0_MS + 600 * MINUTE_MS, endMs: null }),
    },
  ])('takes $what for another incident', ({ folded }) => {
    const published = byId(of('a', 'youtube', { id: 'old', endMs: T0_MS + 30 * MINUTE_MS }));
    expect(identify(new Map(), published, byId(folded)).get('new')).toBe('new');
  });

  it('amends a silence into the shutdown that its record shows it was', () => {
    const published = byId(of('a', null, { id: 'silence-1', kind: 'vantage_silent' }));
    const folded = byId(of('a', null, { id: 'network-1', kind: 'shutdown' }));
    expect(identify(new Map(), published, folded).get('network-1')).toBe('silence-1');
  });

  it('lets the better match have the id where one became two', () => {
    const published = byId(of('a', 'youtube', { id: 'old', endMs: T0_MS + 60 * MINUTE_MS }));
    const short = of('a', 'youtube', { id: 'short', endMs: T0_MS + 10 * MINUTE_MS });
    const long = of('a', 'youtube', {
      id: 'long',
      startMs: T0_MS + 15 * MINUTE_MS,
      endMs: T0_MS + 60 * MINUTE_MS,
    });
    const ids = identify(new Map(), published, byId(short, long));
    expect([ids.get('long'), ids.get('short')]).toEqual(['old', 'short']);
  });

  it('never gives an id twice, not even one that the fold would give again', () => {
    const published = byId(of('a', 'youtube', { id: 'x' }));
    const first = identify(new Map(), published, byId(of('a', 'youtube', { id: 'y' })));
    const again = byId(of('a', 'youtube', { id: 'y' }), of('b', 'vk', { id: 'x' }));
    const ids = identify(first, published, again);
    expect(ids.get('y')).toBe('x');
    expect(ids.get('x')).toBe('x-2');
  });

  it('keeps every known id of what is still found, and gives each id once, whatever comes', () => {
    const incident = fc
      .record({
        id: fc.constantFrom('p', 'q', 'r', 's', 't'),
        vantage: fc.constantFrom('a', 'b'),
        platform: fc.constantFrom('youtube', 'vk'),
        startMs: fc.integer({ min: 0, max: 10 }),
      })
      .map(({ id, vantage, platform, startMs }) =>
        of(vantage, platform, { id, startMs: startMs * MINUTE_MS }),
      );
    const folds = fc.array(fc.uniqueArray(incident, { selector: ({ id }) => id, maxLength: 4 }), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(folds, (rounds) => {
        let ids: ReadonlyMap<string, string> = new Map();
        let published = new Map<string, Incident>();
        for (const round of rounds) {
          const folded = byId(...round);
          const next = identify(ids, published, folded);
          for (const [id, known] of ids) if (folded.has(id)) expect(next.get(id)).toBe(known);
          expect(new Set(next.values()).size).toBe(folded.size);
          ids = next;
          published = new Map(
            round.map((one) => [next.get(one.id) ?? '', asPublished(one, next.get(one.id) ?? '', undefined)]),
          );
        }
      }),
    );
  });
});

describe('asPublished(folded, id, before)', () => {
  it('keeps the hour at which it was first told', () => {
    const before = anIncident({ id: 'old', detectedAtMs: T0_MS });
    const folded = anIncident({ id: 'new', detectedAtMs: T0_MS + MINUTE_MS });
    expect(asPublished(folded, 'old', before)).toMatchObject({ id: 'old', detectedAtMs: T0_MS });
  });
});
