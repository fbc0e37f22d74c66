/** Simulated calendars whose truth is known: how often the association test errs, and how often it finds what is there. */
import { associate } from '../../src/analysis/correlate/associate.ts';
import { ASSOCIATION_DEFAULTS } from '../../src/analysis/correlate/association.ts';
import type { BlockInterval, EventInterval } from '../../src/analysis/correlate/association.ts';
import { seededRandom } from '../../src/analysis/correlate/random.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const DAYS = 42;
const EVENT_SHARE = 0.25;
const PERMUTATIONS = 399;

/** Six weeks from a Monday. */
export const fromMs = Date.parse('2018-03-05T00:00:00Z');
export const window = { fromMs, toMs: fromMs + DAYS * DAY_MS };
export const everyDay: readonly number[] = Array.from({ length: DAYS }, (_, day) => day);

/** A livestream at 14:00 UTC (an evening in Almaty) of 90 minutes on the given day. */
export function stream(day: number): EventInterval {
  const startMs = fromMs + day * DAY_MS + 14 * HOUR_MS;
  return { id: `stream-${day}`, kind: 'livestream', startMs, endMs: startMs + 1.5 * HOUR_MS };
}

export function block(day: number, platform = 'youtube', hour = 14): BlockInterval {
  const startMs = fromMs + day * DAY_MS + hour * HOUR_MS;
  return { platform, operator: 'AS9198', startMs, endMs: startMs + 1.5 * HOUR_MS };
}

function isSignificant(
  events: readonly EventInterval[],
  blocks: readonly BlockInterval[],
  seed: number,
): boolean {
  const config = { ...ASSOCIATION_DEFAULTS, permutations: PERMUTATIONS, seed };
  const [association] = associate({ window, events, blocks, platforms: ['youtube'] }, config);
  return association?.significant === true;
}

export interface NullTrial {
  readonly calendars: number;
  /** Share of days with a block, drawn without looking at the events. */
  readonly blockShare: number;
  /** All blocks of 90 minutes, so that most draws tie; else up to two hours. */
  readonly sameLength: boolean;
  readonly seed: number;
}

/** Share of calendars called significant although blocks have nothing to do with events. Its level is 0.05. */
export function falsePositiveShare({ calendars, blockShare, sameLength, seed }: NullTrial): number {
  const random = seededRandom(seed);
  let significant = 0;
  for (let calendar = 0; calendar < calendars; calendar += 1) {
    const events = everyDay.filter(() => random() < EVENT_SHARE).map(stream);
    const blocks = everyDay
      .filter(() => random() < blockShare)
      .map((day) => {
        const { startMs, endMs, ...rest } = block(day);
        const drawnMs = startMs + 2 * random() * HOUR_MS;
        return { ...rest, startMs, endMs: sameLength ? endMs : drawnMs };
      });
    if (isSignificant(events, blocks, calendar)) significant += 1;
  }
  return significant / calendars;
}

/** Share of stories found in which ten streams of 90 minutes in six weeks are blocked with this chance, and now and then a morning. */
export function foundShare(stories: number, chance: number, seed: number): number {
  const random = seededRandom(seed);
  let significant = 0;
  for (let story = 0; story < stories; story += 1) {
    const days = everyDay
      .map((day) => ({ day, order: random() }))
      .sort((a, b) => a.order - b.order)
      .slice(0, 10)
      .map(({ day }) => day);
    const blocks = days.filter(() => random() < chance).map((day) => block(day));
    const stray = everyDay.filter(() => random() < 0.05).map((day) => block(day, 'youtube', 9));
    if (isSignificant(days.map(stream), [...blocks, ...stray], story)) significant += 1;
  }
  return significant / stories;
}
