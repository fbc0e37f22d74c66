/** The part of the vantages' page on others' probes: who lends them, how much may still be asked, and what failed. */
import type { WebContext } from '../context.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { BorrowedNotice } from '../notice.ts';
import { shortTime } from '../overview/sentences.ts';
import { timeTag } from './parts.ts';

function stateOf({ messages }: WebContext, { problem, lastAnswerAtMs }: BorrowedNotice): string {
  if (problem !== null) return problem;
  return lastAnswerAtMs === null ? messages.borrowed.untried : messages.borrowed.well;
}

function row(context: WebContext, notice: BorrowedNotice, nowMs: number): Html {
  const { messages, names } = context;
  const say = messages.borrowed;
  const { lender, networks, left, limit, lastAnswerAtMs } = notice;
  const zone = names.timeZone('unknown');
  const last =
    lastAnswerAtMs === null ? '–' : timeTag(lastAnswerAtMs, shortTime(context, lastAnswerAtMs, nowMs, zone));
  return html`<tr>
    <th scope="row">${say.names[lender]}</th>
    <td data-label="${say.networks}">
      <div>${networks === null ? '–' : messages.words.number(networks)}</div>
    </td>
    <td data-label="${say.quota}"><div>${say.left(left, limit)}</div></td>
    <td data-label="${say.lastAnswer}"><div>${last}</div></td>
    <td data-label="${say.state}"><div>${stateOf(context, notice)}</div></td>
  </tr>`;
}

/** Nothing where nobody is asked. */
export function borrowedSection(context: WebContext, nowMs: number): Html | null {
  const { borrowed = [] } = context.notice();
  if (borrowed.length === 0) return null;
  const say = context.messages.borrowed;
  const columns = [say.lender, say.networks, say.quota, say.lastAnswer, say.state];
  return html`<section>
    <h2>${say.title}</h2>
    <p>${say.intro}</p>
    <table class="members">
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${borrowed.map((notice) => row(context, notice, nowMs))}
      </tbody>
    </table>
  </section>`;
}
