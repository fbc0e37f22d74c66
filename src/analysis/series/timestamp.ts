/** Timestamps as series files write them: `2019-07-22 20:40:00`, ISO 8601, or seconds or milliseconds since 1970. UTC where no zone is given. */

const EPOCH = /^-?\d{9,}(\.\d+)?$/;
const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/;
/** Numbers of seconds since 1970 stay below until the year 5138; milliseconds have been above since 1973. */
const SECONDS_MAX = 1e11;
const MILLISECONDS_MAX = 1e14;
const MICROSECONDS_MAX = 1e17;
const MINUTE_MS = 60_000;

/** UTC epoch milliseconds, or NaN for what is no time. */
export function parseTimestamp(text: string): number {
  const plain = plainMs(text);
  if (!Number.isNaN(plain)) return plain;
  if (EPOCH.test(text)) return epochMs(Number(text));
  const match = INSTANT.exec(text);
  if (match === null) return Number.NaN;
  const dayMs = midnightMs(Number(match[1]), Number(match[2]), Number(match[3]));
  const time = clockMs(Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0));
  return dayMs + time + Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000) - zoneMs(match[8]);
}

const DIGIT_ZERO = 48;
const HYPHEN = 45;
const COLON = 58;
const PLAIN_LENGTH = 19;
/** Up to this day every month has it. */
const DAY_ALWAYS = 28;

/** The number that `digits` digits from `at` on make; NaN where one is none. */
function digitsAt(text: string, at: number, digits: number): number {
  let number = 0;
  for (let place = at; place < at + digits; place += 1) {
    const digit = text.charCodeAt(place) - DIGIT_ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

/** `2019-07-22 20:40:00`, with or without `T` and `Z`, which nearly all files write; NaN for all else, right or wrong. */
function plainMs(text: string): number {
  const isLength = text.length === PLAIN_LENGTH || (text.length === PLAIN_LENGTH + 1 && text.endsWith('Z'));
  if (!isLength || !hasPlainMarks(text)) return Number.NaN;
  const month = digitsAt(text, 5, 2);
  const day = digitsAt(text, 8, 2);
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= DAY_ALWAYS)) return Number.NaN;
  const time = clockMs(digitsAt(text, 11, 2), digitsAt(text, 14, 2), digitsAt(text, 17, 2));
  return Date.UTC(digitsAt(text, 0, 4), month - 1, day) + time;
}

function hasPlainMarks(text: string): boolean {
  const between = text.charAt(10);
  return (
    text.charCodeAt(4) === HYPHEN &&
    text.charCodeAt(7) === HYPHEN &&
    (between === ' ' || between === 'T') &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON
  );
}

/** NaN for a day that no month has; Date.UTC takes 31 February for 3 March. */
function midnightMs(year: number, month: number, day: number): number {
  const midnight = new Date(Date.UTC(year, month - 1, day));
  const isDay = midnight.getUTCDate() === day && midnight.getUTCMonth() + 1 === month;
  return isDay ? midnight.getTime() : Number.NaN;
}

/** A leap second and 24:00 are times; NaN for what is none. */
function clockMs(hour: number, minute: number, second: number): number {
  if (hour > 24 || minute > 59 || second > 60) return Number.NaN;
  return hour * 60 * MINUTE_MS + minute * MINUTE_MS + second * 1000;
}

function epochMs(value: number): number {
  const size = Math.abs(value);
  if (size < SECONDS_MAX) return Math.round(value * 1000);
  if (size < MILLISECONDS_MAX) return Math.round(value);
  if (size < MICROSECONDS_MAX) return Math.round(value / 1e3);
  return Math.round(value / 1e6);
}

function zoneMs(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z' || zone === 'UTC') return 0;
  const digits = zone.replace(':', '');
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  return (digits.startsWith('-') ? -1 : 1) * minutes * MINUTE_MS;
}
