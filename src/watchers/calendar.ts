/** The user's `events.yaml` as watchers see it. */
import { changeUserCalendar, readUserFacts } from '../events/user-calendar.ts';
import type { LiveCalendar } from './watcher.ts';

/** @param onChange told after each change, so that nobody waits for the next look at the file. */
export function liveCalendarOf(dataDir: string, onChange: () => void = () => undefined): LiveCalendar {
  return {
    read: async () => readUserFacts(dataDir),
    async put(facts) {
      await changeUserCalendar(dataDir, { put: facts });
      onChange();
    },
  };
}
