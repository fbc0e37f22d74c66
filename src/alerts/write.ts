/** Turns a change of an incident into the words of a route's language. Pure. */
import { createHash } from 'node:crypto';
import { cardAddress, incidentAddress } from '../web/charts/address.ts';
import { localPath } from '../web/languages.ts';
import { messages } from '../web/messages/messages.ts';
import { voicesSentence } from '../web/overview/voices.ts';
import type { AlertMessage } from './channel.ts';
import type { AlertChange } from './ledger.ts';
import type { Subject } from './subject.ts';
import { en } from './texts/en.ts';
import { kk } from './texts/kk.ts';
import { ru } from './texts/ru.ts';
import type { Texts } from './texts/texts.ts';

export type Language = 'en' | 'ru' | 'kk';
const TEXTS: Readonly<Record<Language, Texts>> = { en, ru, kk };

/** Readers see five minutes: a finer instant could tell which vantage measured. */
const ROUNDING_MS = 300_000;
const LISTED_MAX = 10;
const SUMMARY_LINES_MAX = 20;
const KEY_LENGTH = 32;

/** How ids are called in one language. */
export interface AlertNames {
  readonly platform: (id: string) => string;
  readonly operator: (asn: string) => string;
  readonly place: (id: string) => string;
  /** IANA zone of a place; the country's where it is not known. */
  readonly timeZone: (place: string | undefined) => string;
}

/** What a route writes with. */
export interface Pen {
  readonly route: string;
  readonly language: Language;
  readonly names: AlertNames;
  readonly publicUrl: string | null;
}

/** Names the zone and its offset at that instant. */
function timeWords(atMs: number, timeZone: string, locale: string): string {
  const roundedMs = Math.floor(atMs / ROUNDING_MS) * ROUNDING_MS;
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone }).format(
    roundedMs,
  );
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'longOffset' }).formatToParts(
    roundedMs,
  );
  const offset = parts.find(({ type }) => type === 'timeZoneName')?.value.replace('GMT', 'UTC') ?? 'UTC';
  return `${time} (${timeZone}, ${offset})`;
}

function shown(ids: readonly string[], nameOf: (id: string) => string): string[] {
  const names = ids.slice(0, LISTED_MAX).map(nameOf);
  return ids.length > LISTED_MAX ? [...names, '…'] : names;
}

function whatOf({ language, names }: Pen, { kind, endMs, platforms }: Subject): string {
  return TEXTS[language].what(kind, endMs !== null, shown(platforms, names.platform));
}

function bodyOf(pen: Pen, subject: Subject, change: AlertChange): string {
  const { language, names } = pen;
  const texts = TEXTS[language];
  const { operators, places, startMs, endMs } = subject;
  const zone = names.timeZone(places[0]);
  const isPlaced = operators.length > 0 && places.length > 0;
  return [
    texts.change[change].sentence,
    `${whatOf(pen, subject)}.`,
    isPlaced ? texts.where(shown(operators, names.operator), shown(places, names.place)) : null,
    texts.began(timeWords(startMs, zone, texts.locale)),
    endMs === null ? null : texts.ended(timeWords(endMs, zone, texts.locale)),
    texts.sure(subject.vantages, Math.round(subject.confidence * 100)),
    // Who bears out what is taken back is no help to anybody.
    change === 'withdrawn' ? null : voicesSentence(messages(language), subject.witnesses),
  ]
    .filter((line) => line !== null)
    .join('\n');
}

export function messageKey(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, KEY_LENGTH);
}

export interface Telling {
  readonly subject: Subject;
  readonly change: AlertChange;
  /** How many messages of the incident went before on this route. */
  readonly number: number;
  readonly earlier: string | null;
}

export function writeAlert(pen: Pen, telling: Telling, atMs: number): AlertMessage {
  const { subject, change, number, earlier } = telling;
  return {
    key: messageKey(pen.route, subject.id, number),
    kind: change,
    route: pen.route,
    subject,
    title: `${TEXTS[pen.language].change[change].mark}${whatOf(pen, subject)}`,
    body: bodyOf(pen, subject, change),
    url: pen.publicUrl === null ? null : `${pen.publicUrl}${incidentAddress(subject.id, pen.language)}`,
    pictureUrl: pen.publicUrl === null ? null : `${pen.publicUrl}${cardAddress(subject.id, pen.language)}`,
    earlier,
    atMs,
  };
}

/** One message in the place of many that came too late to be sent one by one. */
export function writeSummary(pen: Pen, tellings: readonly Telling[], atMs: number): AlertMessage {
  const { summary, change: changes, locale } = TEXTS[pen.language];
  const lines = tellings.slice(0, SUMMARY_LINES_MAX).map(({ subject, change }) => {
    const time = timeWords(subject.startMs, pen.names.timeZone(subject.places[0]), locale);
    return `• ${changes[change].mark}${whatOf(pen, subject)}, ${time}`;
  });
  const rest = tellings.length - lines.length;
  return {
    key: messageKey(pen.route, 'summary', ...tellings.flatMap(({ subject, number }) => [subject.id, number])),
    kind: 'summary',
    route: pen.route,
    subject: null,
    title: summary.title(tellings.length),
    body: [summary.intro, ...lines, ...(rest > 0 ? [summary.more(rest)] : [])].join('\n'),
    url: pen.publicUrl === null ? null : `${pen.publicUrl}${localPath(pen.language, '/incidents')}`,
    pictureUrl: null,
    earlier: null,
    atMs,
  };
}

export function writeTest(pen: Pen, atMs: number): AlertMessage {
  const { test } = TEXTS[pen.language];
  return {
    key: messageKey(pen.route, 'test', atMs),
    kind: 'test',
    route: pen.route,
    subject: null,
    title: test.title,
    body: test.body(pen.route),
    url: pen.publicUrl,
    pictureUrl: null,
    earlier: null,
    atMs,
  };
}
