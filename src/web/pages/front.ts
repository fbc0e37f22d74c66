/** The front page: one glance, then the table behind it. */
import { chartFigure, incidentItem, timeTag } from './parts.ts';
import { asRecorded, reasonsNote } from './reason.ts';
import { networkLink } from './links.ts';
import { linkedSentences } from './linked-sentence.ts';
import { refreshSeconds } from './page.ts';
import type { Page } from './page.ts';
import { statusTableHtml } from './status-table.ts';
import { shownVantages } from './vantage-list.ts';
import type { ShownVantage } from './vantage-list.ts';
import { recentHours, timelineChart } from '../charts/charts.ts';
import type { WebContext } from '../context.ts';
import { html, trusted } from '../html.ts';
import { localPath } from '../languages.ts';
import type { Html, HtmlValue } from '../html.ts';
import { citiesOf, drawMap } from '../map/map.ts';
import { offsetName } from '../messages/words.ts';
import { readOverview } from '../overview/read.ts';
import type { Overview } from '../overview/read.ts';
import { headlineText, shortTime } from '../overview/sentences.ts';

const REASONS_MAX = 3;

/** The zone of most places seen; the page's clock. */
export function pageTimeZone(context: WebContext, overview: Overview): { zone: string; place: string } {
  const counts = new Map<string, number>();
  for (const { place } of overview.table.networks) {
    const zone = context.names.timeZone(place);
    counts.set(zone, (counts.get(zone) ?? 0) + 1);
  }
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  const zone = most?.[0] ?? context.names.timeZone(undefined);
  return { zone, place: context.names.zone(zone) };
}

function headlineSection(context: WebContext, overview: Overview, zone: string, place: string): Html {
  const { nowMs, notice } = overview;
  const { note, words } = context.messages;
  const text = headlineText(context, overview.headline, nowMs, zone);
  const sentences = linkedSentences(
    context,
    (voice) => headlineText(voice, overview.headline, nowMs, zone).sentences,
  );
  const isOffline = overview.headline.kind === 'offline' && notice.mode === 'monitor';
  return html`<section class="headline tone-${text.tone}" aria-live="polite">
    <h1>${sentences.map((sentence) => html`<span>${sentence}.</span> `)}</h1>
    ${text.note === null ? null : html`<p class="note">${text.note}</p>`}
    ${isOffline ? html`<p class="note">${note.offlineDemo} <code>npm run demo</code>.</p>` : null}
    <p class="quiet">
      ${timeTag(nowMs, note.updated(shortTime(context, nowMs, nowMs, zone)))}, ${words.date(nowMs, zone)}.
      ${note.times(place, offsetName(nowMs, zone))}
    </p>
  </section>`;
}

function notices(context: WebContext, overview: Overview): Html[] {
  const { notice } = overview;
  const { note } = context.messages;
  const dropped = notice.vantages.reduce((sum, vantage) => sum + vantage.dropped, 0);
  const sentences = [
    notice.control === 'none' ? note.controlNone : null,
    notice.control === 'unreachable' ? note.controlUnreachable : null,
    dropped > 0 ? note.dropped(dropped) : null,
  ].filter((sentence) => sentence !== null);
  const told: HtmlValue[] =
    notice.problems.length === 0
      ? sentences
      : [...sentences, html`${note.problems}: ${asRecorded(context, notice.problems.join(' '))}`];
  return told.map((sentence) => html`<p class="notice" role="note">${sentence}</p>`);
}

function statusTableSection(context: WebContext, { table, nowMs }: Overview): Html {
  const { front } = context.messages;
  return html`<section>
    <h2>${front.nowTitle}</h2>
    ${statusTableHtml(context, table, nowMs) ?? html`<p>${front.noRows}</p>`}
  </section>`;
}

function mapSection(context: WebContext, { table }: Overview): Html | null {
  const cities = citiesOf(context, table);
  if (cities.length === 0) return null;
  const { map } = context.messages;
  return html`<section>
    <h2>${map.title}</h2>
    ${trusted(drawMap(context, cities))}
    <p class="quiet">${map.note}</p>
  </section>`;
}

function incidentSections(context: WebContext, overview: Overview): Html {
  const { front } = context.messages;
  const { open, nowMs } = overview;
  return html`<section>
    <h2>${front.openTitle}</h2>
    ${
      open.length === 0
        ? html`<p class="quiet">${front.noOpen}</p>`
        : html`<ul class="incidents">
            ${open.map((incident) => incidentItem(context, incident, nowMs, REASONS_MAX))}
          </ul>`
    }
    ${reasonsNote(
      context,
      open.flatMap(({ reasons }) => reasons.slice(0, REASONS_MAX)),
    )}
  </section>`;
}

function recentSection(context: WebContext, overview: Overview): Html {
  const { front } = context.messages;
  const { recent, nowMs } = overview;
  return html`<section>
    <h2>${front.recentTitle}</h2>
    ${
      recent.length === 0
        ? html`<p class="quiet">${front.noRecent}</p>`
        : html`<ul class="incidents">
            ${recent.map((incident) => incidentItem(context, incident, nowMs, 0))}
          </ul>`
    }
    <p><a href="${localPath(context.messages.language, '/incidents')}">${front.allIncidents}</a></p>
  </section>`;
}

export function connectivityWords(context: WebContext, vantage: ShownVantage): string {
  const { vantages, verdict } = context.messages;
  if (vantage.isSilent) return vantages.silent;
  if (vantage.isElsewhere) return vantages.elsewhere;
  return vantage.connectivity === null ? vantages.unknown : verdict.connectivity[vantage.connectivity];
}

/** Drives the colour of a vantage's dot. */
export function connectivityClass(vantage: ShownVantage): string {
  if (vantage.isSilent || vantage.isElsewhere || vantage.connectivity === null) return 'c-unknown';
  return `c-${vantage.connectivity}`;
}

function vantageSection(context: WebContext, overview: Overview): Html {
  const { front } = context.messages;
  const vantages = shownVantages(overview.notice, overview.heartbeats, overview.nowMs);
  return html`<section>
    <h2><a href="${localPath(context.messages.language, '/vantages')}">${front.vantagesTitle}</a></h2>
    ${
      vantages.length === 0
        ? html`<p class="quiet">${front.noVantages}</p>`
        : html`<ul class="vantages">
            ${vantages.map(
              (vantage) =>
                html`<li class="${connectivityClass(vantage)}">
                  <b>${networkLink(context, vantage)}</b>
                  <span>${connectivityWords(context, vantage)}</span>
                </li>`,
            )}
          </ul>`
    }
  </section>`;
}

export async function frontPage(context: WebContext): Promise<Page> {
  const overview = await readOverview(context);
  const { front, site } = context.messages;
  const { zone, place } = pageTimeZone(context, overview);
  const { window, hours } = recentHours(overview.nowMs, overview.oldestMs);
  const chart = await timelineChart(context, window, zone);
  const figure = await chartFigure(context, chart, front.timelineNote);
  const body = html`${headlineSection(context, overview, zone, place)} ${notices(context, overview)}
  ${overview.newestMs === null ? null : [statusTableSection(context, overview), incidentSections(context, overview)]}
  ${mapSection(context, overview)}
  ${
    figure === null
      ? null
      : html`<section>
          <h2>${front.timelineTitle(hours)}</h2>
          ${figure}
        </section>`
  }
  ${vantageSection(context, overview)} ${recentSection(context, overview)}`;
  return {
    path: '/',
    title: site.tagline,
    body,
    refreshSeconds: refreshSeconds(context),
  };
}
