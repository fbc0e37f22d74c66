/** What an event is called. Not every event has a title in every language; a page then marks which one it shows. */
import type { AiqynEvent } from '../events/event.ts';
import type { Language } from './names.ts';

/** Which language comes next where a title is missing: readers of Kazakh read Russian rather than English. */
const NEXT: Readonly<Record<Language, readonly Language[]>> = {
  en: ['en'],
  ru: ['ru', 'en'],
  kk: ['kk', 'ru', 'en'],
};

export interface EventTitle {
  readonly text: string;
  readonly language: Language;
}

/** Empty where an event has no title at all. */
export function eventTitle({ title, titles }: AiqynEvent, language: Language): EventTitle {
  for (const candidate of NEXT[language]) {
    const text = titles?.[candidate];
    if (text !== undefined && text !== '') return { text, language: candidate };
  }
  return { text: title, language: 'en' };
}
