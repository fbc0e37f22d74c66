/** The starting calendar. */
import { loadShippedCalendar } from '../events/calendar.ts';
import type { CalendarFact } from '../events/fact.ts';
import type { Log } from '../log.ts';

/** A monitor without its calendar still measures. */
export function shippedFacts(log: Log): CalendarFact[] {
  try {
    return loadShippedCalendar();
  } catch (error) {
    log.error(
      { error: error instanceof Error ? error.message : String(error) },
      'The starting calendar is missing.',
    );
    return [];
  }
}
