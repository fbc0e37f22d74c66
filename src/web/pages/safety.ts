/** What is safe to read and to measure, and what is not. */
import type { WebContext } from '../context.ts';
import { html } from '../html.ts';
import { localPath } from '../languages.ts';
import type { Page } from './page.ts';
import { textSections } from './parts.ts';
import { ABOUT_PROBES_PATH } from './sweep.ts';

export function safetyPage(context: WebContext): Page {
  const { language, safety } = context.messages;
  const body = html`<h1>${safety.title}</h1>
    <p class="lead">${safety.intro}</p>
    ${textSections(safety.sections)}
    <p><a href="${localPath(language, ABOUT_PROBES_PATH)}">${safety.probes}</a></p>`;
  return { path: '/safety', title: safety.title, body };
}
