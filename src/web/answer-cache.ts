/**
 * What many ask for at once is made once: answers are kept for seconds, and whoever asks while one is being made waits for it. Of
 * different ones only a few are made at the same time, so that readers never take what measuring and detecting need.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestError } from './api/problem.ts';
import type { WebContext } from './context.ts';

const MAKING_MAX = 16;
const ENTRIES_MAX = 256;
const BYTES_MAX = 32 * 1_048_576;
const RETRY_SECONDS = 5;
/** What took long is kept that many times as long: making one answer never takes more than a quarter of the time. */
const KEPT_TIMES = 3;
/** Never the same for everybody, or cheap already, or too large, or without an end. */
const APART =
  /^\/(?:admin|assets|healthz|metrics|api\/export|api\/docs|api\/live)(?:\/|$|\?)|\/evidence\.zip(?:\?|$)/;
const HEADERS = [
  'content-type',
  'access-control-allow-origin',
  'content-disposition',
  'cache-control',
  'vary',
  'content-language',
];

interface Kept {
  readonly payload: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly untilMs: number;
}

interface Making {
  readonly key: string;
  readonly sinceMs: number;
  readonly answer: Promise<Kept | null>;
  readonly done: (kept: Kept | null) => void;
}

/** Pages differ by their address, by the name that readers came by (links in feeds), and by language. */
function keyOf({ method, url, host, headers }: FastifyRequest): string | null {
  if (method !== 'GET' || APART.test(url)) return null;
  return JSON.stringify([url, host, headers['accept-language'] ?? '', headers.cookie ?? '']);
}

function making(key: string, sinceMs: number): Making {
  const waiting: Making['done'][] = [];
  const answer = new Promise<Kept | null>((resolve) => waiting.push(resolve));
  return {
    key,
    sinceMs,
    answer,
    done: (kept) => {
      for (const tell of waiting) tell(kept);
    },
  };
}

class AnswerCache {
  readonly #kept = new Map<string, Kept>();
  readonly #making = new Map<string, Making>();
  #bytes = 0;

  fresh(key: string, nowMs: number): Kept | null {
    const kept = this.#kept.get(key);
    return kept !== undefined && nowMs < kept.untilMs ? kept : null;
  }

  /** Of somebody else who asked for the same; null: nobody is at it. */
  awaited(key: string): Promise<Kept | null> | null {
    return this.#making.get(key)?.answer ?? null;
  }

  /** Null: too many others are being made. */
  begin(key: string, nowMs: number): Making | null {
    if (this.#making.size >= MAKING_MAX) return null;
    const mine = making(key, nowMs);
    this.#making.set(key, mine);
    return mine;
  }

  end(mine: Making, kept: Kept | null): void {
    if (this.#making.get(mine.key) === mine) this.#making.delete(mine.key);
    if (kept !== null) this.#keep(mine.key, kept);
    mine.done(kept);
  }

  #keep(key: string, kept: Kept): void {
    this.#forget(key);
    this.#kept.set(key, kept);
    this.#bytes += kept.payload.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= ENTRIES_MAX && this.#bytes <= BYTES_MAX) break;
      this.#forget(oldest);
    }
  }

  clear(): void {
    for (const key of [...this.#kept.keys()]) this.#forget(key);
  }

  #forget(key: string): void {
    this.#bytes -= this.#kept.get(key)?.payload.length ?? 0;
    this.#kept.delete(key);
  }
}

/**
 * Before whatever changes an answer on its way out: entity tags and compression are each reader's own.
 * @param keptMs in the clock's time; 0: nothing is kept, and nobody waits for another.
 */
export function keepAnswers(
  app: FastifyInstance,
  { clock, messages }: Pick<WebContext, 'clock' | 'messages'>,
  keptMs: number,
): void {
  if (keptMs <= 0) return;
  const cache = new AnswerCache();
  const mine = new WeakMap<FastifyRequest, Making>();
  function release(request: FastifyRequest, kept: Kept | null): void {
    const slot = mine.get(request);
    mine.delete(request);
    if (slot !== undefined) cache.end(slot, kept);
  }
  app.addHook('preHandler', async (request, reply) => {
    const key = keyOf(request);
    // A page that finds nothing to show hands over to the page of errors, and this hook runs once more: whoever makes an answer does
    // not wait for himself.
    if (key === null || mine.has(request)) return undefined;
    const fresh = cache.fresh(key, clock.monotonicMs());
    const awaited = fresh === null ? cache.awaited(key) : null;
    // Nothing may come between looking whether somebody is at it and beginning: else all who came at once would begin.
    const kept = awaited === null ? fresh : await awaited;
    if (kept !== null) {
      for (const [name, value] of kept.headers) reply.header(name, value);
      return reply.send(kept.payload);
    }
    // What somebody else could not make is tried by each for himself.
    if (awaited !== null) return undefined;
    const slot = cache.begin(key, clock.monotonicMs());
    if (slot === null) {
      reply.header('retry-after', String(RETRY_SECONDS));
      throw new RequestError(429, messages.api.crowded);
    }
    mine.set(request, slot);
    return undefined;
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const isKept = reply.statusCode === 200 && typeof payload === 'string' && !reply.hasHeader('set-cookie');
    const headers = HEADERS.flatMap((name) => {
      const value = reply.getHeader(name);
      return typeof value === 'string' ? [[name, value] as const] : [];
    });
    const nowMs = clock.monotonicMs();
    const tookMs = nowMs - (mine.get(request)?.sinceMs ?? nowMs);
    const untilMs = nowMs + Math.max(keptMs, KEPT_TIMES * tookMs);
    release(request, isKept ? { payload, headers, untilMs } : null);
    return Promise.resolve(payload);
  });
  // Somebody who went away, or an answer that came to nothing: others must not wait for it.
  app.addHook('onRequestAbort', async (request) => {
    release(request, null);
    return Promise.resolve();
  });
  app.addHook('onResponse', async (request) => {
    release(request, null);
    // What was changed by hand is shown at once.
    if (request.method === 'POST') cache.clear();
    return Promise.resolve();
  });
}
