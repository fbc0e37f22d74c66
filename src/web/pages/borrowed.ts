/** The part of the vantages' page on others' probes: who lends them, how much may still be asked, and what failed. */
import type { WebContext } from '../context.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { BorrowedNotice, WatchNotice } from '../notice.ts';
import { shortTime } from '../overview/sentences.ts';
import { timeTag } from './parts.ts';

function stateOf({ messages }: WebContext, { problem, lastAnswerAtMs }: BorrowedNotice): string {
  if (problem !== null) return problem;
  return lastAnswerAtMs === null ? messages.borrowed.untried : messages.borrowed.well;
}

function row(context: WebContext, notice: BorrowedNotice, nowMs: number): Html {
  const { messages } = context;
  const say = messages.borrowed;
  const { lender, networks, left, limit, lastAnswerAtMs } = notice;
  return html`<tr>
    <th scope="row">${say.names[lender]}</th>
    <td data-label="${say.networks}">
      <div>${networks === null ? '–' : messages.words.number(networks)}</div>
    </td>
    <td data-label="${say.quota}"><div>${say.left(left, limit)}</div></td>
    <td data-label="${say.lastAnswer}"><div>${timeText(context, lastAnswerAtMs, nowMs)}</div></td>
    <td data-label="${say.state}"><div>${stateOf(context, notice)}</div></td>
  </tr>`;
}

function timeText(context: WebContext, atMs: number | null, nowMs: number): Html | string {
  const zone = context.names.timeZone('unknown');
  return atMs === null ? '–' : timeTag(atMs, shortTime(context, atMs, nowMs, zone));
}

function watchRow(context: WebContext, notice: WatchNotice, nowMs: number): Html {
  const { messages } = context;
  const say = messages.borrowed;
  const { id, open, left, limit, lastLookAtMs, problem } = notice;
  const state = problem ?? (lastLookAtMs === null ? say.untried : say.well);
  const quota = left === null || limit === null ? say.watched.unlimited : say.left(left, limit);
  return html`<tr>
    <th scope="row">${id}</th>
    <td data-label="${say.watched.open}"><div>${messages.words.number(open)}</div></td>
    <td data-label="${say.quota}"><div>${quota}</div></td>
    <td data-label="${say.watched.lastLook}"><div>${timeText(context, lastLookAtMs, nowMs)}</div></td>
    <td data-label="${say.state}"><div>${state}</div></td>
  </tr>`;
}

/** Nothing where nothing is watched. */
export function watchedSection(context: WebContext, nowMs: number): Html | null {
  const { watched = [] } = context.notice();
  if (watched.length === 0) return null;
  const say = context.messages.borrowed;
  const { title, intro, what, open, lastLook } = say.watched;
  return html`<section>
    <h2>${title}</h2>
    <p>${intro}</p>
    <table class="members">
      <thead>
        <tr>
          ${[what, open, say.quota, lastLook, say.state].map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${watched.map((notice) => watchRow(context, notice, nowMs))}
      </tbody>
    </table>
  </section>`;
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
