/** Fetches a public document piece by piece; for archives of others. Bounded in size and in silence; a failure is data. */
import { request } from 'undici';
import { FAILURE } from '../failure.ts';
import { failureOf } from './failure.ts';

/** Without a byte for this long the connection is given up. */
const SILENCE_MS = 60_000;

export interface GetRequest {
  readonly url: string;
  readonly bytesMax: number;
  /** Sent beside the usual ones. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the whole answer; absent: only silence ends it. */
  readonly timeoutMs?: number;
  /** Is given the body of a 200, in order, and waited for. Of any other status the body is thrown away. */
  readonly onBytes: (bytes: Uint8Array) => Promise<void> | void;
}

export interface GetAnswer {
  /** OONI's word when no whole answer came; null otherwise, whatever the status. */
  readonly failure: string | null;
  /** 0 when no answer came. */
  readonly status: number;
  /** Of a Retry-After, in seconds or as a date; null where there was none. */
  readonly retryAfterSeconds: number | null;
  /** What the server says of its answer, by names in lower case; absent when no answer came. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type Get = (wanted: GetRequest, signal: AbortSignal) => Promise<GetAnswer>;

/** Never rejects, unless `onBytes` does. A body that is shorter than announced is a failure. */
export async function get(wanted: GetRequest, signal: AbortSignal): Promise<GetAnswer> {
  const deadline = wanted.timeoutMs === undefined ? null : AbortSignal.timeout(wanted.timeoutMs);
  let status = 0;
  try {
    const answer = await request(wanted.url, {
      signal: deadline === null ? signal : AbortSignal.any([signal, deadline]),
      headersTimeout: SILENCE_MS,
      bodyTimeout: SILENCE_MS,
      ...(wanted.headers === undefined ? {} : { headers: wanted.headers }),
    });
    status = answer.statusCode;
    const retryAfterSeconds = secondsOf(answer.headers['retry-after']);
    const headers = plain(answer.headers);
    if (status !== 200) {
      await answer.body.dump();
      return { failure: null, status, retryAfterSeconds, headers };
    }
    const isWhole = await take(answer.body, wanted);
    return { failure: isWhole ? null : 'larger_than_its_bound', status, retryAfterSeconds, headers };
  } catch (error) {
    if (error instanceof TakerError) throw error.cause;
    return { failure: cutFailure(signal, deadline) ?? failureOf(error), status, retryAfterSeconds: null };
  }
}

/** False where the body is larger than its bound. */
async function take(body: AsyncIterable<Uint8Array>, { bytesMax, onBytes }: GetRequest): Promise<boolean> {
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > bytesMax) return false;
    await taken(onBytes, piece);
  }
  return true;
}

function cutFailure(signal: AbortSignal, deadline: AbortSignal | null): string | null {
  if (signal.aborted) return FAILURE.interrupted;
  return deadline?.aborted === true ? FAILURE.timeout : null;
}

function plain(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

/** What went wrong on our side of the connection, such as a full disk. */
class TakerError extends Error {
  override readonly name = 'TakerError';
  override readonly cause: Error;

  constructor(cause: Error) {
    super(cause.message);
    this.cause = cause;
  }
}

async function taken(onBytes: GetRequest['onBytes'], piece: Uint8Array): Promise<void> {
  try {
    await onBytes(piece);
  } catch (error) {
    throw new TakerError(error instanceof Error ? error : new Error(String(error)));
  }
}

function secondsOf(header: string | string[] | undefined): number | null {
  if (typeof header !== 'string') return null;
  if (/^\d{1,6}$/.test(header)) return Number(header);
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? null : Math.max(0, Math.ceil((atMs - Date.now()) / 1_000));
}
