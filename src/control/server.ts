/**
 * The control server: measures what it is asked for from where it stands, which is abroad. HTTP and JSON:
 * `POST /measure {url, endpoints}` → `{control}`; `GET /whereabouts` → `{address, asn}`; `GET /healthz`. It refuses to be led into networks of its own.
 */
import { setMaxListeners } from 'node:events';
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { z } from 'zod';
import { parseEndpoint } from '../../probes/net/socket-connection.ts';
import type { Network } from '../../probes/network.ts';
import type { Clock } from '../../probes/probe.ts';
import { isIpAddress } from '../../probes/scrub.ts';
import { isSpecialAddress } from '../../probes/special-address.ts';
import { EnvironmentError } from '../errors.ts';
import { callerAddress, CONTROL_WHEREABOUTS_PATH } from '../fleet/caller-address.ts';
import type { Log } from '../log.ts';
import { measureForControl, portOf } from './measure.ts';
import type { Endpoint } from './measure.ts';

const QUESTION_BYTES_MAX = 16_384;
const ENDPOINTS_ASKED_MAX = 16;
const MEASURING_MAX = 32;
const REQUEST_TIMEOUT_MS = 15_000;

const Question = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).max(2_048),
  endpoints: z.array(z.string().max(64)).max(ENDPOINTS_ASKED_MAX),
  quic: z.literal(true).optional(),
});

export interface ControlServerOptions {
  readonly host: string;
  /** 0 lets the system choose; `url` then says which. */
  readonly port: number;
  /** Where set, only who sends it as a bearer token is answered. */
  readonly token?: string;
  readonly network: Network;
  readonly clock: Clock;
  readonly log: Log;
  /** Tests and the demo only. */
  readonly allowPrivate?: boolean;
}

export interface RunningControl {
  readonly url: string;
  /** Cuts what is being measured short and closes. */
  stop(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: object;
}

/** @throws EnvironmentError when the address is taken or not this machine's. */
export async function startControl(options: ControlServerOptions): Promise<RunningControl> {
  const stopping = new AbortController();
  // Every step of every measurement under way listens to it; MEASURING_MAX bounds them.
  setMaxListeners(0, stopping.signal);
  let measuringCount = 0;

  async function measure(request: IncomingMessage): Promise<Reply> {
    if (!isAllowed(request, options.token)) return problem(401, 'a bearer token is needed');
    if (measuringCount >= MEASURING_MAX)
      return problem(429, 'too many questions at once; ask again in a while');
    measuringCount += 1;
    try {
      const question = await readQuestion(request, options.allowPrivate === true);
      if ('status' in question) return question;
      const startedMs = options.clock.monotonicMs();
      const control = await measureForControl(question.url, question.endpoints, {
        network: options.network,
        signal: stopping.signal,
        allowPrivate: options.allowPrivate === true,
        isQuicAsked: question.isQuicAsked,
      });
      options.log.debug(
        { host: question.url.hostname, durationMs: options.clock.monotonicMs() - startedMs },
        'Measured for a vantage.',
      );
      return { status: 200, body: { control } };
    } finally {
      measuringCount -= 1;
    }
  }

  const server = createServer((request, response) => {
    answer(request, options.token, measure)
      .catch((error: unknown): Reply => {
        options.log.error({ error: String(error) }, 'A question to the control could not be answered.');
        return problem(500, 'the control failed');
      })
      .then((reply) => {
        send(response, reply);
      })
      .catch(() => response.destroy());
  });
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  await listen(server, options);
  return {
    url: urlOf(server, options.host),
    stop: () =>
      new Promise((resolve) => {
        stopping.abort();
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  token: string | undefined,
  measure: (request: IncomingMessage) => Promise<Reply>,
): Promise<Reply> {
  if (request.method === 'GET' && request.url === '/healthz') return { status: 200, body: { status: 'ok' } };
  if (request.method === 'GET' && request.url === `/${CONTROL_WHEREABOUTS_PATH}`)
    return whereabouts(request, token);
  if (request.url !== '/measure')
    return problem(404, 'there is only POST /measure, GET /whereabouts and GET /healthz');
  return request.method === 'POST' ? measure(request) : problem(405, 'POST a question here');
}

/** Told to whoever asks, and kept nowhere: behind NAT nobody knows it of himself. */
function whereabouts(request: IncomingMessage, token: string | undefined): Reply {
  if (!isAllowed(request, token)) return problem(401, 'a bearer token is needed');
  const forwarded = request.headers['x-forwarded-for'];
  const told = typeof forwarded === 'string' ? forwarded : undefined;
  const address = callerAddress(request.socket.remoteAddress ?? '', told);
  return { status: 200, body: { address, asn: null } };
}

function listen(server: Server, { host, port }: ControlServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const code = 'code' in error ? String(error.code) : 'LISTEN_FAILED';
      reject(
        new EnvironmentError(code, `cannot listen on ${host}:${port} (${code}); choose another port`, {
          cause: error,
        }),
      );
    });
    server.listen(port, host, resolve);
  });
}

