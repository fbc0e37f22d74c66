/** When an event was, as exactly as it is known: a month stays a month, a day a day, an hour says that it is one. */
import { CLAIM_LOOKBACK_DAYS } from '../../analysis/correlate/claims.ts';
import type { AiqynEvent } from '../../events/event.ts';
import type { WebContext } from '../context.ts';
import type { ClaimRow } from '../event-reads.ts';
import { offsetName } from '../messages/words.ts';

function isWhole({ precision }: AiqynEvent): boolean {
  return precision === 'day' || precision === 'month';
}

/** Days and months as words; an instant with its zone. `isSameDay` leaves the date out. */
function pointText(context: WebContext, event: AiqynEvent, atMs: number): string {
  const { words, site } = context.messages;
  const zone = context.names.timeZone(event.places[0]);
  if (event.precision === 'month') return words.month(atMs, zone);
  const date = words.date(atMs, zone);
  if (event.precision === 'day') return date;
  return site.at(date, site.zoned(words.time(atMs, zone), offsetName(atMs, zone)));
}

/** First and last day, month or instant. Hours of one day name it once. */
function ends(context: WebContext, event: AiqynEvent): readonly [string, string] {
  const { words, site } = context.messages;
  const zone = context.names.timeZone(event.places[0]);
  const { startMs, endMs } = event;
  const lastMs = isWhole(event) ? Math.max(startMs, endMs - 1) : endMs;
  const from = pointText(context, event, startMs);
  const to = pointText(context, event, lastMs);
  const date = words.date(startMs, zone);
  if (isWhole(event) || startMs === lastMs || date !== words.date(lastMs, zone)) return [from, to];
  return [
    site.at(date, words.time(startMs, zone)),
    site.zoned(words.time(lastMs, zone), offsetName(lastMs, zone)),
  ];
}

export function whenText(context: WebContext, event: AiqynEvent): string {
  const { events: say } = context.messages;
  const [from, to] = ends(context, event);
  const span =
    event.endKnown === false ? say.openEnd(pointText(context, event, event.startMs)) : say.span(from, to);
  const text = event.approximate === true ? say.about(span) : span;
  return event.precision === 'hour' ? say.toTheHour(text) : text;
}

/** The time that a statement is set against, and why that one. */
export function examinedText(context: WebContext, { event, looksBack }: ClaimRow): string {
  const { events: say, claims } = context.messages;
  const [from, to] = ends(context, event);
  if (looksBack && !isWhole(event)) return claims.examined(claims.upTo(to, CLAIM_LOOKBACK_DAYS));
  const isOne = from === to;
  const time = isWhole(event)
    ? isOne
      ? claims.whole(from)
      : claims.wholeSpan(from, to)
    : say.span(from, to);
  if (looksBack) return claims.examined(claims.daysBefore(time, CLAIM_LOOKBACK_DAYS));
  if (event.endKnown === false) return claims.examined(claims.openEnd(time));
  return claims.examined(event.precision === 'month' ? claims.monthOnly(time) : time);
}
