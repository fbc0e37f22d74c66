/**
 * What a cron expression of ours means: five fields, or six with seconds first; day of month and day of week must both fit. Read in
 * UTC by an offset and not by a zone's name, because the first zone that a process asks for costs it 9 MB of tables.
 */
import { Cron } from 'croner';

const READING = { mode: '5-or-6-parts', utcOffset: 0, domAndDow: true } as const;

/** Whether every field is in its range: `99 * * * *` has five fields and still is none. */
export function isCron(expression: string): boolean {
  try {
    new Cron(expression, { ...READING, paused: true });
    return true;
  } catch {
    return false;
  }
}

/**
 * Calls `onTick` at each time of the expression until `stop`. What it throws goes to `onError`.
 * @throws TypeError or RangeError where the expression is none, see `isCron`.
 */
export function atTimesOf(
  expression: string,
  onTick: () => void,
  onError: (error: unknown) => void,
): { stop(): void } {
  const job = new Cron(expression, { ...READING, catch: onError }, () => {
    onTick();
  });
  return {
    stop() {
      job.stop();
    },
  };
}
