/** Sections that the pages of one platform, one operator and one place have alike. */
import type { Incident } from '../../analysis/detect/point.ts';
import type { AiqynEvent } from '../../events/event.ts';
import type { WebContext } from '../context.ts';
import { html } from '../html.ts';
import type { Html, HtmlValue } from '../html.ts';
import { localPath } from '../languages.ts';
import { correctionsOf } from './corrections.ts';
import { whenText } from './event-time.ts';
import { joined, placeLink, platformLink } from './links.ts';
import { incidentItem, sourceList, titleOf } from './parts.ts';

/** Nothing where there is nothing to show. */
export function section(title: string, body: HtmlValue): Html | null {
  if (body === null) return null;
  return html`<section>
    <h2>${title}</h2>
    ${body}
  </section>`;
}

export function fact(name: string, value: HtmlValue): Html | null {
  if (value === null) return null;
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

/** Newest first, or the sentence that there is none. */
export function incidentList(
  context: WebContext,
  incidents: readonly Incident[],
  nowMs: number,
  none: string,
): Html {
  if (incidents.length === 0) return html`<p class="quiet">${none}</p>`;
  return html`<ul class="incidents">
    ${incidents.map((incident) => incidentItem(context, incident, nowMs, 0))}
  </ul>`;
}

/** One event: what, when, where, and from whom it is known. */
export function eventItem(context: WebContext, event: AiqynEvent): Html {
  const { events } = context.messages;
  const facts: Html[] = [
    html`${events.kind[event.kind]}`,
    html`${whenText(context, event)}`,
    ...event.places.map((place) => placeLink(context, place)),
    ...event.platforms.map((platform) => platformLink(context, platform)),
  ];
  return html`<li class="incident" id="event-${event.id}">
    <p class="what">
      <a href="${localPath(context.messages.language, '/calendar')}#event-${event.id}"
        >${titleOf(context, event)}</a
      >
    </p>
    <p class="facts">${joined(facts, ' · ')}</p>
    ${sourceList(event.sources)} ${correctionsOf(context, event.id)}
  </li>`;
}

export function eventList(context: WebContext, events: readonly AiqynEvent[]): Html | null {
  if (events.length === 0) return null;
  return html`<ul class="incidents">
    ${events.map((event) => eventItem(context, event))}
  </ul>`;
}
