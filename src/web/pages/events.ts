/** Calendar and correlation. */
import type { Association } from '../../analysis/correlate/association.ts';
import type { AiqynEvent } from '../../events/event.ts';
import type { WebContext } from '../context.ts';
import { ALL_TIME } from '../event-reads.ts';
import type { Correlation } from '../../events/correlation.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { messages } from '../messages/messages.ts';
import { whenText } from './event-time.ts';
import { correctionsOf, takenBack } from './corrections.ts';
import type { Page } from './page.ts';
import { sourceList } from './parts.ts';

const say = messages().events;

function eventItem(context: WebContext, event: AiqynEvent): Html {
  const { names } = context;
  const facts = [
    say.kind[event.kind],
    whenText(context, event),
    ...event.places.map(names.place),
    ...event.platforms.map(names.platform),
  ];
  return html`<li class="incident">
    <p class="what">${event.title === '' ? event.id : event.title}</p>
    <p class="facts">${facts.join(' · ')}</p>
    ${sourceList(event.sources)} ${correctionsOf(context, event.id)}
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
    }
    ${takenBack(context, new Set(events.map(({ id }) => id)))}`;
  return { path: '/calendar', title: say.calendarTitle, body };
}

const OUTCOMES = ['significant', 'not_significant', 'too_few_events'] as const;

/** What was tested is told in full; where there were too few events, the same sentences stand behind a line that says so. */
function outcomePart(outcome: (typeof OUTCOMES)[number], all: readonly Association[]): Html | null {
  const those = all.filter((association) => association.outcome === outcome);
  if (those.length === 0) return null;
  const sentences = html`<ul class="findings">
    ${those.map(({ sentence }) => html`<li>${sentence}</li>`)}
  </ul>`;
  const { title, text } = say.outcomes[outcome];
  return html`<section>
    <h2>${title}</h2>
    <p>${text}</p>
    ${
      outcome === 'too_few_events'
        ? html`<details>
            <summary>${say.each(those.length)}</summary>
            ${sentences}
          </details>`
        : sentences
    }
  </section>`;
}

export function correlationPage({ associations, leftOut }: Correlation): Page {
  const body = html`<h1>${say.correlationTitle}</h1>
    <p class="lead">${say.correlationIntro}</p>
    ${
      associations.length === 0
        ? html`<p>${say.correlationNone}</p>`
        : OUTCOMES.map((outcome) => outcomePart(outcome, associations))
    }
    ${leftOut === 0 ? null : html`<p class="quiet">${say.note(leftOut)}</p>`}
    <section>
      <h2>${say.falsifyTitle}</h2>
      <p>${say.falsify}</p>
    </section>`;
  return { path: '/correlation', title: say.correlationTitle, body };
}
