/** One POST of JSON, and what its status means for a delivery. */
import type { JsonAnswer, PostJson } from '../../../probes/net/post-json.ts';
import type { Delivery } from '../channel.ts';

const TIMEOUT_MS = 15_000;

export interface Post {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export async function post(
  send: PostJson,
  { url, headers, body }: Post,
  signal: AbortSignal,
): Promise<JsonAnswer> {
  return send({ url, headers: headers ?? {}, body, timeoutMs: TIMEOUT_MS }, signal);
}

/** Success is any 2xx. 408, 425, 429 and 5xx pass, and so does a wrong login: somebody will mend it. */
export function deliveryOf(answer: JsonAnswer, handle: string | null): Delivery {
  const { failure, status } = answer;
  if (failure !== null) return { outcome: 'unreachable', reason: failure, afterMs: null };
  if (status >= 200 && status < 300) return { outcome: 'delivered', handle };
  const reason = `HTTP ${status}`;
  const passes = status >= 500 || [401, 403, 404, 408, 425, 429].includes(status);
  if (!passes) return { outcome: 'refused', reason };
  const afterMs = answer.retryAfterSeconds === undefined ? null : answer.retryAfterSeconds * 1_000;
  return { outcome: 'unreachable', reason, afterMs };
}

export function bearer(token: { reveal(): string } | null): Readonly<Record<string, string>> {
  return token === null ? {} : { authorization: `Bearer ${token.reveal()}` };
}
