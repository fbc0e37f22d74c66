/** Header bags as they come: values may be strings, lists, or OONI's binary wrapping. */

/** Lower-case names, sorted. */
export function headerNamesOf(headers: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(headers)
    .map((name) => name.toLowerCase())
    .sort();
}

/** A header's value as text, whatever its case; empty where it is absent or not text. */
export function headerOf(headers: Readonly<Record<string, unknown>>, wanted: string): string {
  for (const name of Object.keys(headers)) {
    if (name.toLowerCase() !== wanted) continue;
    const value = headers[name];
    if (typeof value === 'string') return value;
    if (Array.isArray(value) && typeof value[0] === 'string') return value[0];
  }
  return '';
}
