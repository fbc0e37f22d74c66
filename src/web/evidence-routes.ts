/** The address of an incident's published evidence. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { WebContext } from './context.ts';

export function registerEvidence(instance: FastifyInstance, context: WebContext): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const params = z.object({ id: z.string().min(1).max(200) });
  app.get('/incidents/:id/evidence.zip', { schema: { hide: true, params } }, (request, reply) => {
    const { id } = request.params;
    const bundle = context.published?.of(id) ?? null;
    const bytes = context.published?.open(id) ?? null;
    if (bundle === null || bytes === null) {
      reply.callNotFound();
      return reply;
    }
    const etag = `"${bundle.sha256}"`;
    reply.header('etag', etag).header('cache-control', 'public, max-age=300');
    if (request.headers['if-none-match'] === etag) {
      bytes.destroy();
      return reply.code(304).send();
    }
    return reply
      .header('content-length', bundle.bytes)
      .header('content-disposition', `attachment; filename="${id.replaceAll(/[^\w.-]/g, '_')}.zip"`)
      .type('application/zip')
      .send(bytes);
  });
}
