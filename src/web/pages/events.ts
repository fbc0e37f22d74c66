/** Calendar and correlation. */
import type { AiqynEvent } from '../../events/event.ts';
import type { WebContext } from '../context.ts';
import { ALL_TIME } from '../event-reads.ts';
import type { Correlation } from '../../events/correlation.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { messages } from '../messages/messages.ts';
import { whenText } from './event-time.ts';
import type { Page } from './page.ts';
import { sourceList } from './parts.ts';

const say = messages().events;

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
    ${sourceList(event.sources)}
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
        : html`<ul class="incidents">
            ${events.map((event) => eventItem(context, event))}
          </ul>`
    }`;
  return { path: '/calendar', title: say.calendarTitle, body };
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
