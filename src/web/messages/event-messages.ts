/** Sentences of the calendar's pages, in the page's language. */
import { enEvents } from './en/events.ts';

export function eventMessages(): typeof enEvents {
  return enEvents;
}
