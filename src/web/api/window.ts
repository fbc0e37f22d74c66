/** Windows of time as a request names them. */
import type { Window } from '../../store/store.ts';
import type { WebContext } from '../context.ts';
import { RequestError } from './problem.ts';

const DAY_MS = 24 * 3_600_000;
export const EVENTS_WINDOW_MAX_DAYS = 3_660;
export const SERIES_WINDOW_MAX_DAYS = 366;

/** From 24 hours before `to` until `to` (default: now). Throws RequestError 400 for an empty or too long window. */
export function windowOf(
  context: Pick<WebContext, 'clock' | 'messages'>,
  query: { readonly from?: string | undefined; readonly to?: string | undefined },
  daysMax: number,
): Window {
  const { api } = context.messages;
  const toMs = query.to === undefined ? context.clock.nowMs() : Date.parse(query.to);
  const fromMs = query.from === undefined ? toMs - DAY_MS : Date.parse(query.from);
  if (fromMs >= toMs) throw new RequestError(400, api.windowOrder);
  if (toMs - fromMs > daysMax * DAY_MS) throw new RequestError(400, api.windowLong(daysMax));
  return { fromMs, toMs };
}
