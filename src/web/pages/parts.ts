/** Pieces that several pages share. */
import { voicesOf } from '../../analysis/corroborate/witnessed.ts';
import type { Incident } from '../../analysis/detect/point.ts';
import { STATUSES } from '../../analysis/verdict/verdict.ts';
import type { Status } from '../../analysis/verdict/verdict.ts';
import { chartAddress, embedAddress, incidentAddress } from '../charts/address.ts';
import { drawForPage, eventWords, stripWords } from '../charts/charts.ts';
import type { Chart } from '../charts/charts.ts';
import type { WebContext } from '../context.ts';
import type { AiqynEvent } from '../../events/event.ts';
import { eventTitle } from '../event-title.ts';
import { html, trusted } from '../html.ts';
import type { Html } from '../html.ts';
import type { Messages } from '../messages/messages.ts';
import { offsetName } from '../messages/words.ts';
import type { Cell } from '../overview/cells.ts';
import { incidentSentence, shortTime } from '../overview/sentences.ts';
import { voicesSentence } from '../overview/voices.ts';
import { roundedIso } from '../rounding.ts';
import { reasonHtml } from './reason.ts';

/** A word with its colour and its shape: colour never speaks alone. */
export function chip(messages: Messages, status: Status): Html {
  return html`<span class="chip s-${status}" title="${messages.verdict.statusMeaning[status]}"
    >${messages.verdict.status[status]}</span
  >`;
}

/** A method in plain words; a word that this version does not know is shown as it is. */
export function methodWords(table: Readonly<Record<string, string>>, method: string | null): string | null {
  return method === null ? null : (table[method] ?? method);
}

export function timeTag(atMs: number, text: string): Html {
  return html`<time datetime="${roundedIso(atMs)}">${text}</time>`;
}

const LOOKBACK_EDGE_MS = 7 * 24 * 3_600_000 - 3_600_000;

/** "20:15 (UTC+5)". */
export function zonedTime(context: WebContext, atMs: number, nowMs: number, timeZone: string): string {
  return context.messages.site.zoned(shortTime(context, atMs, nowMs, timeZone), offsetName(atMs, timeZone));
}

/** Texts under their own headings. */
export function textSections(
  sections: readonly { readonly title: string; readonly paragraphs: readonly string[] }[],
): Html {
  return html`${sections.map(
    ({ title, paragraphs }) =>
      html`<section>
        <h2>${title}</h2>
        ${paragraphs.map((text) => html`<p>${text}</p>`)}
      </section>`,
  )}`;
}

/** "since 20:15 (UTC+5)". */
export function since(context: WebContext, sinceMs: number, nowMs: number, timeZone: string): Html {
  const { front } = context.messages;
  if (nowMs - sinceMs >= LOOKBACK_EDGE_MS) return html`${front.sinceLong}`;
  return timeTag(sinceMs, front.since(zonedTime(context, sinceMs, nowMs, timeZone)));
}

/** Status, since when and how: the inside of one table cell. */
export function cellBody(context: WebContext, cell: Cell, nowMs: number): Html {
  const { messages, names } = context;
  const { point } = cell;
  const isTrouble = cell.status !== 'ok';
  const how = methodWords(messages.verdict.method, point.method);
  const doubt = isTrouble && cell.status !== 'offline' && point.confidence < 0.5;
  const details = [
    isTrouble && cell.targetsOfStatus < cell.targets
      ? messages.front.partly(cell.targetsOfStatus, cell.targets)
      : null,
    how,
    doubt ? messages.front.lowConfidence : null,
  ].filter((detail) => detail !== null);
  return html`${chip(messages, cell.status)}
    <span class="since">${since(context, cell.sinceMs, nowMs, names.timeZone(point.place))}</span>
    ${details.length === 0 ? null : html`<span class="how">${details.join(' · ')}</span>`}`;
}

function incidentTone(incident: Incident): string {
  if (incident.status === 'restored') return 'over';
  return incident.kind === 'target_down' || incident.kind === 'vantage_silent' ? 'warn' : 'alarm';
}

