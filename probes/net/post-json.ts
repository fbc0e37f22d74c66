/** POSTs JSON to a server of ours. Bounded in time and in size; a failure of the network is data. */
import { request } from 'undici';
import { FAILURE } from '../failure.ts';
import { failureOf } from './failure.ts';

const ANSWER_BYTES_MAX = 1_048_576;

export interface JsonPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly timeoutMs: number;
}

export interface JsonAnswer {
  /** OONI's word when no whole answer came; null otherwise, whatever the status. */
  readonly failure: string | null;
  /** 0 when no answer came. */
  readonly status: number;
  /** The parsed body; null when there was none or it was no JSON. */
  readonly body: unknown;
}

export type PostJson = (post: JsonPost, signal: AbortSignal) => Promise<JsonAnswer>;

/** @see JsonPost. Never rejects. */
export async function postJson(post: JsonPost, signal: AbortSignal): Promise<JsonAnswer> {
  const deadline = AbortSignal.timeout(post.timeoutMs);
  try {
    const response = await request(post.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...post.headers },
      body: JSON.stringify(post.body),
      signal: AbortSignal.any([signal, deadline]),
    });
    const chunks: Buffer[] = [];
    let size = 0;
    const body: AsyncIterable<Uint8Array> = response.body;
    for await (const piece of body) {
      const bytes = Buffer.from(piece);
      size += bytes.length;
      if (size > ANSWER_BYTES_MAX) throw new RangeError('the answer is larger than its bound');
      chunks.push(bytes);
    }
    return {
      failure: null,
      status: response.statusCode,
      body: parse(Buffer.concat(chunks).toString('utf8')),
    };
  } catch (error) {
    return { failure: cutFailure(signal, deadline) ?? failureOf(error), status: 0, body: null };
  }
}

function cutFailure(signal: AbortSignal, deadline: AbortSignal): string | null {
  if (signal.aborted) return FAILURE.interrupted;
  return deadline.aborted ? FAILURE.timeout : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
