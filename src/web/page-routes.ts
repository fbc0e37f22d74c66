/** Addresses of pages: each in every language, below its prefix. A new page is one line here. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Contexts, WebContext } from './context.ts';
import type { EventReader } from './event-reads.ts';
import { LANGUAGES, likedLanguage, localPath, prefixOf } from './languages.ts';
import { claimsPage } from './pages/claims.ts';
import { calendarPage, correlationPage } from './pages/events.ts';
import { frontPage } from './pages/front.ts';
import { incidentPage, incidentsPage } from './pages/incidents.ts';
import { createHistoryReader } from './history-reads.ts';
import { historyPage, historyYearPage } from './pages/history.ts';
import { methodPage } from './pages/method.ts';
import { dataPage, platformPage, vantagesPage } from './pages/others.ts';
import { renderPage } from './pages/page.ts';
import type { Page } from './pages/page.ts';
import { safetyPage } from './pages/safety.ts';
import { operatorPage, placePage } from './pages/scopes.ts';
import { TimelineQuery, timelinePage } from './pages/timeline.ts';
import { transparencyPage } from './pages/transparency.ts';
import { ABOUT_PROBES_PATH, aboutProbesPage, sweepPage } from './pages/sweep.ts';

const schema = { hide: true };
const Id = z.object({ id: z.string().min(1).max(200) });

const Year = z.object({ year: z.coerce.number().int().min(1990).max(9_999) });

type Made = Page | null | Promise<Page | null>;

const PAGES: Readonly<Record<string, (context: WebContext, reader: EventReader) => Made>> = {
  '/': frontPage,
  '/incidents': incidentsPage,
  '/calendar': calendarPage,
  '/correlation': async (context, reader) => correlationPage(context, await reader.correlation()),
  '/claims': async (context, reader) => claimsPage(context, await reader.claims()),
  '/vantages': vantagesPage,
  '/outside': sweepPage,
  [ABOUT_PROBES_PATH]: aboutProbesPage,
  '/method': methodPage,
  '/transparency': transparencyPage,
  '/safety': safetyPage,
  '/data': dataPage,
};

/** Pages of one thing each; null where there is no such thing. */
const PAGES_OF_ONE: Readonly<Record<string, (context: WebContext, id: string, reader: EventReader) => Made>> =
  {
    '/incidents/:id': incidentPage,
    '/platforms/:id': platformPage,
    '/operators/:id': operatorPage,
    '/places/:id': placePage,
  };

/** Whoever shares a cache with others may like another language. */
function send(context: WebContext, request: FastifyRequest, reply: FastifyReply, page: Page | null) {
  if (page === null) {
    reply.callNotFound();
    return reply;
  }
  const liked = likedLanguage(request.headers['accept-language']);
  return reply
    .header('vary', 'accept-language')
    .type('text/html; charset=utf-8')
    .send(renderPage(context, page, liked));
}

export function registerPages(instance: FastifyInstance, contexts: Contexts, reader: EventReader): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const history = createHistoryReader(contexts.en);
  for (const language of LANGUAGES) {
    const context = contexts[language];
    for (const [path, page] of Object.entries(PAGES))
      app.get(localPath(language, path), { schema }, async (request, reply) =>
        send(context, request, reply, await page(context, reader)),
      );
    for (const [path, page] of Object.entries(PAGES_OF_ONE))
      app.get(localPath(language, path), { schema: { ...schema, params: Id } }, async (request, reply) =>
        send(context, request, reply, await page(context, request.params.id, reader)),
      );
    const timeline = { schema: { ...schema, querystring: TimelineQuery } };
    app.get(localPath(language, '/timeline'), timeline, async (request, reply) =>
      send(context, request, reply, await timelinePage(context, request.query)),
    );
    app.get(localPath(language, '/history'), { schema }, async (request, reply) =>
      send(context, request, reply, await historyPage(context, history)),
    );
    const ofYear = { schema: { ...schema, params: Year } };
    app.get(localPath(language, '/history/:year'), ofYear, async (request, reply) =>
      send(context, request, reply, await historyYearPage(context, history, request.params.year)),
    );
    const prefix = prefixOf(language);
    if (prefix !== '') app.get(prefix, { schema }, (_request, reply) => reply.redirect(`${prefix}/`));
  }
}
