/** The public, read-only API. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Contexts, WebContext } from '../context.ts';
import type { EventReader } from '../event-reads.ts';
import { networkKey, operatorName } from '../overview/network.ts';
import { readOverview } from '../overview/read.ts';
import type { Overview } from '../overview/read.ts';
import { headlineText } from '../overview/sentences.ts';
import { shownVantages } from '../pages/vantage-list.ts';
import { roundedIso } from '../rounding.ts';
import { registerEvents } from './event-routes.ts';
import { incidentAnswer, incidentDetail } from './incident-answer.ts';
import { RequestError } from './problem.ts';
import {
  IncidentDetailAnswer,
  IncidentsAnswer,
  IncidentsQuery,
  Problem,
  SeriesAnswer,
  SeriesQuery,
  StatusAnswer,
  VantagesAnswer,
} from './schemas.ts';
import { readSeries } from './series.ts';
import { registerSources } from './source-routes.ts';
import { registerSweep } from './sweep-routes.ts';
import { EVENTS_WINDOW_MAX_DAYS, windowOf } from './window.ts';

const Refused = { 400: Problem, 429: Problem };

function statusAnswer(context: WebContext, overview: Overview) {
  const { messages, names } = context;
  const text = headlineText(
    context,
    overview.headline,
    overview.nowMs,
    names.timeZone(overview.table.networks[0]?.place),
  );
  return {
    at: roundedIso(overview.nowMs),
    mode: overview.notice.mode,
    headline: `${text.sentences.join('. ')}.`,
    tone: text.tone,
    control: overview.notice.control,
    newestMeasurementAt: overview.newestMs === null ? null : roundedIso(overview.newestMs),
    openIncidents: overview.open.length,
    platforms: overview.table.rows.map((row) => ({
      platform: row.platform,
      networks: overview.table.networks.flatMap((network) => {
        const cell = row.cells.get(networkKey(network));
        if (cell === undefined) return [];
        return {
          ...network,
          operatorName: operatorName(network.operator, names, messages),
          status: cell.status,
          since: roundedIso(cell.sinceMs),
          layer: cell.point.layer,
          method: cell.point.method,
          confidence: cell.point.confidence,
          reasons: [...cell.point.reasons],
        };
      }),
    })),
  };
}

function registerNow(instance: FastifyInstance, context: WebContext): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  app.get(
    '/api/status',
    {
      schema: {
        summary: context.messages.data.endpoints['/api/status'],
        response: { 200: StatusAnswer, ...Refused },
      },
    },
    async () => statusAnswer(context, await readOverview(context)),
  );
  app.get(
    '/api/vantages',
    {
      schema: {
        summary: context.messages.data.endpoints['/api/vantages'],
        response: { 200: VantagesAnswer, ...Refused },
      },
    },
    async () => {
      const shown = shownVantages(context.notice(), await context.store.vantagesNow(), context.clock.nowMs());
      return {
        vantages: shown.map((vantage) => ({
          operator: vantage.operator,
          operatorName: operatorName(vantage.operator, context.names, context.messages),
          place: vantage.place,
          access: vantage.access,
          connectivity: vantage.connectivity,
          silent: vantage.isSilent,
          elsewhere: vantage.isElsewhere,
          lastHeard: vantage.lastHeardMs === null ? null : roundedIso(vantage.lastHeardMs),
        })),
      };
    },
  );
}

function registerIncidents(instance: FastifyInstance, context: WebContext): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { endpoints } = context.messages.data;
  app.get(
    '/api/incidents',
    {
      schema: {
        summary: endpoints['/api/incidents'],
        querystring: IncidentsQuery,
        response: { 200: IncidentsAnswer, ...Refused },
      },
    },
    async ({ query }) => {
      const hasWindow = query.from !== undefined || query.to !== undefined;
      const incidents = await context.store.incidents({
        limit: query.limit,
        openOnly: query.open === 'true',
        ...(query.platform === undefined ? {} : { platform: query.platform }),
        ...(hasWindow ? { window: windowOf(context, query, EVENTS_WINDOW_MAX_DAYS) } : {}),
      });
      return { incidents: incidents.map((incident) => incidentAnswer(context, incident)) };
    },
  );
  app.get(
    '/api/incidents/:id',
    {
      schema: {
        summary: context.messages.incidents.json,
        params: z.object({ id: z.string().min(1).max(200) }),
        response: { 200: IncidentDetailAnswer, 404: Problem, ...Refused },
      },
    },
    async ({ params }) => {
      const incident = await context.store.incident(params.id);
      if (incident === null) throw new RequestError(404, context.messages.api.noIncident(params.id));
      return incidentDetail(context, incident);
    },
  );
}

function registerSeries(instance: FastifyInstance, context: WebContext): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { data } = context.messages;
  app.get(
    '/api/series',
    {
      schema: {
        summary: data.endpoints['/api/series'],
        querystring: SeriesQuery,
        response: { 200: SeriesAnswer, ...Refused },
      },
    },
    async ({ query }) => readSeries(context, query),
  );
}

/** Everything below /api but the documentation. What programs read is in English. */
export function registerApi(app: FastifyInstance, contexts: Contexts, reader: EventReader): void {
  registerNow(app, contexts.en);
  registerIncidents(app, contexts.en);
  registerSeries(app, contexts.en);
  registerEvents(app, contexts, reader);
  registerSweep(app, contexts.en);
  registerSources(app, contexts.en);
}
