/** The transparency log for people: what it is, and the newest days. */
import type { SignedDay } from '../../transparency/log.ts';
import type { WebContext } from '../context.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Page } from './page.ts';
import { textSections } from './parts.ts';

const DAYS_SHOWN_MAX = 31;

function dayTable({ messages }: WebContext, days: readonly SignedDay[]): Html {
  const say = messages.transparency;
  return html`<table class="members">
    <thead>
      <tr>
        ${[say.day, say.leaves, say.root].map((name) => html`<th scope="col">${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${days.map(
        ({ day, leaves, root }) =>
          html`<tr>
            <th scope="row">${day}</th>
            <td data-label="${say.leaves}"><div>${messages.words.number(leaves)}</div></td>
            <td data-label="${say.root}">
              <div><code>${root}</code></div>
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function logPart(context: WebContext): Html {
  const say = context.messages.transparency;
  const { transparency } = context;
  if (transparency === undefined) return html`<p>${say.notKept}</p>`;
  const { days } = transparency.read();
  const [newest] = days.slice(-1);
  if (newest === undefined) return html`<p>${say.none}</p>`;
  return html`<section>
    <h2>${say.days}</h2>
    <p>${say.key} <code>${newest.key}</code></p>
    ${dayTable(context, days.slice(-DAYS_SHOWN_MAX).toReversed())}
    <p><a href="/transparency.json">${say.whole}</a></p>
  </section>`;
}

export function transparencyPage(context: WebContext): Page {
  const say = context.messages.transparency;
  const body = html`<h1>${say.title}</h1>
    <p class="lead">${say.intro}</p>
    ${logPart(context)} ${textSections(say.sections)}`;
  return { path: '/transparency', title: say.title, body };
}
