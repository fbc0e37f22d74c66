/** How this program presents itself to servers of others. */
import { createPoliteHttp } from '../polite/http.ts';
import type { PoliteHttp } from '../polite/http.ts';
import { packageVersion } from './version.ts';

/** @param publicUrl of the page, so that they can see who asks; absent: only the program's name is said. */
export function politeHttp(publicUrl?: string): PoliteHttp {
  const where = publicUrl === undefined ? '' : ` (+${publicUrl})`;
  return createPoliteHttp(`Aiqyn/${packageVersion()}${where}`);
}
