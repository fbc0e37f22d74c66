/**
 * What a cron expression of ours means: five fields, or six with seconds first, read in UTC; day of month and day of week must both
 * fit.
 */
import { schedule, validate } from 'node-cron';

/** Whether every field is in its range: `99 * * * *` has five fields and still is none. */
export function isCron(expression: string): boolean {
  return validate(expression);
}

/**
 * Calls `onTick` at each time of the expression until `stop`. What it throws, and what keeps the schedule from stopping, goes to `onError`.
 * @throws Error where the expression is none, see `isCron`.
 */
export function atTimesOf(
  expression: string,
  onTick: () => void,
  onError: (error: unknown) => void,
): { stop(): void } {
  const task = schedule(
    expression,
    () => {
      try {
        onTick();
      } catch (error) {
        onError(error);
      }
    },
    { timezone: 'UTC' },
  );
  return {
    stop() {
      Promise.resolve(task.destroy()).catch(onError);
    },
  };
}
