/** Months and years past. */
import type { WebContext } from '../context.ts';
import { associationText } from '../event-reads.ts';
import type { HistoryMonth, HistoryReader, HistoryYear } from '../history-reads.ts';
import { html } from '../html.ts';
import { localPath } from '../languages.ts';
import type { Html } from '../html.ts';
import type { Page } from './page.ts';
import { incidentItem } from './parts.ts';

const INCIDENTS_SHOWN_MAX = 200;
/** Months are those of UTC. */
const ZONE = 'UTC';

export function yearOf(startMs: number): number {
  return new Date(startMs).getUTCFullYear();
}

function toldBy({ messages }: WebContext, { outages }: HistoryMonth): string {
  const sources: Readonly<Record<string, string>> = messages.outside.source;
  const told = [...outages].map(([source, count]) => messages.history.told(sources[source] ?? source, count));
  return told.length === 0 ? '–' : told.join('; ');
}

function numbersOf({ messages }: WebContext, { others }: HistoryMonth): string {
  const sources: Readonly<Record<string, string>> = messages.outside.source;
  const taken = [...others]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([source, { series, numbers }]) =>
      messages.history.numbersOf(sources[source] ?? source, series, numbers),
    );
  return taken.length === 0 ? '–' : taken.join('; ');
}

function eventsOf({ messages: { history: say } }: WebContext, { events, stopEvents }: HistoryMonth): string {
  return stopEvents === 0 ? say.count(events) : say.ofStop(events, stopEvents);
}

function monthRow(context: WebContext, month: HistoryMonth): Html {
  const { words, history: say } = context.messages;
  const cells = [
    [say.days, say.count(month.measuredDays)],
    [say.own, say.measurements(month.own)],
    [say.volunteers, say.measurements(month.imported)],
    [say.numbers, numbersOf(context, month)],
    [say.outside, toldBy(context, month)],
    [say.incidents, say.count(month.incidents)],
    [say.events, eventsOf(context, month)],
  ];
  return html`<tr>
    <th scope="row">${words.month(month.startMs, ZONE)}</th>
    ${cells.map(([label, text]) => html`<td data-label="${label}"><div>${text}</div></td>`)}
  </tr>`;
}

function monthTable(context: WebContext, months: readonly HistoryMonth[]): Html {
  const say = context.messages.history;
  const columns = [
    say.month,
    say.days,
    say.own,
    say.volunteers,
    say.numbers,
    say.outside,
    say.incidents,
    say.events,
  ];
  return html`<table class="members">
    <thead>
      <tr>
        ${columns.map((column) => html`<th scope="col">${column}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${months.map((month) => monthRow(context, month))}
    </tbody>
  </table>`;
}

export async function historyPage(context: WebContext, reader: HistoryReader): Promise<Page> {
  const say = context.messages.history;
  const months = await reader.months();
  const years = [...new Set(months.map(({ startMs }) => yearOf(startMs)))];
  const body = html`<h1>${say.title}</h1>
    <p class="lead">${say.intro}</p>
    ${months.length === 0 ? html`<p>${say.none}</p>` : null}
    ${years.map(
      (year) =>
        html`<section>
          <h2>
            <a href="${localPath(context.messages.language, `/history/${year}`)}">${say.yearTitle(year)}</a>
          </h2>
          ${monthTable(
            context,
            months.filter(({ startMs }) => yearOf(startMs) === year),
          )}
        </section>`,
    )}`;
  return { path: '/history', title: say.title, body };
}

function associations(context: WebContext, { associations: all, tests }: HistoryYear): Html {
  const say = context.messages.history;
  const tested = all.filter(({ outcome }) => outcome !== 'too_few_events');
  const tooFew = all.length - tested.length;
  if (all.length === 0) return html`<p>${say.associationsNone}</p>`;
  return html`<p>${say.associationsText}</p>
    <ul class="findings">
      ${tested.map((one) => html`<li>${associationText(context, one, tests)}</li>`)}
    </ul>
    ${tooFew === 0 ? null : html`<p class="quiet">${say.tooFew(tooFew)}</p>`}`;
}

/** Null where nothing is known of that year. */
export async function historyYearPage(
  context: WebContext,
  reader: HistoryReader,
  year: number,
): Promise<Page | null> {
  const found = await reader.year(year);
  if (found === null) return null;
  const say = context.messages.history;
  const nowMs = context.clock.nowMs();
  const shown = found.incidents.slice(0, INCIDENTS_SHOWN_MAX);
  const more = found.incidents.length - shown.length;
  const body = html`<p class="kicker">
      <a href="${localPath(context.messages.language, '/history')}">${say.back}</a>
    </p>
    <h1>${say.yearTitle(year)}</h1>
    ${monthTable(context, found.months)}
    <section>
      <h2>${say.yearIncidents}</h2>
      ${shown.length === 0 ? html`<p>${say.yearIncidentsNone}</p>` : null}
      <ul class="incidents">
        ${shown.map((incident) => incidentItem(context, incident, nowMs, 0))}
      </ul>
      ${more === 0 ? null : html`<p class="quiet">${say.more(more)}</p>`}
    </section>
    <section>
      <h2>${say.associations}</h2>
      ${associations(context, found)}
    </section>`;
  return { path: `/history/${year}`, title: say.yearTitle(year), body };
}
