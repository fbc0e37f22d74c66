/** All incidents, and one incident with everything it rests on. */
import type { Incident, IncidentMember } from '../../analysis/detect/point.ts';
import { cardAddress } from '../charts/address.ts';
import { localPath } from '../languages.ts';
import { incidentChart } from '../charts/catalogue.ts';
import type { WebContext } from '../context.ts';
import type { EventReader } from '../event-reads.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { distinctNetworks, networkKey } from '../overview/network.ts';
import { sweepSentences } from '../sweep-reads.ts';
import { incidentSentence, longTime } from '../overview/sentences.ts';
import { noteOf } from './corrections.ts';
import { publishedEvidence } from './published-evidence.ts';
import { citationSection, downloadsSection, meanwhileSections } from './incident-context.ts';
import { joined, networkLink, operatorLink, placeLink, platformLink } from './links.ts';
import { linkedSentence } from './linked-sentence.ts';
import { refreshSeconds } from './page.ts';
import type { Page } from './page.ts';
import { chartFigure, methodWords, timeTag } from './parts.ts';
import { reasonHtml, reasonsNote } from './reason.ts';
import { fact, incidentList, section } from './sections.ts';
import { witnessSection } from './witnesses.ts';

const INCIDENTS_SHOWN_MAX = 200;
const REASONS_SHOWN_MAX = 30;

export async function incidentsPage(context: WebContext): Promise<Page> {
  const { incidents } = context.messages;
  const nowMs = context.clock.nowMs();
  const all = await context.store.incidents({ limit: INCIDENTS_SHOWN_MAX });
  const body = html`<h1>${incidents.title}</h1>
    <p class="lead">${incidents.intro}</p>
    ${incidentList(context, all, nowMs, incidents.none)}`;
  return { path: '/incidents', title: incidents.title, body, refreshSeconds: refreshSeconds(context) };
}

/** Null where there is none. */
function linked(ids: readonly string[], link: (id: string) => Html): Html | null {
  return ids.length === 0 ? null : joined([...new Set(ids)].map(link));
}

function facts(context: WebContext, incident: Incident, nowMs: number): Html {
  const { messages, names } = context;
  const say = messages.incidents;
  const zone = names.timeZone(incident.places[0]);
  const { startMs, endMs } = incident;
  const ended = endMs === null ? say.stillOpen : timeTag(endMs, longTime(context, endMs, zone));
  return html`<dl class="facts-list">
    ${fact(say.started, timeTag(startMs, longTime(context, startMs, zone)))} ${fact(say.ended, ended)}
    ${fact(endMs === null ? say.duration : say.lasted, messages.words.duration((endMs ?? nowMs) - startMs))}
    ${fact(say.detected, timeTag(incident.detectedAtMs, longTime(context, incident.detectedAtMs, zone)))}
    ${fact(
      say.platforms,
      linked(incident.platforms, (id) => platformLink(context, id)),
    )}
    ${fact(
      say.networks,
      linked(incident.operators, (id) => operatorLink(context, id)),
    )}
    ${fact(
      say.places,
      linked(incident.places, (id) => placeLink(context, id)),
    )}
    ${fact(say.vantages, say.vantageCount(incident.vantageIds.length))}
    ${fact(say.confidence, `${say.confidenceWord(incident.confidence)} (${say.percent(incident.confidence)})`)}
  </dl>`;
}

/** Networks by their operator's name, where the catalogue has it. */
function withNames(text: string, { names }: WebContext): string {
  return text.replaceAll(/\bAS\d{1,10}\b/g, (asn) => {
    const name = names.operator(asn);
    return name === asn ? asn : `${asn} (${name})`;
  });
}

function reasonList(context: WebContext, reasons: readonly string[]): Html {
  const shown = [...new Set(reasons)].slice(0, REASONS_SHOWN_MAX);
  return html`<ul class="reasons">
      ${shown.map((reason) => html`<li>${reasonHtml(context, reason, (text) => withNames(text, context))}</li>`)}
    </ul>
    ${reasonsNote(context, shown)}`;
}

