/** The web server: pages, charts, API, health. Read-only; the caller listens. */
import { createHash } from 'node:crypto';
import compress from '@fastify/compress';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Catalog } from '../../probes/catalog.ts';
import type { Clock } from '../../probes/probe.ts';
import type { Log } from '../log.ts';
import type { SourceState } from '../sources/keeper.ts';
import type { Store } from '../store/store.ts';
import { keepAnswers } from './answer-cache.ts';
import { registerExport } from './api/export-routes.ts';
import { problemOf } from './api/problem.ts';
import type { Problem } from './api/schemas.ts';
import { registerApi } from './api/routes.ts';
import { REQUESTS_PER_MINUTE } from '../config/admin-schema.ts';
import { assetsFolder } from './assets.ts';
import { createContexts } from './context.ts';
import type { ByHand, Contexts, PublicLog, SweepNotice, WebContext } from './context.ts';
import { registerAdmin } from './admin/register.ts';
import type { AdminWeb } from './admin/routes.ts';
import { errorText } from './error-text.ts';
import { createEventReader } from './event-reads.ts';
import { languageOf } from './languages.ts';
import type { MonitorNotice } from './notice.ts';
import { renderPage } from './pages/page.ts';
import { errorPage } from './pages/others.ts';
import { registerCharts } from './chart-routes.ts';
import { registerFeed } from './feed-routes.ts';
import { registerLive } from './live-routes.ts';
import { registerEvidence } from './evidence-routes.ts';
import { registerPages } from './page-routes.ts';
import { POLICY, SELF } from './policy.ts';
import { registerService } from './service-routes.ts';
import { registerSitemap } from './sitemap-routes.ts';
import { registerTransparency } from './transparency-routes.ts';

export interface WebServerOptions extends ByHand {
  readonly store: Store;
  readonly catalog: Catalog;
  /** In the demo this is the scenario's clock. */
  readonly clock: Clock;
  readonly log: Log;
  /** Asked anew for every page. */
  readonly notice: () => MonitorNotice;
  readonly version: string;
  /** What the page about the probes says of them; absent where none are sent. */
  readonly sweep?: SweepNotice;
  readonly transparency?: PublicLog;
  /** Those who watch from outside and how asking them goes; absent where nobody is asked. */
  readonly sources?: () => readonly SourceState[];
  /** Absent: there are no such pages. */
  readonly admin?: AdminWeb;
  /** Proxies whose headers say who the reader is and by which scheme; else it is whoever connects. */
  readonly trustProxy?: readonly string[];
  readonly requestsPerMinute?: number;
  /** How long an answer is given to others who ask for the same, in the clock's milliseconds; default: not at all. */
  readonly answersKeptMs?: number;
  /** e.g. `https://aiqyn.example`; without a trailing slash. */
  readonly publicUrl?: string;
}

const CACHE_SECONDS = 10;
async function registerProtection(app: FastifyInstance, requestsPerMinute: number): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: POLICY },
    // The monitor speaks plain HTTP on its own machine; whoever puts TLS in front of it sets this there.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
  });
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: 60_000,
    allowList: (request) => request.url.startsWith('/assets/') || request.url === '/healthz',
  });
  await app.register(compress, { threshold: 1_024, encodings: ['br', 'gzip'] });
}

async function registerDocs(app: FastifyInstance, { messages, version }: WebContext): Promise<void> {
  await app.register(swagger, {
    openapi: { info: { title: messages.site.name, description: messages.data.intro, version } },
    transform: jsonSchemaTransform,
  });
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    // The documentation's own page needs inline styles; nothing else does.
    staticCSP: { ...swaggerPolicy() },
    uiConfig: { validatorUrl: null },
  });
}

function swaggerPolicy(): Record<string, string[]> {
  return {
    'default-src': ["'none'"],
    'script-src': SELF,
    'style-src': [...SELF, "'unsafe-inline'"],
    'img-src': [...SELF, 'data:'],
    'connect-src': SELF,
    'frame-ancestors': ["'none'"],
  };
}

/** Answers If-None-Match for everything that is made as one string. */
function tagAnswer(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  const isTagged = request.method === 'GET' && reply.statusCode === 200 && typeof payload === 'string';
  if (!isTagged || request.url.startsWith('/metrics')) return payload;
  const etag = `W/"${createHash('sha256').update(payload).digest('base64url').slice(0, 27)}"`;
  reply.header('etag', etag);
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', `public, max-age=${CACHE_SECONDS}`);
  if (request.headers['if-none-match'] !== etag) return payload;
  reply.code(304);
  return '';
}

