/** Calendar and correlation. */
import type { WebContext } from '../context.ts';
import { ALL_TIME, associationText } from '../event-reads.ts';
import type { Correlation } from '../event-reads.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { takenBack } from './corrections.ts';
import type { Page } from './page.ts';
import { eventList } from './sections.ts';

function icsQuery({ messages }: WebContext): string {
  return messages.language === 'en' ? '' : `?lang=${messages.language}`;
}

export async function calendarPage(context: WebContext): Promise<Page> {
  const say = context.messages.events;
  const events = (await context.store.events(ALL_TIME)).toReversed();
  const body = html`<h1>${say.calendarTitle}</h1>
    <p class="lead">${say.calendarIntro}</p>
    <p><a href="/events.ics${icsQuery(context)}">${say.calendarLink}</a></p>
    ${events.length === 0 ? html`<p>${say.none}</p>` : eventList(context, events)}
    ${takenBack(context, new Set(events.map(({ id }) => id)))}`;
  return { path: '/calendar', title: say.calendarTitle, body };
}

const OUTCOMES = ['significant', 'not_significant', 'too_few_events'] as const;

/** What was tested is told in full; where there were too few events, the same sentences stand behind a line that says so. */
function outcomePart(
  context: WebContext,
  outcome: (typeof OUTCOMES)[number],
  { associations, tests }: Correlation,
): Html | null {
  const say = context.messages.events;
  const those = associations.filter((association) => association.outcome === outcome);
  if (those.length === 0) return null;
  const sentences = html`<ul class="findings">
    ${those.map((association) => html`<li>${associationText(context, association, tests)}</li>`)}
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

export function correlationPage(context: WebContext, correlation: Correlation): Page {
  const say = context.messages.events;
  const { associations, leftOut } = correlation;
  const body = html`<h1>${say.correlationTitle}</h1>
    <p class="lead">${say.correlationIntro}</p>
    ${
      associations.length === 0
        ? html`<p>${say.correlationNone}</p>`
        : OUTCOMES.map((outcome) => outcomePart(context, outcome, correlation))
    }
    ${leftOut === 0 ? null : html`<p class="quiet">${say.note(leftOut)}</p>`}
    <section>
      <h2>${say.falsifyTitle}</h2>
      <p>${say.falsify}</p>
    </section>`;
  return { path: '/correlation', title: say.correlationTitle, body };
}
