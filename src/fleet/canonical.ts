/**
 * One text for one JSON value, whatever order its keys came in: what hashes are taken of. Keys are sorted by their UTF-16
 * units and nothing is spaced, as RFC 8785 asks; numbers and strings are written by `JSON.stringify`, which follows it too.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => sorted(inner));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