function memberRow(context: WebContext, members: readonly IncidentMember[], nowMs: number): Html {
  const { messages, names } = context;
  const [first] = members;
  if (first === undefined) return html``;
  const zone = names.timeZone(first.place);
  const how = [...new Set(members.map(({ method }) => methodWords(messages.verdict.method, method)))];
  const platforms = [
    ...new Set(members.flatMap(({ platform }) => (platform === null ? [] : [names.platform(platform)]))),
  ];
  const startMs = Math.min(...members.map((member) => member.startMs));
  const isOpen = members.some((member) => member.endMs === null);
  const endMs = Math.max(...members.map((member) => member.endMs ?? nowMs));
  return html`<tr>
    <th scope="row">${networkLink(context, first)}</th>
    <td data-label="${messages.incidents.platforms}">
      <div>${platforms.length === 0 ? '–' : messages.words.list(platforms)}</div>
    </td>
    <td data-label="${messages.incidents.started}">
      <div>${timeTag(startMs, longTime(context, startMs, zone))}</div>
    </td>
    <td data-label="${messages.incidents.ended}">
      <div>${isOpen ? messages.incidents.stillOpen : timeTag(endMs, longTime(context, endMs, zone))}</div>
    </td>
    <td data-label="${messages.incidents.seenAs}">
      <div>${messages.words.list(how.filter((one) => one !== null)) || '–'}</div>
    </td>
  </tr>`;
}

function memberTable(context: WebContext, incident: Incident, nowMs: number): Html {
  const say = context.messages.incidents;
  const networks = distinctNetworks(incident.members);
  const columns = [say.network, say.platforms, say.started, say.ended, say.seenAs];
  return html`<table class="members">
    <caption class="sr">
      ${say.byNetwork}
    </caption>
    <thead>
      <tr>
        ${columns.map((column) => html`<th scope="col">${column}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${networks.map((network) =>
        memberRow(
          context,
          incident.members.filter((member) => networkKey(member) === networkKey(network)),
          nowMs,
        ),
      )}
    </tbody>
  </table>`;
}

function openings(context: WebContext, incident: Incident): Html {
  const say = context.messages.incidents;
  const zone = context.names.timeZone(incident.places[0]);
  return html`<ul>
    ${incident.openings.map(
      ({ startMs, endMs }) =>
        html`<li>
          ${timeTag(startMs, longTime(context, startMs, zone))} ${say.to}
          ${timeTag(endMs, longTime(context, endMs, zone))}
        </li>`,
    )}
  </ul>`;
}

function outside(context: WebContext, incident: Incident): string {
  const say = context.messages.incidents;
  if (incident.kind === 'target_down') return say.outsideDown;
  return context.notice().control === 'none' ? say.outsideWithout : say.outsideWith;
}

/** Null when there is no incident with this id. */
export async function incidentPage(
  context: WebContext,
  id: string,
  reader: EventReader,
): Promise<Page | null> {
  const incident = await context.store.incident(id);
  if (incident === null) return null;
  const { messages } = context;
  const say = messages.incidents;
  const nowMs = context.clock.nowMs();
  const path = `/incidents/${encodeURIComponent(incident.id)}`;
  const sentence = incidentSentence(context, incident, nowMs);
  const how = methodWords(messages.verdict.methodMeaning, incident.method);
  const chart = await incidentChart(context, incident);
  const figure = await chartFigure(context, chart, null);
  const reasons =
    incident.reasons.length > 0 ? incident.reasons : incident.members.flatMap((member) => member.reasons);
  const fromOutside = [outside(context, incident), ...(await sweepSentences(context, incident))];
  const witnesses = witnessSection(context, incident);
  const state = incident.status === 'restored' ? 'over' : 'alarm';
  const body = html`<p class="kicker">
      <a href="${localPath(messages.language, '/incidents')}">${say.title}</a> ·
      ${messages.verdict.incidentKind[incident.kind]}
      <span class="state ${state}">${messages.verdict.incidentStatus[incident.status]}</span>
    </p>
    <h1>${linkedSentence(context, (voice) => incidentSentence(voice, incident, nowMs))}</h1>
    ${facts(context, incident, nowMs)}
    <p class="quiet">${say.rounded}</p>
    ${section(messages.corrections.note, noteOf(context, incident.id))} ${section(say.around, figure)}
    ${section(say.how, how === null ? null : html`<p>${how}</p>`)}
    ${section(say.why, reasons.length === 0 ? html`<p>${say.noReasons}</p>` : reasonList(context, reasons))}
    ${section(say.outside, html`${fromOutside.map((text) => html`<p>${text}</p>`)}`)}
    ${section(messages.outside.title, witnesses)}
    ${section(say.byNetwork, incident.members.length === 0 ? null : memberTable(context, incident, nowMs))}
    ${section(say.openings, incident.openings.length === 0 ? null : openings(context, incident))}
    ${section(messages.corrections.evidence, publishedEvidence(context, incident.id))}
    ${await meanwhileSections(context, incident, reader)} ${downloadsSection(context, incident, chart)}
    ${citationSection(context, incident)}`;
  const page = { path, title: sentence, body, card: cardAddress(incident.id, messages.language) };
  return incident.endMs === null ? { ...page, refreshSeconds: refreshSeconds(context) } : page;
}
