/**
 * The TLS step. The handshake is let through whatever the certificate says, and verified by us after, so that the chain is
 * kept as evidence on a failure, too. Roots: Mozilla's, as Node brings them, and the configured extras; never the machine's
 * own store, because a state root that hides an interception may be installed there.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, createSecureContext, rootCertificates } from 'node:tls';
import type { ConnectionOptions, DetailedPeerCertificate, SecureContext, TLSSocket } from 'node:tls';
import { FAILURE } from '../failure.ts';
import type { Connection, Limits, PeerCertificate, TlsRequest, TlsResult } from '../network.ts';
import { bounded } from './bounded.ts';
import { verificationFailure } from './failure.ts';
import { privateFailure } from './private-authority.ts';
import { asSocketConnection, SocketConnection } from './socket-connection.ts';

/** A longer chain is cut; real ones have two to four. */
const CHAIN_LENGTH_MAX = 10;

/** Reading 140 roots takes a while, so do it once per network. */
export function trustedRoots(extraCaPem: readonly string[]): SecureContext {
  return createSecureContext({ ca: [...rootCertificates, ...extraCaPem] });
}

export async function handshakeTls(
  connection: Connection,
  request: TlsRequest,
  limits: Limits,
  roots: SecureContext,
): Promise<TlsResult> {
  const tcp = asSocketConnection(connection);
  if (tcp.failure !== null) return failed(tcp.failure);
  const result = await bounded<TlsResult>(
    limits,
    (settle) => {
      const socket = connect(connectionOptions(tcp, request, roots));
      const tls = new SocketConnection(tcp.address, socket, tcp.wire);
      socket.once('error', () => {
        settle(failed(tls.failure ?? FAILURE.eof));
      });
      socket.once('close', () => {
        settle(failed(tls.failure ?? FAILURE.eof));
      });
      socket.once('secureConnect', () => {
        settle(completed(socket, tls, request));
      });
      return () => {
        socket.removeAllListeners('secureConnect');
      };
    },
    failed,
  );
  if (result.connection === null) tcp.close();
  return result;
}

function connectionOptions(
  tcp: SocketConnection,
  request: TlsRequest,
  roots: SecureContext,
): ConnectionOptions {
  return {
    socket: tcp.wire,
    secureContext: roots,
    rejectUnauthorized: false,
    ALPNProtocols: [...request.alpn],
    host: request.serverName,
    ...(isIP(request.serverName) === 0 ? { servername: request.serverName } : {}),
  };
}

function completed(socket: TLSSocket, connection: SocketConnection, request: TlsRequest): TlsResult {
  const failure = request.verify ? refusal(socket, request) : null;
  return {
    failure,
    connection: failure === null ? connection : null,
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : '',
    chain: chainOf(socket),
  };
}

/** Null where the certificate is good. */
function refusal(socket: TLSSocket, { rootKeys, serverName }: TlsRequest): string | null {
  if (rootKeys !== undefined) return privateFailure(presented(socket), rootKeys, serverName);
  return socket.authorized ? null : verificationFailure(socket.authorizationError);
}

/** The certificates as X.509, leaf first; Node links a chain by issuer names, which `privateFailure` does not trust. */
function presented(socket: TLSSocket): readonly X509Certificate[] {
  return chainOf(socket).map(({ der }) => new X509Certificate(Buffer.from(der, 'base64')));
}

function failed(failure: string): TlsResult {
  return { failure, connection: null, version: '', cipher: '', alpn: '', chain: [] };
}

/** Leaf first. Node completes it from the roots it trusts where the server left the root out. */
function chainOf(socket: TLSSocket): readonly PeerCertificate[] {
  const chain: PeerCertificate[] = [];
  const seen = new Set<string>();
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (hasDer(next) && chain.length < CHAIN_LENGTH_MAX) {
    const certificate = peerCertificate(next.raw);
    if (seen.has(certificate.sha256)) break;
    seen.add(certificate.sha256);
    chain.push(certificate);
    next = next.issuerCertificate;
  }
  return chain;
}

/** Node hands out an empty object, against its types, when there is no certificate. */
function hasDer(
  certificate: Partial<DetailedPeerCertificate> | undefined,
): certificate is DetailedPeerCertificate {
  return certificate?.raw !== undefined;
}

/** As a record keeps it. */
export function peerCertificate(der: Buffer): PeerCertificate {
  return { der: der.toString('base64'), sha256: sha256Hex(der), spkiSha256: spkiSha256(der) };
}

/** Empty where the key is of a kind that cannot be read: an odd certificate must not end the measurement. */
function spkiSha256(der: Buffer): string {
  try {
    return sha256Hex(new X509Certificate(der).publicKey.export({ type: 'spki', format: 'der' }));
  } catch {
    return '';
  }
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
