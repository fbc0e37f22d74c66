/**
 * Association: how strongly incidents go with events, with its statistics. Plain data; made by associate.ts.
 * Times are UTC epoch milliseconds; shares are 0–1.
 */

/** When something was blocked. Made from incidents; one per platform and operator. */
export interface BlockInterval {
  readonly platform: string;
  readonly operator: string;
  readonly startMs: number;
  readonly endMs: number;
}

export interface EventInterval {
  readonly id: string;
  readonly kind: string;
  readonly startMs: number;
  readonly endMs: number;
  /** How well its times are known. Of a whole day no lag can be told. Absent: to the minute. */
  readonly precision?: 'minute' | 'hour' | 'day' | 'month';
}

export interface AssociationConfig {
  /** An order may come before the event: blocked time counts from this long before its start. */
  readonly leadMs: number;
  /** … until this long after its end. */
  readonly lagMs: number;
  /** Below this many events, or without a day to compare with, nothing is tested; the answer is "too few events". */
  readonly eventsMin: number;
  /** Shuffled calendars per test; the smallest p-value is 1 / (permutations + 1). */
  readonly permutations: number;
  /** Family-wise error rate. */
  readonly alpha: number;
  readonly seed: number;
}

export const ASSOCIATION_DEFAULTS: AssociationConfig = {
  leadMs: 30 * 60_000,
  lagMs: 30 * 60_000,
  eventsMin: 5,
  permutations: 4_999,
  alpha: 0.05,
  seed: 1,
};

export interface Association {
  readonly kind: string;
  readonly platform: string;
  /** Null: any operator. */
  readonly operator: string | null;
  readonly outcome: 'significant' | 'not_significant' | 'too_few_events';
  readonly significant: boolean;
  /** Events on days when the platform was measured, and those that fell on other days and are left out. */
  readonly events: number;
  readonly eventsUnmeasured: number;
  readonly eventsWithBlock: number;
  readonly blocks: number;
  readonly blocksWithEvent: number;
  /** Measured days of the same sort without such an event. */
  readonly comparableDays: number;
  /** Share of event time that was blocked, and of the same hours on comparable days without an event. */
  readonly blockedShareInEvents: number;
  readonly blockedShareOtherwise: number;
  /** Ratio of the two, with a 95 % bootstrap interval over events; null where nothing was ever blocked. */
  readonly relativeRisk: { readonly value: number; readonly low: number; readonly high: number } | null;
  /** Block start minus event start, middle of those that met and whose start is known; null where there are none. */
  readonly medianOnsetLagMs: number | null;
  /** One-sided permutation p-value (mid-p), and after Holm's correction over the family; null where nothing was tested. */
  readonly pValue: number | null;
  readonly pAdjusted: number | null;
  /** A sentence that a journalist can print and a statistician can accept. */
  readonly sentence: string;
}
