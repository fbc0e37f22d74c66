import { describe, expect, it } from 'vitest';
import { confidenceWith } from '../../../../src/analysis/corroborate/confidence.ts';
import { corroborate } from '../../../../src/analysis/corroborate/corroborate.ts';
import type { Testimony } from '../../../../src/analysis/corroborate/corroborate.ts';
import type { Incident } from '../../../../src/analysis/detect/point.ts';
import type { OutsideOutage, OutsidePoint } from '../../../../src/analysis/outside/point.ts';
import { anIncident, anOutage, anOutsidePoint, T0_MS } from '../../../support/points.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NATION = ['AS9198', 'AS29355', 'AS21299'];
const CUT = anIncident({
  kind: 'shutdown',
  platforms: [],
  operators: NATION,
  startMs: T0_MS,
  endMs: T0_MS + 2 * HOUR_MS,
  status: 'restored',
});

interface Series extends Partial<OutsidePoint> {
  readonly stepMs?: number;
  /** From this instant on, relative to the incident's start. */
  readonly fallsAtMs?: number;
  readonly fallsTo?: number;
  readonly lastMs?: number;
}

/** A day before the incident and two hours after it, 100 each step until it falls. */
function series({
  stepMs = 15 * MINUTE_MS,
  fallsAtMs = Infinity,
  fallsTo = 3,
  lastMs = 4 * HOUR_MS,
  ...tags
}: Series) {
  const points: OutsidePoint[] = [];
  for (let atMs = -26 * HOUR_MS; atMs < lastMs; atMs += stepMs)
    points.push(
      anOutsidePoint({
        source: 'radar',
        signal: 'http',
        baseline: 100,
        ...tags,
        atMs: T0_MS + atMs,
        value: atMs >= fallsAtMs ? fallsTo : 100,
      }),
    );
  return points;
}

function only(
  incident: Incident,
  points: readonly OutsidePoint[],
  outages: readonly OutsideOutage[] = [],
  nowMs = T0_MS + 5 * HOUR_MS,
): Testimony | undefined {
  const found = corroborate(incident, { points, outages, nowMs });
  expect(found.length).toBeLessThanOrEqual(1);
  return found[0];
}

