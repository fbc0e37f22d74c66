/** What those outside say of one incident. */
import { testimoniesOf, withoutWitnesses } from '../../analysis/corroborate/witnessed.ts';
import type { Testimony } from '../../analysis/corroborate/corroborate.ts';
import type { Incident } from '../../analysis/detect/point.ts';
import type { WebContext } from '../context.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { operatorName } from '../overview/network.ts';
import { longTime } from '../overview/sentences.ts';

const COUNTRY = 'KZ';

function entityName({ names, messages }: WebContext, entity: string): string {
  if (entity === COUNTRY) return messages.outside.country;
  return /^AS\d+$/.test(entity) ? operatorName(entity, names, messages) : names.place(entity);
}

/** A signal that this version does not know is shown as it is. */
function signalName({ messages }: WebContext, source: string, signal: string): string {
  const words: Readonly<Record<string, string>> = messages.outside.signal;
  const [first = signal] = signal.split('.');
  return words[`${source} ${signal}`] ?? words[`${source} ${first}`] ?? signal;
}

/** `IODA, routes, the whole country`. */
export function witnessName(
  context: WebContext,
  { source, signal, entity }: Pick<Testimony, 'source' | 'signal' | 'entity'>,
): string {
  const sources: Readonly<Record<string, string>> = context.messages.outside.source;
  const name = sources[source] ?? source;
  return context.messages.outside.witness(
    name,
    signalName(context, source, signal),
    entityName(context, entity),
  );
}

/** Why it stands so: `went from 0.8 to 0.02 (…)`. */
export function witnessReason(context: WebContext, testimony: Testimony, zone: string): string {
  const say = context.messages.outside;
  const { reason, startMs, endMs, usual, extreme } = testimony;
  if (reason !== 'changed' && reason !== 'reported') return say.reason[reason];
  const from = longTime(context, startMs ?? 0, zone);
  const to = endMs === null ? null : longTime(context, endMs, zone);
  return reason === 'reported' ? say.reported(from, to) : say.changed(usual ?? 0, extreme ?? 0, from, to);
}

function row(context: WebContext, testimony: Testimony, zone: string): Html {
  const say = context.messages.outside;
  return html`<tr>
    <th scope="row">${witnessName(context, testimony)}</th>
    <td data-label="${say.stanceColumn}"><div>${say.stance[testimony.stance]}</div></td>
    <td data-label="${say.whyColumn}"><div>${witnessReason(context, testimony, zone)}</div></td>
  </tr>`;
}

function table(context: WebContext, testimonies: readonly Testimony[], zone: string): Html {
  const say = context.messages.outside;
  return html`<table class="members">
    <thead>
      <tr>
        ${[say.witnessColumn, say.stanceColumn, say.whyColumn].map((name) => html`<th scope="col">${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${testimonies.map((testimony) => row(context, testimony, zone))}
    </tbody>
  </table>`;
}

/** Those who say something first; the others folded away. */
export function witnessSection(context: WebContext, incident: Incident): Html {
  const { messages, names } = context;
  const say = messages.outside;
  const zone = names.timeZone(incident.places[0]);
  const testimonies = testimoniesOf(incident);
  if (testimonies.length === 0) return html`<p>${say.nobody}</p>`;
  const speaking = testimonies.filter(({ stance }) => stance === 'agrees' || stance === 'disagrees');
  const others = testimonies.filter((testimony) => !speaking.includes(testimony));
  const { percent } = messages.incidents;
  const alone = withoutWitnesses(incident).confidence;
  return html`<p>${say.lead}</p>
    ${speaking.length === 0 ? null : table(context, speaking, zone)}
    <p>${say.confidence(percent(alone), percent(incident.confidence))}</p>
    ${
      others.length === 0
        ? null
        : html`<details>
            <summary>${say.rest(others.length)}</summary>
            ${table(context, others, zone)}
          </details>`
    }`;
}
