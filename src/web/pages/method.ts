/** How each verdict is made, with its limits. */
import { METHODS, STATUSES } from '../../analysis/verdict/verdict.ts';
import type { WebContext } from '../context.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Page } from './page.ts';
import { chip, textSections } from './parts.ts';

function verdictList({ messages }: WebContext): Html {
  const { rules, verdict } = messages;
  return html`<dl class="words">
    ${STATUSES.map(
      (status) =>
        html`<div>
          <dt>${chip(messages, status)}</dt>
          <dd>
            <p>${verdict.statusMeaning[status]}</p>
            <p>${rules.each[status].how}</p>
            <p class="quiet"><b>${rules.limit}</b> ${rules.each[status].limit}</p>
          </dd>
        </div>`,
    )}
  </dl>`;
}

function methodList({ messages }: WebContext): Html {
  const { method, methodMeaning } = messages.verdict;
  return html`<dl class="words">
    ${METHODS.map(
      (one) =>
        html`<div>
          <dt>${method[one]}</dt>
          <dd>${methodMeaning[one]}</dd>
        </div>`,
    )}
  </dl>`;
}

export function methodPage(context: WebContext): Page {
  const { method, rules } = context.messages;
  const body = html`<h1>${method.title}</h1>
    ${textSections(method.sections)}
    <section>
      <h2>${rules.title}</h2>
      ${verdictList(context)}
    </section>
    ${textSections([rules.incidents])}
    <section>
      <h2>${rules.methodsTitle}</h2>
      ${methodList(context)}
    </section>`;
  return { path: '/method', title: method.title, body };
}