/** One incident in a list, linked to its page. */
export function incidentItem(
  context: WebContext,
  incident: Incident,
  nowMs: number,
  reasonsMax: number,
): Html {
  const { messages, names } = context;
  const how = methodWords(messages.verdict.method, incident.method);
  const zone = names.timeZone(incident.places[0]);
  const lastedMs = (incident.endMs ?? nowMs) - incident.startMs;
  const say = messages.incidents;
  const voices = voicesSentence(messages, voicesOf(incident));
  const facts = [
    messages.verdict.incidentKind[incident.kind],
    messages.words.date(incident.startMs, zone),
    messages.words.duration(lastedMs),
    how,
    say.vantageCount(incident.vantageIds.length),
    say.sure(say.percent(incident.confidence)),
  ].filter((fact) => fact !== null);
  return html`<li class="incident ${incidentTone(incident)}">
    <p class="what">
      <a href="${incidentAddress(incident.id, messages.language)}"
        >${incidentSentence(context, incident, nowMs)}</a
      >
      <span class="state">${messages.verdict.incidentStatus[incident.status]}</span>
    </p>
    <p class="facts">${facts.join(' · ')}</p>
    ${voices === null ? null : html`<p class="facts">${voices}</p>`}
    ${
      reasonsMax === 0 || incident.reasons.length === 0
        ? null
        : html`<ul class="reasons">
            ${incident.reasons.slice(0, reasonsMax).map((reason) => html`<li>${reasonHtml(context, reason)}</li>`)}
          </ul>`
    }
  </li>`;
}

/** Addresses of the chart that keep showing this window. */
function citeLinks({ messages }: WebContext, { id, window }: Chart): Html {
  const { cite } = messages;
  return html`<p class="quiet cite">
    ${cite.title}: <a href="${chartAddress(id, window, 'svg', messages.language)}">SVG</a> ·
    <a href="${chartAddress(id, window, 'png', messages.language)}">PNG</a> ·
    <a href="${chartAddress(id, window, 'csv', messages.language)}">${cite.numbers}</a> ·
    <a href="${embedAddress(id, window, messages.language)}">${cite.embed}</a>
  </p>`;
}

/** A chart with its legend and the same in words. */
export async function chartFigure(
  context: WebContext,
  chart: Chart,
  note: string | null,
): Promise<Html | null> {
  if (chart.strips.length === 0) return null;
  const { messages } = context;
  const drawing = await drawForPage(context, chart);
  const seen = new Set(chart.strips.flatMap((strip) => strip.segments.map((segment) => segment.status)));
  return html`<figure class="chart">
    <div class="wide">${trusted(drawing.wide)}</div>
    <div class="narrow">${trusted(drawing.narrow)}</div>
    <figcaption>
      <ul class="legend" aria-label="${messages.chart.legend}">
        ${STATUSES.filter((status) => seen.has(status)).map((status) => html`<li>${chip(messages, status)}</li>`)}
      </ul>
      ${eventWords(context, chart).map((sentence) => html`<p class="event">${sentence}.</p>`)}
      ${note === null ? null : html`<p class="quiet">${note}</p>`} ${citeLinks(context, chart)}
      <details>
        <summary>${messages.chart.asText}</summary>
        <ul>
          ${stripWords(context, chart).map((sentence) => html`<li>${sentence}</li>`)}
        </ul>
      </details>
    </figcaption>
  </figure>`;
}

/** What an event is called (its id where it has no title), marked where it is not in the page's language. */
export function titleOf({ messages }: Pick<WebContext, 'messages'>, event: AiqynEvent): Html {
  const { text, language } = eventTitle(event, messages.language);
  if (text === '') return html`${event.id}`;
  return language === messages.language ? html`${text}` : html`<span lang="${language}">${text}</span>`;
}

/** An address becomes a link; words behind it, such as "(copy)", stay. */
function sourceOf(source: string): Html {
  const [, address = '', words = ''] = /^(https?:\/\/\S+)(.*)$/.exec(source) ?? [];
  return address !== '' && URL.canParse(address)
    ? html`<a href="${address}" rel="noreferrer">${new URL(address).hostname}</a>${words}`
    : html`${source}`;
}

/** Where an event is known from. */
export function sourceList(sources: readonly string[]): Html | null {
  if (sources.length === 0) return null;
  return html`<p class="facts">
    ${sources.map((source, index) => html`${index === 0 ? '' : ' · '}${sourceOf(source)}`)}
  </p>`;
}
