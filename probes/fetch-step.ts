/** One request over what was reached, and its record: the transaction and how its body came. */
import type { Connection, HttpProgress, HttpRequest, HttpResponse, HttpResult } from './network.ts';
import type { HttpTransaction } from './observations.ts';
import type { Reached } from './reach-step.ts';
import { elapsedSeconds, isCutShort, limitsFor } from './run.ts';
import type { Run } from './run.ts';

export interface FetchAsk {
  readonly request: HttpRequest;
  /** The URL as the record shows it. */
  readonly recordedUrl: string;
  readonly tags: readonly string[];
  /** What of an answer goes into the record. */
  readonly recordOf: (response: HttpResponse) => NonNullable<HttpTransaction['response']>;
}

export interface Fetched {
  readonly transaction: HttpTransaction;
  readonly result: HttpResult;
}

/** Null when it was not done: nothing to talk through, no time left, or cut short by our own shutdown. */
export async function fetchOver(run: Run, reached: Reached, ask: FetchAsk): Promise<Fetched | null> {
  const limits = limitsFor(run, 'http');
  const { connection, transactionId } = reached;
  if (limits === null || connection === null) return null;
  const t0 = elapsedSeconds(run);
  const result = await run.context.network.fetchHttp(connection, ask.request, limits);
  if (isCutShort(run, result.failure)) return null;
  const tags = [...ask.tags];
  const { method, headers } = ask.request;
  const transaction: HttpTransaction = {
    network: 'tcp',
    address: connection.address,
    failure: result.failure,
    request: { method, url: ask.recordedUrl, headers: { ...headers } },
    response: result.response === null ? null : ask.recordOf(result.response),
    t0,
    t: elapsedSeconds(run),
    tags,
    transaction_id: transactionId,
    ...(result.firstByteMs === null ? {} : { x_aiqyn_ttfb_ms: result.firstByteMs }),
  };
  // Newest first, as OONI lists them.
  run.keys.requests.unshift(transaction);
  recordProgress(run, result.progress, { connection, transactionId, t0, tags });
  return { transaction, result };
}

interface Exchange {
  readonly connection: Connection;
  readonly transactionId: number;
  readonly t0: number;
  readonly tags: readonly string[];
}

function recordProgress(run: Run, progress: readonly HttpProgress[], exchange: Exchange): void {
  for (const { elapsedMs, receivedBytes } of progress) {
    const t = exchange.t0 + elapsedMs / 1_000;
    run.keys.network_events.push({
      address: exchange.connection.address,
      failure: null,
      num_bytes: receivedBytes,
      operation: 'bytes_received_cumulative',
      t0: t,
      t,
      tags: [...exchange.tags],
      transaction_id: exchange.transactionId,
    });
  }
}
