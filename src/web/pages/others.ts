/** A platform, the vantages, the data, and what is said when something is not there. */
import { feedAddress, refreshSeconds } from './page.ts';
import type { Page } from './page.ts';
import { cellBody, chartFigure, chip, incidentItem, since, timeTag, zonedTime } from './parts.ts';
import { borrowedSection, watchedSection } from './borrowed.ts';
import { connectivityClass, connectivityWords } from './front.ts';
import { sourceSection } from './source-list.ts';
import { shownVantages } from './vantage-list.ts';
import type { ShownVantage } from './vantage-list.ts';
import { CHART_FORMATS, chartAddress } from '../charts/address.ts';
import { localPath } from '../languages.ts';
import { lastDay, networksChart, recentHours } from '../charts/charts.ts';
import { EXPORT_FORMATS, exportAddress } from '../api/export-address.ts';
import { FRESH_MS } from '../context.ts';
import type { WebContext } from '../context.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { statusTable } from '../overview/cells.ts';
import { networkKey } from '../overview/network.ts';
import { networkLink, operatorLink, placeLink } from './links.ts';
import type { LatestStatus } from '../../store/store.ts';

const PLATFORM_INCIDENTS_MAX = 20;
const TARGET_ROWS_MAX = 100;

function targetTable(context: WebContext, latest: readonly LatestStatus[], nowMs: number): Html {
  const { messages, names } = context;
  const rows = latest.slice(0, TARGET_ROWS_MAX);
  const parts: Readonly<Record<string, string>> = messages.platforms.parts;
  return html`<table class="members">
    <thead>
      <tr>
        <th scope="col">${messages.platforms.address}</th>
        <th scope="col">${messages.incidents.network}</th>
        <th scope="col">${messages.front.nowTitle}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(({ point, sinceMs }) => {
        const target = names.target(point.target);
        const part = target?.part == null ? null : (parts[target.part] ?? target.part);
        return html`<tr>
          <th scope="row">
            ${target?.name ?? point.target}${part === null ? null : html` <span class="quiet">${part}</span>`}
          </th>
          <td data-label="${messages.incidents.network}">
            <div>${networkLink(context, point)}</div>
          </td>
          <td data-label="${messages.front.nowTitle}">
            <div>
              ${chip(messages, point.status)}
              <span class="since">${since(context, sinceMs, nowMs, names.timeZone(point.place))}</span>
            </div>
          </td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}

/** Null when the catalogue has no such platform. */
export async function platformPage(context: WebContext, platform: string): Promise<Page | null> {
  const { messages, names, store } = context;
  if (!names.platforms.includes(platform)) return null;
  const say = messages.platforms;
  const nowMs = context.clock.nowMs();
  const [latest, incidents, extent] = await Promise.all([
    store.statusNow({ nowMs, freshMs: FRESH_MS, scope: { platform } }),
    store.incidents({ platform, limit: PLATFORM_INCIDENTS_MAX }),
    store.extent(),
  ]);
  const table = statusTable(latest, [platform]);
  const timeZone = names.timeZone(table.networks[0]?.place);
  const title = say.title(names.platform(platform));
  const { window, hours } = recentHours(nowMs, extent.oldestMs);
  const id = `platform-${platform}`;
  const chart = await networksChart(context, { id, title, scope: { platform }, window, timeZone });
  const figure = await chartFigure(context, chart, null);
  const body = html`<h1>${title}</h1>
    <section>
      <h2>${say.now}</h2>
      ${table.networks.length === 0 ? html`<p>${say.none}</p>` : null}
      <ul class="cells">
        ${table.networks.map((network) => {
          const cell = table.rows[0]?.cells.get(networkKey(network));
          return cell === undefined
            ? null
            : html`<li><b>${networkLink(context, network)}</b> ${cellBody(context, cell, nowMs)}</li>`;
        })}
      </ul>
    </section>
    ${
      figure === null
        ? null
        : html`<section>
            <h2>${say.day(hours)}</h2>
            ${figure}
          </section>`
    }
    <section>
      <h2>${say.incidents}</h2>
      ${incidents.length === 0 ? html`<p class="quiet">${messages.incidents.noneFor}</p>` : null}
      <ul class="incidents">
        ${incidents.map((incident) => incidentItem(context, incident, nowMs, 0))}
      </ul>
    </section>
    ${
      latest.length === 0
        ? null
        : html`<section>
            <h2>${say.addresses}</h2>
            ${targetTable(context, latest, nowMs)}
          </section>`
    }`;
  return { path: `/platforms/${platform}`, title, body, refreshSeconds: refreshSeconds(context) };
}

