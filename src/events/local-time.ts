/** Wall-clock time of a place, through the tz database: Almaty moved from UTC+6 to UTC+5 on 2024-03-01. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const ZONES_MAX = 600;

/** As a clock and a calendar on the wall show it. `month` is 1 to 12; parts beyond their range roll over, as in Date.UTC. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one is slow, so one is kept per zone. Throws a RangeError for a zone that the tz database does not know. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'longOffset' });
  if (formats.size < ZONES_MAX) formats.set(timeZone, format);
  return format;
}

export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** How far the zone is ahead of UTC at an instant. */
function offsetMs(atMs: number, timeZone: string): number {
  const name = formatOf(timeZone)
    .formatToParts(atMs)
    .find((part) => part.type === 'timeZoneName');
  const match = /([+-])(\d{2}):(\d{2})(?::(\d{2}))?/.exec(name?.value ?? '');
  if (match === null) return 0;
  const [, sign, hours, minutes, seconds] = match;
  const size = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS + Number(seconds ?? 0) * 1_000;
  return sign === '-' ? -size : size;
}

/**
 * UTC epoch milliseconds of a wall time. Of an hour that comes twice the first is taken; one that never came counts as the
 * same distance after the jump (RFC 5545, 3.3.5).
 */
export function utcMsOf(wall: WallTime, timeZone: string): number {
  const { year, month, day, hour = 0, minute = 0, second = 0 } = wall;
  const asUtcMs = Date.UTC(year, month - 1, day, hour, minute, second);
  const before = offsetMs(asUtcMs - 24 * HOUR_MS, timeZone);
  const after = offsetMs(asUtcMs + 24 * HOUR_MS, timeZone);
  const early = asUtcMs - before;
  if (before === after || offsetMs(early, timeZone) === before) return early;
  const late = asUtcMs - after;
  return offsetMs(late, timeZone) === after ? late : early;
}

/** `2019-05-09`: the day on the place's own calendar. */
export function localDay(atMs: number, timeZone: string): string {
  return new Date(atMs + offsetMs(atMs, timeZone)).toISOString().slice(0, 10);
}

/** When the day of an instant begins on the place's own calendar, or one so many days later. */
export function dayStartMs(atMs: number, timeZone: string, daysLater = 0): number {
  const [year = 1970, month = 1, day = 1] = localDay(atMs, timeZone).split('-').map(Number);
  return utcMsOf({ year, month, day: day + daysLater }, timeZone);
}
