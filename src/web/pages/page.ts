/** The frame around every page. */
import { CARD_HEIGHT_PX, CARD_WIDTH_PX } from '../charts/card-size.ts';
import type { WebContext } from '../context.ts';
import { LANGUAGES, LANGUAGE_NAMES, localPath } from '../languages.ts';
import { messages } from '../messages/messages.ts';
import type { Language } from '../names.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';

const REFRESH_SECONDS = 20;
const REFRESH_DEMO_SECONDS = 2;

/** How often a page that changes by itself is asked for again where the server's word of a change is not heard. */
export function refreshSeconds({ notice }: Pick<WebContext, 'notice'>): number {
  return notice().mode === 'demo' ? REFRESH_DEMO_SECONDS : REFRESH_SECONDS;
}

export interface Page {
  /** Without a language's prefix; '' for what is in no other language, such as a page of errors. */
  readonly path: string;
  readonly title: string;
  readonly body: Html;
  /** A page that changes by itself: the script asks for it again this often. */
  readonly refreshSeconds?: number;
  /** Path of a picture for links to this page, 1200 × 630. */
  readonly card?: string;
}

function navigation(context: WebContext, path: string): Html {
  const { site, language } = context.messages;
  return html`<nav aria-label="${site.navigation}">
    <ul>
      ${Object.entries(site.nav).map(
        ([href, label]) =>
          html`<li>
            <a
              href="${localPath(language, href)}"
              ${href === path.split('?')[0] ? html`aria-current="page"` : ''}
              >${label}</a
            >
          </li>`,
      )}
    </ul>
  </nav>`;
}

/** Every language by its own name, each a link to this very page. */
function languageSwitch({ messages: { site, language } }: WebContext, path: string): Html {
  return html`<nav class="languages" aria-label="${site.languages}">
    <ul>
      ${LANGUAGES.map(
        (one) =>
          html`<li>
            <a
              href="${localPath(one, path)}"
              lang="${one}"
              hreflang="${one}"
              ${one === language ? html`aria-current="true"` : ''}
              >${LANGUAGE_NAMES[one]}</a
            >
          </li>`,
      )}
    </ul>
  </nav>`;
}

/** For whoever came to a page in another language than the browser asks for: a link, and no forced way. */
function languageOffer(
  { messages: { language } }: WebContext,
  path: string,
  liked: Language | null,
): Html | null {
  if (liked === null || liked === language) return null;
  return html`<aside class="offer" lang="${liked}" aria-label="${messages(liked).site.languages}">
    <a href="${localPath(liked, path)}" hreflang="${liked}">${messages(liked).site.offer}</a>
  </aside>`;
}

/** The same page in the other languages, for search engines. */
function alternates({ publicUrl = '' }: WebContext, path: string): Html {
  return html`${LANGUAGES.map(
      (one) => html`<link rel="alternate" hreflang="${one}" href="${publicUrl}${localPath(one, path)}" />`,
    )} <link rel="alternate" hreflang="x-default" href="${publicUrl}${path}" />`;
}

export function feedAddress(language: Language): string {
  return language === 'en' ? '/feed.atom' : `/feed.atom?lang=${language}`;
}

function demoBanner(context: WebContext): Html | null {
  const { demo } = context.notice();
  if (demo === undefined) return null;
  return html`<aside class="banner">${context.messages.note.demo(demo.scenarioTitle, demo.speed)}</aside>`;
}

/** What a link to the page is shown with elsewhere. A picture needs an address that others reach. */
function linkPreview(context: WebContext, page: Page): Html {
  const { site, language } = context.messages;
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
    ${publicUrl === undefined || page.path === '' ? null : html`<meta property="og:url" content="${publicUrl}${localPath(language, page.path)}" />`}
    ${picture}`;
}

/**
 * A whole document. No script is needed; the one that is there keeps the page fresh. `liked` is the language that the
 * reader's browser asks for.
 */
export function renderPage(context: WebContext, page: Page, liked: Language | null = null): string {
  const { site, language, feed } = context.messages;
  // What has no path of its own, such as a page of errors, is not the front page either.
  const canonical =
    context.publicUrl === undefined || page.path === ''
      ? null
      : `${context.publicUrl}${localPath(language, page.path)}`;
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="description" content="${site.description}" />
        <title>${page.title} · ${site.name}</title>
        ${canonical === null ? null : html`<link rel="canonical" href="${canonical}" />`}
        ${page.path === '' ? null : alternates(context, page.path)} ${linkPreview(context, page)}
        <link
          rel="alternate"
          type="application/atom+xml"
          title="${feed.title}"
          href="${feedAddress(language)}"
        />
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/aiqyn.css" />
        <script src="/assets/aiqyn.js" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">${site.skip}</a>
        <header class="top">
          <div class="in">
            <a class="brand" href="${localPath(language, '/')}">${site.name}</a>
            ${languageSwitch(context, page.path === '' ? '/' : page.path)} ${navigation(context, page.path)}
          </div>
        </header>
        ${languageOffer(context, page.path === '' ? '/' : page.path, liked)} ${demoBanner(context)}
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
