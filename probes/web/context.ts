/** What the `web` probe is given from outside. */
import type { WebTask } from '../plan.ts';
import type { Run, StepContext } from '../run.ts';
import type { Blockpage } from './blockpage.ts';

export interface WebContext extends StepContext {
  /** From the catalogue, by `compileBlockpages`. */
  readonly blockpages: readonly Blockpage[];
  /** Keep page bodies in the record; off unless the configuration asks for it. */
  readonly keepBodies: boolean;
}

export type WebRun = Run<WebTask, WebContext>;
