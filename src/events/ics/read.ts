/**
 * Reads the events of an iCalendar file (RFC 5545): folded lines, all-day dates, UTC, and local times by TZID through the tz
 * database. Of what it cannot read it says why; a repeated event gives its first occurrence and a remark.
 */
import { isTimeZone, utcMsOf } from '../local-time.ts';
import { parseLine, splitList, unescapeText, unfold } from './lines.ts';
import type { ContentLine } from './lines.ts';
import type { WallTime } from '../local-time.ts';

export const ICS_LENGTH_MAX = 5_000_000;
const ICS_EVENTS_MAX = 10_000;

export interface IcsEvent {
  readonly uid: string;
  readonly summary: string;
  readonly description: string;
  readonly location: string;
  readonly url: string;
  readonly categories: readonly string[];
  /** As a CalendarFact writes it: `2019-05-09`, or an instant in UTC. */
  readonly start: string;
  /** The last day that belongs to it, or the instant of its end. */
  readonly end: string;
  readonly isAllDay: boolean;
}

export interface IcsAnswer {
  readonly events: readonly IcsEvent[];
  /** What was left out or is not as it was, in a sentence each. */
  readonly remarks: readonly string[];
}

type Properties = ReadonlyMap<string, ContentLine>;

/** What stands in a VEVENT itself; what lies inside of it (VALARM) is passed over. Of a name that comes twice the first counts. */
function propertiesOf(lines: readonly ContentLine[]): Properties {
  const properties = new Map<string, ContentLine>();
  let depth = 0;
  for (const line of lines) {
    if (line.name === 'BEGIN') depth += 1;
    else if (line.name === 'END') depth -= 1;
    else if (depth === 0 && !properties.has(line.name)) properties.set(line.name, line);
  }
  return properties;
}

function isMark(line: ContentLine, name: 'BEGIN' | 'END'): boolean {
  return line.name === name && line.value.trim().toUpperCase() === 'VEVENT';
}

/** The file's VEVENTs. One that is never closed is not one. */
function componentsOf(lines: readonly ContentLine[]): Properties[] {
  const found: Properties[] = [];
  let start = -1;
  for (const [index, line] of lines.entries()) {
    if (isMark(line, 'BEGIN')) start = index;
    if (!isMark(line, 'END') || start < 0) continue;
    found.push(propertiesOf(lines.slice(start + 1, index)));
    start = -1;
  }
  return found.slice(0, ICS_EVENTS_MAX);
}

interface IcsTime {
  readonly atMs: number;
  readonly isDate: boolean;
}

const STAMP = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/;

/** `/freeassociation.sourceforge.net/Asia/Almaty` and the like: some programs put a prefix before the zone's name. */
function zoneOf(name: string): string | null {
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
function timeOf(line: ContentLine, floatingZone: string): IcsTime | null {
  const stamp = stampOf(line.value);
  if (stamp === null) return null;
  if (stamp.isDate) return { atMs: utcMsOf(stamp.wall, 'UTC'), isDate: true };
  const zone = stamp.isUtc ? 'UTC' : zoneOf(line.parameters.get('TZID') ?? floatingZone);
  return zone === null ? null : { atMs: utcMsOf(stamp.wall, zone), isDate: false };
}

const DURATION = /^\+?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$/;

function durationMs(text: string): number | null {
  const match = DURATION.exec(text.trim());
  if (match === null) return null;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part || 0));
  return ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000;
}

const DAY_MS = 86_400_000;

/** Without DTEND and DURATION a date lasts a day and an instant has no length (RFC 5545, 3.6.1). */
function endOf(properties: Properties, start: IcsTime, floatingZone: string): number | null {
  const end = properties.get('DTEND');
  if (end !== undefined) {
    const time = timeOf(end, floatingZone);
    return time?.isDate === start.isDate ? time.atMs : null;
  }
  const duration = properties.get('DURATION');
  if (duration === undefined) return start.isDate ? start.atMs + DAY_MS : start.atMs;
  const lengthMs = durationMs(duration.value);
  return lengthMs === null ? null : start.atMs + lengthMs;
}

