/** The part of an incident's page that gives its published evidence, and how it is checked. */
import type { WebContext } from '../context.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { longTime } from '../overview/sentences.ts';

export function evidenceAddress(incident: string): string {
  return `/incidents/${encodeURIComponent(incident)}/evidence.zip`;
}

/** Null where none is published. */
export function publishedEvidence(context: WebContext, incident: string): Html | null {
  const bundle = context.published?.of(incident) ?? null;
  if (bundle === null) return null;
  const { corrections: say, words } = context.messages;
  const date = longTime(context, Date.parse(bundle.at), context.names.timeZone(undefined));
  return html`<p>${say.evidenceText}</p>
    <p>
      <a href="${evidenceAddress(incident)}" rel="nofollow">${say.download(words.bytes(bundle.bytes))}</a>
    </p>
    <p>${say.sha256} <code>${bundle.sha256}</code></p>
    <p>${say.key} <code>${bundle.key}</code></p>
    <p>${say.how}</p>
    <pre><code>aiqyn verify evidence.zip --key ${bundle.key}</code></pre>
    <p class="quiet">${say.published(date)}</p>`;
}
