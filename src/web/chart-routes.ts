/** Addresses of charts as SVG, PNG and CSV, of charts in frames of others, and of the pictures of links. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { THEMES } from '../status-colours.ts';
import { RequestError } from './api/problem.ts';
import { WindowQuery } from './api/schemas.ts';
import { windowOf } from './api/window.ts';
import { chartAddress } from './charts/address.ts';
import { drawCard } from './charts/card.ts';
import { chartById } from './charts/catalogue.ts';
import {
  CHART_WIDTH_NARROW_PX,
  CHART_WIDTH_WIDE_PX,
  CHART_WINDOW_MAX_MS,
  DAY_MS,
  wholeSteps,
} from './charts/charts.ts';
import type { Chart } from './charts/charts.ts';
import { chartCsv } from './charts/csv.ts';
import { Painter, sizeOf } from './charts/painter.ts';
import { THEME_PALETTES } from './charts/palette.ts';
import { withoutSize } from './charts/render.ts';
import { drawSheet } from './charts/sheet.ts';
import type { Contexts, WebContext } from './context.ts';
import { html, trusted } from './html.ts';
import type { Html } from './html.ts';
import { LanguageQuery, localPath } from './languages.ts';

const Hidden = { hide: true };
const Params = { params: z.object({ id: z.string().min(1).max(200) }) };
const PICTURES_PER_MINUTE_MAX = 60;
const PNG_ZOOM = 2;
/** Only what a chart in a frame needs; anybody may frame it. */
const EMBED_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";

const NumbersQuery = WindowQuery.extend(LanguageQuery.shape);
const ChartQuery = NumbersQuery.extend({
  theme: z.enum(THEMES).default('light'),
  width: z.coerce.number().int().min(320).max(2_000).default(CHART_WIDTH_WIDE_PX),
});
type ChartQuery = z.infer<typeof ChartQuery>;
const Limited = { rateLimit: { max: PICTURES_PER_MINUTE_MAX, timeWindow: 60_000 } };

async function chartOf(
  context: WebContext,
  id: string,
  query: Pick<ChartQuery, 'from' | 'to'>,
): Promise<Chart> {
  const hasWindow = query.from !== undefined || query.to !== undefined;
  const window = hasWindow ? wholeSteps(windowOf(context, query, CHART_WINDOW_MAX_MS / DAY_MS)) : undefined;
  const chart = await chartById(context, id, window);
  if (chart === null) throw new RequestError(404, context.messages.api.notFound);
  return chart;
}

async function sheetOf(context: WebContext, chart: Chart, query: ChartQuery): Promise<string> {
  return drawSheet(context, chart, { width: query.width, palette: THEME_PALETTES[query.theme] });
}

/** Pages of others may show it. */
function forEverybody(reply: FastifyReply): FastifyReply {
  return reply
    .header('cross-origin-resource-policy', 'cross-origin')
    .header('access-control-allow-origin', '*');
}

function fileName(chart: Chart, format: string): string {
  const safe = chart.id.replace(/[^\w-]/g, '_');
  return `inline; filename="aiqyn-${safe}.${format}"`;
}

/** In the width asked for; else for the frame's: a wide chart in the frame of a phone would have letters of four pixels. */
async function embedDrawings(context: WebContext, chart: Chart, query: ChartQuery): Promise<Html> {
  const wide = trusted(withoutSize(await sheetOf(context, chart, query)));
  if (query.width !== CHART_WIDTH_WIDE_PX) return wide;
  const narrow = await sheetOf(context, chart, { ...query, width: CHART_WIDTH_NARROW_PX });
  return html`<div class="wide">${wide}</div>
    <div class="narrow">${trusted(withoutSize(narrow))}</div>`;
}

function embedPage(context: WebContext, chart: Chart, drawings: Html, theme: ChartQuery['theme']): string {
  const { language, site, cite } = context.messages;
  const origin = context.publicUrl ?? '';
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${chart.title} · ${site.name}</title>
        <link rel="stylesheet" href="/assets/aiqyn.css" />
      </head>
      <body class="embed ${theme}">
        <figure class="chart">
          ${drawings}
          <figcaption>
            <a href="${origin}${chartAddress(chart.id, chart.window, 'csv', language)}">${cite.numbers}</a> ·
            <a href="${origin}${localPath(language, '/')}" target="_blank" rel="noopener">${site.name}</a>
          </figcaption>
        </figure>
      </body>
    </html> `.text;
}

export function registerCharts(instance: FastifyInstance, contexts: Contexts): void {
  const painter = new Painter();
  registerDrawings(instance, contexts);
  registerPictures(instance, contexts, painter);
}

function registerDrawings(instance: FastifyInstance, contexts: Contexts): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  app.get(
    '/charts/:id.svg',
    { schema: { ...Hidden, ...Params, querystring: ChartQuery } },
    async ({ params, query }, reply) => {
      const context = contexts[query.lang];
      const chart = await chartOf(context, params.id, query);
      return forEverybody(reply)
        .header('content-disposition', fileName(chart, 'svg'))
        .type('image/svg+xml')
        .send(await sheetOf(context, chart, query));
    },
  );
  app.get(
    '/charts/:id.csv',
    { schema: { ...Hidden, ...Params, querystring: NumbersQuery } },
    async ({ params, query }, reply) => {
      const context = contexts[query.lang];
      const chart = await chartOf(context, params.id, query);
      return forEverybody(reply)
        .header('content-disposition', fileName(chart, 'csv'))
        .type('text/csv; charset=utf-8')
        .send(chartCsv(chart));
    },
  );
  app.get(
    '/embed/:id',
    { schema: { ...Hidden, ...Params, querystring: ChartQuery } },
    async ({ params, query }, reply) => {
      const context = contexts[query.lang];
      const chart = await chartOf(context, params.id, query);
      const drawings = await embedDrawings(context, chart, query);
      const page = embedPage(context, chart, drawings, query.theme);
      reply.removeHeader('x-frame-options');
      return reply
        .header('content-security-policy', EMBED_POLICY)
        .type('text/html; charset=utf-8')
        .send(page);
    },
  );
}

function registerPictures(instance: FastifyInstance, contexts: Contexts, painter: Painter): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  app.get(
    '/charts/:id.png',
    { config: Limited, schema: { ...Hidden, ...Params, querystring: ChartQuery } },
    async ({ params, query }, reply) => {
      const context = contexts[query.lang];
      const chart = await chartOf(context, params.id, query);
      const svg = await sheetOf(context, chart, query);
      const png = await painter.paint({ svg, ...sizeOf(svg), zoom: PNG_ZOOM });
      return forEverybody(reply)
        .header('content-disposition', fileName(chart, 'png'))
        .type('image/png')
        .send(png);
    },
  );
  app.get(
    '/incidents/:id/card.png',
    { config: Limited, schema: { ...Hidden, ...Params, querystring: LanguageQuery } },
    async ({ params, query }, reply) => {
      const context = contexts[query.lang];
      const incident = await context.store.incident(params.id);
      if (incident === null) throw new RequestError(404, context.messages.api.noIncident(params.id));
      const svg = await drawCard(context, incident);
      const png = await painter.paint({ svg, ...sizeOf(svg), zoom: 1 });
      return forEverybody(reply).type('image/png').send(png);
    },
  );
}
