/**
 * Languages. Adding one is a file like en.ts and a line here; the compiler names every sentence that is missing. A new topic is
 * one file in each of en/, ru/ and kk/, and one line in each of en.ts, ru.ts and kk.ts. docs/languages.md has the words to use.
 */
import type { Language } from '../names.ts';
import { en } from './en.ts';
import { kk } from './kk.ts';
import { ru } from './ru.ts';

export type Messages = Omit<typeof en, 'language'> & { readonly language: Language };

const ALL: Readonly<Record<Language, Messages>> = { en, ru, kk };

/** The catalogue of one language. */
export function messages(language: Language): Messages {
  return ALL[language];
}
