/**
 * The HTTP step: one HTTP/1.1 request over a connection that is already open. Nothing is retried and no redirect followed.
 * A body is decoded and read up to its bound; a small answer that would unpack into gigabytes stops there, too.
 */
import { request as startRequest } from 'node:http';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Readable, Transform } from 'node:stream';
import { FAILURE } from '../failure.ts';
import type { Connection, HttpProgress, HttpRequest, HttpResponse, HttpResult, Limits } from '../network.ts';
import { bounded } from './bounded.ts';
import { failureOf, unknownFailure } from './failure.ts';
import { asSocketConnection } from './socket-connection.ts';
import type { SocketConnection } from './socket-connection.ts';
import { sha256Hex } from './tls.ts';

const PROGRESS_EVERY_MS = 250;
/** Two minutes of samples: the longest deadline a plan can set. */
const PROGRESS_SAMPLES_MAX = 480;
const HEADER_BYTES_MAX = 65_536;

export interface RequestWithBody extends Omit<HttpRequest, 'method'> {
  readonly method: HttpRequest['method'] | 'POST';
  readonly body?: Uint8Array;
}

/** What has come so far of one exchange. */
interface Exchange {
  readonly startedMs: number;
  readonly bodyBytesMax: number;
  /** A HEAD's answer names an encoding and has no body to decode. */
  readonly hasBody: boolean;
  firstByteMs: number | null;
  head: { readonly code: number; readonly headers: Readonly<Record<string, string>> } | null;
  readonly chunks: Buffer[];
  bodyBytes: number;
  /** The connection's count when the request was sent. */
  readonly wireBytesBefore: number;
  isTruncated: boolean;
  readonly progress: HttpProgress[];
}

export async function fetchHttp(
  connection: Connection,
  request: RequestWithBody,
  limits: Limits,
): Promise<HttpResult> {
  const open = asSocketConnection(connection);
  const exchange = newExchange(request, open.wire.bytesRead);
  if (open.failure !== null) return result(exchange, open.failure);
  const failure = await bounded<string | null>(
    limits,
    (settle) => {
      const sampler = setInterval(() => {
        sample(exchange, open);
      }, PROGRESS_EVERY_MS);
      const outgoing = send(open, request);
      outgoing.on('error', (error) => {
        settle(open.reported ?? failureOf(error));
      });
      outgoing.on('close', () => {
        // Once a header came, the body's own end decides: a decoder may still be at work when the socket has closed.
        if (exchange.head === null) settle(open.reported ?? FAILURE.eof);
      });
      outgoing.on('response', (incoming) => {
        receive(incoming, exchange, open, settle);
      });
      return () => {
        clearInterval(sampler);
        outgoing.destroy();
      };
    },
    (cut) => cut,
  );
  if (exchange.head !== null) sample(exchange, open);
  open.close();
  return result(exchange, failure);
}

function newExchange({ bodyBytesMax, method }: RequestWithBody, wireBytesBefore: number): Exchange {
  return {
    startedMs: performance.now(),
    bodyBytesMax,
    hasBody: method !== 'HEAD',
    firstByteMs: null,
    head: null,
    chunks: [],
    bodyBytes: 0,
    wireBytesBefore,
    isTruncated: false,
    progress: [],
  };
}

function send(open: SocketConnection, request: RequestWithBody): ClientRequest {
  const url = new URL(request.url);
  const outgoing = startRequest({
    createConnection: () => open.stream,
    method: request.method,
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, ...request.headers },
    maxHeaderSize: HEADER_BYTES_MAX,
  });
  outgoing.end(request.body);
  return outgoing;
}

function receive(
  incoming: IncomingMessage,
  exchange: Exchange,
  open: SocketConnection,
  settle: (failure: string | null) => void,
): void {
  exchange.firstByteMs = performance.now() - exchange.startedMs;
  exchange.head = { code: incoming.statusCode ?? 0, headers: flatHeaders(incoming.headers) };
  const encoding = exchange.hasBody ? (exchange.head.headers['content-encoding'] ?? '') : '';
  const decoder = decoderFor(encoding);
  const body: Readable = decoder === null ? incoming : incoming.pipe(decoder);
  body.on('data', (chunk: Buffer) => {
    if (keep(chunk, exchange)) return;
    incoming.destroy();
    settle(null);
  });
  body.on('end', () => {
    settle(null);
  });
  incoming.on('error', () => {
    settle(open.reported ?? FAILURE.eof);
  });
  decoder?.on('error', (error: Error) => {
    settle(unknownFailure(`content-encoding: ${error.message}`));
  });
}

/** Adds a piece of the body; false when the bound is reached. */
function keep(chunk: Buffer, exchange: Exchange): boolean {
  const free = exchange.bodyBytesMax - exchange.bodyBytes;
  if (free <= 0 && exchange.isTruncated) return false;
  const kept = chunk.length > free ? chunk.subarray(0, free) : chunk;
  exchange.chunks.push(kept);
  exchange.bodyBytes += kept.length;
  if (kept.length < chunk.length) exchange.isTruncated = true;
  return !exchange.isTruncated;
}

function decoderFor(encoding: string): Transform | null {
  switch (encoding.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return null;
  }
}

/** Counted below TLS: a record of 16 kB can be read only once it is whole, and a slow body would seem to come in jumps. */
function sample(exchange: Exchange, { wire }: SocketConnection): void {
  if (exchange.head === null || exchange.progress.length >= PROGRESS_SAMPLES_MAX) return;
  exchange.progress.push({
    elapsedMs: performance.now() - exchange.startedMs,
    receivedBytes: wire.bytesRead - exchange.wireBytesBefore,
  });
}

function result(exchange: Exchange, failure: string | null): HttpResult {
  return {
    failure,
    response: exchange.head === null ? null : responseOf(exchange, exchange.head),
    firstByteMs: exchange.firstByteMs,
    progress: exchange.progress,
  };
}

function responseOf(exchange: Exchange, head: NonNullable<Exchange['head']>): HttpResponse {
  const body = Buffer.concat(exchange.chunks);
  return { ...head, body, bodySha256: sha256Hex(body), isBodyTruncated: exchange.isTruncated };
}

function flatHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}
