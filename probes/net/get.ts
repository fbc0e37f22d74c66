/** Fetches a public document piece by piece; for archives of others. Bounded in size and in silence; a failure is data. */
import { request } from 'undici';
import { FAILURE } from '../failure.ts';
import { failureOf } from './failure.ts';
import { TOO_LARGE } from './post-json.ts';
import { retryAfterSeconds } from './retry-after.ts';

/** Without a byte for this long the connection is given up. */
const SILENCE_MS = 60_000;

export interface GetRequest {
  readonly url: string;
  readonly bytesMax: number;
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
}

export type Get = (wanted: GetRequest, signal: AbortSignal) => Promise<GetAnswer>;

/** Never rejects, unless `onBytes` does. A body that is shorter than announced is a failure. */
export async function get(wanted: GetRequest, signal: AbortSignal): Promise<GetAnswer> {
  let status = 0;
  try {
    const answer = await request(wanted.url, {
      signal,
      headersTimeout: SILENCE_MS,
      bodyTimeout: SILENCE_MS,
    });
    status = answer.statusCode;
    const said = answer.headers['retry-after'];
    const whole = {
      status,
      retryAfterSeconds: retryAfterSeconds(typeof said === 'string' ? said : undefined),
    };
    if (status !== 200) {
      await answer.body.dump();
      return { failure: null, ...whole };
    }
    const isWhole = await take(answer.body, wanted);
    return { failure: isWhole ? null : TOO_LARGE, ...whole };
  } catch (error) {
    if (error instanceof TakerError) throw error.cause;
    return {
      failure: signal.aborted ? FAILURE.interrupted : failureOf(error),
      status,
      retryAfterSeconds: null,
    };
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
