/** The frame around every page. */
import { CARD_HEIGHT_PX, CARD_WIDTH_PX } from '../charts/card-size.ts';
import type { WebContext } from '../context.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';

export interface Page {
  readonly path: string;
  readonly title: string;
  readonly body: Html;
  /** A page that changes by itself: the script asks for it again this often. */
  readonly refreshSeconds?: number;
  /** Path of a picture for links to this page, 1200 × 630. */
  readonly card?: string;
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

/** What a link to the page is shown with elsewhere. A picture needs an address that others reach. */
function linkPreview(context: WebContext, page: Page): Html {
  const { site } = context.messages;
  const { publicUrl } = context;
  const picture =
    page.card === undefined || publicUrl === undefined
      ? null
      : html`<meta property="og:image" content="${publicUrl}${page.card}" />
          <meta property="og:image:type" content="image/png" />
          <meta property="og:image:width" content="${CARD_WIDTH_PX}" />
          <meta property="og:image:height" content="${CARD_HEIGHT_PX}" />
          <meta property="og:image:alt" content="${page.title}" />
          <meta name="twitter:card" content="summary_large_image" />`;
  return html`<meta property="og:site_name" content="${site.name}" />
    <meta property="og:type" content="website" />
    <meta property="og:title" content="${page.title}" />
    <meta property="og:description" content="${site.description}" />
    ${publicUrl === undefined ? null : html`<meta property="og:url" content="${publicUrl}${page.path}" />`}
    ${picture}`;
}

/** A whole document. No script is needed; the one that is there keeps the page fresh. */
export function renderPage(context: WebContext, page: Page): string {
  const { site, language, feed } = context.messages;
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
        ${linkPreview(context, page)}
        <link rel="alternate" type="application/atom+xml" title="${feed.title}" href="/feed.atom" />
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
