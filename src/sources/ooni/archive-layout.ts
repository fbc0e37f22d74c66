/**
 * Where OONI's public bucket keeps what: up to 2020-10-20 as `jsonl/<test>/<CC>/<day>/<hour>/…jsonl.gz`, from that day on as
 * `raw/<day>/<hour>/<CC>/<test>/…jsonl.gz` (github.com/ooni/data, s3feeder and its tests). Days are UTC days of the upload.
 */

export const OONI_BUCKET = 'https://ooni-data-eu-fra.s3.eu-central-1.amazonaws.com';
/** The first day of the newer layout; the older one has it, too. */
const NEW_LAYOUT_DAY = '20201020';
const DAY_MS = 86_400_000;

/** What is wanted of an archive. */
export interface Wanted {
  /** First and last day, `20180301`, both included. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** ISO 3166-1, e.g. `KZ`. */
  readonly country: string;
  /** As the bucket names them: `webconnectivity`. */
  readonly tests: readonly string[];
}

/** A question to the listing: everything under `prefix`, after `startAfter` in the order of keys, until the last day is past. */
export interface ListingQuestion {
  readonly prefix: string;
  readonly startAfter: string | null;
}

export interface ObjectPlace {
  readonly day: string;
  readonly country: string;
  readonly test: string;
}

const OLD_KEY = /(?:^|\/)jsonl\/([a-z]+)\/([A-Z]{2})\/(\d{8})\/\d{2}\/[^/]+\.jsonl\.gz$/u;
const NEW_KEY = /(?:^|\/)raw\/(\d{8})\/\d{2}\/([A-Z]{2})\/([a-z]+)\/[^/]+\.jsonl\.gz$/u;

/** Day, country and test of a key; null for what is no file of measurements in either layout. */
export function placeOf(key: string): ObjectPlace | null {
  const [, oldTest, oldCountry, oldDay] = OLD_KEY.exec(key) ?? [];
  if (oldTest !== undefined && oldCountry !== undefined && oldDay !== undefined)
    return { day: oldDay, country: oldCountry, test: oldTest };
  const [, day, country, test] = NEW_KEY.exec(key) ?? [];
  return day === undefined || country === undefined || test === undefined ? null : { day, country, test };
}

export function isWanted({ day, country, test }: ObjectPlace, wanted: Wanted): boolean {
  const { firstDay, lastDay, tests } = wanted;
  return country === wanted.country && tests.includes(test) && day >= firstDay && day <= lastDay;
}

/** As few questions as the layouts allow: one for each test in the older, one for each hour in the newer. */
export function* questionsOf(wanted: Wanted): Generator<ListingQuestion> {
  const { firstDay, lastDay, country, tests } = wanted;
  if (firstDay <= NEW_LAYOUT_DAY)
    for (const test of tests) {
      const prefix = `jsonl/${test}/${country}/`;
      yield { prefix, startAfter: `${prefix}${firstDay}` };
    }
  const newFirst = firstDay > NEW_LAYOUT_DAY ? firstDay : NEW_LAYOUT_DAY;
  for (const day of daysBetween(newFirst, lastDay))
    for (let hour = 0; hour < 24; hour += 1)
      yield { prefix: `raw/${day}/${String(hour).padStart(2, '0')}/${country}/`, startAfter: null };
}

function* daysBetween(first: string, last: string): Generator<string> {
  const lastMs = dayStartMs(last);
  for (let atMs = dayStartMs(first); atMs <= lastMs; atMs += DAY_MS) yield dayOf(atMs);
}

/** UTC epoch milliseconds at which `20180301` begins. */
export function dayStartMs(day: string): number {
  return Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00Z`);
}

export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10).replaceAll('-', '');
}
