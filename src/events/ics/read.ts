/**
 * Reads the events of an iCalendar file (RFC 5545): folded lines, all-day dates, UTC, local times, and repeated events with
 * their exceptions (recur.ts), each occurrence an event. Of what it cannot read it says why.
 */
import { parseLine, splitList, unescapeText, unfold } from './lines.ts';
import type { ContentLine } from './lines.ts';
import { OCCURRENCES_MAX } from './recur.ts';
import { exceptionOf, occurrencesOf } from './repeat.ts';
import { durationMs, timeOf, zoneOf } from './time.ts';
import type { IcsTime } from './time.ts';

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
  /** Of a repeated event: the day of this occurrence, `2026-03-01`; else null. */
  readonly occurrence: string | null;
}

export interface IcsAnswer {
  readonly events: readonly IcsEvent[];
  /** What was left out or is not as it was, in a sentence each. */
  readonly remarks: readonly string[];
}

type Properties = ReadonlyMap<string, ContentLine>;

interface Component {
  /** Of a name that comes twice the first counts. */
  readonly properties: Properties;
  /** EXDATE and RDATE may come several times. */
  readonly lists: readonly ContentLine[];
}

/** What stands in a VEVENT itself; what lies inside of it (VALARM) is passed over. */
function componentOf(lines: readonly ContentLine[]): Component {
  const lists: ContentLine[] = [];
  const properties = new Map<string, ContentLine>();
  let depth = 0;
  for (const line of lines) {
    if (line.name === 'BEGIN') depth += 1;
    else if (line.name === 'END') depth -= 1;
    else if (depth > 0) continue;
    else if (line.name === 'EXDATE' || line.name === 'RDATE') lists.push(line);
    else if (!properties.has(line.name)) properties.set(line.name, line);
  }
  return { properties, lists };
}

function isMark(line: ContentLine, name: 'BEGIN' | 'END'): boolean {
  return line.name === name && line.value.trim().toUpperCase() === 'VEVENT';
}

/** The file's VEVENTs. One that is never closed is not one. */
function componentsOf(lines: readonly ContentLine[]): Component[] {
  const found: Component[] = [];
  let start = -1;
  for (const [index, line] of lines.entries()) {
    if (isMark(line, 'BEGIN')) start = index;
    if (!isMark(line, 'END') || start < 0) continue;
    found.push(componentOf(lines.slice(start + 1, index)));
    start = -1;
  }
  return found.slice(0, ICS_EVENTS_MAX);
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
  readonly start: IcsTime;
  readonly lengthMs: number;
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
  const endMs = endOf(properties, start, floatingZone);
  if (endMs === null || endMs < start.atMs) return 'has an end that cannot be understood and was left out';
  return { start, lengthMs: endMs - start.atMs };
}

/** `atMs`: of this occurrence; `isRepeated`: of several. */
function eventOf(properties: Properties, span: Span, atMs: number, isRepeated: boolean): IcsEvent {
  const { isDate } = span.start;
  const endMs = atMs + span.lengthMs;
  const start = written(atMs, isDate);
  return {
    uid: textOf(properties, 'UID'),
    summary: textOf(properties, 'SUMMARY'),
    description: textOf(properties, 'DESCRIPTION'),
    location: textOf(properties, 'LOCATION'),
    url: properties.get('URL')?.value.trim() ?? '',
    categories: splitList(properties.get('CATEGORIES')?.value ?? ''),
    start,
    // The end of an all-day event is the first day that no longer belongs to it.
    end: written(isDate ? Math.max(atMs, endMs - DAY_MS) : endMs, isDate),
    isAllDay: isDate,
    occurrence: isRepeated ? start.slice(0, 10) : null,
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

interface Found {
  readonly events: IcsEvent[];
  readonly remarks: string[];
}

function take(component: Component, floatingZone: string, moved: ReadonlySet<number>, found: Found): void {
  const { properties, lists } = component;
  const span = spanOf(properties, floatingZone);
  if (typeof span === 'string') {
    found.remarks.push(`${nameOf(properties)} ${span}.`);
    return;
  }
  const rule = properties.get('RRULE')?.value ?? null;
  const isRepeated = rule !== null || lists.length > 0 || properties.has('RECURRENCE-ID');
  const { startsMs, refused, isCut } = occurrencesOf({ start: span.start, rule, lists, floatingZone, moved });
  for (const atMs of startsMs) found.events.push(eventOf(properties, span, atMs, isRepeated));
  const first = written(span.start.atMs, span.start.isDate);
  if (refused !== null)
    found.remarks.push(
      `${nameOf(properties)} repeats by a rule that cannot be followed (${refused}); only its first occurrence, ${first}, was taken.`,
    );
  if (isCut)
    found.remarks.push(`${nameOf(properties)} goes on; its first ${OCCURRENCES_MAX} occurrences were taken.`);
}

/** Occurrences that stand as components of their own, by the UID of what they are part of. */
function movedBy(components: readonly Component[], floatingZone: string): ReadonlyMap<string, Set<number>> {
  const moved = new Map<string, Set<number>>();
  for (const { properties } of components) {
    const uid = textOf(properties, 'UID');
    const atMs = exceptionOf(properties.get('RECURRENCE-ID'), floatingZone);
    if (atMs !== null) moved.set(uid, (moved.get(uid) ?? new Set()).add(atMs));
  }
  return moved;
}

const NONE: ReadonlySet<number> = new Set();

/** `defaultZone` is for times without a zone in a file that names none (X-WR-TIMEZONE). Null: no iCalendar at all. */
export function readIcs(text: string, defaultZone: string): IcsAnswer | null {
  const lines = linesOf(text);
  if (lines === null) return null;
  const floatingZone = zoneOfFile(lines) ?? defaultZone;
  const components = componentsOf(lines);
  const moved = movedBy(components, floatingZone);
  const found: Found = { events: [], remarks: [] };
  for (const component of components) {
    const { properties } = component;
    if (isCancelled(properties)) continue;
    const isMoved = properties.has('RECURRENCE-ID');
    take(
      component,
      floatingZone,
      (isMoved ? undefined : moved.get(textOf(properties, 'UID'))) ?? NONE,
      found,
    );
    if (found.events.length < ICS_EVENTS_MAX) continue;
    found.remarks.push(`Only the first ${ICS_EVENTS_MAX} occurrences of the file were taken.`);
    break;
  }
  return { events: found.events.slice(0, ICS_EVENTS_MAX), remarks: found.remarks };
}