function written(atMs: number, isDate: boolean): string {
  const text = new Date(atMs).toISOString();
  return isDate ? text.slice(0, 10) : `${text.slice(0, 19)}Z`;
}

function textOf(properties: Properties, name: string): string {
  return unescapeText(properties.get(name)?.value ?? '').trim();
}

interface Span {
  readonly start: string;
  readonly end: string;
  readonly isAllDay: boolean;
}

/** A string says why it has none. */
function spanOf(properties: Properties, floatingZone: string): Span | string {
  const line = properties.get('DTSTART');
  if (line === undefined) return 'has no start and was left out';
  const start = timeOf(line, floatingZone);
  if (start === null) {
    const zone = line.parameters.get('TZID');
    const where = zone === undefined ? '' : ` in the zone “${zone}”`;
    return `starts at “${line.value}”${where}, which cannot be understood; it was left out`;
  }
  const { atMs, isDate } = start;
  const endMs = endOf(properties, start, floatingZone);
  if (endMs === null || endMs < atMs) return 'has an end that cannot be understood and was left out';
  // The end of an all-day event is the first day that no longer belongs to it.
  const lastMs = isDate ? Math.max(atMs, endMs - DAY_MS) : endMs;
  return { start: written(atMs, isDate), end: written(lastMs, isDate), isAllDay: isDate };
}

function eventOf(properties: Properties, span: Span): IcsEvent {
  return {
    uid: textOf(properties, 'UID'),
    summary: textOf(properties, 'SUMMARY'),
    description: textOf(properties, 'DESCRIPTION'),
    location: textOf(properties, 'LOCATION'),
    url: properties.get('URL')?.value.trim() ?? '',
    categories: splitList(properties.get('CATEGORIES')?.value ?? ''),
    ...span,
  };
}

function linesOf(text: string): ContentLine[] | null {
  if (text.length > ICS_LENGTH_MAX) return null;
  const lines = unfold(text)
    .map(parseLine)
    .filter((line) => line !== null);
  const [first] = lines;
  const isCalendar = first?.name === 'BEGIN' && first.value.trim().toUpperCase() === 'VCALENDAR';
  return isCalendar ? lines : null;
}

function zoneOfFile(lines: readonly ContentLine[]): string | null {
  return zoneOf(lines.find(({ name }) => name === 'X-WR-TIMEZONE')?.value.trim() ?? '');
}

/** What to call it in a remark. */
function nameOf(properties: Properties): string {
  const summary = textOf(properties, 'SUMMARY');
  return `“${summary === '' ? textOf(properties, 'UID') : summary}”`;
}

function isCancelled(properties: Properties): boolean {
  return textOf(properties, 'STATUS').toUpperCase() === 'CANCELLED';
}

/** `defaultZone` is for times without a zone in a file that names none (X-WR-TIMEZONE). Null: no iCalendar at all. */
export function readIcs(text: string, defaultZone: string): IcsAnswer | null {
  const lines = linesOf(text);
  if (lines === null) return null;
  const floatingZone = zoneOfFile(lines) ?? defaultZone;
  const events: IcsEvent[] = [];
  const remarks: string[] = [];
  for (const properties of componentsOf(lines)) {
    if (isCancelled(properties)) continue;
    const span = spanOf(properties, floatingZone);
    if (typeof span === 'string') {
      remarks.push(`${nameOf(properties)} ${span}.`);
      continue;
    }
    events.push(eventOf(properties, span));
    if (properties.has('RRULE') || properties.has('RDATE'))
      remarks.push(`${nameOf(properties)} repeats; only its first occurrence, ${span.start}, was taken.`);
  }
  return { events, remarks };
}
