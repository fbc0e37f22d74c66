/** Names that lead to the page of what they name. What the catalogue does not know has no page and stays a word. */
import type { WebContext } from '../context.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { localPath } from '../languages.ts';
import { networkName, operatorName, placeName } from '../overview/network.ts';
import type { Network } from '../overview/network.ts';

type Voice = Pick<WebContext, 'messages' | 'names'>;

function link({ messages }: Voice, path: string, text: string): Html {
  return html`<a href="${localPath(messages.language, path)}">${text}</a>`;
}

export function platformLink(voice: Voice, id: string): Html {
  const { names } = voice;
  // Events also speak of “the internet” or “websites in general”.
  if (!names.platforms.includes(id))
    return html`${voice.messages.claims.subject(names.platform(id), null, null)}`;
  return link(voice, `/platforms/${encodeURIComponent(id)}`, names.platform(id));
}

/** By AS number. */
export function operatorLink(voice: Voice, asn: string): Html {
  const { names, messages } = voice;
  const id = names.operatorId(asn);
  const text = operatorName(asn, names, messages);
  return id === null ? html`${text}` : link(voice, `/operators/${encodeURIComponent(id)}`, text);
}

export function placeLink(voice: Voice, id: string): Html {
  const { names, messages } = voice;
  const text = placeName(id, names, messages);
  return names.hasPlace(id) ? link(voice, `/places/${encodeURIComponent(id)}`, text) : html`${text}`;
}

/** `Kcell, Almaty (mobile)`, where each name leads to its page. */
export function networkLink(voice: Voice, network: Network): Html {
  const { names, messages } = voice;
  if (names.operatorId(network.operator) === null && !names.hasPlace(network.place))
    return html`${networkName(network, names, messages)}`;
  const access = messages.verdict.access[network.access] ?? network.access;
  return html`${operatorLink(voice, network.operator)}, ${placeLink(voice, network.place)} (${access})`;
}

/** One after the other, with commas: linked names have no list of their own in Intl. */
export function joined(links: readonly Html[], between = ', '): Html {
  return html`${links.map((one, index) => html`${index === 0 ? '' : between}${one}`)}`;
}
