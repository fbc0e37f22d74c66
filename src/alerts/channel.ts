/** Port: one way to reach people. tests/contract/alert-channels.test.ts runs its promises against each adapter. */
import type { AlertChange } from './ledger.ts';
import type { Subject } from './subject.ts';

export interface AlertMessage {
  /** The same for each try of the same message, also after a restart; another for any other. */
  readonly key: string;
  readonly kind: AlertChange | 'summary' | 'test';
  readonly route: string;
  /** Null in summaries and tests. */
  readonly subject: Subject | null;
  /** One line. */
  readonly title: string;
  /** Whole sentences, one a line; no markup. */
  readonly body: string;
  /** The public page of the incident. */
  readonly url: string | null;
  /** Where a picture of the incident is to be had, by whoever reaches the page. */
  readonly pictureUrl: string | null;
  /** What `deliver` gave for the incident's first message. */
  readonly earlier: string | null;
  /** UTC epoch ms at which it was written. */
  readonly atMs: number;
}

export type Delivery =
  /** `handle`: what later messages of the incident are tied to; null where nothing can be. */
  | { readonly outcome: 'delivered'; readonly handle: string | null }
  /** The channel is away or busy; `afterMs` where it says for how long. */
  | { readonly outcome: 'unreachable'; readonly reason: string; readonly afterMs: number | null }
  /** The channel does not take this message. */
  | { readonly outcome: 'refused'; readonly reason: string };

export interface Channel {
  /** Never rejects, ends within a bound, and its reasons hold no secret. */
  deliver(message: AlertMessage, signal: AbortSignal): Promise<Delivery>;
}
