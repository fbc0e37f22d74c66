import { describe, expect, it } from 'vitest';
import type { WebTarget } from '../../../probes/plan.ts';
import type { BorrowedNetwork } from '../../../src/borrowed/lender.ts';
import { doubtOf, networkKey, planRound, RESERVE_SHARE } from '../../../src/borrowed/planner.ts';
import type { PlannedRequest, Planning, Told } from '../../../src/borrowed/planner.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 5, 1);

function target(platform: WebTarget['platform']): WebTarget {
  const url = `https://www.${platform}.example/`;
  return { id: `${platform}-www`, platform, probe: 'web', url, lightUrl: url };
}

function network(asn: number, place = 'almaty'): BorrowedNetwork {
  return { operator: `AS${asn}`, city: place, place, name: `Network ${asn}` };
}

function told(platform: string, asn: number, more: Partial<Told> = {}): Told {
  return {
    platform,
    operator: `AS${asn}`,
    status: 'ok',
    confidence: 0.95,
    sinceMs: NOW_MS - HOUR_MS,
    ...more,
  };
}

function incident(platform: string, asn: number, ageMs = 0): Planning['incidents'][number] {
  const detectedAtMs = NOW_MS - ageMs;
  return {
    kind: 'platform_block',
    platforms: [platform],
    operators: [`AS${asn}`],
    startMs: detectedAtMs,
    detectedAtMs,
  };
}

function planning(more: Partial<Planning> = {}): Planning {
  return {
    nowMs: NOW_MS,
    left: 250,
    allowance: { units: 250, stretchMs: HOUR_MS },
    sinceLastMs: MINUTE_MS,
    cost: ({ networks }) => networks.length + 1,
    targets: [target('youtube'), target('facebook')],
    networks: [network(9198), network(21299)],
    latest: [],
    incidents: [],
    lastAskedMs: () => null,
    ...more,
  };
}

function asked(requests: readonly PlannedRequest[]): string[] {
  return requests.flatMap(({ target: { platform }, networks }) =>
    networks.map(({ operator }) => `${platform} ${operator}`),
  );
}

describe('doubtOf(latest, platform, operator)', () => {
  it.each([
    { latest: [], doubt: 1, when: 'nothing is known' },
    { latest: [told('youtube', 9198, { confidence: 0.9 })], doubt: 0.1, when: 'it is certain' },
    {
      latest: [told('youtube', 9198, { status: 'inconclusive', confidence: 0 })],
      doubt: 1,
      when: 'nobody could tell',
    },
    {
      latest: [told('youtube', 9198), told('youtube', 9198, { status: 'blocked', confidence: 0.9 })],
      doubt: 1,
      when: 'two contradict each other',
    },
    { latest: [told('youtube', 21299)], doubt: 1, when: 'only another operator is known' },
    { latest: [told('youtube', 9198, { status: 'offline' })], doubt: 1, when: 'only our own line failed' },
  ])('is $doubt where $when', ({ latest, doubt }) => {
    expect(doubtOf(latest, 'youtube', 'AS9198')).toBeCloseTo(doubt, 6);
  });
});

