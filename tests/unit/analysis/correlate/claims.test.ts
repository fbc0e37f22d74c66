/** Statements against measurements: each thing that a statement names has its own result. */
import { describe, expect, it } from 'vitest';
import { claimedPlatforms, countParts } from '../../../../src/analysis/correlate/claims.ts';
import { aClaim, examine, HOUR_MS, hours, seenOn } from '../../../support/claims.ts';
import { anIncident } from '../../../support/points.ts';

describe('a statement on one platform', () => {
  it.each([
    { says: 'a denial against an incident', seen: [seenOn()], measured: 1, denial: 'contradicted' },
    { says: 'a denial of what was measured and not seen', seen: [], measured: 5, denial: 'supported' },
    { says: 'too little measured', seen: [], measured: 4, denial: 'not_measured' },
    { says: 'nothing measured', seen: [], measured: 0, denial: 'not_measured' },
    {
      says: 'an incident of another time',
      seen: [seenOn({ startMs: 10 * HOUR_MS, endMs: null })],
      measured: 0,
      denial: 'not_measured',
    },
    {
      says: 'an incident that ended as the time began',
      seen: [seenOn({ startMs: -HOUR_MS, endMs: 0 })],
      measured: 0,
      denial: 'not_measured',
    },
    {
      says: 'a site that failed by itself',
      seen: [seenOn({ kind: 'target_down' })],
      measured: 5,
      denial: 'supported',
    },
    {
      says: 'an incident that was lifted during the whole of the time',
      seen: [seenOn({ startMs: -HOUR_MS, endMs: null, openings: [{ startMs: 0, endMs: 20 * HOUR_MS }] })],
      measured: 5,
      denial: 'supported',
    },
    {
      says: 'an incident that was lifted for a part of the time',
      seen: [seenOn({ startMs: -HOUR_MS, endMs: null, openings: [{ startMs: 0, endMs: 9 * HOUR_MS }] })],
      measured: 5,
      denial: 'contradicted',
    },
  ])('$says: a denial is $denial', ({ seen, measured, denial }) => {
    expect(examine(aClaim(), seen, hours(measured)).finding).toBe(denial);
  });

  it('is examined at its instant where it has no length', () => {
    const claim = aClaim({ fromMs: HOUR_MS, toMs: HOUR_MS });
    expect(examine(claim, [], hours(2)).finding).toBe('supported');
    expect(examine(claim, [seenOn()], []).finding).toBe('contradicted');
  });

  it('counts an hour once, on however many networks it was measured', () => {
    const twice = [...hours(3), ...hours(3, { operator: 'AS9198' })];
    expect(examine(aClaim(), [], twice).parts).toMatchObject([
      { reason: 'too_little_measured', measuredHours: 3, hours: 10, measuredOn: ['AS29355', 'AS9198'] },
    ]);
  });
});

describe('a statement on several platforms', () => {
  const several = aClaim({ platforms: ['youtube', 'facebook', 'linkedin'] });

  it('gives each its own result, and measurements of one say nothing of another', () => {
    const { finding, isMixed, parts } = examine(several, [], hours(10));
    expect({ finding, isMixed }).toEqual({ finding: 'supported', isMixed: false });
    expect(parts).toMatchObject([
      { platform: 'youtube', finding: 'supported', reason: 'no_incident_seen' },
      { platform: 'facebook', finding: 'not_measured', reason: 'never_measured' },
      { platform: 'linkedin', finding: 'not_measured', reason: 'not_comparable' },
    ]);
  });
  it('is contradicted where one part that was measured contradicts, whichever way it was said', () => {
    const measured = [...hours(10), ...hours(10, { platform: 'facebook' })];
    const denial = examine(several, [seenOn()], measured);
    expect(denial).toMatchObject({ finding: 'contradicted', isMixed: true });
    expect(denial.parts.map(({ finding }) => finding)).toEqual(['contradicted', 'supported', 'not_measured']);
    const confirmation = examine({ ...several, stance: 'confirms' }, [seenOn()], measured);
    expect(confirmation).toMatchObject({ finding: 'contradicted', isMixed: true });
    expect(confirmation.parts.map(({ finding }) => finding)).toEqual([
      'supported',
      'contradicted',
      'not_measured',
    ]);
  });
  it('is not measured where hours of its parts only add up to half of its time', () => {
    const measured = [...hours(4), ...hours(10, { platform: 'facebook' }).slice(6)];
    expect(examine(several, [], measured).finding).toBe('not_measured');
  });
  it('names nothing and is not measured where it names no platform', () => {
    expect(examine(aClaim({ platforms: [] }), [seenOn()], hours(10))).toEqual({
      finding: 'not_measured',
      isMixed: false,
      parts: [],
    });
  });
  it('reads wider words as their platforms, each once', () => {
    expect(claimedPlatforms(['youtube', 'social networks'])).toEqual([
      'youtube',
      'facebook',
      'instagram',
      'vk',
      'ok',
      'tiktok',
      'x',
    ]);
    expect(claimedPlatforms(['messengers'])).toEqual(['whatsapp', 'telegram', 'signal']);
  });
});

