/** Those who are asked outside, and how that goes; a part of the page of vantages. */
import type { SourceState } from '../../sources/keeper.ts';
import type { WebContext } from '../context.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { timeTag, zonedTime } from './parts.ts';

const ZONE = 'Asia/Almaty';

function timeOf(context: WebContext, atMs: number | null, nowMs: number): Html | string {
  return atMs === null ? '–' : timeTag(atMs, zonedTime(context, atMs, nowMs, ZONE));
}

function wrongWith(context: WebContext, state: SourceState, nowMs: number): string {
  const say = context.messages.outside.sources;
  const { problems, skippedRows, restsUntilMs } = state;
  const all = [
    ...problems,
    ...(skippedRows === 0 ? [] : [say.skipped(skippedRows)]),
    ...(restsUntilMs === null ? [] : [say.rests(zonedTime(context, restsUntilMs, nowMs, ZONE))]),
  ];
  return all.length === 0 ? '–' : all.join('; ');
}

function row(context: WebContext, state: SourceState, nowMs: number): Html {
  const { outside } = context.messages;
  const say = outside.sources;
  const quota = state.quota === null ? '–' : say.quotaOf(state.quota.left, state.quota.limit);
  return html`<tr>
    <th scope="row">${outside.source[state.id]}</th>
    <td data-label="${say.state}"><div>${say.status[state.status]}</div></td>
    <td data-label="${say.lastGood}"><div>${timeOf(context, state.lastGoodMs, nowMs)}</div></td>
    <td data-label="${say.newest}"><div>${timeOf(context, state.newestMs, nowMs)}</div></td>
    <td data-label="${say.quota}"><div>${quota}</div></td>
    <td data-label="${say.problem}"><div>${wrongWith(context, state, nowMs)}</div></td>
  </tr>`;
}

export function sourceSection(context: WebContext): Html {
  const say = context.messages.outside.sources;
  const nowMs = context.clock.nowMs();
  const states = context.sources?.() ?? [];
  const columns = [say.name, say.state, say.lastGood, say.newest, say.quota, say.problem];
  return html`<section>
    <h2>${say.title}</h2>
    ${
      states.length === 0
        ? html`<p>${say.none}</p>`
        : html`<p>${say.intro}</p>
            <table class="members">
              <thead>
                <tr>
                  ${columns.map((column) => html`<th scope="col">${column}</th>`)}
                </tr>
              </thead>
              <tbody>
                ${states.map((state) => row(context, state, nowMs))}
              </tbody>
            </table>`
    }
  </section>`;
}