describe('planRound(…)', () => {
  it('asks first what an open incident is about, and the other operators with it', () => {
    const requests = planRound(planning({ incidents: [incident('facebook', 21299)] }));
    expect(requests[0]).toMatchObject({ target: { platform: 'facebook' }, isUrgent: true });
    expect(requests[0]?.networks.map(({ operator }) => operator).sort()).toEqual(['AS21299', 'AS9198']);
  });

  it('asks again within a minute while trouble is fresh, though nobody has made an incident of it yet', () => {
    const trouble = told('youtube', 9198, {
      status: 'blocked',
      confidence: 0.9,
      sinceMs: NOW_MS - MINUTE_MS,
    });
    const requests = planRound(planning({ latest: [trouble], lastAskedMs: () => NOW_MS - MINUTE_MS }));
    expect(asked(requests)).toEqual(['youtube AS9198']);
    const old = { ...trouble, sinceMs: NOW_MS - 2 * HOUR_MS };
    expect(planRound(planning({ latest: [old], lastAskedMs: () => NOW_MS - MINUTE_MS }))).toEqual([]);
  });

  it('looks at an old incident calmly', () => {
    const incidents = [incident('youtube', 9198, 2 * HOUR_MS)];
    const again = { incidents, lastAskedMs: () => NOW_MS - 2 * MINUTE_MS };
    expect(planRound(planning(again))).toEqual([]);
    expect(asked(planRound(planning({ ...again, lastAskedMs: () => NOW_MS - 11 * MINUTE_MS })))).toContain(
      'youtube AS9198',
    );
  });

  it('gives the rest to where the doubt is largest', () => {
    const latest = [
      told('youtube', 9198),
      told('youtube', 21299),
      told('facebook', 9198, { confidence: 0.99 }),
    ];
    const requests = planRound(
      planning({ latest, lastAskedMs: () => NOW_MS - 50 * MINUTE_MS, sinceLastMs: MINUTE_MS }),
    );
    // A minute's part of the hour pays for one question to one network.
    expect(asked(requests)).toEqual(['facebook AS21299']);
  });

  it('keeps a reserve for the next incident, and spends it on one', () => {
    const left = 250 * RESERVE_SHARE;
    expect(planRound(planning({ left, sinceLastMs: HOUR_MS }))).toEqual([]);
    expect(planRound(planning({ left, incidents: [incident('youtube', 9198)] }))).not.toEqual([]);
  });

  it('never plans more than is left', () => {
    for (let left = 0; left < 12; left += 1) {
      const requests = planRound(
        planning({ left, incidents: [incident('youtube', 9198), incident('facebook', 9198)] }),
      );
      const cost = requests.reduce((sum, { networks }) => sum + networks.length + 1, 0);
      expect(cost).toBeLessThanOrEqual(left);
    }
  });

  it('asks nobody because of a vantage of ours that fell silent', () => {
    const silent = { ...incident('youtube', 9198), kind: 'vantage_silent' as const, platforms: [] };
    expect(planRound(planning({ incidents: [silent], lastAskedMs: () => NOW_MS - MINUTE_MS }))).toEqual([]);
  });
});

/** A whole day: minute by minute, against a service that counts hours from the first thing asked in each. */
function day(limit: number, incidentsAt: (minute: number) => Planning['incidents']) {
  const targets = (['youtube', 'facebook', 'instagram', 'telegram', 'x'] as const).map(target);
  const networks = [9198, 21299, 29355, 48503].flatMap((asn) => [network(asn), network(asn, 'astana')]);
  const last = new Map<string, number>();
  const perHour: number[] = [];
  const firstUrgent: number[] = [];
  let hourEndsMs = 0;
  let used = 0;
  let steadySinceMs = NOW_MS - MINUTE_MS;
  for (let minute = 0; minute < 1_440; minute += 1) {
    const nowMs = NOW_MS + minute * MINUTE_MS;
    if (nowMs >= hourEndsMs) {
      perHour.push(used);
      used = 0;
      hourEndsMs = nowMs + HOUR_MS;
    }
    const requests = planRound({
      ...planning(),
      nowMs,
      targets,
      networks,
      left: limit - used,
      allowance: { units: limit, stretchMs: HOUR_MS },
      sinceLastMs: nowMs - steadySinceMs,
      incidents: incidentsAt(minute),
      lastAskedMs: (id, where) => last.get(`${id}|${networkKey(where)}`) ?? null,
    });
    for (const request of requests) {
      used += request.networks.length + 1;
      if (request.isUrgent) firstUrgent.push(minute);
      else steadySinceMs = nowMs;
      for (const where of request.networks) last.set(`${request.target.id}|${networkKey(where)}`, nowMs);
    }
  }
  return { perHour: [...perHour, used], last, firstUrgent };
}

describe('a simulated day', () => {
  function isOn(minute: number): boolean {
    return (minute >= 400 && minute < 700) || minute >= 1_200;
  }
  function incidentsAt(minute: number): Planning['incidents'] {
    if (!isOn(minute)) return [];
    const began = minute < 1_000 ? 400 : 1_200;
    const atMs = NOW_MS + began * MINUTE_MS;
    return [
      { ...incident('youtube', 9198), startMs: atMs, detectedAtMs: atMs },
      { ...incident('telegram', 29355), startMs: atMs, detectedAtMs: atMs },
    ];
  }

  it.each([250, 500, 40])(
    'with %i tests an hour: none is ever exceeded, and no hour of calm spends the reserve',
    (limit) => {
      const { perHour } = day(limit, incidentsAt);
      expect(Math.max(...perHour)).toBeLessThanOrEqual(limit);
      const calm = day(limit, () => []);
      expect(Math.max(...calm.perHour)).toBeLessThanOrEqual(limit * (1 - RESERVE_SHARE));
      expect(Math.max(...calm.perHour.slice(1))).toBeGreaterThan(0);
    },
  );

  it('asks in the very minute in which an incident opens, and goes on with the rest', () => {
    const { firstUrgent, last } = day(250, incidentsAt);
    expect(firstUrgent[0]).toBe(400);
    expect(firstUrgent).toContain(1_200);
    expect(last.size).toBe(5 * 8);
  });
});
