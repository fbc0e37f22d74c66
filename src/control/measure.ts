/** What the control does with one question: the same target, from here, in the shape of OONI's test helper. */
import { REDIRECT_CODES, REDIRECTS_MAX, REQUEST_HEADERS } from '../../probes/http-manners.ts';
import { QuicUnavailableError } from '../../probes/net/load-quic.ts';
import type { Connection, Limits, Network, TlsResult } from '../../probes/network.ts';
import type { Control } from '../../probes/observations.ts';
import { isIpAddress } from '../../probes/scrub.ts';
import { isSpecialAddress } from '../../probes/special-address.ts';
import { titleOf } from '../../probes/web/page.ts';
import { bodyRate } from './body-rate.ts';

/** Endpoints of the question and own addresses together. */
const ENDPOINTS_MAX = 12;
const OWN_ADDRESSES_MAX = 4;
const BODY_BYTES_MAX = 1_048_576;
const DNS_TIMEOUT_MS = 4_000;
const TCP_TIMEOUT_MS = 5_000;
const TLS_TIMEOUT_MS = 6_000;
const HTTP_TIMEOUT_MS = 10_000;
export interface MeasureContext {
  readonly network: Network;
  readonly signal: AbortSignal;
  /** Tests and the demo only: lets addresses of this machine's own networks be asked for. */
  readonly allowPrivate: boolean;
  readonly isQuicAsked: boolean;
}

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

type Ask = (timeoutMs: number) => Limits;

export async function measureForControl(
  url: URL,
  asked: readonly Endpoint[],
  context: MeasureContext,
): Promise<Control> {
  function ask(timeoutMs: number): Limits {
    return { timeoutMs, signal: context.signal };
  }
  const dns = await resolveHost(url.hostname, context, ask);
  const own = dns.addrs.slice(0, OWN_ADDRESSES_MAX).map((address) => ({ address, port: portOf(url) }));
  const endpoints = unique([...asked, ...own])
    .filter(({ address }) => context.allowPrivate || !isSpecialAddress(address))
    .slice(0, ENDPOINTS_MAX);
  const serverName = url.protocol === 'https:' ? bare(url.hostname) : null;
  const [tried, http_request, quic] = await Promise.all([
    Promise.all(endpoints.map((endpoint) => tryEndpoint(endpoint, serverName, context, ask))),
    fetchFollowing(url, context, ask),
    context.isQuicAsked ? tryQuic(endpoints, bare(url.hostname), context, ask) : null,
  ]);
  return {
    dns,
    tcp_connect: Object.fromEntries(
      tried.map(({ name, tcpFailure }) => [name, { status: tcpFailure === null, failure: tcpFailure }]),
    ),
    tls_handshake: Object.fromEntries(
      tried.flatMap(({ name, tls }) => (tls === null ? [] : [[name, handshakeEntry(tls, serverName ?? '')]])),
    ),
    http_request,
    ip_info: {},
    ...(quic === null ? {} : { x_aiqyn_quic_handshake: quic }),
  };
}

/** Null where this machine has no QUIC library: then nothing is said of it, and the rest of the answer stands. */
async function tryQuic(
  endpoints: readonly Endpoint[],
  serverName: string,
  { network }: MeasureContext,
  ask: Ask,
): Promise<Control['x_aiqyn_quic_handshake'] | null> {
  try {
    const tried = endpoints.map(async (endpoint) => {
      const limits = ask(TLS_TIMEOUT_MS);
      const { failure, chain } = await network.handshakeQuic(endpoint, { serverName, verify: true }, limits);
      const x_aiqyn_chain_sha256 = chain.map(({ sha256 }) => sha256);
      return [format(endpoint), { status: failure === null, failure, x_aiqyn_chain_sha256 }] as const;
    });
    return Object.fromEntries(await Promise.all(tried));
  } catch (error) {
    if (error instanceof QuicUnavailableError) return null;
    throw error;
  }
}

