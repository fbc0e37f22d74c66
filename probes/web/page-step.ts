/** HTTP: one request over what was reached, and the redirects that follow it. */
import { REDIRECT_CODES, REDIRECTS_MAX, REQUEST_HEADERS } from '../http-manners.ts';
import { FAILURE } from '../failure.ts';
import type { Connection, HttpProgress, HttpResult } from '../network.ts';
import type { HttpTransaction } from '../observations.ts';
import { scrubUrl } from '../scrub.ts';
import { findQuickly } from '../name-step.ts';
import { recordPage } from './page.ts';
import { reach } from '../reach-step.ts';
import type { Reached } from '../reach-step.ts';
import { elapsedSeconds, isCutShort, limitsFor } from '../run.ts';
import type { WebRun } from './context.ts';

/** A light check wants to see that the answer comes, not the page. */
const LIGHT_BODY_BYTES_MAX = 4_096;
const HOP_ADDRESSES_MAX = 2;

interface Fetched {
  /** The transaction as recorded; null when it was not done or cut short. */
  readonly transaction: HttpTransaction | null;
  /** Where a redirect leads, as it was served. */
  readonly location: string | null;
}

/** Fetches `url` over `reached` and, in a full run, what it redirects to; each hop is a transaction of its own. */
export async function fetchPage(run: WebRun, url: string, reached: Reached): Promise<void> {
  let hop: { readonly url: string; readonly reached: Reached } | null = { url, reached };
  for (let depth = 0; hop !== null; depth += 1) {
    const fetched: Fetched = await fetchStep(run, hop.url, hop.reached, depth);
    if (fetched.transaction === null || fetched.location === null || run.task.depth === 'light') return;
    const next = nextUrl(fetched.location, hop.url);
    if (next === null) {
      fetched.transaction.failure = FAILURE.httpRedirect;
      return;
    }
    if (depth >= REDIRECTS_MAX) {
      fetched.transaction.failure = `unknown_failure: stopped after ${REDIRECTS_MAX} redirects`;
      return;
    }
    const nextReached = await reachHop(run, next, depth + 1);
    hop = nextReached === null ? null : { url: next.href, reached: nextReached };
  }
}

export function endpointOf(url: URL, address: string) {
  const isHttps = url.protocol === 'https:';
  const port = url.port === '' ? (isHttps ? 443 : 80) : Number(url.port);
  return { address, port, serverName: isHttps ? url.hostname.replace(/^\[|\]$/g, '') : null };
}

async function reachHop(run: WebRun, url: URL, depth: number): Promise<Reached | null> {
  const tags = [`depth=${depth}`];
  const addresses = await findQuickly(run, url.hostname, tags, HOP_ADDRESSES_MAX);
  for (const address of addresses) {
    const reached = await reach(run, endpointOf(url, address), tags);
    if (reached.connection !== null) return reached;
  }
  return null;
}

/** Null when the location is no http(s) address with a host in it. */
function nextUrl(location: string, base: string): URL | null {
  if (!URL.canParse(location, base)) return null;
  const url = new URL(location, base);
  return (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '' ? url : null;
}

async function fetchStep(run: WebRun, url: string, reached: Reached, depth: number): Promise<Fetched> {
  const limits = limitsFor(run, 'http');
  const nothing: Fetched = { transaction: null, location: null };
  if (limits === null || reached.connection === null) return nothing;
  const { connection, transactionId } = reached;
  const bodyBytesMax = run.task.depth === 'light' ? LIGHT_BODY_BYTES_MAX : run.task.bodyBytesMax;
  const t0 = elapsedSeconds(run);
  const method = methodFor(run, url);
  const request = { method, url, headers: REQUEST_HEADERS, bodyBytesMax };
  const result = await run.context.network.fetchHttp(connection, request, limits);
  if (isCutShort(run, result.failure)) return nothing;
  const tags = [`depth=${depth}`, 'fetch_body=true'];
  const transaction: HttpTransaction = {
    network: 'tcp',
    address: connection.address,
    failure: result.failure,
    request: { method, url: depth === 0 ? url : scrubUrl(url), headers: { ...REQUEST_HEADERS } },
    response: result.response === null ? null : recordPage(result.response, run.context),
    t0,
    t: elapsedSeconds(run),
    tags,
    transaction_id: transactionId,
    ...(result.firstByteMs === null ? {} : { x_aiqyn_ttfb_ms: result.firstByteMs }),
  };
  // Newest first, as OONI lists them.
  run.keys.requests.unshift(transaction);
  recordProgress(run, result.progress, { connection, transactionId, t0, tags });
  return { transaction, location: locationOf(result) };
}

/**
 * A light check that has no small page to fetch asks for the header alone: a front page each minute would cost a phone plan
 * hundreds of MB a day. Plain HTTP is always read, because a page put in its place shows only in the body.
 */
function methodFor(run: WebRun, url: string): 'GET' | 'HEAD' {
  const { depth, target } = run.task;
  const isWholePage = new URL(target.lightUrl).href === new URL(target.url).href;
  return depth === 'light' && isWholePage && url.startsWith('https:') ? 'HEAD' : 'GET';
}

function locationOf(result: HttpResult): string | null {
  if (result.response === null || !REDIRECT_CODES.has(result.response.code)) return null;
  return result.response.headers['location'] ?? null;
}

interface Exchange {
  readonly connection: Connection;
  readonly transactionId: number;
  readonly t0: number;
  readonly tags: readonly string[];
}

function recordProgress(run: WebRun, progress: readonly HttpProgress[], exchange: Exchange): void {
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
