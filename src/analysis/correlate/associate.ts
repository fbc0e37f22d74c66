/**
 * Sets incidents against events: one test per event kind × platform (× operator), over one family.
 * Statistics, not narrative: matched baseline (day-table.ts), permutation test (permutation.ts), relative risk with an
 * interval (risk.ts), Holm's correction, and the plain words "too few events" where it is so.
 */
import type { Association, AssociationConfig, BlockInterval, EventInterval } from './association.ts';
import { dayStartOf, dayTable, unionOf } from './day-table.ts';
import type { DayTable } from './day-table.ts';
import { holm, permutationSteps } from './permutation.ts';
import { seededRandom } from './random.ts';
import { comparableDays, relativeRisk } from './risk.ts';
import { associationSentence } from './sentence.ts';

/** More tests than this in one family would be a mistake in the question. */
const TESTS_MAX = 2_000;

export interface AssociationQuestion {
  /** What was observed: blocks and events outside of it are left out. */
  readonly window: { readonly fromMs: number; readonly toMs: number };
  readonly events: readonly EventInterval[];
  readonly blocks: readonly BlockInterval[];
  /** Platforms that were measured: those never blocked are tested too, because selectivity is itself the signal. */
  readonly platforms: readonly string[];
  /**
   * By platform the starts of the days (00:00 UTC, epoch ms) on which it was measured; absent: every day. A day that nobody
   * measured is not a day without a block.
   */
  readonly measuredDays?: ReadonlyMap<string, ReadonlySet<number>>;
  /** Also test each operator by itself; off by default, as it multiplies the family. */
  readonly operators?: readonly string[];
}

interface Cell {
  readonly kind: string;
  readonly platform: string;
  readonly operator: string | null;
}

function overlaps(
  event: EventInterval,
  block: { startMs: number; endMs: number },
  config: AssociationConfig,
): boolean {
  return block.startMs < event.endMs + config.lagMs && block.endMs > event.startMs - config.leadMs;
}

function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  const upper = sorted[Math.ceil((sorted.length - 1) / 2)];
  return middle === undefined || upper === undefined ? null : (middle + upper) / 2;
}

type Described = Omit<Association, 'sentence' | 'pValue' | 'pAdjusted' | 'outcome' | 'significant'>;

interface Examined {
  readonly described: Described;
  /** Null: too few events to test. */
  readonly table: DayTable | null;
}

const NO_DAYS: ReadonlySet<number> = new Set();

/** Undefined: all. */
function measuredDaysOf(question: AssociationQuestion, platform: string): ReadonlySet<number> | undefined {
  return question.measuredDays === undefined ? undefined : (question.measuredDays.get(platform) ?? NO_DAYS);
}

/** Block start minus event start. An event of a whole day has no start that a lag could be told from. */
function lagsOf(
  events: readonly EventInterval[],
  meets: readonly ({ startMs: number } | undefined)[],
): number[] {
  return events.flatMap(({ precision, startMs }, index) => {
    const block = meets[index];
    return block === undefined || precision === 'day' ? [] : [block.startMs - startMs];
  });
}

function examine(cell: Cell, question: AssociationQuestion, config: AssociationConfig): Examined {
  const measuredDays = measuredDaysOf(question, cell.platform);
  const all = question.events.filter(
    ({ kind, startMs }) =>
      kind === cell.kind && startMs >= question.window.fromMs && startMs < question.window.toMs,
  );
  const events = all.filter(({ startMs }) => measuredDays?.has(dayStartOf(startMs)) ?? true);
  const blocked = unionOf(
    question.blocks.filter(
      ({ platform, operator }) =>
        platform === cell.platform && (cell.operator === null || operator === cell.operator),
    ),
  );
  const { leadMs, lagMs } = config;
  const days = measuredDays === undefined ? {} : { measuredDays };
  const table = dayTable({ window: question.window, events, blocked, leadMs, lagMs, ...days });
  const otherDays = comparableDays(table);
  const risk = relativeRisk(table, seededRandom(config.seed));
  const meets = events.map((event) => blocked.find((block) => overlaps(event, block, config)));
  const described: Described = {
    ...cell,
    events: events.length,
    eventsUnmeasured: all.length - events.length,
    eventsWithBlock: meets.filter((block) => block !== undefined).length,
    blocks: blocked.length,
    blocksWithEvent: blocked.filter((block) => events.some((event) => overlaps(event, block, config))).length,
    comparableDays: otherDays,
    blockedShareInEvents: risk.inEvents,
    blockedShareOtherwise: risk.otherwise,
    relativeRisk: risk.relativeRisk,
    medianOnsetLagMs: medianOf(lagsOf(events, meets)),
  };
  return { described, table: events.length >= config.eventsMin && otherDays > 0 ? table : null };
}

function cellsOf(question: AssociationQuestion): Cell[] {
  const kinds = [...new Set(question.events.map(({ kind }) => kind))].sort();
  const operators: (string | null)[] = [null, ...(question.operators ?? [])];
  return kinds
    .flatMap((kind) =>
      question.platforms.flatMap((platform) => operators.map((operator) => ({ kind, platform, operator }))),
    )
    .slice(0, TESTS_MAX);
}

/** As `associate`, in steps of some milliseconds, so that a server can answer others meanwhile. */
export function* associationSteps(
  question: AssociationQuestion,
  config: AssociationConfig,
): Generator<undefined, Association[]> {
  const examined: Examined[] = [];
  for (const cell of cellsOf(question)) {
    examined.push(examine(cell, question, config));
    yield;
  }
  const tables = examined.flatMap(({ table }) => table ?? []);
  const pValues = yield* permutationSteps(tables, config.permutations, config.seed);
  const adjusted = holm(pValues);
  let next = 0;
  return examined.map(({ described, table }) => {
    const pValue = table === null ? null : (pValues[next] ?? 1);
    const pAdjusted = table === null ? null : (adjusted[next++] ?? 1);
    const significant = pAdjusted !== null && pAdjusted < config.alpha;
    const outcome = pAdjusted === null ? 'too_few_events' : significant ? 'significant' : 'not_significant';
    const told = { ...described, pValue, pAdjusted, significant, outcome } as const;
    return { ...told, sentence: associationSentence(told, tables.length) };
  });
}

/** One association per event kind and platform, by kind then platform then operator. Pure: the same question gives the same numbers. */
export function associate(question: AssociationQuestion, config: AssociationConfig): Association[] {
  const steps = associationSteps(question, config);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
