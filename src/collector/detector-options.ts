/** What the detector's runner is made of. */
import type { Said } from '../analysis/corroborate/witnessed.ts';
import type { DetectorWindow, FoldResult } from '../analysis/detect/detector.ts';
import type { Incident } from '../analysis/detect/point.ts';
import type { Clock } from '../../probes/probe.ts';
import type { Log } from '../log.ts';
import type { Store, Window } from '../store/store.ts';
import type { OutsideWitness } from './outside-witness.ts';

export interface DetectorRunnerOptions<Config, State> {
  readonly store: Pick<
    Store,
    'points' | 'heartbeats' | 'incidents' | 'saveIncidents' | 'removeIncidents' | 'extent'
  >;
  readonly clock: Clock;
  readonly config: Config;
  readonly windowMs: number;
  /** A window is closed this long after its end (`clock.nowMs()` time). */
  readonly graceMs: number;
  readonly fold: {
    readonly initialState: (config: Config) => State;
    /** Must not change the state it is given. */
    readonly foldWindow: (config: Config, state: State, window: DetectorWindow) => FoldResult<State>;
  };
  readonly log: Log;
  /** After the store has them. */
  readonly onChange: (incidents: readonly Incident[], removed: readonly string[]) => void;
  /** Default one second. */
  readonly pollMs?: number;
  /** Where the first pass begins at the latest, UTC epoch milliseconds; default a day back. */
  readonly fromMs?: number;
  /** Whose incidents of more than a day ago stay as they are: they were detected at another pace (history.ts). Default nobody's. */
  readonly isImported?: (vantage: string) => boolean;
  /** When nobody listened here; default never (watch-log.ts). */
  readonly isUnwatched?: (window: Window) => boolean;
  /** Says of incidents what others saw; default nothing (outside-witness.ts). */
  readonly witness?: OutsideWitness;
  /** What those outside were last heard to say of an incident; default what is saved with it (witness-keeper.ts). */
  readonly heard?: (id: string) => Said | undefined;
  /** Asked before each pass and before what it found is saved: false while another collector runs the detector. */
  readonly mayDetect?: () => boolean;
}
