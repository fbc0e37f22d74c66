/**
 * Repeated events of iCalendar (RFC 5545, 3.3.10): a rule and the first day become the days on which it happens. Days, weeks,
 * months and years with INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH and WKST; whatever else a rule names is refused by
 * name, because an occurrence on a wrong day would be a made-up event. A day is the epoch milliseconds of its midnight in UTC.
 */

const DAY_MS = 86_400_000;
/** Occurrences of one rule; one that never ends is cut here. */
export const OCCURRENCES_MAX = 366;
/** Periods looked at: 29 February comes in every eighth year at the worst, 31st days in seven months of twelve. */
const PERIODS_MAX = 4_000;
const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const KNOWN = new Set(['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'BYDAY', 'BYMONTHDAY', 'BYMONTH', 'WKST']);

interface ByDay {
  readonly weekday: number;
  /** 1: the month's first, -1: its last, 0: each. */
  readonly nth: number;
}

export interface RecurrenceRule {
  readonly frequency: (typeof FREQUENCIES)[number];
  readonly interval: number;
  readonly count: number | null;
  /** As written; whether it is a date or an instant only the caller's zone can tell. */
  readonly until: string | null;
  readonly byDay: readonly ByDay[];
  readonly byMonthDay: readonly number[];
  readonly byMonth: readonly number[];
  readonly weekStart: number;
}

/** Null where it is none from `low` to `high`, or 0. */
function integersOf(text: string | undefined, low: number, high: number): readonly number[] | null {
  if (text === undefined) return [];
  const numbers = text.split(',').map((part) => (/^[+-]?\d{1,5}$/.test(part) ? Number(part) : 0));
  return numbers.every((number) => number !== 0 && number >= low && number <= high) ? numbers : null;
}

function byDayOf(text: string | undefined): readonly ByDay[] | null {
  if (text === undefined) return [];
  const days = text.split(',').map((part) => {
    const match = /^([+-]?[1-5])?(SU|MO|TU|WE|TH|FR|SA)$/.exec(part);
    return match === null ? null : { weekday: WEEKDAYS.indexOf(match[2] ?? ''), nth: Number(match[1] ?? 0) };
  });
  const known = days.filter((day) => day !== null);
  return known.length === days.length ? known : null;
}

/** Ordinals need a month, and a year's BYDAY would mean the days of the whole year. */
function unfitting({ frequency, byDay, byMonth, byMonthDay }: RecurrenceRule): string | null {
  const hasOrdinal = byDay.some(({ nth }) => nth !== 0);
  if (hasOrdinal && (frequency === 'DAILY' || frequency === 'WEEKLY'))
    return `BYDAY with a number in ${frequency}`;
  if (frequency === 'YEARLY' && byDay.length > 0 && byMonth.length === 0)
    return 'BYDAY without BYMONTH in YEARLY';
  if (frequency === 'WEEKLY' && byMonthDay.length > 0) return 'BYMONTHDAY in WEEKLY';
  return null;
}

/** A string names the part that is unknown or stands twice. */
function partsOf(text: string): ReadonlyMap<string, string> | string {
  const parts = new Map<string, string>();
  for (const part of text.trim().toUpperCase().split(';').filter(Boolean)) {
    const [name = '', value = ''] = part.split('=');
    if (!KNOWN.has(name) || value === '' || parts.has(name)) return part;
    parts.set(name, value);
  }
  return parts;
}

type Days = Pick<RecurrenceRule, 'byDay' | 'byMonthDay' | 'byMonth'>;

function byPartsOf(parts: ReadonlyMap<string, string>): Days | null {
  const byDay = byDayOf(parts.get('BYDAY'));
  const byMonthDay = integersOf(parts.get('BYMONTHDAY'), -31, 31);
  const byMonth = integersOf(parts.get('BYMONTH'), 1, 12);
  return byDay === null || byMonthDay === null || byMonth === null ? null : { byDay, byMonthDay, byMonth };
}

function timesOf(parts: ReadonlyMap<string, string>): Pick<RecurrenceRule, 'interval' | 'count'> | null {
  const intervals = integersOf(parts.get('INTERVAL'), 1, 10_000);
  const counts = integersOf(parts.get('COUNT'), 1, 99_999);
  return intervals === null || counts === null
    ? null
    : { interval: intervals[0] ?? 1, count: counts[0] ?? null };
}

/** What the parts say; null where one of them says nothing that could be followed. */
function ruleOf(parts: ReadonlyMap<string, string>): RecurrenceRule | null {
  const frequency = FREQUENCIES.find((name) => name === parts.get('FREQ'));
  const days = byPartsOf(parts);
  const times = timesOf(parts);
  const weekStart = WEEKDAYS.indexOf(parts.get('WKST') ?? 'MO');
  if (frequency === undefined || days === null || times === null || weekStart < 0) return null;
  return { frequency, ...times, until: parts.get('UNTIL') ?? null, ...days, weekStart };
}

/** A string names what in it cannot be followed. */
export function parseRule(text: string): RecurrenceRule | string {
  const parts = partsOf(text);
  if (typeof parts === 'string') return parts;
  const rule = ruleOf(parts);
  return rule === null ? text.trim() : (unfitting(rule) ?? rule);
}

interface Calendar {
  readonly year: number;
  /** 0 to 11. */
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
}

function calendarOf(dayMs: number): Calendar {
  const date = new Date(dayMs);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth(),
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
  };
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
}

function fitsByDay({ byDay }: RecurrenceRule, { year, month, day, weekday }: Calendar): boolean {
  if (byDay.length === 0) return true;
  const fromFirst = Math.ceil(day / 7);
  const fromLast = -Math.ceil((daysIn(year, month) - day + 1) / 7);
  return byDay.some((one) => one.weekday === weekday && [0, fromFirst, fromLast].includes(one.nth));
}

function fits(rule: RecurrenceRule, dayMs: number): boolean {
  const { byMonth, byMonthDay } = rule;
  const calendar = calendarOf(dayMs);
  const fromEnd = calendar.day - daysIn(calendar.year, calendar.month) - 1;
  const inMonth = byMonth.length === 0 || byMonth.includes(calendar.month + 1);
  const onDay = byMonthDay.length === 0 || byMonthDay.includes(calendar.day) || byMonthDay.includes(fromEnd);
  return inMonth && onDay && fitsByDay(rule, calendar);
}

function span(firstMs: number, days: number): number[] {
  return Array.from({ length: days }, (_, day) => firstMs + day * DAY_MS);
}

/** All days of the n-th period that the rule looks at. */
function periodOf(
  { frequency, interval, weekStart }: RecurrenceRule,
  firstMs: number,
  number: number,
): number[] {
  const steps = number * interval;
  const { year, month, weekday } = calendarOf(firstMs);
  switch (frequency) {
    case 'DAILY':
      return [firstMs + steps * DAY_MS];
    case 'WEEKLY':
      return span(firstMs - ((weekday - weekStart + 7) % 7) * DAY_MS + steps * 7 * DAY_MS, 7);
    case 'MONTHLY': {
      const of = calendarOf(Date.UTC(year, month + steps, 1));
      return span(Date.UTC(of.year, of.month, 1), daysIn(of.year, of.month));
    }
    case 'YEARLY':
      return span(Date.UTC(year + steps, 0, 1), daysIn(year + steps, 1) === 29 ? 366 : 365);
  }
}

/** What the rule leaves open is as on the first day. */
function completed(rule: RecurrenceRule, firstMs: number): RecurrenceRule {
  const { weekday, day, month } = calendarOf(firstMs);
  const { frequency, byDay, byMonthDay, byMonth } = rule;
  if (frequency === 'WEEKLY') return byDay.length > 0 ? rule : { ...rule, byDay: [{ weekday, nth: 0 }] };
  if (frequency === 'DAILY') return rule;
  const hasDay = byDay.length + byMonthDay.length > 0;
  const months = frequency === 'YEARLY' && byMonth.length === 0 && !hasDay ? [month + 1] : byMonth;
  return { ...rule, byMonth: months, byMonthDay: hasDay ? byMonthDay : [day] };
}

/**
 * The days of a rule from its first on, which always counts (RFC 5545, 3.8.5.3), until `isPast` says so, COUNT is reached or
 * OCCURRENCES_MAX are found. `isCut`: there would have been more.
 */
export function daysOf(
  rule: RecurrenceRule,
  firstMs: number,
  isPast: (dayMs: number) => boolean,
): { readonly daysMs: readonly number[]; readonly isCut: boolean } {
  const whole = completed(rule, firstMs);
  const wanted = Math.min(rule.count ?? Infinity, OCCURRENCES_MAX);
  const daysMs = [firstMs];
  for (let number = 0; number < PERIODS_MAX; number += 1)
    for (const dayMs of periodOf(whole, firstMs, number)) {
      if (dayMs <= firstMs || !fits(whole, dayMs)) continue;
      if (isPast(dayMs)) return { daysMs, isCut: false };
      if (daysMs.length >= wanted) return { daysMs, isCut: daysMs.length !== rule.count };
      daysMs.push(dayMs);
    }
  return { daysMs, isCut: false };
}
