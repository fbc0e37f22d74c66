/** What stands beside an incident: events, associations and statements of its time, its files, and how to cite it. */
import type { Incident } from '../../analysis/detect/point.ts';
import type { AiqynEvent } from '../../events/event.ts';
import { CHART_FORMATS, chartAddress, incidentAddress } from '../charts/address.ts';
import type { Chart } from '../charts/charts.ts';
import type { WebContext } from '../context.ts';
import { associationText } from '../event-reads.ts';
import type { ClaimRow, EventReader } from '../event-reads.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { localPath } from '../languages.ts';
import { incidentSentence } from '../overview/sentences.ts';
import { roundedMs } from '../rounding.ts';
import { partSentence } from './claims.ts';
import { titleOf } from './parts.ts';
import { asRecorded } from './reason.ts';
import { eventList, section } from './sections.ts';

const DAY_MS = 86_400_000;
const EVENTS_SHOWN_MAX = 12;
const ASSOCIATIONS_SHOWN_MAX = 10;

/** Events within a day of it, those whose day is known first. */
async function eventsAround({ store }: WebContext, incident: Incident, nowMs: number): Promise<AiqynEvent[]> {
  const window = { fromMs: incident.startMs - DAY_MS, toMs: (incident.endMs ?? nowMs) + DAY_MS };
  const events = await store.events(window);
  return events
    .toSorted((a, b) => Number(a.precision === 'month') - Number(b.precision === 'month'))
    .slice(0, EVENTS_SHOWN_MAX);
}

/** Associations of its platforms with the kinds of those events. */
async function associationLines(
  context: WebContext,
  incident: Incident,
  events: readonly AiqynEvent[],
  reader: EventReader,
): Promise<Html | null> {
  const kinds = new Set<string>(events.map(({ kind }) => kind));
  if (kinds.size === 0 || incident.platforms.length === 0) return null;
  const { associations, tests } = await reader.correlation();
  const those = associations.filter(
    ({ kind, platform }) => kinds.has(kind) && incident.platforms.includes(platform),
  );
  if (those.length === 0) return null;
  const { language, incident: say } = context.messages;
  return html`<ul class="findings">
      ${those.slice(0, ASSOCIATIONS_SHOWN_MAX).map((one) => html`<li>${associationText(context, one, tests)}</li>`)}
    </ul>
    <p><a href="${localPath(language, '/correlation')}">${say.allAssociations}</a></p>`;
}

/** Only what the statement says of this incident; all of it stands on the page of statements. */
function claimLine(context: WebContext, row: ClaimRow, incident: Incident): Html {
  const { messages } = context;
  const { who = '' } = row.event.claim ?? {};
  const parts = row.parts.filter(({ incidentIds }) => incidentIds.includes(incident.id));
  return html`<li class="incident">
    <p class="what">
      <a href="${localPath(messages.language, '/claims')}#claim-${row.event.id}"
        >${titleOf(context, row.event)}</a
      >
    </p>
    <p class="facts">
      ${messages.claims.saidBy(messages.claims.stance[row.stance])} ${asRecorded(context, who)}
    </p>
    <ul class="reasons">
      ${parts.map(
        (part) =>
          html`<li>
            ${partSentence(context, part)} <span class="state">${messages.claims.finding[part.finding]}</span>
          </li>`,
      )}
    </ul>
  </li>`;
}

async function claimLines(
  context: WebContext,
  incident: Incident,
  reader: EventReader,
): Promise<Html | null> {
  const rows = (await reader.claims()).filter(({ incidents }) =>
    incidents.some(({ id }) => id === incident.id),
  );
  if (rows.length === 0) return null;
  const { language, incident: say } = context.messages;
  return html`<ul class="incidents">
      ${rows.map((row) => claimLine(context, row, incident))}
    </ul>
    <p><a href="${localPath(language, '/claims')}">${say.allClaims}</a></p>`;
}

/** Sections on what happened and what was said meanwhile. */
export async function meanwhileSections(
  context: WebContext,
  incident: Incident,
  reader: EventReader,
): Promise<Html> {
  const say = context.messages.incident;
  const events = await eventsAround(context, incident, context.clock.nowMs());
  const list = eventList(context, events);
  return html`${section(
    say.meanwhile,
    list === null
      ? html`<p class="quiet">${say.meanwhileNone}</p>`
      : html`${list}
          <p class="quiet">${say.meanwhileNote}</p>`,
  )}
  ${section(say.associations, await associationLines(context, incident, events, reader))}
  ${section(say.claims, await claimLines(context, incident, reader))}`;
}

function seriesAddress({ platforms }: Incident, { fromMs, toMs }: Chart['window']): string {
  const query = new URLSearchParams({
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    by: 'platform,operator,place',
    ...(platforms.length === 1 ? { platform: platforms[0] ?? '' } : {}),
  });
  return `/api/series?${query.toString()}`;
}

/** Files of an incident: pictures, numbers, JSON, and the command that makes evidence of it. */
export function downloadsSection(context: WebContext, incident: Incident, chart: Chart): Html | null {
  const { language, incident: say, incidents } = context.messages;
  const files = CHART_FORMATS.map(
    (format) =>
      html`<li><a href="${chartAddress(chart.id, chart.window, format, language)}">${say[format]}</a></li>`,
  );
  const body = html`<ul>
      ${files}
      <li><a href="${seriesAddress(incident, chart.window)}">${say.series}</a></li>
      <li><a href="/api/incidents/${encodeURIComponent(incident.id)}">${incidents.json}</a></li>
    </ul>
    <p>${say.evidence}</p>
    <pre><code>aiqyn evidence ${incident.id}</code></pre>`;
  return section(say.downloads, body);
}

/** A sentence that names what, when and where; selected whole by one touch, copied by a button where scripts run. */
export function citationSection(context: WebContext, incident: Incident): Html | null {
  const { language, incident: say, words } = context.messages;
  const nowMs = roundedMs(context.clock.nowMs());
  const zone = context.names.timeZone(incident.places[0]);
  const text = say.citation({
    sentence: incidentSentence(context, incident, nowMs),
    id: incident.id,
    seen: words.date(nowMs, zone),
    address: `${context.publicUrl ?? ''}${incidentAddress(incident.id, language)}`,
  });
  return section(
    say.cite,
    html`<p class="citation" id="citation" data-copy="${say.copy}" data-copied="${say.copied}">${text}</p>
      <p class="quiet">${say.citeNote}</p>`,
  );
}
