/** One step with its deadline and our shutdown signal. */
import { FAILURE } from '../failure.ts';
import type { Limits } from '../network.ts';

/**
 * Starts a step and resolves with the first of: what the step settles with, `onCut(generic_timeout_error)` at the deadline,
 * `onCut(interrupted)` at the signal. `start` returns what tidies up; it runs exactly once, whichever came first.
 */
export function bounded<T>(
  limits: Limits,
  start: (settle: (value: T) => void) => () => void,
  onCut: (failure: string) => T,
): Promise<T> {
  if (limits.signal.aborted) return Promise.resolve(onCut(FAILURE.interrupted));
  return new Promise((resolve) => {
    let isSettled = false;
    let tidy: (() => void) | null = null;

    function settle(value: T): void {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      limits.signal.removeEventListener('abort', onAbort);
      tidy?.();
      resolve(value);
    }
    function onAbort(): void {
      settle(onCut(FAILURE.interrupted));
    }
    const timer = setTimeout(
      () => {
        settle(onCut(FAILURE.timeout));
      },
      Math.max(0, limits.timeoutMs),
    );
    limits.signal.addEventListener('abort', onAbort, { once: true });
    tidy = start(settle);
    // A step may settle while it is being started; there was nothing to tidy up with yet.
    if (wasSettled()) tidy();

    function wasSettled(): boolean {
      return isSettled;
    }
  });
}
