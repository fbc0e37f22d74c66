/**
 * Sets incidents against events: one test per event kind × platform (× operator), over one family.
 * Statistics, not narrative: matched baseline (day-table.ts), permutation test (permutation.ts), relative risk with an
 * interval (risk.ts), Holm's correction, and the plain words "too few events" where it is so.
 */
import type { Association, AssociationConfig, BlockInterval, EventInterval } from './association.ts';
import { dayTable, unionOf } from './day-table.ts';
import { holm, permutationP } from './permutation.ts';
import { seededRandom } from './random.ts';
import { relativeRisk } from './risk.ts';
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

type Untold = Omit<Association, 'sentence' | 'pAdjusted' | 'outcome' | 'significant'>;

function examine(cell: Cell, question: AssociationQuestion, config: AssociationConfig): Untold {
  const events = question.events.filter(
    ({ kind, startMs }) =>
      kind === cell.kind && startMs >= question.window.fromMs && startMs < question.window.toMs,
  );
  const blocked = unionOf(
    question.blocks.filter(
      ({ platform, operator }) =>
        platform === cell.platform && (cell.operator === null || operator === cell.operator),
    ),
  );
  const table = dayTable({ ...question, events, blocked, leadMs: config.leadMs, lagMs: config.lagMs });
  const random = seededRandom(config.seed);
  const risk = relativeRisk(table, random);
  const tested = events.length >= config.eventsMin;
  const meets = events.map((event) => blocked.find((block) => overlaps(event, block, config)));
  const lags = events.flatMap((event, index) => {
    const block = meets[index];
    return block === undefined ? [] : [block.startMs - event.startMs];
  });
  return {
    ...cell,
    events: events.length,
    eventsWithBlock: lags.length,
    blocks: blocked.length,
    blocksWithEvent: blocked.filter((block) => events.some((event) => overlaps(event, block, config))).length,
    blockedShareInEvents: risk.inEvents,
    blockedShareOtherwise: risk.otherwise,
    relativeRisk: risk.relativeRisk,
    medianOnsetLagMs: medianOf(lags),
    pValue: tested ? permutationP(table, config.permutations, random) : null,
  };
}

/** One association per event kind and platform, by kind then platform then operator. Pure: the same question gives the same numbers. */
export function associate(question: AssociationQuestion, config: AssociationConfig): Association[] {
  const kinds = [...new Set(question.events.map(({ kind }) => kind))].sort();
  const operators: (string | null)[] = [null, ...(question.operators ?? [])];
  const cells: Cell[] = kinds
    .flatMap((kind) =>
      question.platforms.flatMap((platform) => operators.map((operator) => ({ kind, platform, operator }))),
    )
    .slice(0, TESTS_MAX);
  const untold = cells.map((cell) => examine(cell, question, config));
  const tested = untold.flatMap(({ pValue }) => (pValue === null ? [] : [pValue]));
  const adjusted = holm(tested);
  let next = 0;
  return untold.map((association) => {
    const pAdjusted = association.pValue === null ? null : (adjusted[next++] ?? 1);
    const significant = pAdjusted !== null && pAdjusted < config.alpha;
    const outcome = pAdjusted === null ? 'too_few_events' : significant ? 'significant' : 'not_significant';
    const told = { ...association, pAdjusted, significant, outcome } as const;
    return { ...told, sentence: associationSentence(told, tested.length) };
  });
}
