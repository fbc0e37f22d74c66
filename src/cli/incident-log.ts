/** One line in the log for each change of an incident, so that a monitor without anybody at its page still tells. */
import type { Incident } from '../analysis/detect/point.ts';
import type { Log } from '../log.ts';

/** What was last said of so many incidents is known: numbers of witnesses move all the time, and change no line. */
const KNOWN_MAX = 1_000;

function lineOf({ id, kind, status, platforms, operators, places, ...incident }: Incident) {
  const { startMs, endMs, method, confidence } = incident;
  const start = new Date(startMs).toISOString();
  const end = endMs === null ? null : new Date(endMs).toISOString();
  const sure = Number(confidence.toFixed(2));
  return { id, kind, status, platforms, operators, places, start, end, method, confidence: sure };
}

export function logChanges(log: Log): (incidents: readonly Incident[], removed: readonly string[]) => void {
  const known = new Map<string, string>();
  return (incidents, removed) => {
    for (const line of incidents.map(lineOf)) {
      const text = JSON.stringify(line);
      if (known.get(line.id) === text) continue;
      known.delete(line.id);
      known.set(line.id, text);
      const [oldest] = known.keys();
      if (known.size > KNOWN_MAX && oldest !== undefined) known.delete(oldest);
      log.info(line, 'An incident changed.');
    }
    for (const id of removed) {
      known.delete(id);
      log.info({ id }, 'An incident was taken back: later data explained it otherwise.');
    }
  };
}
