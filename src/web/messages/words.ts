/** What a language needs besides its sentences: plurals, lists, numbers, dates in a place's own zone. All through Intl. */

export type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How far a zone is ahead of UTC at an instant, in ms, by the tz database. An unknown zone counts as UTC. */
export function zoneOffsetMs(atMs: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: knownZone(timeZone),
    timeZoneName: 'longOffset',
  });
  const name = format.formatToParts(atMs).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const match = /([+-])(\d{2}):(\d{2})/.exec(name);
  if (match === null) return 0;
  const sign = match[1] === '-' ? -1 : 1;
  return sign * (Number(match[2]) * HOUR_MS + Number(match[3]) * MINUTE_MS);
}

function knownZone(timeZone: string): string {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone });
    return timeZone;
  } catch {
    // A catalogue with a mistyped zone must not take the page down.
    return 'UTC';
  }
}

/** `UTC+5`, `UTC+05:30`, `UTC`. */
export function offsetName(atMs: number, timeZone: string): string {
  const minutes = zoneOffsetMs(atMs, timeZone) / MINUTE_MS;
  if (minutes === 0) return 'UTC';
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  const sign = minutes < 0 ? '−' : '+';
  return `UTC${sign}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

export interface Words {
  readonly plural: (count: number, forms: PluralForms) => string;
  readonly list: (items: readonly string[]) => string;
  readonly number: (value: number, fractionDigits?: number) => string;
  readonly bytes: (value: number) => string;
  /** `20:15`. */
  readonly time: (atMs: number, timeZone: string) => string;
  /** `9 May 2019`. */
  readonly date: (atMs: number, timeZone: string) => string;
  /** `May 2019`. */
  readonly month: (atMs: number, timeZone: string) => string;
  /** `9 May`. */
  readonly shortDate: (atMs: number, timeZone: string) => string;
  /** `1 hour 5 minutes`; minutes below, days above. */
  readonly duration: (durationMs: number) => string;
}

/** Russian ends a date with “г.”, which would meet the full stop of a sentence. */
function withoutYearWord(date: string): string {
  return date.replace(/\sг\.$/, '');
}

/** One `Words` per language; Intl objects are made once per zone, because making them is slow. */
export function createWords(locale: string): Words {
  const rules = new Intl.PluralRules(locale);
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' });
  const formats = new Map<string, Intl.DateTimeFormat>();

  function dateFormat(kind: 'time' | 'date' | 'month' | 'short', timeZone: string): Intl.DateTimeFormat {
    const key = `${kind} ${timeZone}`;
    const known = formats.get(key);
    if (known !== undefined) return known;
    const fields: Readonly<Record<typeof kind, Intl.DateTimeFormatOptions>> = {
      time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
      date: { day: 'numeric', month: 'long', year: 'numeric' },
      month: { month: 'long', year: 'numeric' },
      short: { day: 'numeric', month: 'short' },
    };
    const format = new Intl.DateTimeFormat(locale, { ...fields[kind], timeZone: knownZone(timeZone) });
    formats.set(key, format);
    return format;
  }
  function unit(value: number, name: string): string {
    return new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value);
  }
  /** Written out: “16 mins” reads like a mistake. */
  function span(value: number, name: string): string {
    return new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'long' }).format(value);
  }

  return {
    plural: (count, forms) => forms[rules.select(count)] ?? forms.other,
    list: (items) => lists.format(items),
    number: (value, fractionDigits = 0) =>
      new Intl.NumberFormat(locale, { maximumFractionDigits: fractionDigits }).format(value),
    bytes: (value) =>
      value < 1e9
        ? unit(Math.round(value / 1e5) / 10, 'megabyte')
        : unit(Math.round(value / 1e8) / 10, 'gigabyte'),
    time: (atMs, timeZone) => dateFormat('time', timeZone).format(atMs),
    date: (atMs, timeZone) => withoutYearWord(dateFormat('date', timeZone).format(atMs)),
    month: (atMs, timeZone) => withoutYearWord(dateFormat('month', timeZone).format(atMs)),
    shortDate: (atMs, timeZone) => dateFormat('short', timeZone).format(atMs),
    duration: (durationMs) => {
      const minutes = Math.max(0, Math.round(durationMs / MINUTE_MS));
      if (minutes < 60) return span(minutes, 'minute');
      if (durationMs < 2 * DAY_MS) {
        const rest = minutes % 60;
        return [span(Math.floor(minutes / 60), 'hour'), rest === 0 ? '' : unit(rest, 'minute')]
          .join(' ')
          .trim();
      }
      const hours = Math.round(minutes / 60);
      return [span(Math.floor(hours / 24), 'day'), hours % 24 === 0 ? '' : unit(hours % 24, 'hour')]
        .join(' ')
        .trim();
    },
  };
}
