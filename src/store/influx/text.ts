/**
 * Values as InfluxQL and line protocol write them. InfluxQL through `/query` has no parameters that 1.x to 3.x all know, so
 * every value goes through here, and only here.
 */

/**
 * Tag values may hold neither line breaks nor a backslash at their end: these are written as %XX. Half a pair of surrogates,
 * which UTF-8 does not have, is written as %uXXXX.
 */
const UNSAFE_IN_TAG = /[%\\\u0000-\u001f\u007f\p{Surrogate}]/gu;
const UNSAFE_IN_TEXT = /%u|\p{Surrogate}/gu;

/** Between the server's oldest and newest instant; beyond them it refuses a query. */
const INSTANT_MS_MAX = 9_223_372_036_854;
const NS_PER_MS = 1_000_000n;

/** A tag's value as it is kept in InfluxDB; almost always the value itself. */
export function tagValue(value: string): string {
  return value.replace(UNSAFE_IN_TAG, hexOf);
}

function hexOf(character: string): string {
  const hex = character.charCodeAt(0).toString(16);
  return hex.length > 2 ? `%u${hex}` : `%${hex.padStart(2, '0')}`;
}

/** The value that `tagValue` was given. */
export function fromTagValue(kept: string): string {
  return kept.replace(
    /%u([0-9a-f]{4})|%([0-9a-f]{2})/g,
    (_, wide: string | undefined, narrow: string | undefined) =>
      String.fromCharCode(Number.parseInt(wide ?? narrow ?? '', 16)),
  );
}

/** Another program's text as it is kept in a field; almost always the text itself. */
export function textValue(value: string): string {
  return value.replace(UNSAFE_IN_TEXT, (found) => (found === '%u' ? '%u0025u' : hexOf(found)));
}

/** The text that `textValue` was given. */
export function fromTextValue(kept: string): string {
  return kept.replace(/%u([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** A string literal of InfluxQL. */
export function literal(value: string): string {
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll("'", String.raw`\'`)
    .replaceAll('\n', String.raw`\n`);
  return `'${escaped}'`;
}

/** An identifier of InfluxQL: a database, a measurement, a field or a tag. */
export function name(identifier: string): string {
  const escaped = identifier
    .replaceAll('\\', '\\\\')
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);
  return `"${escaped}"`;
}

/** An instant of InfluxQL, UTC epoch milliseconds; what lies outside the server's range is moved to its end. */
export function instant(atMs: number): string {
  return `${Math.trunc(Math.min(Math.max(atMs, -INSTANT_MS_MAX), INSTANT_MS_MAX))}ms`;
}

/** `time >= from AND time < to`. */
export function within(fromMs: number, toMs: number): string {
  return `time >= ${instant(fromMs)} AND time < ${instant(toMs)}`;
}

/** A field of line protocol: texts quoted, whole numbers marked where `isInteger`. */
export function textField(key: string, value: string): string {
  return `${key}="${/["\\]/.test(value) ? value.replace(/["\\]/g, String.raw`\$&`) : value}"`;
}

export function numberField(key: string, value: number): string {
  return `${key}=${value}`;
}

export function integerField(key: string, value: number): string {
  return `${key}=${Math.trunc(value)}i`;
}

/** What nearly every tag's value is made of: nothing in it is to be escaped. */
const PLAIN_TAG = /^[\w.:/-]+$/;

/** `,vantage=a`; an empty value is left out and reads back as empty. */
export function tagPair(tag: string, value: string): string {
  if (PLAIN_TAG.test(value)) return `,${tag}=${value}`;
  return value === '' ? '' : `,${tag}=${tagValue(value).replace(/[ ,=]/g, String.raw`\$&`)}`;
}

/** `reachability,vantage=a,place=b`. */
export function seriesKey(series: string, tags: readonly (readonly [key: string, value: string])[]): string {
  let key = series;
  for (const [tag, value] of tags) key += tagPair(tag, value);
  return key;
}

const NS_DIGITS = 6;

/** Nanoseconds since 1970 in decimal: `atMs` and some nanoseconds, less than a millisecond of them, after it. */
export function timestamp(atMs: number, nanoseconds = 0): string {
  const wholeMs = Math.trunc(atMs);
  // Two numbers side by side are one number in decimal; not before 1970.
  if (wholeMs > 0 && wholeMs <= Number.MAX_SAFE_INTEGER)
    return `${wholeMs}${String(nanoseconds).padStart(NS_DIGITS, '0')}`;
  return String(BigInt(wholeMs) * NS_PER_MS + BigInt(nanoseconds));
}
