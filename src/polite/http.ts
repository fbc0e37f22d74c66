/**
 * One request to a server of others: with a name that says who asks, bounds on time and size, and the server's limits as it says
 * them. `client.ts` asks again and again on top of it, with pauses.
 */
import { parseJson, sendForText } from '../../probes/net/post-json.ts';

const TIMEOUT_MS = 20_000;
const BODY_BYTES_MAX = 4 * 1_048_576;

export interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly bodyBytesMax?: number;
  readonly signal: AbortSignal;
}

export interface Answer {
  /** OONI's word when no whole answer came; null otherwise, whatever the status. */
  readonly failure: string | null;
  /** 0 when no answer came. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of a Retry-After, in seconds or as a date; null where there was none. */
  readonly retryAfterSeconds: number | null;
}

/** `body` is null where there was none or it was no JSON. */
export type JsonAnswer = Answer & { readonly body: unknown };
export type TextAnswer = Answer & { readonly text: string };

export interface PoliteHttp {
  /** None of them rejects. */
  getJson(url: string, asking: Asking): Promise<JsonAnswer>;
  postJson(url: string, body: unknown, asking: Asking): Promise<JsonAnswer>;
  getText(url: string, asking: Asking): Promise<TextAnswer>;
}

/** @param userAgent sent with every request, such as `Aiqyn/0.1.0`. */
export function createPoliteHttp(userAgent: string): PoliteHttp {
  async function send(url: string, body: Buffer | null, asking: Asking): Promise<TextAnswer> {
    const json = body === null ? {} : { 'content-type': 'application/json' };
    return sendForText(
      {
        url,
        headers: { 'user-agent': userAgent, ...json, ...asking.headers },
        body,
        timeoutMs: asking.timeoutMs ?? TIMEOUT_MS,
        bodyBytesMax: asking.bodyBytesMax ?? BODY_BYTES_MAX,
      },
      asking.signal,
    );
  }
  return {
    getText: async (url, asking) => send(url, null, asking),
    getJson: async (url, asking) => asJson(await send(url, null, asking)),
    postJson: async (url, body, asking) =>
      asJson(await send(url, Buffer.from(JSON.stringify(body), 'utf8'), asking)),
  };
}

function asJson({ text, ...answer }: TextAnswer): JsonAnswer {
  return { ...answer, body: parseJson(text) };
}
