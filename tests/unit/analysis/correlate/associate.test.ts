import { describe, expect, it } from 'vitest';
import type { BlockInterval, EventInterval } from '../../../../src/analysis/correlate/association.ts';
import { ASSOCIATION_DEFAULTS } from '../../../../src/analysis/correlate/association.ts';
import { associate, associationSteps } from '../../../../src/analysis/correlate/associate.ts';
import { holm } from '../../../../src/analysis/correlate/permutation.ts';
import { seededRandom } from '../../../../src/analysis/correlate/random.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const fromMs = Date.parse('2018-03-05T00:00:00Z');
const window = { fromMs, toMs: fromMs + 42 * DAY_MS };

/** A livestream at 14:00 UTC (an evening in Almaty) of 90 minutes on the given day. */
function stream(day: number): EventInterval {
  const startMs = fromMs + day * DAY_MS + 14 * HOUR_MS;
  return { id: `stream-${day}`, kind: 'livestream', startMs, endMs: startMs + 1.5 * HOUR_MS };
}

function block(day: number, platform = 'youtube', hour = 14): BlockInterval {
  const startMs = fromMs + day * DAY_MS + hour * HOUR_MS;
  return { platform, operator: 'AS9198', startMs, endMs: startMs + 1.5 * HOUR_MS };
}

const streamDays = [1, 4, 8, 11, 15, 18, 23, 26, 30, 37];
const everyDay = Array.from({ length: 42 }, (_, day) => day);
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
    expect(association.sentence).toContain('20 min before the event began');
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

  it('calls 3 to 7 of 100 null calendars significant at the 5 percent level', () => {
    const random = seededRandom(20_180_313);
    let significant = 0;
    for (let calendar = 0; calendar < NULL_CALENDARS; calendar += 1) {
      const events = everyDay.filter(() => random() < 0.25).map(stream);
      const blocks = everyDay
        .filter(() => random() < 0.3)
        .map((day) => ({
          ...block(day),
          endMs: fromMs + day * DAY_MS + (14 + 2 * random()) * HOUR_MS,
        }));
      const [association] = associate(
        { window, events, blocks, platforms: ['youtube'] },
        { ...fast, permutations: 399, seed: calendar },
      );
      if (association?.significant === true) significant += 1;
    }
    expect(significant / NULL_CALENDARS).toBeGreaterThanOrEqual(0.03);
    expect(significant / NULL_CALENDARS).toBeLessThanOrEqual(0.07);
  });

  it('finds nine in ten times that ten livestreams in six weeks are blocked with a chance of 60 percent', () => {
    const random = seededRandom(2_018);
    let significant = 0;
    for (let story = 0; story < POWER_STORIES; story += 1) {
      const days = everyDay
        .map((day) => ({ day, order: random() }))
        .sort((a, b) => a.order - b.order)
        .slice(0, 10)
        .map(({ day }) => day);
      const blocks = days.filter(() => random() < 0.6).map((day) => block(day));
      const stray = everyDay.filter(() => random() < 0.05).map((day) => block(day, 'youtube', 9));
      const [association] = associate(
        { window, events: days.map(stream), blocks: [...blocks, ...stray], platforms: ['youtube'] },
        { ...fast, permutations: 399, seed: story },
      );
      if (association?.significant === true) significant += 1;
    }
    expect(significant / POWER_STORIES).toBeGreaterThanOrEqual(0.9);
  });
});

describe('holm(pValues)', () => {
  it('multiplies the smallest most and never falls', () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
  });
});
