/** Languages. Adding one is a file like en.ts and a line here; the compiler names every sentence that is missing. */
import { en } from './en.ts';

export type Messages = typeof en;

/** The catalogue of the page's language. */
export function messages(): Messages {
  return en;
}
