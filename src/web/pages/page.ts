/** The frame around every page. */
import type { WebContext } from '../context.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';

export interface Page {
  readonly path: string;
  readonly title: string;
  readonly body: Html;
  /** A page that changes by itself: the script asks for it again this often. */
  readonly refreshSeconds?: number;
}

function navigation(context: WebContext, path: string): Html {
  const { site } = context.messages;
  return html`<nav aria-label="${site.navigation}">
    <ul>
      ${Object.entries(site.nav).map(
        ([href, label]) =>
          html`<li><a href="${href}" ${href === path ? html`aria-current="page"` : ''}>${label}</a></li>`,
      )}
    </ul>
  </nav>`;
}

function demoBanner(context: WebContext): Html | null {
  const { demo } = context.notice();
  if (demo === undefined) return null;
  return html`<p class="banner" role="note">
    ${context.messages.note.demo(demo.scenarioTitle, demo.speed)}
  </p>`;
}

/** A whole document. No script is needed; the one that is there keeps the page fresh. */
export function renderPage(context: WebContext, page: Page): string {
  const { site, language } = context.messages;
  const canonical = context.publicUrl === undefined ? null : `${context.publicUrl}${page.path}`;
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="description" content="${site.description}" />
        <title>${page.title} · ${site.name}</title>
        ${canonical === null ? null : html`<link rel="canonical" href="${canonical}" />`}
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/aiqyn.css" />
        <script src="/assets/aiqyn.js" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">${site.skip}</a>
        <header class="top">
          <div class="in">
            <a class="brand" href="/">${site.name}</a>
            ${navigation(context, page.path)}
          </div>
        </header>
        ${demoBanner(context)}
        <main
          id="main"
          class="in"
          ${page.refreshSeconds === undefined ? '' : html`data-refresh="${page.refreshSeconds}" data-refreshed="${site.refreshed}" data-stale="${site.stalePage}"`}
        >
          ${page.body}
        </main>
        <p id="live" class="live" role="status"></p>
        <footer class="foot">
          <div class="in">
            <p>${site.footer}</p>
            <p>${site.version(context.version)}</p>
          </div>
        </footer>
      </body>
    </html> `.text;
}