describe('a statement that names operators and places', () => {
  const kcell = { name: 'Kcell', asns: ['AS29355', 'AS57950'] };
  const telecom = { name: 'Kazakhtelecom', asns: ['AS9198'] };

  it('gives each place its own result', () => {
    const claim = aClaim({ places: ['almaty', 'aktau', 'almaty'] });
    expect(examine(claim, [], hours(10)).parts).toMatchObject([
      { place: 'almaty', finding: 'supported' },
      { place: 'aktau', finding: 'not_measured' },
    ]);
    expect(examine(claim, [seenOn({ place: 'aktau' })], hours(10)).parts).toMatchObject([
      { place: 'almaty', finding: 'supported' },
      { place: 'aktau', finding: 'contradicted' },
    ]);
  });
  it('gives each operator its own result, under all of its AS numbers', () => {
    const claim = aClaim({ operators: [kcell, telecom, { name: 'Nobody', asns: [] }] });
    const parts = examine(claim, [seenOn({ operator: 'AS57950' })], hours(10)).parts;
    expect(parts).toMatchObject([
      { operator: 'Kcell', finding: 'contradicted' },
      { operator: 'Kazakhtelecom', finding: 'not_measured', reason: 'never_measured' },
      { operator: 'Nobody', finding: 'not_measured', reason: 'not_comparable' },
    ]);
  });
  it('takes each network of an incident by itself, and not everything that the incident names together', () => {
    const [inAlmaty] = seenOn().members;
    const [inAstana] = seenOn({ platform: 'facebook', place: 'astana', operator: 'AS9198' }).members;
    const members = [inAlmaty, inAstana].filter((member) => member !== undefined);
    const both = anIncident({
      platforms: ['facebook', 'youtube'],
      places: ['almaty', 'astana'],
      startMs: HOUR_MS,
      members,
    });
    const claim = aClaim({ platforms: ['youtube', 'facebook'], places: ['almaty', 'astana'] });
    const parts = examine(claim, [both], []).parts;
    expect(parts.filter(({ incidentIds }) => incidentIds.length > 0)).toMatchObject([
      { platform: 'youtube', place: 'almaty' },
      { platform: 'facebook', place: 'astana' },
    ]);
  });
  it('takes an incident that keeps no networks for all that it names', () => {
    const bare = anIncident({ members: [], places: [], startMs: HOUR_MS });
    const claim = aClaim({ places: ['aktau'], operators: [kcell, telecom] });
    expect(examine(claim, [bare], []).parts.map(({ finding }) => finding)).toEqual([
      'contradicted',
      'not_measured',
    ]);
  });
  it('counts its parts, so that a file can be bounded', () => {
    expect(countParts({ platforms: ['social networks'], operators: [kcell], places: ['a', 'b'] })).toBe(14);
    expect(countParts({ platforms: ['youtube'], operators: [], places: [] })).toBe(1);
  });
});

describe('a statement on the network itself', () => {
  const cut = { kind: 'mobile_shutdown', platform: null } as const;
  it.each([
    {
      word: 'internet',
      seen: [seenOn()],
      measured: [],
      finding: 'not_measured',
      because: 'a platform is not the internet',
    },
    {
      word: 'internet',
      seen: [seenOn(cut)],
      measured: [],
      finding: 'contradicted',
      because: 'mobile internet is internet',
    },
    { word: 'mobile', seen: [seenOn(cut)], measured: [], finding: 'contradicted', because: 'it was cut' },
    {
      word: 'mobile',
      seen: [seenOn({ kind: 'shutdown', platform: null, access: 'fixed' })],
      measured: [],
      finding: 'not_measured',
      because: 'a cut of fixed lines is none of mobile ones',
    },
    {
      word: 'mobile',
      seen: [],
      measured: hours(10, { access: 'fixed' }),
      finding: 'not_measured',
      because: 'a fixed line measures no mobile network',
    },
    { word: 'mobile', seen: [], measured: hours(5), finding: 'supported', because: 'a mobile line does' },
    {
      word: 'youtube',
      seen: [seenOn(cut)],
      measured: [],
      finding: 'not_measured',
      because: 'a cut is no block of YouTube',
    },
  ])('$word is $finding: $because', ({ word, seen, measured, finding }) => {
    expect(examine(aClaim({ platforms: [word] }), seen, measured).finding).toBe(finding);
  });
});
