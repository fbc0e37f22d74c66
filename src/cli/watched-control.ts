/** A control client that remembers whether the control answered the last time it was asked; the page says so. */
import type { ControlClient } from '../../probes/probe.ts';
import type { ControlState } from '../web/notice.ts';

export interface WatchedControl {
  /** Null where none is configured. */
  readonly client: ControlClient | null;
  state(): ControlState;
}

export function watchControl(client: ControlClient | null): WatchedControl {
  if (client === null) return { client, state: () => 'none' };
  let state: ControlState = 'reachable';
  return {
    client: {
      async ask(question, signal) {
        const answer = await client.ask(question, signal);
        // An answer that our own shutdown cut off says nothing of the control.
        if (!signal.aborted) state = answer.source === 'live' ? 'reachable' : 'unreachable';
        return answer;
      },
    },
    state: () => state,
  };
}
