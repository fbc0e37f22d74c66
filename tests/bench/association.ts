/** How often the association test errs on null calendars, how often it finds what is there, and how long a year takes. */
import { associate } from '../../src/analysis/correlate/associate.ts';
import { ASSOCIATION_DEFAULTS } from '../../src/analysis/correlate/association.ts';
import { seededRandom } from '../../src/analysis/correlate/random.ts';
import {
  block,
  DAY_MS,
  falsePositiveShare,
  foundShare,
  fromMs,
  stream,
} from '../support/association-trials.ts';

const CALENDARS = 500;
const STORIES = 500;
const KINDS = ['livestream', 'rally', 'election', 'statement', 'order', 'power_cut', 'legal', 'detention'];
const PLATFORMS = Array.from({ length: 14 }, (_, number) => `platform-${number}`);
const YEAR_DAYS = 366;
const YEAR_EVENTS = 400;

function percent(share: number): number {
  return Math.round(share * 1_000) / 10;
}

function nullPercent(blockShare: number, sameLength: boolean): number {
  return percent(falsePositiveShare({ calendars: CALENDARS, blockShare, sameLength, seed: 20_180_313 }));
}

/** 400 events of eight kinds and fourteen platforms, each blocked on a tenth of the days. */
function yearSeconds(): number {
  const random = seededRandom(1);
  const events = Array.from({ length: YEAR_EVENTS }, (_, number) => ({
    ...stream(Math.floor(random() * YEAR_DAYS)),
    id: `event-${number}`,
    kind: KINDS[number % KINDS.length] ?? 'other',
  }));
  const blocks = PLATFORMS.flatMap((platform) =>
    Array.from({ length: YEAR_DAYS }, (_, day) => day)
      .filter(() => random() < 0.1)
      .map((day) => block(day, platform)),
  );
  const startedMs = performance.now();
  associate(
    { window: { fromMs, toMs: fromMs + YEAR_DAYS * DAY_MS }, events, blocks, platforms: PLATFORMS },
    ASSOCIATION_DEFAULTS,
  );
  return Math.round((performance.now() - startedMs) / 100) / 10;
}

export async function benchAssociation(): Promise<Record<string, number>> {
  return {
    associationNullPercentAt8PercentBlockDays: nullPercent(0.08, false),
    associationNullPercentAt8PercentBlockDaysAlike: nullPercent(0.08, true),
    associationNullPercentAt15PercentBlockDays: nullPercent(0.15, false),
    associationNullPercentAt30PercentBlockDays: nullPercent(0.3, false),
    associationNullPercentAt30PercentBlockDaysAlike: nullPercent(0.3, true),
    associationPowerPercentAt60PercentBlocked: percent(foundShare(STORIES, 0.6, 2_018)),
    associationPowerPercentAt40PercentBlocked: percent(foundShare(STORIES, 0.4, 2_018)),
    associationYearSeconds: yearSeconds(),
  };
}
