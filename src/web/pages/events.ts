/** Calendar, claims and correlation. */
import type { AiqynEvent } from '../../events/event.ts';
import type { WebContext } from '../context.ts';
import { ALL_TIME } from '../event-reads.ts';
import type { Correlation } from '../../events/correlation.ts';
import type { ClaimRow } from '../event-reads.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { messages } from '../messages/messages.ts';
import { offsetName } from '../messages/words.ts';
import type { Page } from './page.ts';

const say = messages().events;

function pointText(context: WebContext, event: AiqynEvent, atMs: number): string {
  const { words, site } = context.messages;
  const zone = context.names.timeZone(event.places[0]);
  if (event.precision === 'month') return say.month(atMs);
  const date = words.date(atMs, zone);
  if (event.precision === 'day') return date;
  return site.at(date, site.zoned(words.time(atMs, zone), offsetName(atMs, zone)));
}

/** A month stays a month, a day a day. */
function whenText(context: WebContext, event: AiqynEvent): string {
  const from = pointText(context, event, event.startMs);
  if (event.endKnown === false) return say.openEnd(from);
  const isWhole = event.precision === 'day' || event.precision === 'month';
  const lastMs = isWhole ? Math.max(event.startMs, event.endMs - 1) : event.endMs;
  const text = say.span(from, pointText(context, event, lastMs));
  return event.approximate === true ? say.about(text) : text;
}

function sourceOf(source: string): Html {
  return /^https?:\/\/\S+$/.test(source)
    ? html`<a href="${source}" rel="noreferrer">${new URL(source).hostname}</a>`
    : html`${source}`;
}

function eventItem(context: WebContext, event: AiqynEvent): Html {
  const { names } = context;
  const facts = [
    whenText(context, event),
    ...event.places.map(names.place),
    ...event.platforms.map(names.platform),
  ];
  return html`<li class="incident">
    <p class="what">${event.title === '' ? event.id : event.title}</p>
    <p class="facts">${facts.join(' · ')}</p>
    <p class="facts">
      ${event.sources.map((source, index) => html`${index === 0 ? '' : ' · '}${sourceOf(source)}`)}
    </p>
  </li>`;
}

export async function calendarPage(context: WebContext): Promise<Page> {
  const events = (await context.store.events(ALL_TIME)).toReversed();
  const body = html`<h1>${say.calendarTitle}</h1>
    <p class="lead">${say.calendarIntro}</p>
    <p><a href="/events.ics">${say.calendarLink}</a></p>
    ${
      events.length === 0
        ? html`<p>${say.none}</p>`
        : html`<ul>
            ${events.map((event) => eventItem(context, event))}
          </ul>`
    }`;
  return { path: '/calendar', title: say.calendarTitle, body };
}

export function claimSentence({ reason, measuredHours, hours }: ClaimRow): string {
  return say.reason[reason](measuredHours, hours);
}

function claimItem(context: WebContext, row: ClaimRow): Html {
  const { event, stance, finding, incidentIds } = row;
  return html`<li class="incident">
    <p class="what">${event.title} <span class="state">${say.finding[finding]}</span></p>
    <p class="facts">
      ${event.claim?.who} ${say.stance[stance]}: ${event.claim?.summary} · ${whenText(context, event)}
    </p>
    <p>
      ${claimSentence(row)}
      ${incidentIds.map((id) => html`<a href="/incidents/${encodeURIComponent(id)}">${id}</a> `)}
    </p>
  </li>`;
}

export function claimsPage(context: WebContext, rows: readonly ClaimRow[]): Page {
  const body = html`<h1>${say.claimsTitle}</h1>
    <p class="lead">${say.claimsIntro}</p>
    ${
      rows.length === 0
        ? html`<p>${say.claimsNone}</p>`
        : html`<ul>
            ${rows.map((row) => claimItem(context, row))}
          </ul>`
    }`;
  return { path: '/claims', title: say.claimsTitle, body };
}

export function correlationPage({ associations, leftOut }: Correlation): Page {
  const body = html`<h1>${say.correlationTitle}</h1>
    <p class="lead">${say.correlationIntro}</p>
    ${
      associations.length === 0
        ? html`<p>${say.correlationNone}</p>`
        : html`<ul>
            ${associations.map(({ sentence }) => html`<li>${sentence}</li>`)}
          </ul>`
    }
    <p class="quiet">${say.note(leftOut)}</p>
    <h2>${say.falsifyTitle}</h2>
    <p>${say.falsify}</p>`;
  return { path: '/correlation', title: say.correlationTitle, body };
}
