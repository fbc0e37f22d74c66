/** Addresses of pages. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { WebContext } from './context.ts';
import { frontPage } from './pages/front.ts';
import { incidentPage, incidentsPage } from './pages/incidents.ts';
import { dataPage, methodPage, platformPage, vantagesPage } from './pages/others.ts';
import { createHistoryReader } from './history-reads.ts';
import { historyPage, historyYearPage } from './pages/history.ts';
import { renderPage } from './pages/page.ts';
import type { Page } from './pages/page.ts';

const Hidden = { hide: true };
const Id = z.object({ id: z.string().min(1).max(200) });

const Year = z.object({ year: z.coerce.number().int().min(1990).max(9_999) });

function send(context: WebContext, reply: FastifyReply, page: Page | null) {
  if (page === null) {
    reply.callNotFound();
    return reply;
  }
  return reply.type('text/html; charset=utf-8').send(renderPage(context, page));
}

export function registerPages(instance: FastifyInstance, context: WebContext): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const schema = Hidden;
  app.get('/', { schema }, async (_request, reply) => send(context, reply, await frontPage(context)));
  app.get('/incidents', { schema }, async (_request, reply) =>
    send(context, reply, await incidentsPage(context)),
  );
  app.get('/incidents/:id', { schema: { ...schema, params: Id } }, async ({ params }, reply) =>
    send(context, reply, await incidentPage(context, params.id)),
  );
  app.get('/platforms/:id', { schema: { ...schema, params: Id } }, async ({ params }, reply) =>
    send(context, reply, await platformPage(context, params.id)),
  );
  app.get('/vantages', { schema }, async (_request, reply) =>
    send(context, reply, await vantagesPage(context)),
  );
  const history = createHistoryReader(context);
  app.get('/history', { schema }, async (_request, reply) =>
    send(context, reply, await historyPage(context, history)),
  );
  app.get('/history/:year', { schema: { ...schema, params: Year } }, async ({ params }, reply) =>
    send(context, reply, await historyYearPage(context, history, params.year)),
  );
  app.get('/method', { schema }, (_request, reply) => send(context, reply, methodPage(context)));
  app.get('/data', { schema }, (_request, reply) => send(context, reply, dataPage(context)));
}
