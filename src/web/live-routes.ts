/** Address of the live word: server-sent events (HTML standard, section 9.2). */
import type { FastifyInstance } from 'fastify';
import type { WebContext } from './context.ts';
import { LiveBoard } from './live.ts';
import type { LiveReader } from './live.ts';

/** What a reader has not taken by then it will not take: a phone that left its network. */
const UNSENT_BYTES_MAX = 16_384;
const RETRY_MS = 10_000;
const BUSY_RETRY_SECONDS = 60;

export function registerLive(app: FastifyInstance, context: WebContext): void {
  const board = new LiveBoard(context);
  app.addHook('preClose', async () => board.close());
  app.get('/api/live', { schema: { hide: true } }, (request, reply) => {
    const { raw } = reply;
    const reader: LiveReader = {
      write: (text) => raw.writableLength < UNSENT_BYTES_MAX && (raw.write(text), true),
      end: () => raw.end(),
    };
    if (!board.join(reader)) {
      const detail = context.messages.api.busy;
      const problem = { type: 'about:blank', title: 'Service Unavailable', status: 503, detail };
      reply.code(503).header('retry-after', String(BUSY_RETRY_SECONDS)).header('cache-control', 'no-store');
      return reply.type('application/problem+json').send(JSON.stringify(problem));
    }
    request.raw.once('close', () => {
      board.leave(reader);
    });
    // The headers that protect every answer go out with this one too.
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) raw.setHeader(name, value);
    reply.hijack();
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies that gather an answer before they pass it on would gather this one for ever.
      'x-accel-buffering': 'no',
    });
    raw.write(`retry: ${RETRY_MS}\n\n`);
    return reply;
  });
}