describe('corroborate(incident, evidence)', () => {
  it('agrees with when it fell, from what, to what', () => {
    expect(only(CUT, series({ fallsAtMs: 15 * MINUTE_MS }))).toMatchObject({
      stance: 'agrees',
      reason: 'changed',
      family: 'traffic',
      startMs: T0_MS + 15 * MINUTE_MS,
      endMs: null,
      usual: 100,
      extreme: 3,
    });
  });

  it.each<{
    title: string;
    incident?: Partial<Incident>;
    points: OutsidePoint[];
    nowMs?: number;
    says: string;
  }>([
    { title: 'traffic that stays', points: series({}), says: 'disagrees as_usual' },
    {
      title: 'traffic that falls by a third',
      points: series({ fallsAtMs: 0, fallsTo: 67 }),
      says: 'disagrees as_usual',
    },
    {
      title: 'routes that stay',
      points: series({ source: 'ioda', signal: 'bgp' }),
      says: 'cannot_see one_sided',
    },
    {
      title: 'the country’s traffic that stays, where one network is cut',
      incident: { operators: ['AS9198'] },
      points: series({}),
      says: 'cannot_see country_only',
    },
    {
      title: 'that network’s own traffic that stays',
      incident: { operators: ['AS9198'] },
      points: series({ entity: 'AS9198' }),
      says: 'disagrees as_usual',
    },
    {
      title: 'traffic that stays, where only mobile networks are cut',
      incident: { kind: 'mobile_shutdown' },
      points: series({}),
      says: 'cannot_see one_sided',
    },
    {
      title: 'traffic, where a platform is blocked',
      incident: { kind: 'platform_block', platforms: ['youtube'] },
      points: series({}),
      says: 'cannot_see kind',
    },
    {
      title: 'YouTube’s traffic, where another platform is blocked',
      incident: { kind: 'platform_block', platforms: ['vk'] },
      points: series({ source: 'ioda', signal: 'gtr.youtube' }),
      says: 'cannot_see platform',
    },
    {
      title: 'traffic that had fallen the hours before',
      points: series({ fallsAtMs: -5 * HOUR_MS }),
      says: 'cannot_see already',
    },
    {
      title: 'an incident shorter than a step',
      incident: { endMs: T0_MS + 10 * MINUTE_MS },
      points: series({}),
      says: 'cannot_see too_short',
    },
    {
      title: 'no numbers yet',
      points: series({ lastMs: -HOUR_MS }),
      nowMs: T0_MS + 2 * HOUR_MS,
      says: 'no_data pending',
    },
    { title: 'no numbers at all', points: series({ lastMs: -HOUR_MS }), says: 'no_data missing' },
    {
      title: 'nothing that is usual',
      points: series({ baseline: null, stepMs: 24 * HOUR_MS, lastMs: 4 * HOUR_MS }).map((point, n) => ({
        ...point,
        atMs: T0_MS + n * MINUTE_MS,
      })),
      says: 'no_data usual_unknown',
    },
    {
      title: 'one row that slipped',
      points: series({ stepMs: 10 * MINUTE_MS, source: 'ioda', signal: 'ping-slash24' }).map((point) =>
        point.atMs === T0_MS + 10 * MINUTE_MS || point.atMs === T0_MS
          ? { ...point, value: point.atMs === T0_MS ? 2 : 100 }
          : point,
      ),
      says: 'disagrees as_usual',
    },
  ])('$title: $says', ({ incident = {}, points, nowMs, says }) => {
    const said = only({ ...CUT, ...incident }, points, [], nowMs);
    expect(`${said?.stance ?? ''} ${said?.reason ?? ''}`).toBe(says);
  });

  it('says nothing of networks that are not the incident’s', () => {
    expect(
      corroborate(
        { ...CUT, operators: ['AS1'] },
        { points: series({ entity: 'AS9198' }), outages: [], nowMs: T0_MS },
      ),
    ).toEqual([]);
  });

  it('uses the day before where no baseline is known', () => {
    expect(only(CUT, series({ baseline: null, fallsAtMs: 0 }))).toMatchObject({
      stance: 'agrees',
      usual: 100,
    });
  });

  it.each<{ title: string; outage: Partial<OutsideOutage>; incident?: Partial<Incident>; agrees: boolean }>([
    { title: 'an outage of its network', outage: {}, agrees: true },
    { title: 'one of a stranger', outage: { entity: 'AS1' }, agrees: false },
    {
      title: 'one that began a day before',
      outage: { startMs: T0_MS - 24 * HOUR_MS, endMs: null },
      agrees: false,
    },
    {
      title: 'one that began after its end',
      outage: { startMs: T0_MS + 3 * HOUR_MS, endMs: null },
      agrees: false,
    },
    { title: 'a platform’s', outage: { signal: 'outage.platform', source: 'radar' }, agrees: false },
    {
      title: 'a change of the platform’s site',
      outage: { source: 'ooni', signal: 'changepoint', cause: 'www.youtube.com tls_blocked' },
      incident: { kind: 'platform_block', platforms: ['youtube'] },
      agrees: true,
    },
    {
      title: 'a change of another site that has the letter',
      outage: { source: 'ooni', signal: 'changepoint', cause: 'www.example.com tls_blocked' },
      incident: { kind: 'platform_block', platforms: ['x'] },
      agrees: false,
    },
  ])('is told of by $title: $agrees', ({ outage, incident = {}, agrees }) => {
    const said = only({ ...CUT, ...incident }, [], [anOutage(outage)]);
    expect(said?.stance === 'agrees').toBe(agrees);
  });
});

describe('confidenceWith(alone, testimonies)', () => {
  function of(...all: readonly (readonly [Testimony['family'], Testimony['stance']])[]) {
    return all.map(([family, stance]) => ({ family, stance }));
  }
  it.each([
    { title: 'nobody', alone: 0.7, said: of(), with: 0.7 },
    {
      title: 'who cannot see',
      alone: 0.7,
      said: of(['routes', 'cannot_see'], ['traffic', 'no_data']),
      with: 0.7,
    },
    { title: 'one who agrees', alone: 0.7, said: of(['traffic', 'agrees']), with: 0.76 },
    {
      title: 'two of one family',
      alone: 0.7,
      said: of(['traffic', 'agrees'], ['traffic', 'agrees']),
      with: 0.76,
    },
    {
      title: 'a family of two minds',
      alone: 0.7,
      said: of(['traffic', 'agrees'], ['traffic', 'disagrees']),
      with: 0.76,
    },
    { title: 'one who disagrees', alone: 0.8, said: of(['traffic', 'disagrees']), with: 0.68 },
    {
      title: 'all who agree',
      alone: 0.5,
      said: of(['traffic', 'agrees'], ['pings', 'agrees'], ['probes', 'agrees'], ['reports', 'agrees']),
      with: 0.7,
    },
    {
      title: 'all who disagree',
      alone: 0.9,
      said: of(['traffic', 'disagrees'], ['pings', 'disagrees'], ['probes', 'disagrees']),
      with: 0.7,
    },
    { title: 'what is certain already', alone: 1, said: of(['traffic', 'agrees']), with: 1 },
    {
      title: 'what is most certain',
      alone: 0.985,
      said: of(['traffic', 'agrees'], ['pings', 'agrees'], ['probes', 'agrees']),
      with: 0.99,
    },
  ])('$title: $alone → $with', ({ alone, said, with: expected }) => {
    expect(confidenceWith(alone, said)).toBeCloseTo(expected, 6);
  });
});
