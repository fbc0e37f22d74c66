/** Speaks HTTP with servers of ours, which answer in JSON. Bounded in time and in size; a failure of the network is data. */
import { request as requestPlain } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as requestSecure } from 'node:https';
import { FAILURE } from '../failure.ts';
import { failureOf } from './failure.ts';
import { retryAfterSeconds } from './retry-after.ts';
import { openWaySockets } from './way-sockets.ts';
import type { WayLine, WaySockets } from './way-sockets.ts';

const ANSWER_BYTES_MAX = 1_048_576;
/** The failure of a body beyond its bound; OONI has no word for it. */
export const TOO_LARGE = 'larger_than_its_bound';

export interface JsonPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly timeoutMs: number;
}

/** A request as it is; without a body it is a GET. */
export interface PlainRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
  readonly timeoutMs: number;
  /** Of the answer; default ANSWER_BYTES_MAX. */
  readonly bodyBytesMax?: number;
}

/** An answer as it came. */
export interface TextAnswer {
  /** OONI's word when no whole answer came; null otherwise, whatever the status. */
  readonly failure: string | null;
  /** 0 when no answer came. */
  readonly status: number;
  /** Names in lower case; of several values the first. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of a Retry-After, in seconds or as a date; null where there was none. */
  readonly retryAfterSeconds: number | null;
  readonly text: string;
}

export interface JsonAnswer {
  /** OONI's word when no whole answer came; null otherwise, whatever the status. */
  readonly failure: string | null;
  /** 0 when no answer came. */
  readonly status: number;
  /** The parsed body; null when there was none or it was no JSON. */
  readonly body: unknown;
  /** Of a Retry-After, in seconds or as a date; absent where there was none. */
  readonly retryAfterSeconds?: number;
}

export type PostJson = (post: JsonPost, signal: AbortSignal) => Promise<JsonAnswer>;
export type SendPlain = (message: PlainRequest, signal: AbortSignal) => Promise<JsonAnswer>;

/** @see JsonPost. Never rejects. */
export async function postJson(post: JsonPost, signal: AbortSignal): Promise<JsonAnswer> {
  return postBy(send)(post, signal);
}

/** The same by a way of one's own. */
export function postBy(sendPlain: SendPlain): PostJson {
  return async (post, signal) => {
    const headers = { 'content-type': 'application/json', ...post.headers };
    const body = Buffer.from(JSON.stringify(post.body), 'utf8');
    return sendPlain({ url: post.url, headers, body, timeoutMs: post.timeoutMs }, signal);
  };
}

export interface WayOptions {
  /** `socks5://127.0.0.1:9050`: names are resolved by the proxy, as Tor needs it. */
  readonly socks?: string;
  /** PEM: only servers with a certificate of this authority are believed, instead of the system's. */
  readonly authority?: string;
  /** By this line alone. Where there is a proxy, the proxy's own way out counts and not the line. */
  readonly line?: WayLine;
}

/** A way to our servers. */
export interface Way {
  /** Never rejects. */
  readonly send: SendPlain;
  close(): Promise<void>;
}

export function openWay(options: WayOptions): Way {
  const sockets = openWaySockets(options);
  return {
    send: async (message, signal) => send(message, signal, sockets),
    close: async () => {
      sockets.close();
      return Promise.resolve();
    },
  };
}

/** The way of who names none: the system's own. */
const COMMON = openWaySockets({});

async function send(
  message: PlainRequest,
  signal: AbortSignal,
  sockets: WaySockets = COMMON,
): Promise<JsonAnswer> {
  const { failure, status, retryAfterSeconds: seconds, text } = await sendForText(message, signal, sockets);
  if (failure !== null) return { failure, status: 0, body: null };
  return {
    failure,
    status,
    body: parseJson(text),
    ...(seconds === null ? {} : { retryAfterSeconds: seconds }),
  };
}

/** Never rejects. A body that is cut off, or larger than its bound, is a failure. */
export async function sendForText(
  message: PlainRequest,
  signal: AbortSignal,
  sockets: WaySockets = COMMON,
): Promise<TextAnswer> {
  const deadline = AbortSignal.timeout(message.timeoutMs);
  try {
    const answer = await asked(message, AbortSignal.any([signal, deadline]), sockets);
    const text = await readBody(answer, message.bodyBytesMax ?? ANSWER_BYTES_MAX);
    if (text === null) return withoutAnswer(TOO_LARGE);
    const headers = firstValues(answer.headers);
    const seconds = retryAfterSeconds(headers['retry-after']);
    return { failure: null, status: answer.statusCode ?? 0, headers, retryAfterSeconds: seconds, text };
  } catch (error) {
    return withoutAnswer(cutFailure(signal, deadline) ?? failureOf(error));
  }
}

function withoutAnswer(failure: string): TextAnswer {
  return { failure, status: 0, headers: {}, retryAfterSeconds: null, text: '' };
}

/** The answer's head. @throws whatever Node says where none came. */
async function asked(
  { url, headers, body }: PlainRequest,
  signal: AbortSignal,
  { agents }: WaySockets,
): Promise<IncomingMessage> {
  const to = new URL(url);
  const options: RequestOptions = { method: body === null ? 'GET' : 'POST', headers: { ...headers }, signal };
  return new Promise((resolve, reject) => {
    const outgoing =
      to.protocol === 'https:'
        ? requestSecure(to, { ...options, agent: agents['https:'] })
        : requestPlain(to, { ...options, agent: agents['http:'] });
    outgoing.on('response', resolve).on('error', reject);
    outgoing.end(body ?? undefined);
  });
}

/** Null where it is larger than its bound. */
async function readBody(body: AsyncIterable<Uint8Array>, bytesMax: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    const bytes = Buffer.from(piece);
    size += bytes.length;
    if (size > bytesMax) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function firstValues(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const first: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = Array.isArray(value) ? value[0] : value;
    if (text !== undefined) first[name.toLowerCase()] = text;
  }
  return first;
}

function cutFailure(signal: AbortSignal, deadline: AbortSignal): string | null {
  if (signal.aborted) return FAILURE.interrupted;
  return deadline.aborted ? FAILURE.timeout : null;
}

/** Null where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
