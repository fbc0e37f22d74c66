/** Facts about the monitor itself that its pages must say honestly. Made by the composition root, asked anew for each page. */
import type { Connectivity } from '../../probes/words.ts';

/** What the data budget still allows: everything, no full fetches, or light checks less often. */
export const BUDGET_STEPS = ['full', 'light_only', 'thinned'] as const;
export type BudgetStep = (typeof BUDGET_STEPS)[number];

/** `none`: no control is configured. `unreachable`: it was asked and did not answer. */
export const CONTROL_STATES = ['none', 'reachable', 'unreachable'] as const;
export type ControlState = (typeof CONTROL_STATES)[number];

/** One vantage that this monitor runs or hears of. Its id and its address never reach a page. */
export interface VantageNotice {
  readonly id: string;
  /** `AS29355`; `AS0` where it is not known. */
  readonly operator: string;
  readonly place: string;
  readonly access: string;
  /** Null until its rings were measured once. */
  readonly connectivity: Connectivity | null;
  /** It is in another network than its own: what it measures counts for nobody. */
  readonly isElsewhere?: boolean;
  readonly budgetStep: BudgetStep;
  /** Bytes on the wire since the start of the UTC day, and how many its plan allows. */
  readonly budgetUsedBytes: number;
  readonly budgetBytes: number;
  /** Measurements that wait for the collector. */
  readonly spoolDepth: number;
  /** Measurements lost because the disk budget was used up. */
  readonly dropped: number;
}

/** One of those who lend us probes, and how it stands. */
export interface BorrowedNotice {
  readonly lender: 'globalping' | 'atlas';
  /** Units of its quota: tests an hour, or credits a day. */
  readonly left: number;
  readonly limit: number;
  /** Networks in the country with a probe now; null until asked. */
  readonly networks: number | null;
  /** UTC epoch milliseconds of its newest answer; null before the first. */
  readonly lastAnswerAtMs: number | null;
  /** Why it could not be asked, in a sentence; null while all is well. */
  readonly problem: string | null;
}

/** What is watched for livestreams, and how that goes. */
export interface WatchNotice {
  /** As the configuration calls it. */
  readonly id: string;
  /** UTC epoch milliseconds; null before the first look that was answered. */
  readonly lastLookAtMs: number | null;
  /** Why the newest look failed, in a sentence; null while all is well. */
  readonly problem: string | null;
  /** Streams that go on now. */
  readonly open: number;
  /** Units of its quota; null where it has none. */
  readonly left: number | null;
  readonly limit: number | null;
}

export interface MonitorNotice {
  readonly mode: 'monitor' | 'demo';
  /** Set in demo mode: every time on the page is then the scenario's. */
  readonly demo?: { readonly scenarioTitle: string; readonly speed: number };
  /** UTC epoch milliseconds, of the same clock that the pages use. */
  readonly startedAtMs: number;
  readonly control: ControlState;
  readonly vantages: readonly VantageNotice[];
  /** How far the detector is behind the newest measurement; null before its first window. */
  readonly detectorLagMs: number | null;
  readonly archiveBytes: number;
  /** What is wrong with the monitor (disk full, store closed), in sentences for people; empty when nothing is. */
  readonly problems: readonly string[];
  /** Others' probes that are asked; absent or empty where none are. */
  readonly borrowed?: readonly BorrowedNotice[];
  /** What is watched for livestreams; absent or empty where nothing is. */
  readonly watched?: readonly WatchNotice[];
}
