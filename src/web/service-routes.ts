/** What watches the watcher: /healthz and /metrics. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { HealthAnswer } from './api/schemas.ts';
import type { WebContext } from './context.ts';
import { readHealth } from './health.ts';
import { metricsText } from './metrics.ts';
import type { RequestCounts } from './metrics.ts';

export function registerService(
  instance: FastifyInstance,
  context: WebContext,
  requests: RequestCounts,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { endpoints } = context.messages.data;
  app.get(
    '/healthz',
    { schema: { summary: endpoints['/healthz'], response: { 200: HealthAnswer, 503: HealthAnswer } } },
    async (_request, reply) => {
      const { isOk, reasons } = await readHealth(context);
      reply.header('cache-control', 'no-store').code(isOk ? 200 : 503);
      return { status: isOk ? ('ok' as const) : ('failing' as const), reasons: isOk ? [] : [...reasons] };
    },
  );
  app.get('/metrics', { schema: { summary: endpoints['/metrics'] } }, async (_request, reply) =>
    reply
      .header('cache-control', 'no-store')
      .type('text/plain; version=0.0.4; charset=utf-8')
      .send(await metricsText(context, requests)),
  );
}
