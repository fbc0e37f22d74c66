/** TCP and TLS to one address, and the pair of handshakes that shows what the name alone changes. */
import type { Connection, PeerCertificate, TlsResult } from './network.ts';
import { TAG_HARMLESS } from './observations.ts';
import { elapsedSeconds, isCutShort, limitsFor, nextTransaction } from './run.ts';
import type { Run } from './run.ts';

/** The harmless name fails, too: then it is not the name, and more tries show nothing. */
const HARMLESS_FAILURES_MAX = 2;
/** We speak HTTP/1.1 over what we open, so nothing else is offered. */
const ALPN = ['http/1.1'];

export interface Endpoint {
  readonly address: string;
  readonly port: number;
  /** Null for http:, where no handshake follows. */
  readonly serverName: string | null;
  /** The name is a harmless one that the server need not have: its certificate is not checked. */
  readonly isHarmless?: boolean;
  /** Of the service's own certificate authority, where it has one; see `TlsRequest`. */
  readonly rootKeys?: readonly string[];
}

export interface Reached {
  readonly endpoint: Endpoint;
  readonly transactionId: number;
  /** Ready to be talked through; null when it failed or was not tried any more. */
  readonly connection: Connection | null;
  /** Whether TCP came up and the handshake then failed. */
  readonly didTlsFail: boolean;
  /** Whether that handshake completed with a certificate that does not verify. */
  readonly hasChain: boolean;
}

export async function reach(run: Run, endpoint: Endpoint, tags: readonly string[]): Promise<Reached> {
  const transactionId = nextTransaction(run);
  const unreached = { endpoint, transactionId, connection: null, didTlsFail: false, hasChain: false };
  const tcp = await tcpStep(run, endpoint, transactionId, tags);
  if (tcp === null) return unreached;
  if (endpoint.serverName === null) return { ...unreached, connection: tcp };
  const tls = await tlsStep(run, tcp, {
    serverName: endpoint.serverName,
    rootKeys: endpoint.rootKeys,
    isHarmless: endpoint.isHarmless ?? false,
    transactionId,
    tags,
  });
  if (tls === null) return unreached;
  return {
    ...unreached,
    connection: tls.connection,
    didTlsFail: tls.failure !== null,
    hasChain: tls.chain.length > 0,
  };
}

/**
 * The same address under a harmless name, then both again in turn. One after the other, because a filter may go on
 * dropping between two addresses for a while once it was set off.
 */
export async function tryPairs(run: Run, failed: Reached, tags: readonly string[]): Promise<void> {
  const { harmlessNames } = run.context;
  // What was intercepted is known by its certificate; repeating it shows nothing more.
  const triesMax = failed.hasChain ? 1 : run.manner.pairTriesMax;
  let harmlessFailures = 0;
  for (let attempt = 1; attempt <= triesMax && harmlessFailures < HARMLESS_FAILURES_MAX; attempt += 1) {
    const name = harmlessNames[(attempt - 1) % Math.max(1, harmlessNames.length)];
    if (name === undefined) return;
    const tryTags = [...tags, `x_aiqyn_try=${attempt}`];
    if (attempt > 1 && !(await isStillFailing(run, failed.endpoint, tryTags))) return;
    const isGood = await handshakeAnew(run, failed.endpoint, name, [...tryTags, TAG_HARMLESS], true);
    if (isGood === null) return;
    if (!isGood) harmlessFailures += 1;
  }
}

/** A target that answers now is no silent drop, and one that there is no time for shows nothing. */
async function isStillFailing(run: Run, endpoint: Endpoint, tags: readonly string[]): Promise<boolean> {
  return (await handshakeAnew(run, endpoint, endpoint.serverName ?? '', tags, false)) === false;
}

/** Whether a new connection with this name completes its handshake; null when there was no time left to see. */
async function handshakeAnew(
  run: Run,
  endpoint: Endpoint,
  serverName: string,
  tags: readonly string[],
  isHarmless: boolean,
): Promise<boolean | null> {
  if (limitsFor(run, 'tls') === null) return null;
  const transactionId = nextTransaction(run);
  const tcp = await tcpStep(run, endpoint, transactionId, tags);
  if (tcp === null) return run.context.signal.aborted ? null : false;
  const { rootKeys } = endpoint;
  const tls = await tlsStep(run, tcp, { serverName, rootKeys, isHarmless, transactionId, tags });
  tls?.connection?.close();
  return tls === null ? null : tls.failure === null;
}

async function tcpStep(
  run: Run,
  endpoint: Endpoint,
  transactionId: number,
  tags: readonly string[],
): Promise<Connection | null> {
  const limits = limitsFor(run, 'tcp');
  if (limits === null) return null;
  const t0 = elapsedSeconds(run);
  const { failure, connection } = await run.context.network.connectTcp(endpoint, limits);
  if (connection !== null) run.connections.push(connection);
  if (isCutShort(run, failure)) return null;
  run.keys.tcp_connect.push({
    ip: endpoint.address,
    port: endpoint.port,
    status: { failure, success: failure === null },
    t0,
    t: elapsedSeconds(run),
    tags: [...tags],
    transaction_id: transactionId,
  });
  return connection;
}

interface HandshakeAsk {
  readonly serverName: string;
  readonly rootKeys: readonly string[] | undefined;
  readonly isHarmless: boolean;
  readonly transactionId: number;
  readonly tags: readonly string[];
}

async function tlsStep(run: Run, tcp: Connection, ask: HandshakeAsk): Promise<TlsResult | null> {
  const limits = limitsFor(run, 'tls');
  if (limits === null) return null;
  const t0 = elapsedSeconds(run);
  // The server need not have the harmless name: a completed handshake is all that is asked of it.
  const { serverName, rootKeys, isHarmless } = ask;
  const pinned = rootKeys === undefined ? {} : { rootKeys };
  const request = { serverName, alpn: ALPN, verify: !isHarmless, ...pinned };
  const result = await run.context.network.handshakeTls(tcp, request, limits);
  if (isCutShort(run, result.failure)) return null;
  run.keys.tls_handshakes.push({
    network: 'tcp',
    address: tcp.address,
    server_name: ask.serverName,
    failure: result.failure,
    tls_version: result.version,
    cipher_suite: result.cipher,
    negotiated_protocol: result.alpn,
    no_tls_verify: ask.isHarmless,
    ...certificates(result.chain, isEnoughByHash(run, result, ask)),
    t0,
    t: elapsedSeconds(run),
    tags: [...ask.tags],
    transaction_id: ask.transactionId,
  });
  return result;
}

/** A chain that verified, or that of the harmless name, is told by its hashes; everything else is evidence and kept whole. */
function isEnoughByHash(run: Run, result: TlsResult, ask: HandshakeAsk): boolean {
  return ask.isHarmless || (result.failure === null && !run.manner.keepsGoodChains);
}

/** What a record keeps of a chain: the certificates, or their hashes alone. */
export function certificates(chain: readonly PeerCertificate[], isByHash: boolean) {
  return {
    peer_certificates: isByHash ? [] : chain.map(({ der }) => ({ format: 'base64' as const, data: der })),
    ...(chain.length === 0 ? {} : { x_aiqyn_chain_sha256: chain.map(({ sha256 }) => sha256) }),
  };
}
