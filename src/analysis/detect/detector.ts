/**
 * The detector's contract: a deterministic fold over time-ordered windows (fold.ts). No clock, no I/O: a re-run over the
 * same windows gives the same incidents with the same ids, which is how late (backfilled) data amends and never duplicates.
 */
import type { Heartbeat, Incident, ReachabilityPoint } from './point.ts';

export interface DetectorWindow {
  /** Half-open [fromMs, toMs); windows follow each other without overlap, ascending. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Every point that started in the window, in any order. */
  readonly points: readonly ReachabilityPoint[];
  readonly heartbeats: readonly Heartbeat[];
  /** Nobody listened: silence means nothing in it. Default false. */
  readonly isUnwatched?: boolean;
}

export interface FoldResult<State> {
  readonly state: State;
  /** Incidents that this window opened, amended, restored or re-opened, whole. */
  readonly changed: readonly Incident[];
  /** Ids that the fold takes back: merged into another, or found to be something else. */
  readonly removed: readonly string[];
}
