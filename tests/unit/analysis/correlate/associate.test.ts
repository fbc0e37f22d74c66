import { describe, expect, it } from 'vitest';
import type { BlockInterval, EventInterval } from '../../../../src/analysis/correlate/association.ts';
import { ASSOCIATION_DEFAULTS } from '../../../../src/analysis/correlate/association.ts';
import { associate, associationSteps } from '../../../../src/analysis/correlate/associate.ts';
import { holm } from '../../../../src/analysis/correlate/permutation.ts';
import { seededRandom } from '../../../../src/analysis/correlate/random.ts';
import {
  block,
  DAY_MS,
  everyDay,
  falsePositiveShare,
  foundShare,
  fromMs,
  stream,
  window,
} from '../../../support/association-trials.ts';

const streamDays = [1, 4, 8, 11, 15, 18, 23, 26, 30, 37];
const NULL_CALENDARS = 500;
const POWER_STORIES = 200;
const fast = { ...ASSOCIATION_DEFAULTS, permutations: 999 };

function outcomeOf(events: EventInterval[], blocks: BlockInterval[]) {
  const [association] = associate({ window, events, blocks, platforms: ['youtube'] }, fast);
  if (association === undefined) throw new Error('one cell was asked for');
  return association;
}

describe('associate(events, blocks)', () => {
  it('finds blocks that go with livestreams, and says how much and how sure', () => {
    const association = outcomeOf(
      streamDays.map(stream),
      streamDays.slice(0, 8).map((day) => block(day)),
    );
    expect(association).toMatchObject({
      significant: true,
      events: 10,
      eventsWithBlock: 8,
      blocks: 8,
      blocksWithEvent: 8,
    });
    expect(association.blockedShareOtherwise).toBe(0);
    expect(association.relativeRisk?.low).toBeGreaterThan(1);
    expect(association.medianOnsetLagMs).toBe(0);
    expect(association.sentence).toContain('not that one causes the other');
  });

  it('is not deceived by a failure of every evening: the same hours of other days fail as well', () => {
    const association = outcomeOf(
      streamDays.map(stream),
      everyDay.map((day) => block(day)),
    );
    expect(association.significant).toBe(false);
    expect(association.blockedShareOtherwise).toBeCloseTo(association.blockedShareInEvents, 1);
  });

  it('is not deceived by one block that lasts for weeks', () => {
    const long = { ...block(10), endMs: fromMs + 24 * DAY_MS };
    expect(outcomeOf(streamDays.map(stream), [long]).significant).toBe(false);
  });

  it('says "too few events" instead of a number it cannot stand behind', () => {
    const association = outcomeOf(
      [1, 4, 8, 11].map(stream),
      [1, 4, 8, 11].map((day) => block(day)),
    );
    expect(association).toMatchObject({ outcome: 'too_few_events', pValue: null, significant: false });
    expect(association.sentence).toMatch(/^Too few events/);
  });

  it('keeps platforms apart: VK stays up while YouTube is blocked', () => {
    const [youtube, vk] = associate(
      {
        window,
        events: streamDays.map(stream),
        blocks: streamDays.map((day) => block(day)),
        platforms: ['youtube', 'vk'],
      },
      fast,
    );
    expect(youtube?.significant).toBe(true);
    expect(vk).toMatchObject({ significant: false, blocks: 0, relativeRisk: null });
  });

  it('tests an operator by itself when asked, within the same family', () => {
    const associations = associate(
      {
        window,
        events: streamDays.map(stream),
        blocks: streamDays.map((day) => block(day)),
        platforms: ['youtube'],
        operators: ['AS9198', 'AS29355'],
      },
      fast,
    );
    expect(associations.map(({ operator, significant }) => [operator, significant])).toEqual([
      [null, true],
      ['AS9198', true],
      ['AS29355', false],
    ]);
  });

  it('counts a block that began before the event, within the lead', () => {
    const early = streamDays.map((day) => {
      const { startMs, ...rest } = block(day);
      return { ...rest, startMs: startMs - 20 * 60_000 };
    });
    const association = outcomeOf(streamDays.map(stream), early);
    expect(association.medianOnsetLagMs).toBe(-20 * 60_000);
    expect(association.sentence).toContain('20 min before the event did');
  });

  it('gives the same numbers for the same question', () => {
    const blocks = streamDays.slice(3).map((day) => block(day));
    expect(outcomeOf(streamDays.map(stream), blocks)).toEqual(outcomeOf(streamDays.map(stream), blocks));
  });

  it('comes in many short steps to the same answer', () => {
    const question = {
      window,
      events: streamDays.map(stream),
      blocks: streamDays.slice(2).map((day) => block(day)),
      platforms: ['youtube', 'vk'],
    };
    const steps = associationSteps(question, fast);
    let count = 0;
    for (;;) {
      const step = steps.next();
      if (step.done === true) {
        expect(step.value).toEqual(associate(question, fast));
        break;
      }
      count += 1;
    }
    expect(count).toBeGreaterThanOrEqual(10);
  });

  it('gives a platform that was never blocked the p-value 1', () => {
    expect(outcomeOf(streamDays.map(stream), []).pValue).toBe(1);
  });

  it.each([
    { blockShare: 0.08, sameLength: false },
    { blockShare: 0.08, sameLength: true },
    { blockShare: 0.15, sameLength: true },
    { blockShare: 0.3, sameLength: false },
    { blockShare: 0.3, sameLength: true },
  ])('calls 3 to 7 of 100 null calendars significant at the 5 percent level: %o', (trial) => {
    const share = falsePositiveShare({ ...trial, calendars: NULL_CALENDARS, seed: 20_180_313 });
    expect(share).toBeGreaterThanOrEqual(0.03);
    expect(share).toBeLessThanOrEqual(0.07);
  });

  it('finds nine in ten times that ten livestreams in six weeks are blocked with a chance of 60 percent', () => {
    expect(foundShare(POWER_STORIES, 0.6, 2_018)).toBeGreaterThanOrEqual(0.9);
  });

  it('keeps 5 percent over a whole family of platforms, of which one must not be significant by chance', () => {
    let families = 0;
    const platforms = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    for (let seed = 0; seed < 200; seed += 1) {
      const random = seededRandom(seed);
      const events = everyDay.filter(() => random() < 0.25).map(stream);
      const blocks = platforms.flatMap((platform) =>
        everyDay.filter(() => random() < 0.2).map((day) => block(day, platform)),
      );
      const found = associate({ window, events, blocks, platforms }, { ...fast, permutations: 399, seed });
      if (found.some(({ significant }) => significant)) families += 1;
    }
    expect(families / 200).toBeLessThanOrEqual(0.08);
  });

  it('takes the evening out: streams at 20:00 under a line that fails on four evenings of five are no pattern', () => {
    let significant = 0;
    for (let seed = 0; seed < 100; seed += 1) {
      const random = seededRandom(seed);
      const events = everyDay.filter(() => random() < 0.3).map(stream);
      const congested = everyDay.filter(() => random() < 0.8).map((day) => block(day));
      const [found] = associate(
        { window, events, blocks: congested, platforms: ['youtube'] },
        { ...fast, permutations: 199, seed },
      );
      if (found?.significant === true) significant += 1;
    }
    expect(significant).toBeLessThanOrEqual(10);
  });

  describe('of days that nobody measured', () => {
    const measured = new Map([
      ['youtube', new Set(streamDays.map((day) => fromMs + day * DAY_MS))],
      ['vk', new Set(everyDay.slice(0, 20).map((day) => fromMs + day * DAY_MS))],
    ]);
    const question = {
      window,
      events: streamDays.map(stream),
      blocks: streamDays.map((day) => block(day)),
      platforms: ['youtube', 'vk', 'tiktok'],
      measuredDays: measured,
    };
    const [youtube, vk, tiktok] = associate(question, fast);

    it('makes no baseline: who measures only while streams are on cannot compare', () => {
      expect(youtube).toMatchObject({
        outcome: 'too_few_events',
        events: 10,
        comparableDays: 0,
        pValue: null,
      });
      expect(youtube?.sentence).toContain('no measured day of the same sort without one to compare with');
    });
    it('leaves events of such days out and says how many', () => {
      expect(vk).toMatchObject({ events: 6, eventsUnmeasured: 4, outcome: 'not_significant' });
      expect(vk?.sentence).toContain('4 more fell on days when it was not measured');
    });
    it('says so where a platform was never measured', () => {
      expect(tiktok).toMatchObject({ events: 0, eventsUnmeasured: 10, outcome: 'too_few_events' });
      expect(tiktok?.sentence).toContain(
        'none of this kind (livestream) fell on a day when tiktok was measured',
      );
    });
  });

  it('tells no lag from events that are known to the day only', () => {
    const days = streamDays.map((day): EventInterval => {
      const startMs = fromMs + day * DAY_MS;
      return { id: `d${day}`, kind: 'rally', startMs, endMs: startMs + DAY_MS, precision: 'day' };
    });
    const association = outcomeOf(
      days,
      streamDays.map((day) => block(day)),
    );
    expect(association).toMatchObject({ significant: true, eventsWithBlock: 10, medianOnsetLagMs: null });
    expect(association.sentence).not.toContain('The middle one');
  });

  it('does not divide by a baseline of nothing', () => {
    const { sentence } = outcomeOf(
      streamDays.map(stream),
      streamDays.map((day) => block(day)),
    );
    expect(sentence).toContain('and never in the same hours on comparable days without one');
    expect(sentence).not.toContain('times as much');
  });

  it('gives the ratio with its interval where the baseline was blocked too', () => {
    const blocks = [...streamDays, 2, 5].map((day) => block(day));
    expect(outcomeOf(streamDays.map(stream), blocks).sentence).toMatch(
      /^youtube was blocked around 10 of 10 livestreams: during 60 % of .* \d+\.\d times as much \(95 % interval/,
    );
  });
});

describe('holm(pValues)', () => {
  it('multiplies the smallest most and never falls', () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
  });
});
