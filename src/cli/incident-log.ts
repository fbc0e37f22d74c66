/** One line in the log for each change of an incident, so that a monitor without anybody at its page still tells. */
import type { Incident } from '../analysis/detect/point.ts';
import type { Log } from '../log.ts';

export function logChanges(log: Log): (incidents: readonly Incident[], removed: readonly string[]) => void {
  return (incidents, removed) => {
    for (const { id, kind, status, platforms, operators, places, startMs, endMs, method } of incidents) {
      const start = new Date(startMs).toISOString();
      const end = endMs === null ? null : new Date(endMs).toISOString();
      log.info(
        { id, kind, status, platforms, operators, places, start, end, method },
        'An incident changed.',
      );
    }
    for (const id of removed)
      log.info({ id }, 'An incident was taken back: later data explained it otherwise.');
  };
}
