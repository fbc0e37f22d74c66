/**
 * The port of those who lend us their probes. A lender knows its own words and its own limits; what it gives back is
 * observations in our format, and nothing about why.
 */
import type { Control } from '../../probes/observations.ts';
import type { WebTarget } from '../../probes/plan.ts';
import type { QuotaStatus } from './quota.ts';

export const LENDERS = ['globalping', 'atlas'] as const;
export type LenderName = (typeof LENDERS)[number];

/** A network in the country in which somebody's probe stands. The finest that is ever kept of a probe. */
export interface BorrowedNetwork {
  /** `AS9198`. */
  readonly operator: string;
  /** As the lender names it; empty where it does not say. */
  readonly city: string;
  /** A place's id in the catalogue, or `unknown`. */
  readonly place: string;
  /** The network's name as the lender has it. */
  readonly name: string;
}

/** One target, to be asked about from each of these networks at once. */
export interface Request {
  readonly target: WebTarget;
  readonly networks: readonly BorrowedNetwork[];
}

/** What the probe in one network saw. */
export interface Sighting {
  readonly network: BorrowedNetwork;
  /** UTC epoch milliseconds. */
  readonly startedAtMs: number;
  readonly runtimeMs: number;
  /** Test keys of a web measurement, without a control. */
  readonly testKeys: Readonly<Record<string, unknown>>;
  /** The lender's own trouble: it says nothing of the target. */
  readonly isLendersFault: boolean;
}

/** What was seen of the same target at the same time from outside the country. */
export interface Comparison {
  readonly control: Control | null;
  /** OONI's word where it was asked for and did not come; null otherwise. */
  readonly failure: string | null;
}

export type Asked =
  | {
      readonly kind: 'answered';
      readonly sightings: readonly Sighting[];
      /** Null: the lender did not look from outside. */
      readonly comparison: Comparison | null;
    }
  /** Nobody is there to be asked in any of these networks. */
  | { readonly kind: 'nobody' }
  /** In a sentence for people: out of quota, refused, not reachable, not understood. */
  | { readonly kind: 'failed'; readonly why: string };

export interface LenderStatus {
  readonly lender: LenderName;
  readonly quota: QuotaStatus;
  /** Of Kazakhstan, with a probe now; null until asked. */
  readonly networks: number | null;
  /** Why the newest question failed; null while all is well. */
  readonly problem: string | null;
  /** UTC epoch milliseconds; null before the first. */
  readonly lastAnswerAtMs: number | null;
}

export interface Lender {
  readonly name: LenderName;
  /** Units that `request` costs at most. */
  cost(request: Request): number;
  /** Units of its quota that may be spent now. */
  left(): number;
  /** Of its quota in a stretch, and how long a stretch is, in milliseconds. */
  readonly allowance: { readonly units: number; readonly stretchMs: number };
  /** Networks with a probe now; the newest known where the lender does not answer. Never rejects. */
  networks(signal: AbortSignal): Promise<readonly BorrowedNetwork[]>;
  /** Never rejects. */
  ask(request: Request, signal: AbortSignal): Promise<Asked>;
  status(): LenderStatus;
}
