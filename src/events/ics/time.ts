/** Times and durations of iCalendar (RFC 5545, 3.3.4 to 3.3.6): dates, UTC, and local times by TZID through the tz database. */
import { isTimeZone, utcMsOf } from '../local-time.ts';
import type { WallTime } from '../local-time.ts';
import type { ContentLine } from './lines.ts';

export interface IcsTime {
  readonly atMs: number;
  readonly isDate: boolean;
  /** As its clock shows it, in `zone`. */
  readonly wall: Required<WallTime>;
  readonly zone: string;
}

const STAMP = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/;

/** `/freeassociation.sourceforge.net/Asia/Almaty` and the like: some programs put a prefix before the zone's name. */
export function zoneOf(name: string): string | null {
  const tail = name.split('/').slice(-2).join('/');
  return [name, tail].find((candidate) => candidate !== '' && isTimeZone(candidate)) ?? null;
}

interface Stamp {
  readonly wall: Required<WallTime>;
  readonly isDate: boolean;
  readonly isUtc: boolean;
}

/** Midnight where the text names only a day. */
function wallOf(numbers: readonly number[]): Required<WallTime> {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers;
  return { year, month, day, hour, minute, second };
}

/** Not 31 February, not 25 o'clock; a leap second may be. */
function isReal({ year, month, day, hour, minute, second }: Required<WallTime>): boolean {
  const shown = new Date(Date.UTC(year, month - 1, day, hour));
  return shown.getUTCMonth() === month - 1 && shown.getUTCDate() === day && minute < 60 && second <= 60;
}

function stampOf(text: string): Stamp | null {
  const match = STAMP.exec(text.trim());
  if (match === null) return null;
  const wall = wallOf(match.slice(1, 7).map((part: string | undefined) => Number(part ?? 0)));
  return isReal(wall) ? { wall, isDate: match[4] === undefined, isUtc: match[7] === 'Z' } : null;
}

/** Null where the time or its zone cannot be understood. A date counts as midnight in UTC, so that days can be counted. */
export function timeOf(line: ContentLine, floatingZone: string): IcsTime | null {
  return timesOf(line, floatingZone)?.[0] ?? null;
}

/** A list of times, such as EXDATE has; null where one of them cannot be understood. */
export function timesOf(line: ContentLine, floatingZone: string): readonly IcsTime[] | null {
  const times = line.value.split(',').map((text) => oneTime(text, line, floatingZone));
  const known = times.filter((time) => time !== null);
  return known.length === times.length ? known : null;
}

function oneTime(text: string, line: ContentLine, floatingZone: string): IcsTime | null {
  const stamp = stampOf(text);
  if (stamp === null) return null;
  if (stamp.isDate) return { atMs: utcMsOf(stamp.wall, 'UTC'), isDate: true, wall: stamp.wall, zone: 'UTC' };
  const zone = stamp.isUtc ? 'UTC' : zoneOf(line.parameters.get('TZID') ?? floatingZone);
  return zone === null ? null : { atMs: utcMsOf(stamp.wall, zone), isDate: false, wall: stamp.wall, zone };
}

const DURATION = /^\+?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$/;

/** Null for what is no duration, or a negative one. */
export function durationMs(text: string): number | null {
  const match = DURATION.exec(text.trim());
  if (match === null) return null;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part || 0));
  return ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000;
}
