/** An uplink that remembers why it last refused, until it takes a batch again; the page and /healthz say so. */
import type { Uplink } from '../agent/spool.ts';
import type { CarriedIntake } from '../collector/ingest.ts';
import type { WatchLog } from '../collector/watch-log.ts';
import { EnvironmentError } from '../errors.ts';

export interface WatchedUplink extends Uplink, CarriedIntake {
  /** Sentences for people; empty while all is well. */
  problems(): readonly string[];
}

/** `attend`: see watch-log.ts. */
export function watchUplink(ingest: Uplink & CarriedIntake, attend: WatchLog['attend']): WatchedUplink {
  let problem: string | null = null;

  async function watched<T>(task: () => Promise<T>): Promise<T> {
    try {
      const result = await task();
      problem = null;
      return result;
    } catch (error) {
      // The spool keeps what was refused; people need to know only what they can mend.
      problem =
        error instanceof EnvironmentError
          ? error.message
          : `What was measured could not be kept: ${String(error)}`;
      throw error;
    }
  }

  return {
    deliver: async (batch, state) => watched(async () => attend(async () => ingest.deliver(batch, state))),
    take: async (batch, state) => watched(async () => ingest.take(batch, state)),
    problems: () => (problem === null ? [] : [problem]),
  };
}
