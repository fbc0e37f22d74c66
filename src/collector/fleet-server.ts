/** HTTP for vantages: enrolment, the collector's time, batches. Whoever faces the internet puts a TLS proxy before it. */
import rateLimit from '@fastify/rate-limit';
import fastify from 'fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Clock } from '../../probes/probe.ts';
import {
  BATCHES_PATH,
  BODY_TYPE,
  CARRIED_PATH,
  ENROLMENTS_PATH,
  HEADER_FIELD,
  SIGNATURE_FIELD,
  TIME_PATH,
} from '../fleet/answers.ts';
import { BODY_BYTES_MAX } from '../fleet/batch.ts';
import type { CarriedBatch } from '../fleet/bundle-file.ts';
import { callerAddress, WHEREABOUTS_PATH } from '../fleet/caller-address.ts';
import { Refusal, REFUSALS } from '../fleet/refusal.ts';
import type { Log } from '../log.ts';
import type { CarriedReception } from './carried-reception.ts';
import type { FleetBook } from './fleet-book.ts';
import { OutOfStep } from './reception.ts';
import type { Reception } from './reception.ts';

/** A vantage sends every few seconds; many may come from one address, as through Tor. */
const REQUESTS_PER_MINUTE_MAX = 6_000;
/** Guessing a token must not be cheap. */
const ENROLMENTS_PER_MINUTE_MAX = 10;
const MINUTE_MS = 60_000;
const REQUEST_TIMEOUT_MS = 60_000;
const STATUS_TOO_MANY = 429;
const SMALL_BODY_BYTES_MAX = 4_096;

const Enrolment = z.strictObject({
  token: z.string().min(1).max(128),
  publicKey: z.string().min(1).max(512),
});

export interface FleetServerOptions {
  readonly book: FleetBook;
  readonly reception: Reception;
  readonly carriedReception: CarriedReception;
  /** Given to whoever is enrolled: bundles for this collector are sealed with it. */
  readonly boxKey: string;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly log: Log;
  /** A table of networks, for vantages that have none. */
  readonly asnOf?: (address: string) => number | null;
  /** Platforms that somebody is live on now; each answer to a batch says so. */
  readonly livePlatforms?: () => ReadonlySet<string>;
}

/** The caller listens and closes. */
export async function createFleetServer(options: FleetServerOptions): Promise<FastifyInstance> {
  const { book, reception, clock } = options;
  const app = fastify({ bodyLimit: SMALL_BODY_BYTES_MAX, requestTimeout: REQUEST_TIMEOUT_MS });
  await app.register(rateLimit, { max: REQUESTS_PER_MINUTE_MAX, timeWindow: MINUTE_MS });
  app.addContentTypeParser(
    BODY_TYPE,
    { parseAs: 'buffer', bodyLimit: BODY_BYTES_MAX },
    async (_request: FastifyRequest, body: Buffer) => Promise.resolve(body),
  );
  app.setErrorHandler(async (error: FastifyError, request, reply) =>
    answerError(error, request, reply, options.log),
  );
  app.setNotFoundHandler(async (_request, reply) =>
    reply.code(404).send({ error: 'malformed', message: `There is only ${BATCHES_PATH} here.` }),
  );
  app.get(TIME_PATH, async () => Promise.resolve({ nowMs: clock.nowMs() }));
  app.get(WHEREABOUTS_PATH, async (request, reply) => {
    const forwarded = request.headers['x-forwarded-for'];
    const address = callerAddress(request.ip, typeof forwarded === 'string' ? forwarded : undefined);
    return reply.header('cache-control', 'no-store').send({ address, asn: options.asnOf?.(address) ?? null });
  });
  app.get('/healthz', async () => Promise.resolve({ status: 'ok' }));
  app.post(
    ENROLMENTS_PATH,
    { config: { rateLimit: { max: ENROLMENTS_PER_MINUTE_MAX, timeWindow: MINUTE_MS } } },
    async (request) => {
      const asked = Enrolment.safeParse(request.body);
      if (!asked.success) throw new Refusal('malformed', 'a token and a public key');
      const { vantage } = await book.enrol(asked.data.token, asked.data.publicKey, clock.nowMs());
      options.log.info({ vantage: vantage.id }, 'A vantage is enrolled.');
      return { vantage, boxKey: options.boxKey };
    },
  );
  app.post(BATCHES_PATH, { bodyLimit: BODY_BYTES_MAX }, async (request) => {
    const { headerText, signature, body } = batchOf(request);
    const standing = await reception.receive(headerText, signature, body);
    const live = [...(options.livePlatforms?.() ?? [])].sort();
    return live.length === 0 ? standing : { ...standing, watch: live };
  });
  app.post(CARRIED_PATH, { bodyLimit: BODY_BYTES_MAX }, async (request) =>
    options.carriedReception.receive(batchOf(request)),
  );
  return app;
}

function batchOf(request: FastifyRequest): CarriedBatch {
  const { body } = request;
  if (!Buffer.isBuffer(body)) throw new Refusal('malformed', `the body's type is ${BODY_TYPE}`);
  return { headerText: fieldOf(request, HEADER_FIELD), signature: fieldOf(request, SIGNATURE_FIELD), body };
}

function fieldOf(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  if (typeof value !== 'string' || value === '') throw new Refusal('malformed', `no ${name}`);
  return value;
}

async function answerError(
  error: FastifyError | Refusal,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): Promise<FastifyReply> {
  if (!(error instanceof Refusal) && error.statusCode === STATUS_TOO_MANY)
    return reply
      .code(STATUS_TOO_MANY)
      .send({ error: 'unavailable', message: 'Too many requests; come again.' });
  const refusal = error instanceof Refusal ? error : refusalOf(error);
  if (refusal === null) {
    // Archive or store refused: the vantage keeps what it has and comes again.
    log.error({ path: request.routeOptions.url, error: String(error) }, 'A request could not be served.');
    return reply.code(503).send({ error: 'unavailable', message: 'The collector cannot keep it now.' });
  }
  log.warn({ refusal: refusal.code, message: refusal.message }, 'A request was refused.');
  const standing = refusal instanceof OutOfStep ? { standing: refusal.standing } : {};
  return reply
    .code(REFUSALS[refusal.code].status)
    .send({ error: refusal.code, message: refusal.message, ...standing });
}

/** What the server itself refuses, in our words. */
function refusalOf(error: FastifyError): Refusal | null {
  if (error.statusCode === REFUSALS.oversized.status) return new Refusal('oversized');
  const isTheirs = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
  return isTheirs ? new Refusal('malformed', error.message) : null;
}