/** An address that is not well formed names nothing: with its signs as plain text, it is answered like any other unknown one. */
function readableAddress(url: string): string {
  const [path = '', ...query] = url.split('?');
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    return [path.replaceAll('%', '%25'), ...query].join('?');
  }
}

function wantsProblem(request: FastifyRequest): boolean {
  return /^\/(?:api|metrics|healthz|charts|feed\.atom|transparency\.json)(?:\/|$|\?)/.test(request.url);
}

/** Title and text of an error's page. */
function errorWords(
  { status, detail, errors }: Problem,
  { messages, notice }: WebContext,
): readonly [string, string] {
  const { error: say } = messages;
  if (status === 500) return [say.failedTitle, say.failed];
  if (status === 429) return [say.busyTitle, say.busy];
  // What a schema says of a parameter is English, and meant for programs.
  if (status !== 503) return [say.badTitle, errors === undefined ? detail : messages.api.invalid];
  const waiting = notice().vantages.reduce((sum, { spoolDepth }) => sum + spoolDepth, 0);
  return [say.storeAwayTitle, say.storeAway(waiting)];
}

function registerErrors(app: FastifyInstance, contexts: Contexts): void {
  app.setErrorHandler((error, request, reply) => {
    const context = contexts[languageOf(request.url)];
    const problem = problemOf(error, context.messages);
    if (problem.status === 500) {
      context.log.error({ url: request.url, error: errorText(error) }, 'a request failed');
    }
    reply.code(problem.status).header('cache-control', 'no-store');
    if (wantsProblem(request)) return reply.type('application/problem+json').send(JSON.stringify(problem));
    const [title, text] = errorWords(problem, context);
    return reply.type('text/html; charset=utf-8').send(renderPage(context, errorPage(context, title, text)));
  });
  app.setNotFoundHandler((request, reply) => {
    const context = contexts[languageOf(request.url)];
    const { error: say } = context.messages;
    reply.code(404).header('cache-control', 'no-store');
    if (wantsProblem(request)) {
      const problem = {
        type: 'about:blank',
        title: 'Not Found',
        status: 404,
        detail: context.messages.api.notFound,
      };
      return reply.type('application/problem+json').send(JSON.stringify(problem));
    }
    const page = errorPage(context, say.notFoundTitle, say.notFound);
    return reply.type('text/html; charset=utf-8').send(renderPage(context, page));
  });
}

/** A server that is ready to listen. Closing it does not close the store. */
export async function createWebServer(options: WebServerOptions): Promise<FastifyInstance> {
  const contexts = createContexts(options);
  const reader = createEventReader(contexts.en);
  const byClass = new Map<string, number>();
  const app = fastify({
    logger: false,
    // Longer ones than headers may be cannot come: what is not known is said by the page that says so.
    routerOptions: { maxParamLength: 16_384 },
    rewriteUrl: ({ url }) => readableAddress(url ?? '/'),
    forceCloseConnections: true,
    trustProxy: [...(options.trustProxy ?? [])],
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  keepAnswers(app, contexts.en, options.answersKeptMs ?? 0);
  app.addHook('onSend', async (request, reply, payload) => tagAnswer(request, reply, payload));
  app.addHook('onResponse', async (_request, reply) => {
    const key = `${Math.floor(reply.statusCode / 100)}xx`;
    byClass.set(key, (byClass.get(key) ?? 0) + 1);
  });
  registerErrors(app, contexts);
  await registerProtection(app, options.requestsPerMinute ?? REQUESTS_PER_MINUTE);
  await registerDocs(app, contexts.en);
  await app.register(fastifyStatic, { root: assetsFolder(), prefix: '/assets/', maxAge: 300_000 });
  registerPages(app, contexts, reader);
  registerCharts(app, contexts);
  registerFeed(app, contexts);
  registerApi(app, contexts, reader);
  registerExport(app, contexts.en);
  registerSitemap(app, contexts.en);
  registerTransparency(app, contexts.en);
  registerEvidence(app, contexts.en);
  if (options.admin !== undefined) await registerAdmin(app, contexts.en, options.admin);
  registerLive(app, contexts.en);
  registerService(app, contexts.en, { byClass });
  await app.ready();
  return app;
}
