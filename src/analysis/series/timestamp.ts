/** Timestamps as series files write them: `2019-07-22 20:40:00`, ISO 8601, or seconds or milliseconds since 1970. UTC where no zone is given. */

const EPOCH = /^-?\d{9,}(\.\d+)?$/;
const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/;
/** Numbers of seconds since 1970 stay below until the year 5138; milliseconds have been above since 1973. */
const SECONDS_MAX = 1e11;
const MILLISECONDS_MAX = 1e14;
const MICROSECONDS_MAX = 1e17;
const MINUTE_MS = 60_000;

/** UTC epoch milliseconds, or NaN for what is no time. */
export function parseTimestamp(text: string): number {
  if (EPOCH.test(text)) return epochMs(Number(text));
  const match = INSTANT.exec(text);
  if (match === null) return Number.NaN;
  const dayMs = midnightMs(Number(match[1]), Number(match[2]), Number(match[3]));
  const time = clockMs(Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0));
  return dayMs + time + Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000) - zoneMs(match[8]);
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
