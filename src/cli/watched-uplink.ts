/** An uplink that remembers why it last refused, until it takes a batch again; the page and /healthz say so. */
import type { Uplink } from '../agent/spool.ts';
import { EnvironmentError } from '../errors.ts';

export interface WatchedUplink extends Uplink {
  /** Sentences for people; empty while all is well. */
  problems(): readonly string[];
}

export function watchUplink(uplink: Uplink): WatchedUplink {
  let problem: string | null = null;
  return {
    async deliver(batch, state) {
      try {
        await uplink.deliver(batch, state);
        problem = null;
      } catch (error) {
        // The spool keeps what was refused; people need to know only what they can mend.
        problem =
          error instanceof EnvironmentError
            ? error.message
            : `What was measured could not be kept: ${String(error)}`;
        throw error;
      }
    },
    problems: () => (problem === null ? [] : [problem]),
  };
}