function vantageRow(context: WebContext, vantage: ShownVantage, nowMs: number): Html {
  const { messages, names } = context;
  const say = messages.vantages;
  const zone = names.timeZone(vantage.place);
  const heard =
    vantage.lastHeardMs === null
      ? '–'
      : timeTag(vantage.lastHeardMs, zonedTime(context, vantage.lastHeardMs, nowMs, zone));
  const { notice } = vantage;
  const budget =
    notice === null
      ? '–'
      : `${messages.words.bytes(notice.budgetUsedBytes)} / ${messages.words.bytes(notice.budgetBytes)}; ${say.budgetStep[notice.budgetStep]}`;
  return html`<tr>
    <th scope="row">${operatorLink(context, vantage.operator)}</th>
    <td data-label="${say.place}"><div>${placeLink(context, vantage.place)}</div></td>
    <td data-label="${say.access}">
      <div>${messages.verdict.access[vantage.access] ?? vantage.access}</div>
    </td>
    <td data-label="${say.connectivity}">
      <div class="${connectivityClass(vantage)}">${connectivityWords(context, vantage)}</div>
    </td>
    <td data-label="${say.lastHeard}"><div>${heard}</div></td>
    <td data-label="${say.waiting}"><div>${messages.words.number(vantage.spoolDepth)}</div></td>
    <td data-label="${say.budget}"><div>${budget}</div></td>
  </tr>`;
}

export async function vantagesPage(context: WebContext): Promise<Page> {
  const { messages } = context;
  const say = messages.vantages;
  const nowMs = context.clock.nowMs();
  const vantages = shownVantages(context.notice(), await context.store.vantagesNow(), nowMs);
  const columns = [
    say.network,
    say.place,
    say.access,
    say.connectivity,
    say.lastHeard,
    say.waiting,
    say.budget,
  ];
  const body = html`<h1>${say.title}</h1>
    <p class="lead">${say.intro}</p>
    <p><a href="${localPath(messages.language, '/outside')}">${messages.sweep.title}</a></p>
    ${vantages.length === 0 ? html`<p>${messages.front.noVantages}</p>` : null}
    ${
      vantages.length === 0
        ? null
        : html`<table class="members">
            <thead>
              <tr>
                ${columns.map((column) => html`<th scope="col">${column}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${vantages.map((vantage) => vantageRow(context, vantage, nowMs))}
            </tbody>
          </table>`
    }
    ${borrowedSection(context, nowMs)} ${watchedSection(context, nowMs)} ${sourceSection(context)}`;
  return { path: '/vantages', title: say.title, body, refreshSeconds: refreshSeconds(context) };
}

function logSection({ messages }: WebContext): Html {
  const { title, intro } = messages.transparency;
  return html`<section>
    <h2><a href="${localPath(messages.language, '/transparency')}">${title}</a></h2>
    <p>${intro}</p>
  </section>`;
}

/** Of an address that wants a parameter: what to try. */
const EXAMPLES: Readonly<Record<string, string>> = { '/api/outside': '/api/outside?source=ioda' };
const WEEK_MS = 7 * 86_400_000;

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

export function dataPage(context: WebContext): Page {
  const { data, language } = context.messages;
  const feed = feedAddress(language);
  const nowMs = context.clock.nowMs();
  const addresses = CHART_FORMATS.map((format) =>
    chartAddress('timeline', lastDay(nowMs), format, context.messages.language),
  );
  const body = html`<h1>${data.title}</h1>
    <p class="lead">${data.intro}</p>
    <p><a href="/api/docs">${data.docs}</a></p>
    <dl class="words">
      ${Object.entries(data.endpoints).map(
        ([path, text]) =>
          html`<div>
            <dt>
              <a href="${EXAMPLES[path] ?? path}"><code>${path}</code></a>
            </dt>
            <dd>${text}</dd>
          </div>`,
      )}
    </dl>
    <p>${data.live} <code>/api/live</code></p>
    <section>
      <h2>${data.charts}</h2>
      <p>${data.chartsText}</p>
      <ul>
        ${addresses.map(
          (address) =>
            html`<li>
              <a href="${address}"><code>${address}</code></a>
            </li>`,
        )}
        <li>
          <a href="${feed}"><code>${feed}</code></a>
        </li>
      </ul>
    </section>
    ${logSection(context)}
    <section>
      <h2>${data.exportTitle}</h2>
      <p>${data.exportLinks}</p>
      <ul>
        ${EXPORT_FORMATS.map((format) => {
          const address = exportAddress(lastDay(nowMs), format);
          return html`<li>
            <a href="${address}" rel="nofollow"><code>${address}</code></a>
          </li>`;
        })}
      </ul>
      <p>${data.exportText}</p>
      <pre><code>npm run --silent aiqyn -- export --from ${dayOf(nowMs - WEEK_MS)} --to ${dayOf(nowMs)} --format csv -o verdicts.csv</code></pre>
    </section>
    <p class="quiet">${data.rounding}</p>`;
  return { path: '/data', title: data.title, body };
}

/** 404, 400, 429 and 500 as a page. */
export function errorPage(context: WebContext, title: string, text: string): Page {
  const { error } = context.messages;
  return {
    path: '',
    title,
    body: html`<h1>${title}</h1>
      <p class="lead">${text}</p>
      <p><a href="${localPath(context.messages.language, '/')}">${error.back}</a></p>`,
  };
}
