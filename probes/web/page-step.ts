/** HTTP: one request over what was reached, and the redirects that follow it. */
import { REDIRECT_CODES, REDIRECTS_MAX, REQUEST_HEADERS } from '../http-manners.ts';
import { FAILURE } from '../failure.ts';
import { fetchOver } from '../fetch-step.ts';
import type { HttpResult } from '../network.ts';
import type { HttpTransaction } from '../observations.ts';
import { scrubUrl } from '../scrub.ts';
import { findQuickly } from '../name-step.ts';
import { recordPage } from './page.ts';
import { reach } from '../reach-step.ts';
import type { Reached } from '../reach-step.ts';
import type { WebRun } from './context.ts';

/** A light check wants to see that the answer comes, not the page. */
const LIGHT_BODY_BYTES_MAX = 4_096;
const HOP_ADDRESSES_MAX = 2;

interface Hop {
  /** The transaction as recorded; null when it was not done or cut short. */
  readonly transaction: HttpTransaction | null;
  /** Where a redirect leads, as it was served. */
  readonly location: string | null;
}

/** Fetches `url` over `reached` and, in a full run, what it redirects to; each hop is a transaction of its own. */
export async function fetchPage(run: WebRun, url: string, reached: Reached): Promise<void> {
  let hop: { readonly url: string; readonly reached: Reached } | null = { url, reached };
  for (let depth = 0; hop !== null; depth += 1) {
    const fetched: Hop = await fetchStep(run, hop.url, hop.reached, depth);
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

async function fetchStep(run: WebRun, url: string, reached: Reached, depth: number): Promise<Hop> {
  const bodyBytesMax = run.task.depth === 'light' ? LIGHT_BODY_BYTES_MAX : run.task.bodyBytesMax;
  const fetched = await fetchOver(run, reached, {
    request: { method: methodFor(run, url), url, headers: REQUEST_HEADERS, bodyBytesMax },
    recordedUrl: depth === 0 ? url : scrubUrl(url),
    tags: [`depth=${depth}`, 'fetch_body=true'],
    recordOf: (response) => recordPage(response, run.context),
  });
  if (fetched === null) return { transaction: null, location: null };
  return { transaction: fetched.transaction, location: locationOf(fetched.result) };
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
