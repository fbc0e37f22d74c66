/**
 * Asks the control, abroad, about a URL. Equal questions of several vantages in one process are asked once; fresh answers
 * are kept a minute, good ones a day, for the time when the control is out of reach.
 */
import { z } from 'zod';
import { FAILURE } from '../../probes/failure.ts';
import type { JsonAnswer, PostJson } from '../../probes/net/post-json.ts';
import { Control } from '../../probes/observations.ts';
import type { Clock, ControlAnswer, ControlClient, ControlQuestion } from '../../probes/probe.ts';

/** Of all URLs together; the one not asked for longest goes first. */
const ANSWERS_KEPT_MAX = 512;
const FRESH_MS = 60_000;
/** When the control failed, it is left alone this long. */
const FAILED_FRESH_MS = 10_000;
const LAST_KNOWN_GOOD_MS_MAX = 86_400_000;
const STATUS_OK = 200;

const Answer = z.object({ control: Control });

export interface ControlClientOptions {
  /** Base URL of `aiqyn control`, e.g. `https://control.example.org`. */
  readonly url: string;
  readonly token?: string;
  readonly timeoutMs: number;
  /** How long an answer serves again; default FRESH_MS. The demo's minutes are shorter. */
  readonly freshMs?: number;
  readonly clock: Clock;
  /** `postJson` of probes/net; another one in tests. */
  readonly post: PostJson;
}

interface Kept {
  readonly control: Control;
  readonly atMs: number;
}

/** Never rejects. `live` answers are at most a minute old, `last_known_good` ones at most a day (`ageMs` says). */
export function createControlClient(options: ControlClientOptions): ControlClient {
  const endpoint = new URL('measure', options.url.endsWith('/') ? options.url : `${options.url}/`).href;
  const freshMs = options.freshMs ?? FRESH_MS;
  const good = new Map<string, Kept>();
  const failed = new Map<string, { readonly failure: string; readonly atMs: number }>();
  const asking = new Map<string, Promise<ControlAnswer>>();

  function fallback(key: string, failure: string): ControlAnswer {
    const kept = good.get(key);
    const ageMs = kept === undefined ? 0 : options.clock.monotonicMs() - kept.atMs;
    if (kept === undefined || ageMs > LAST_KNOWN_GOOD_MS_MAX)
      return { source: 'none', control: null, failure, ageMs: 0 };
    return { source: 'last_known_good', control: kept.control, failure, ageMs };
  }

  async function askLive(question: ControlQuestion): Promise<ControlAnswer> {
    // Several may wait for this one answer, so no single run's shutdown cuts it; the deadline does.
    const answer = await options.post(
      {
        url: endpoint,
        headers: options.token === undefined ? {} : { authorization: `Bearer ${options.token}` },
        body: question,
        timeoutMs: options.timeoutMs,
      },
      new AbortController().signal,
    );
    const failure = failureOfAnswer(answer);
    const parsed = Answer.safeParse(answer.body);
    const atMs = options.clock.monotonicMs();
    if (failure !== null || !parsed.success) {
      remember(failed, keyOf(question), { failure: failure ?? 'json_parse_error', atMs });
      return fallback(keyOf(question), failure ?? 'json_parse_error');
    }
    failed.delete(keyOf(question));
    remember(good, keyOf(question), { control: parsed.data.control, atMs });
    return { source: 'live', control: parsed.data.control, failure: null, ageMs: 0 };
  }

  function known(question: ControlQuestion): ControlAnswer | null {
    const nowMs = options.clock.monotonicMs();
    const kept = good.get(keyOf(question));
    if (kept !== undefined && nowMs - kept.atMs <= freshMs && covers(kept.control, question.endpoints)) {
      return { source: 'live', control: kept.control, failure: null, ageMs: nowMs - kept.atMs };
    }
    const recent = failed.get(keyOf(question));
    const isRecent = recent !== undefined && nowMs - recent.atMs <= Math.min(FAILED_FRESH_MS, freshMs);
    return isRecent ? fallback(keyOf(question), recent.failure) : null;
  }

  return {
    async ask(question, signal) {
      if (signal.aborted) return fallback(keyOf(question), FAILURE.interrupted);
      const answer = known(question);
      if (answer !== null) return answer;
      const key = JSON.stringify([keyOf(question), [...question.endpoints].sort()]);
      const running =
        asking.get(key) ??
        askLive(question)
          .catch(() => fallback(keyOf(question), FAILURE.httpFailed))
          .finally(() => asking.delete(key));
      asking.set(key, running);
      return untilAborted(running, signal, () => fallback(keyOf(question), FAILURE.interrupted));
    },
  };
}

/** What answers are kept by: one that tells of QUIC says more than one that does not. */
function keyOf({ url, quic }: ControlQuestion): string {
  return quic === true ? `${url} quic` : url;
}

/** An answer of a minute ago serves again only when it says something of all these endpoints. */
function covers(control: Control, endpoints: readonly string[]): boolean {
  return endpoints.every((endpoint) => endpoint in control.tcp_connect);
}

function failureOfAnswer(answer: JsonAnswer): string | null {
  if (answer.failure !== null) return answer.failure;
  return answer.status === STATUS_OK ? null : FAILURE.httpFailed;
}

/** Puts it in as the newest and drops the oldest beyond the bound. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > ANSWERS_KEPT_MAX && oldest.done !== true) map.delete(oldest.value);
}

function untilAborted<T>(running: Promise<T>, signal: AbortSignal, onAbort: () => T): Promise<T> {
  return new Promise((resolve) => {
    function abort(): void {
      resolve(onAbort());
    }
    signal.addEventListener('abort', abort, { once: true });
    void running.then((value) => {
      signal.removeEventListener('abort', abort);
      resolve(value);
    });
  });
}
