/**
 * Asks the public API of somebody else for JSON, politely: never faster than a bound, each answer kept for its time and asked
 * for again with its ETag, a failure tried a few times with growing pauses, and `Retry-After` obeyed. Nothing is thrown for what
 * the other side does: what went wrong is told in words for the page.
 */
import type { z } from 'zod';
import { TOO_LARGE } from '../../probes/net/post-json.ts';
import type { Clock } from '../../probes/probe.ts';
import type { PoliteHttp, TextAnswer } from './http.ts';

const TRIES_MAX = 3;
const PAUSE_FIRST_MS = 2_000;
const PAUSE_MAX_MS = 60_000;
/** A longer Retry-After is obeyed by asking nothing at all until then. */
const WAIT_IN_PLACE_MAX_MS = 60_000;
/** However long a server asks for; a mistake of theirs must not silence a source for ever. */
const REST_MAX_MS = 86_400_000;
const REST_UNSAID_MS = 600_000;
const TIMEOUT_MS = 30_000;
const BODY_BYTES_MAX = 16 * 1_048_576;
const CACHED_ANSWERS_MAX = 64;
/** Answers beyond are not kept: what is asked again is small. */
const CACHED_BYTES_MAX = 1_048_576;

export interface PoliteOptions {
  readonly http: PoliteHttp;
  readonly clock: Clock;
  /** 0 ≤ x < 1; spreads the pauses. */
  readonly random: () => number;
  /** Requests a minute, of all kinds together. */
  readonly perMinute: number;
  /** Sent with each request, such as a token's. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly bodyBytesMax?: number;
}

export interface JsonQuestion<T> {
  readonly url: string;
  readonly schema: z.ZodType<T>;
  /** How long an answer is believed without asking again; 0: always ask, with the ETag where there was one. */
  readonly ttlMs: number;
}

/** Why there is no answer: `network`, `refused` (HTTP status), `busy` (429, Retry-After), `changed` (not the documented shape), `stopped`. */
export type JsonTrouble = 'network' | 'refused' | 'busy' | 'changed' | 'stopped';

export type JsonResult<T> =
  | { readonly isOk: true; readonly value: T; readonly isFromCache: boolean }
  | { readonly isOk: false; readonly trouble: JsonTrouble; readonly problem: string };

/** What a server says of what may still be asked; null where it says nothing. */
export interface Quota {
  readonly left: number;
  readonly limit: number | null;
}

export interface PoliteClient {
  /** Never rejects. One request at a time; later ones wait for their turn. */
  json<T>(question: JsonQuestion<T>, signal: AbortSignal): Promise<JsonResult<T>>;
  quota(): Quota | null;
  /** UTC epoch milliseconds until which the server wants to be left alone; null: it may be asked. */
  restsUntilMs(): number | null;
}

export function createPoliteClient(options: PoliteOptions): PoliteClient {
  return new Client(options);
}

interface Kept {
  readonly text: string;
  readonly etag: string | null;
  readonly atMs: number;
}

type Text =
  | { readonly isOk: true; readonly text: string; readonly isFromCache: boolean }
  | Extract<JsonResult<never>, { readonly isOk: false }>;

class Client implements PoliteClient {
  readonly #options: PoliteOptions;
  readonly #kept = new Map<string, Kept>();
  #tail: Promise<unknown> = Promise.resolve();
  #nextMs = 0;
  #restsUntilMs = 0;
  #quota: Quota | null = null;

  constructor(options: PoliteOptions) {
    this.#options = options;
  }

  quota(): Quota | null {
    return this.#quota;
  }

  restsUntilMs(): number | null {
    return this.#restsUntilMs > this.#options.clock.nowMs() ? this.#restsUntilMs : null;
  }

  async json<T>(question: JsonQuestion<T>, signal: AbortSignal): Promise<JsonResult<T>> {
    const mine = this.#tail.then(async () => this.#text(question, signal));
    this.#tail = mine.catch(() => undefined);
    const found = await mine;
    if (!found.isOk) return found;
    const read = readJson(question.schema, found.text);
    if (read.isOk) return { ...read, isFromCache: found.isFromCache };
    // What cannot be read is asked for again next time.
    this.#kept.delete(question.url);
    return read;
  }

  async #text({ url, ttlMs }: JsonQuestion<unknown>, signal: AbortSignal): Promise<Text> {
    const kept = this.#kept.get(url) ?? null;
    if (kept !== null && this.#options.clock.nowMs() - kept.atMs < ttlMs)
      return { isOk: true, text: kept.text, isFromCache: true };
    const restsUntilMs = this.restsUntilMs();
    if (restsUntilMs !== null)
      return trouble('busy', `asked to be left alone until ${new Date(restsUntilMs).toISOString()}`);
    const answer = await this.#patiently(url, kept?.etag ?? null, signal);
    if (signal.aborted) return trouble('stopped', 'stopped');
    return troubleOf(answer) ?? this.#taken(url, answer, kept);
  }

