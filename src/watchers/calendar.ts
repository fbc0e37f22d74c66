/** The user's `events.yaml` as watchers see it. */
import { join } from 'node:path';
import { parseUserCalendar, readText, USER_CALENDAR_FILE } from '../events/calendar.ts';
import type { CalendarFact } from '../events/fact.ts';
import { changeUserCalendar } from '../events/user-calendar.ts';
import type { LiveCalendar } from './watcher.ts';

/** @param onChange told after each change, so that nobody waits for the next look at the file. */
export function liveCalendarOf(dataDir: string, onChange: () => void = () => undefined): LiveCalendar {
  const file = join(dataDir, USER_CALENDAR_FILE);
  let known: { readonly text: string; readonly facts: readonly CalendarFact[] } | null = null;
  return {
    async read() {
      const text = await readText(file);
      // It is looked at every few seconds, and seldom changes.
      if (known?.text !== text) known = { text, facts: parseUserCalendar(text, file).events };
      return known.facts;
    },
    async put(facts) {
      await changeUserCalendar(dataDir, { put: facts });
      onChange();
    },
  };
}
