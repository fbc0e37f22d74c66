/** One endpoint of an app: a page, a port, a handshake or a name. */
import { endpointName } from '../control-step.ts';
import { fetchOver } from '../fetch-step.ts';
import { REQUEST_HEADERS } from '../http-manners.ts';
import type { AppEndpoint } from '../kinds.ts';
import { findQuickly } from '../name-step.ts';
import type { HttpResponse } from '../network.ts';
import { reach, tryPairs } from '../reach-step.ts';
import type { Endpoint, Reached } from '../reach-step.ts';
import type { AppRun } from './probe.ts';

const ADDRESSES_MAX = 2;
const HTTPS_PORT = 443;
/** Of an answer that is read at all; everywhere else the header alone is asked for. */
const BODY_BYTES_MAX = 16_384;
/** `203.0.113.7 => isp-ala1 : router: …`; the address in it is the vantage's own and goes nowhere. */
const NODE = /=>\s*([a-z0-9]+(?:-[a-z0-9]+)*)/;

export interface Seen {
  readonly isReached: boolean;
  /** `ip:port`s that were tried. */
  readonly places: readonly string[];
  /** What was read of an answer; never recorded. */
  readonly body: string;
}

/** Tries the endpoint and, until one is reached, its alternatives. */
export async function tryEndpoint(
  run: AppRun,
  endpoint: AppEndpoint,
  tags: readonly string[],
): Promise<Seen> {
  const places: string[] = [];
  for (const text of [endpoint.url, ...endpoint.alternatives]) {
    const url = new URL(text);
    const addresses = await findQuickly(run, url.hostname, tags, ADDRESSES_MAX);
    if (url.protocol === 'dns:') {
      if (addresses.length > 0) return { isReached: true, places, body: '' };
      continue;
    }
    const targets = addresses.map((address) => reachable(run, url, address));
    places.push(...targets.map(endpointName));
    const reached = await reachFirst(run, targets, tags);
    if (reached === null) continue;
    if (url.protocol !== 'https:') {
      reached.connection?.close();
      return { isReached: true, places, body: '' };
    }
    const { isAnswered, body } = await fetchPage(run, { url: text, endpoint, reached, tags });
    if (isAnswered) return { isReached: true, places, body };
  }
  return { isReached: false, places, body: '' };
}

function reachable(run: AppRun, url: URL, address: string): Endpoint {
  const port = url.port === '' ? HTTPS_PORT : Number(url.port);
  if (url.protocol === 'tcp:') return { address, port, serverName: null };
  const { rootKeys } = run.task.target;
  return { address, port, serverName: url.hostname, ...(rootKeys === undefined ? {} : { rootKeys }) };
}

/** One address after the other; a handshake that fails is explained by its pair, not by a second address. */
async function reachFirst(
  run: AppRun,
  targets: readonly Endpoint[],
  tags: readonly string[],
): Promise<Reached | null> {
  for (const target of targets) {
    const reached = await reach(run, target, tags);
    if (reached.connection !== null) return reached;
    if (!reached.didTlsFail) continue;
    await tryPairs(run, reached, tags);
    return null;
  }
  return null;
}

interface PageAsk {
  readonly url: string;
  readonly endpoint: AppEndpoint;
  readonly reached: Reached;
  readonly tags: readonly string[];
}

async function fetchPage(run: AppRun, { url, endpoint, reached, tags }: PageAsk) {
  const method = endpoint.isRead ? 'GET' : 'HEAD';
  const fetched = await fetchOver(run, reached, {
    request: { method, url, headers: REQUEST_HEADERS, bodyBytesMax: BODY_BYTES_MAX },
    recordedUrl: url,
    tags,
    recordOf: recordAnswer,
  });
  reached.connection?.close();
  if (fetched?.transaction.failure !== null || fetched.result.response === null)
    return { isAnswered: false, body: '' };
  const { code, body } = fetched.result.response;
  return {
    isAnswered: endpoint.statuses?.includes(code) ?? true,
    body: new TextDecoder('latin1').decode(body),
  };
}

/** That an answer came, and how much of it. Its text and headers say who asked, and are not kept. */
function recordAnswer({ code, body, isBodyTruncated }: HttpResponse) {
  return {
    code,
    headers: {},
    body: '',
    body_is_truncated: isBodyTruncated,
    x_aiqyn_body_bytes: body.length,
  };
}

/** The server that the redirector's answer names; its front page is read, so that bytes come. Null where it names none. */
export function videoNode(body: string): AppEndpoint | null {
  const node = NODE.exec(body)?.[1];
  if (node === undefined || node.length > 40) return null;
  return {
    url: `https://r1---${node}.googlevideo.com/`,
    alternatives: [],
    statuses: undefined,
    isRead: true,
    leadsTo: undefined,
  };
}
