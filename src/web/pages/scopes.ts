/** One operator, and one place: what can be reached there now, the last day, and its incidents. */
import type { Incident } from '../../analysis/detect/point.ts';
import { operatorChart, placeChart } from '../charts/catalogue.ts';
import { recentHours } from '../charts/charts.ts';
import { FRESH_MS } from '../context.ts';
import type { WebContext } from '../context.ts';
import { ALL_TIME } from '../event-reads.ts';
import type { EventReader } from '../event-reads.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { localPath } from '../languages.ts';
import { offsetName } from '../messages/words.ts';
import { statusTable } from '../overview/cells.ts';
import type { StatusTable } from '../overview/cells.ts';
import { joined, operatorLink, placeLink } from './links.ts';
import { refreshSeconds } from './page.ts';
import type { Page } from './page.ts';
import { chartFigure, titleOf } from './parts.ts';
import { eventList, fact, incidentList, section } from './sections.ts';
import { statusTableHtml } from './status-table.ts';

const INCIDENTS_READ_MAX = 1_000;
const INCIDENTS_SHOWN_MAX = 20;
const EVENTS_SHOWN_MAX = 20;

interface Seen {
  readonly table: StatusTable;
  readonly incidents: readonly Incident[];
  readonly oldestMs: number | null;
}

/** What is measured where `has` says so. */
async function readSeen(
  { store, names }: WebContext,
  nowMs: number,
  has: (tags: { readonly operator: string; readonly place: string }) => boolean,
): Promise<Seen> {
  const [latest, all, { oldestMs }] = await Promise.all([
    store.statusNow({ nowMs, freshMs: FRESH_MS }),
    store.incidents({ limit: INCIDENTS_READ_MAX }),
    store.extent(),
  ]);
  const table = statusTable(
    latest.filter(({ point }) => has(point)),
    names.platforms,
  );
  const incidents = all.filter(
    ({ members, operators, places }) =>
      members.some(has) ||
      // Of old incidents only the sums are kept.
      (members.length === 0 &&
        operators.some((operator) => places.some((place) => has({ operator, place })))),
  );
  return { table, incidents: incidents.slice(0, INCIDENTS_SHOWN_MAX), oldestMs };
}

function distinct(ids: readonly string[], link: (id: string) => Html): Html | null {
  const each = [...new Set(ids)];
  return each.length === 0 ? null : joined(each.map(link));
}

/** Statements that name the operator, each linked to where it is set beside what was measured. */
async function claimLinks(
  context: WebContext,
  reader: EventReader,
  asns: readonly string[],
): Promise<Html | null> {
  const { names, messages } = context;
  const rows = (await reader.claims()).filter(({ event }) =>
    (event.claim?.operators ?? []).some((name) => names.asnsOf(name).some((asn) => asns.includes(asn))),
  );
  if (rows.length === 0) return null;
  return html`<ul>
    ${rows.map(
      ({ event }) =>
        html`<li>
          <a href="${localPath(messages.language, '/claims')}#claim-${event.id}"
            >${titleOf(context, event)}</a
          >
        </li>`,
    )}
  </ul>`;
}

/** Null when the catalogue has no such operator. */
export async function operatorPage(
  context: WebContext,
  id: string,
  reader: EventReader,
): Promise<Page | null> {
  const { messages, names, catalog } = context;
  const known = catalog.operators.find((operator) => operator.id === names.operatorId(id));
  if (known === undefined) return null;
  const say = messages.operators;
  const nowMs = context.clock.nowMs();
  const { table, incidents, oldestMs } = await readSeen(context, nowMs, ({ operator }) =>
    known.asns.includes(operator),
  );
  const { window, hours } = recentHours(nowMs, oldestMs);
  const chart = await operatorChart(context, known.id, window);
  const figure = chart === null ? null : await chartFigure(context, chart, messages.timeline.note);
  const title = say.title(known.names[messages.language]);
  const body = html`<h1>${title}</h1>
    <dl class="facts-list">
      ${fact(say.asns, known.asns.join(', '))}
      ${fact(say.access, known.access.map((access) => messages.verdict.access[access] ?? access).join(', '))}
      ${fact(
        say.places,
        distinct(
          table.networks.map(({ place }) => place),
          (place) => placeLink(context, place),
        ),
      )}
    </dl>
    ${section(say.now, statusTableHtml(context, table, nowMs) ?? html`<p>${say.none}</p>`)}
    ${section(say.day(hours), figure)}
    ${section(say.incidents, incidentList(context, incidents, nowMs, messages.incidents.noneFor))}
    ${section(say.claims, await claimLinks(context, reader, known.asns))}
    <p><a href="${localPath(messages.language, '/outside')}">${messages.sweep.title}</a></p>`;
  return { path: `/operators/${known.id}`, title, body, refreshSeconds: refreshSeconds(context) };
}

/** Null when the catalogue has no such place. */
export async function placePage(context: WebContext, id: string): Promise<Page | null> {
  const { messages, names } = context;
  if (!names.hasPlace(id)) return null;
  const say = messages.places;
  const nowMs = context.clock.nowMs();
  const { table, incidents, oldestMs } = await readSeen(context, nowMs, ({ place }) => place === id);
  const { window, hours } = recentHours(nowMs, oldestMs);
  const chart = await placeChart(context, id, window);
  const figure = chart === null ? null : await chartFigure(context, chart, messages.timeline.note);
  const events = (await context.store.events(ALL_TIME)).filter(({ places }) => places.includes(id));
  const zone = names.timeZone(id);
  const title = say.title(names.place(id));
  const body = html`<h1>${title}</h1>
    <dl class="facts-list">
      ${fact(say.timeZone, messages.site.zoned(zone, offsetName(nowMs, zone)))}
      ${fact(
        say.operators,
        distinct(
          table.networks.map(({ operator }) => operator),
          (asn) => operatorLink(context, asn),
        ),
      )}
    </dl>
    ${section(say.now, statusTableHtml(context, table, nowMs) ?? html`<p>${say.none}</p>`)}
    ${section(say.day(hours), figure)}
    ${section(say.incidents, incidentList(context, incidents, nowMs, messages.incidents.noneFor))}
    ${section(say.events, eventList(context, events.toReversed().slice(0, EVENTS_SHOWN_MAX)))}`;
  return { path: `/places/${id}`, title, body, refreshSeconds: refreshSeconds(context) };
}
