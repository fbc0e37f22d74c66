/** Strips of all platforms over a chosen time, with the incidents and the events of that time. */
import { z } from 'zod';
import type { Window } from '../../store/store.ts';
import { CHART_WINDOW_MAX_MS, DAY_MS, timelineChart, wholeSteps } from '../charts/charts.ts';
import type { WebContext } from '../context.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { localPath } from '../languages.ts';
import { DEFAULT_TIME_ZONE } from '../names.ts';
import { longTime } from '../overview/sentences.ts';
import type { Page } from './page.ts';
import { chartFigure, timeTag } from './parts.ts';
import { eventList, incidentList, section } from './sections.ts';

const LENGTHS = ['1', '3', '7', '31'] as const;
const INCIDENTS_SHOWN_MAX = 100;
const EVENTS_SHOWN_MAX = 100;
/** Whoever asks for the year 5000 asks by mistake. */
const INSTANT_MAX_MS = 253_402_300_800_000;

/** How many days, and until when (absent: now). What cannot be read counts as absent: it comes from an address bar. */
export const TimelineQuery = z.object({
  days: z.enum(LENGTHS).catch('1'),
  until: z.iso.datetime({ offset: true }).optional().catch(undefined),
});
type TimelineQuery = z.infer<typeof TimelineQuery>;

function spanOf({ days, until }: TimelineQuery, nowMs: number): Window {
  const toMs = until === undefined ? nowMs : Math.min(Date.parse(until), INSTANT_MAX_MS);
  const lengthMs = Math.min(Number(days) * DAY_MS, CHART_WINDOW_MAX_MS);
  const { toMs: end } = wholeSteps({ fromMs: toMs, toMs });
  return { fromMs: end - lengthMs, toMs: end };
}

function pathOf(days: string, untilMs: number | null): string {
  const until = untilMs === null ? '' : `&until=${new Date(untilMs).toISOString().slice(0, 19)}Z`;
  return `/timeline?days=${days}${until}`;
}

/** Which length, and a step back or forth by that length. */
function choices(context: WebContext, query: TimelineQuery, { fromMs, toMs }: Window, nowMs: number): Html {
  const { language, timeline: say } = context.messages;
  const untilMs = query.until === undefined ? null : toMs;
  const laterMs = toMs + (toMs - fromMs);
  const later =
    untilMs === null
      ? null
      : laterMs >= nowMs
        ? html`<a href="${localPath(language, pathOf(query.days, null))}">${say.latest}</a>`
        : html`<a href="${localPath(language, pathOf(query.days, laterMs))}">${say.later}</a>`;
  return html`<nav class="choices" aria-label="${say.lengths}">
      <ul>
        ${LENGTHS.map(
          (days) =>
            html`<li>
              <a
                href="${localPath(language, pathOf(days, untilMs))}"
                ${days === query.days ? html`aria-current="true"` : ''}
                >${say.length[days]}</a
              >
            </li>`,
        )}
      </ul>
    </nav>
    <nav class="choices" aria-label="${say.move}">
      <ul>
        <li><a href="${localPath(language, pathOf(query.days, fromMs))}">${say.earlier}</a></li>
        ${later === null ? null : html`<li>${later}</li>`}
      </ul>
    </nav>`;
}

function many(context: WebContext, count: number, shown: number): Html | null {
  return count <= shown ? null : html`<p class="quiet">${context.messages.timeline.more(count - shown)}</p>`;
}

export async function timelinePage(context: WebContext, query: TimelineQuery): Promise<Page> {
  const { messages, store } = context;
  const say = messages.timeline;
  const nowMs = context.clock.nowMs();
  const window = spanOf(query, nowMs);
  const [incidents, events, chart] = await Promise.all([
    store.incidents({ window, limit: INCIDENTS_SHOWN_MAX }),
    store.events(window),
    timelineChart(context, window, DEFAULT_TIME_ZONE),
  ]);
  const figure = await chartFigure(context, chart, say.note);
  const [from, to] = [window.fromMs, window.toMs].map((atMs) =>
    timeTag(atMs, longTime(context, atMs, DEFAULT_TIME_ZONE)),
  );
  const newest = events.toReversed().slice(0, EVENTS_SHOWN_MAX);
  const body = html`<h1>${say.title}</h1>
    <p class="lead">${say.intro}</p>
    ${choices(context, query, window, nowMs)}
    <p class="quiet">${from} – ${to}</p>
    ${section(say.chart, figure ?? html`<p>${say.none}</p>`)}
    ${section(say.incidents, incidentList(context, incidents, nowMs, say.noIncidents))}
    ${section(
      say.events,
      html`${eventList(context, newest) ?? html`<p class="quiet">${say.noEvents}</p>`}
      ${many(context, events.length, newest.length)}`,
    )}`;
  const isPlain = query.days === '1' && query.until === undefined;
  return {
    path: isPlain ? '/timeline' : pathOf(query.days, query.until === undefined ? null : window.toMs),
    title: say.title,
    body,
  };
}