async function resolveHost(hostname: string, context: MeasureContext, ask: Ask) {
  const literal = bare(hostname);
  if (isIpAddress(literal)) return { failure: null, addrs: [literal] };
  const { network } = context;
  const found = await network.resolve(
    { resolver: network.resolvers.system, hostname, queryType: 'ANY', lateMs: 0 },
    ask(DNS_TIMEOUT_MS),
  );
  const ipv4First = [...found.addresses].sort((a, b) => a.family - b.family);
  return { failure: found.failure, addrs: ipv4First.map(({ address }) => address) };
}

async function tryEndpoint(endpoint: Endpoint, serverName: string | null, context: MeasureContext, ask: Ask) {
  const name = format(endpoint);
  const tcp = await context.network.connectTcp(endpoint, ask(TCP_TIMEOUT_MS));
  if (tcp.connection === null) return { name, tcpFailure: tcp.failure, tls: null };
  const tls =
    serverName === null ? null : await handshake(tcp.connection, serverName, context, ask(TLS_TIMEOUT_MS));
  tls?.connection?.close();
  tcp.connection.close();
  return { name, tcpFailure: null, tls };
}

function handshake(connection: Connection, serverName: string, context: MeasureContext, limits: Limits) {
  return context.network.handshakeTls(connection, { serverName, alpn: ['http/1.1'], verify: true }, limits);
}

function handshakeEntry(tls: TlsResult, serverName: string) {
  return {
    server_name: serverName,
    status: tls.failure === null,
    failure: tls.failure,
    x_aiqyn_chain_sha256: tls.chain.map(({ sha256 }) => sha256),
    x_aiqyn_issuers: tls.chain.slice(1).flatMap(({ spkiSha256 }) => (spkiSha256 === '' ? [] : [spkiSha256])),
  };
}

/** As a browser would: through redirects to the page. Every hop is checked anew, for a redirect can point anywhere. */
async function fetchFollowing(start: URL, context: MeasureContext, ask: Ask) {
  let url = start;
  for (let hop = 0; hop <= REDIRECTS_MAX; hop += 1) {
    const { failure, response, progress } = await fetchOnce(url, context, ask);
    if (response === null) return failed(failure);
    const location = REDIRECT_CODES.has(response.code) ? response.headers['location'] : undefined;
    if (location === undefined) {
      const rate = failure === null ? bodyRate(progress) : null;
      return {
        body_length: response.body.length,
        failure,
        title: titleOf(new TextDecoder().decode(response.body)),
        headers: { ...response.headers },
        status_code: response.code,
        ...(rate === null ? {} : { x_aiqyn_bytes_per_s: rate }),
      };
    }
    if (!URL.canParse(location, url.href)) return failed('http_invalid_redirect_location_host');
    url = new URL(location, url.href);
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      return failed('http_invalid_redirect_location_host');
  }
  return failed(`unknown_failure: stopped after ${REDIRECTS_MAX} redirects`);
}

async function fetchOnce(url: URL, context: MeasureContext, ask: Ask) {
  const { failure, addrs } = await resolveHost(url.hostname, context, ask);
  const address = addrs.find((one) => context.allowPrivate || !isSpecialAddress(one));
  if (address === undefined) return unanswered(failure ?? 'dns_bogon_error');
  const tcp = await context.network.connectTcp({ address, port: portOf(url) }, ask(TCP_TIMEOUT_MS));
  if (tcp.connection === null) return unanswered(tcp.failure);
  try {
    const opened =
      url.protocol === 'https:'
        ? await handshake(tcp.connection, bare(url.hostname), context, ask(TLS_TIMEOUT_MS))
        : { failure: null, connection: tcp.connection };
    if (opened.connection === null) return unanswered(opened.failure);
    const request = {
      method: 'GET' as const,
      url: url.href,
      headers: REQUEST_HEADERS,
      bodyBytesMax: BODY_BYTES_MAX,
    };
    return await context.network.fetchHttp(opened.connection, request, ask(HTTP_TIMEOUT_MS));
  } finally {
    tcp.connection.close();
  }
}

function unanswered(failure: string | null) {
  return { failure, response: null, progress: [] };
}

function failed(failure: string | null) {
  return { body_length: -1, failure, title: '', headers: {}, status_code: -1 };
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function format({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function unique(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  return [...new Map(endpoints.map((endpoint) => [format(endpoint), endpoint])).values()];
}
