/** When an iCalendar event happens: its start, its rule's days at the same time on the wall, RDATE, without EXDATE. */
import { utcMsOf } from '../local-time.ts';
import type { ContentLine } from './lines.ts';
import { daysOf, parseRule } from './recur.ts';
import type { RecurrenceRule } from './recur.ts';
import { timeOf, timesOf } from './time.ts';
import type { IcsTime } from './time.ts';

export interface Repetition {
  readonly start: IcsTime;
  /** RRULE's value. */
  readonly rule: string | null;
  /** EXDATE and RDATE. */
  readonly lists: readonly ContentLine[];
  readonly floatingZone: string;
  /** Occurrences that were moved or cancelled one by one, epoch ms of their first time. */
  readonly moved: ReadonlySet<number>;
}

export interface Occurrences {
  /** Ascending, each once. */
  readonly startsMs: readonly number[];
  /** What could not be followed; then only the start is given. */
  readonly refused: string | null;
  readonly isCut: boolean;
}

function dayOf({ wall }: IcsTime): number {
  return Date.UTC(wall.year, wall.month - 1, wall.day);
}

/** The same time on the wall, on another day: a meeting at 20:00 stays at 20:00 when the zone changes. */
function onDay(start: IcsTime, dayMs: number): number {
  const day = new Date(dayMs);
  const date = { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate() };
  return utcMsOf({ ...start.wall, ...date }, start.zone);
}

/** UNTIL belongs to the rule; a date means its whole day on the wall. Null where it cannot be understood. */
function pastOf(rule: RecurrenceRule, start: IcsTime): ((dayMs: number) => boolean) | null {
  if (rule.until === null) return () => false;
  const line = { name: 'UNTIL', parameters: new Map<string, string>(), value: rule.until };
  const until = timeOf(line, start.zone);
  if (until === null) return null;
  if (until.isDate || start.isDate) return (dayMs) => dayMs > dayOf(until);
  return (dayMs) => onDay(start, dayMs) > until.atMs;
}

function byRule(start: IcsTime, text: string | null): Occurrences {
  const alone = { startsMs: [start.atMs], isCut: false };
  if (text === null) return { ...alone, refused: null };
  const rule = parseRule(text);
  if (typeof rule === 'string') return { ...alone, refused: rule };
  const isPast = pastOf(rule, start);
  if (isPast === null) return { ...alone, refused: 'UNTIL' };
  const { daysMs, isCut } = daysOf(rule, dayOf(start), isPast);
  return { startsMs: daysMs.map((dayMs) => onDay(start, dayMs)), refused: null, isCut };
}

/** Null where there is none, or it cannot be understood. */
export function exceptionOf(line: ContentLine | undefined, floatingZone: string): number | null {
  return line === undefined ? null : (timeOf(line, floatingZone)?.atMs ?? null);
}

/** All times of the lists of one name; a string is the first that cannot be understood. */
function listed(lists: readonly ContentLine[], name: 'EXDATE' | 'RDATE', zone: string): number[] | string {
  const all: number[] = [];
  for (const line of lists.filter((one) => one.name === name)) {
    const times = timesOf(line, zone);
    if (times === null) return `${name}:${line.value}`;
    all.push(...times.map(({ atMs }) => atMs));
  }
  return all;
}

export function occurrencesOf({ start, rule, lists, floatingZone, moved }: Repetition): Occurrences {
  const made = byRule(start, rule);
  const added = listed(lists, 'RDATE', floatingZone);
  const left = listed(lists, 'EXDATE', floatingZone);
  const refused = made.refused ?? [added, left].find((one) => typeof one === 'string') ?? null;
  // An exception that cannot be understood could be any occurrence: then only the first is sure enough.
  if (refused !== null || typeof added === 'string' || typeof left === 'string')
    return { startsMs: [start.atMs], refused: String(refused), isCut: false };
  const without = new Set([...left, ...moved]);
  const startsMs = [...new Set([...made.startsMs, ...added])].filter((atMs) => !without.has(atMs));
  return { startsMs: startsMs.sort((a, b) => a - b), refused: null, isCut: made.isCut };
}