function urlOf(server: Server, host: string): string {
  const bound = server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Compares hashes, so that neither time nor length tells anything of the token. */
function isAllowed(request: IncomingMessage, token: string | undefined): boolean {
  if (token === undefined) return true;
  return timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${token}`));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

interface AcceptedQuestion {
  readonly url: URL;
  readonly endpoints: readonly Endpoint[];
  readonly isQuicAsked: boolean;
}

async function readQuestion(
  request: IncomingMessage,
  allowPrivate: boolean,
): Promise<AcceptedQuestion | Reply> {
  const text = await readBody(request);
  if (text === null) return problem(413, `a question has at most ${QUESTION_BYTES_MAX} bytes`);
  const parsed = Question.safeParse(parseJson(text));
  if (!parsed.success) return problem(400, z.prettifyError(parsed.error));
  const url = new URL(parsed.data.url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!allowPrivate && (isLocalName(host) || (isIpAddress(host) && isSpecialAddress(host)))) {
    return problem(403, 'only public hosts are measured');
  }
  const endpoints = readEndpoints(parsed.data.endpoints, portOf(url));
  if (endpoints === null) return problem(400, 'endpoints are written ip:port, with the port of the URL');
  // A vantage whose resolver lies sends private addresses quite honestly: they are passed over, not refused.
  return {
    url,
    endpoints: endpoints.filter(({ address }) => allowPrivate || !isSpecialAddress(address)),
    isQuicAsked: parsed.data.quic === true,
  };
}

/** Null when one is malformed or has another port: the control is no scanner of ports. */
function readEndpoints(texts: readonly string[], port: number): readonly Endpoint[] | null {
  const endpoints = texts.map(parseEndpoint);
  const good = endpoints.filter((endpoint) => endpoint !== null && endpoint.port === port);
  return good.length === texts.length ? good.filter((endpoint) => endpoint !== null) : null;
}

function isLocalName(host: string): boolean {
  return /(?:^|\.)(?:localhost|local|internal|lan|home\.arpa)$/i.test(host) || !/[.:]/.test(host);
}

/** Null when there is more than the bound. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  const pieces: AsyncIterable<Uint8Array> = request;
  for await (const piece of pieces) {
    const bytes = Buffer.from(piece);
    size += bytes.length;
    if (size > QUESTION_BYTES_MAX) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function problem(status: number, message: string): Reply {
  return { status, body: { error: message } };
}

function send(response: ServerResponse, { status, body }: Reply): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...(status === 429 ? { 'retry-after': '5' } : {}),
    // An unread rest of a body must not be taken for the next question.
    ...(status === 413 ? { connection: 'close' } : {}),
  });
  response.end(JSON.stringify(body));
}
