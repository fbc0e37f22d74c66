/** What officials said, each part of it beside what was measured. */
import type { ClaimPart, ClaimReason } from '../../analysis/correlate/claims.ts';
import type { WebContext } from '../context.ts';
import type { ClaimRow } from '../event-reads.ts';
import { incidentAddress } from '../charts/address.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Messages } from '../messages/messages.ts';
import { operatorName, placeName } from '../overview/network.ts';
import { incidentSentence } from '../overview/sentences.ts';
import { examinedText, whenText } from './event-time.ts';
import { correctionsOf } from './corrections.ts';
import type { Page } from './page.ts';
import { sourceList, titleOf } from './parts.ts';
import { asRecorded } from './reason.ts';

const INCIDENTS_SHOWN_MAX = 5;
type Shown = keyof Messages['claims']['finding'];

const TONES: Readonly<Record<Shown, string>> = {
  supported: '',
  contradicted: 'alarm',
  mixed: 'alarm',
  not_measured: '',
};

function shownFinding({ finding, isMixed }: ClaimRow): Shown {
  return isMixed ? 'mixed' : finding;
}

/** `YouTube on Kcell in Almaty`. */
function subjectOf(context: WebContext, { platform, operator, place }: ClaimPart): string {
  const { names } = context;
  const say = context.messages.claims;
  const [asn] = operator === null ? [] : names.asnsOf(operator);
  const operatorText = asn === undefined ? operator : operatorName(asn, names, context.messages);
  return say.subject(
    names.platform(platform),
    operatorText,
    place === null ? null : placeName(place, names, context.messages),
  );
}

/** The finding of the whole in sentences that can be printed; names whatever was not measured. */
export function claimSentence(context: WebContext, row: ClaimRow): string {
  const say = context.messages.claims;
  if (row.parts.length === 0) return say.nothingNamed;
  function those(wanted: ClaimReason): string[] {
    return row.parts.filter(({ reason }) => reason === wanted).map((part) => subjectOf(context, part));
  }
  return say.sentence({
    finding: shownFinding(row),
    seen: those('incident_seen'),
    clear: those('no_incident_seen'),
    thin: those('too_little_measured'),
    unmeasured: those('never_measured'),
    foreign: those('not_comparable'),
  });
}

/** Why one part has its finding. */
export function partSentence(context: WebContext, part: ClaimPart): string {
  const operators = [
    ...new Set(part.measuredOn.map((asn) => operatorName(asn, context.names, context.messages))),
  ];
  return context.messages.claims.part(subjectOf(context, part), part, operators);
}

function incidentLinks(context: WebContext, row: ClaimRow, part: ClaimPart): Html | null {
  const say = context.messages.claims;
  const nowMs = context.clock.nowMs();
  const seen = row.incidents.filter(({ id }) => part.incidentIds.includes(id));
  if (seen.length === 0) return null;
  const rest = seen.length - INCIDENTS_SHOWN_MAX;
  return html`<ul>
    ${seen.slice(0, INCIDENTS_SHOWN_MAX).map(
      (incident) =>
        html`<li>
          <a href="${incidentAddress(incident.id, context.messages.language)}"
            >${incidentSentence(context, incident, nowMs)}</a
          >
        </li>`,
    )}
    ${rest > 0 ? html`<li>${say.more(rest)}</li>` : null}
  </ul>`;
}

/** Where nothing at all was measured the sentence has said so of every part. */
function partList(context: WebContext, row: ClaimRow): Html | null {
  const say = context.messages.claims;
  const isTold = row.parts.every(({ reason }) => reason === 'never_measured' || reason === 'not_comparable');
  if (isTold) return null;
  return html`<ul class="reasons">
    ${row.parts.map(
      (part) =>
        html`<li>
          ${partSentence(context, part)}
          <span class="state ${TONES[part.finding]}">${say.finding[part.finding]}</span>
          ${incidentLinks(context, row, part)}
        </li>`,
    )}
  </ul>`;
}

function claimItem(context: WebContext, row: ClaimRow): Html {
  const { event, stance } = row;
  const say = context.messages.claims;
  const { who = '', summary = '' } = event.claim ?? {};
  const shown = shownFinding(row);
  return html`<li class="incident ${TONES[shown]}" id="claim-${event.id}">
    <p class="what">${titleOf(context, event)} <span class="state">${say.finding[shown]}</span></p>
    <p class="facts">
      ${say.saidBy(say.stance[stance])} ${asRecorded(context, summary === '' ? who : `${who}: ${summary}`)} ·
      ${whenText(context, event)}
    </p>
    <p>${claimSentence(context, row)}</p>
    ${partList(context, row)}
    <p class="facts">${examinedText(context, row)}</p>
    ${sourceList(event.sources)} ${correctionsOf(context, event.id)}
  </li>`;
}

export function claimsPage(context: WebContext, rows: readonly ClaimRow[]): Page {
  const say = context.messages.claims;
  const body = html`<h1>${say.title}</h1>
    <p class="lead">${say.intro}</p>
    <p>${say.rules}</p>
    ${
      rows.length === 0
        ? html`<p>${say.none}</p>`
        : html`<ul class="incidents">
            ${rows.map((row) => claimItem(context, row))}
          </ul>`
    }`;
  return { path: '/claims', title: say.title, body };
}
