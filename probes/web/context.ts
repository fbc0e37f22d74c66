/** What the `web` probe is given from outside. */
import type { Network } from '../network.ts';
import type { Clock, ControlClient } from '../probe.ts';
import type { Blockpage } from './blockpage.ts';

export interface WebContext {
  readonly clock: Clock;
  readonly network: Network;
  /** Null where no control is configured; the record then says `none`. */
  readonly control: ControlClient | null;
  /** Names nobody filters, for the paired handshake; at least one. */
  readonly harmlessNames: readonly string[];
  /** From the catalogue, by `compileBlockpages`. */
  readonly blockpages: readonly Blockpage[];
  /** Keep page bodies in the record; off unless the configuration asks for it. */
  readonly keepBodies: boolean;
  /** Our own shutdown; what it cuts short is marked as aborted and is no finding. */
  readonly signal: AbortSignal;
}
