/** Addresses of pages and charts. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { RequestError } from './api/problem.ts';
import { WindowQuery } from './api/schemas.ts';
import { windowOf } from './api/window.ts';
import { chartById } from './charts/catalogue.ts';
import { CHART_WIDTH_WIDE_PX, CHART_WINDOW_MAX_MS, DAY_MS, drawChart } from './charts/charts.ts';
import { THEMES } from '../status-colours.ts';
import { THEME_PALETTES } from './charts/palette.ts';
import type { WebContext } from './context.ts';
import { frontPage } from './pages/front.ts';
import { incidentPage, incidentsPage } from './pages/incidents.ts';
import { dataPage, methodPage, platformPage, vantagesPage } from './pages/others.ts';
import { renderPage } from './pages/page.ts';
import type { Page } from './pages/page.ts';

const Hidden = { hide: true };
const Id = z.object({ id: z.string().min(1).max(200) });
const ChartQuery = WindowQuery.extend({
  theme: z.enum(THEMES).default('light'),
  width: z.coerce.number().int().min(320).max(2_000).default(CHART_WIDTH_WIDE_PX),
});

function send(context: WebContext, reply: FastifyReply, page: Page | null) {
  if (page === null) {
    reply.callNotFound();
    return reply;
  }
  return reply.type('text/html; charset=utf-8').send(renderPage(context, page));
}

function registerCharts(instance: FastifyInstance, context: WebContext): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  app.get(
    '/charts/:id',
    { schema: { ...Hidden, params: Id, querystring: ChartQuery } },
    async (request, reply) => {
      const { query } = request;
      const id = /^(.+)\.svg$/.exec(request.params.id)?.[1];
      const hasWindow = query.from !== undefined || query.to !== undefined;
      const window = hasWindow ? windowOf(context, query, CHART_WINDOW_MAX_MS / DAY_MS) : undefined;
      const chart = id === undefined ? null : await chartById(context, id, window);
      if (chart === null) throw new RequestError(404, context.messages.api.notFound);
      const svg = await drawChart(context, chart, {
        width: query.width,
        palette: THEME_PALETTES[query.theme],
      });
      return reply.type('image/svg+xml').send(svg);
    },
  );
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
  app.get('/method', { schema }, (_request, reply) => send(context, reply, methodPage(context)));
  app.get('/data', { schema }, (_request, reply) => send(context, reply, dataPage(context)));
  registerCharts(instance, context);
}