  #taken(url: string, { status, headers, text }: TextAnswer, kept: Kept | null): Text {
    const isSame = status === 304;
    if (isSame && kept === null) return trouble('changed', 'HTTP 304 to a first question');
    const now = isSame && kept !== null ? kept.text : text;
    const etag = headers['etag'] ?? kept?.etag ?? null;
    this.#keep(url, { text: now, etag, atMs: this.#options.clock.nowMs() });
    return { isOk: true, text: now, isFromCache: isSame };
  }

  #keep(url: string, kept: Kept): void {
    this.#kept.delete(url);
    if (kept.text.length > CACHED_BYTES_MAX) return;
    this.#kept.set(url, kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= CACHED_ANSWERS_MAX) break;
      this.#kept.delete(oldest);
    }
  }

  /** Tries until there is an answer that no further try would better. */
  async #patiently(url: string, etag: string | null, signal: AbortSignal): Promise<TextAnswer> {
    for (let tries = 1; ; tries += 1) {
      await this.#turn(signal);
      const answer = await this.#fetch(url, etag, signal);
      this.#quota = quotaOf(answer.headers) ?? this.#quota;
      const pauseMs = this.#pauseMs(answer, tries);
      if (pauseMs === null || signal.aborted) return answer;
      await this.#options.clock.sleep(pauseMs, signal);
    }
  }

  async #fetch(url: string, etag: string | null, signal: AbortSignal): Promise<TextAnswer> {
    const { http, headers, timeoutMs, bodyBytesMax } = this.#options;
    return http.getText(url, {
      bodyBytesMax: bodyBytesMax ?? BODY_BYTES_MAX,
      timeoutMs: timeoutMs ?? TIMEOUT_MS,
      headers: {
        accept: 'application/json',
        ...headers,
        ...(etag === null ? {} : { 'if-none-match': etag }),
      },
      signal,
    });
  }

  /** Milliseconds until the next try; null where there is none. */
  #pauseMs(answer: TextAnswer, tries: number): number | null {
    if (!mayPass(answer)) return null;
    const askedMs = (answer.retryAfterSeconds ?? 0) * 1_000;
    if (isBusy(answer) && askedMs > WAIT_IN_PLACE_MAX_MS) {
      this.#rest(askedMs);
      return null;
    }
    if (tries >= TRIES_MAX) {
      if (answer.status === 429) this.#rest(REST_UNSAID_MS);
      return null;
    }
    const growingMs = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** (tries - 1));
    return Math.max(askedMs, growingMs * (0.5 + this.#options.random() / 2));
  }

  #rest(durationMs: number): void {
    this.#restsUntilMs = this.#options.clock.nowMs() + Math.min(durationMs, REST_MAX_MS);
  }

  /** Requests begin one after another, never closer than the bound allows. */
  async #turn(signal: AbortSignal): Promise<void> {
    const { clock, perMinute } = this.#options;
    const nowMs = clock.monotonicMs();
    const atMs = Math.max(nowMs, this.#nextMs);
    this.#nextMs = atMs + 60_000 / perMinute;
    if (atMs > nowMs) await clock.sleep(atMs - nowMs, signal);
  }
}

function isBusy({ status }: TextAnswer): boolean {
  return status === 429 || status === 503;
}

function mayPass({ failure, status }: TextAnswer): boolean {
  if (failure !== null) return failure !== TOO_LARGE;
  return status === 429 || status >= 500;
}

function trouble(kind: JsonTrouble, problem: string): Extract<JsonResult<never>, { readonly isOk: false }> {
  return { isOk: false, trouble: kind, problem };
}

function troubleOf({ failure, status }: TextAnswer): ReturnType<typeof trouble> | null {
  if (failure === TOO_LARGE) return trouble('changed', 'the answer is larger than its bound');
  if (failure !== null) return trouble('network', `no answer (${failure})`);
  if (status === 200 || status === 304) return null;
  if (status === 401 || status === 403)
    return trouble('refused', `refused (HTTP ${status}); is the token right?`);
  return trouble(status === 429 ? 'busy' : 'refused', `HTTP ${status}`);
}

/** A body as its schema has it. What is not of that shape is told with its place. */
export function readJson<T>(
  schema: z.ZodType<T>,
  text: string,
): { readonly isOk: true; readonly value: T } | ReturnType<typeof trouble> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return trouble('changed', 'the answer is no JSON, or was cut off');
  }
  const read = schema.safeParse(body);
  if (read.success) return { isOk: true, value: read.data };
  const [first] = read.error.issues;
  const where = first === undefined || first.path.length === 0 ? 'the answer' : first.path.join('.');
  return trouble('changed', `the answer has changed: ${where}: ${first?.message ?? 'unknown'}`);
}

/** From the names that servers use: `RateLimit-Remaining`, `X-RateLimit-Remaining` and their limits. */
function quotaOf(headers: Readonly<Record<string, string>>): Quota | null {
  for (const prefix of ['x-ratelimit', 'ratelimit']) {
    const left = headers[`${prefix}-remaining`];
    if (left === undefined || !/^\d+$/.test(left)) continue;
    const limit = headers[`${prefix}-limit`] ?? '';
    return { left: Number(left), limit: /^\d+$/.test(limit) ? Number(limit) : null };
  }
  return null;
}

/** Reads row by row: one that does not fit is counted and passed over, the others stay. */
export function fittingRows<T>(
  schema: z.ZodType<T>,
  rows: readonly unknown[],
): { readonly rows: readonly T[]; readonly skipped: number } {
  const fitting = rows.flatMap((row) => {
    const read = schema.safeParse(row);
    return read.success ? [read.data] : [];
  });
  return { rows: fitting, skipped: rows.length - fitting.length };
}
