/**
 * The QUIC step: one handshake over a UDP socket of its own. Only the protocol machine of the library is used (quiche, which
 * takes and gives datagrams); socket, timers and deadline are ours. So the server name need not be the address, a refused port
 * is seen (the socket is connected), a stranger's datagram ends nothing, and nothing outlives the step.
 *
 * Roots are those of the TLS step: Mozilla's and the configured extras, never the machine's own store.
 */
import { randomBytes, X509Certificate } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { isIP } from 'node:net';
import { rootCertificates } from 'node:tls';
import native from '@matrixai/quic/dist/native/index.js';
import type { Config, Connection } from '@matrixai/quic/dist/native/types.js';
import { FAILURE } from '../failure.ts';
import type { Limits, PeerCertificate, QuicRequest, QuicResult } from '../network.ts';
import { bounded } from './bounded.ts';
import { failureOf, failureOfAlert, unknownFailure } from './failure.ts';
import type { LineOptions } from './line.ts';
import { sourceFor } from './line.ts';
import type { NetworkOptions } from './options.ts';
import { peerCertificate } from './tls.ts';

export type QuicHandshaker = (
  endpoint: QuicPeer,
  request: QuicRequest,
  limits: Limits,
) => Promise<QuicResult>;

interface QuicPeer {
  readonly address: string;
  readonly port: number;
}

/** Node finds no named exports in this CommonJS module. */
const { quiche } = native;

export const ALPN_HTTP3 = 'h3';
/** RFC 9000 section 14.1: a first datagram has no less, and this many bytes pass every path. */
export const DATAGRAM_BYTES = 1_200;
/** Of an outgoing datagram's buffer. */
const BUFFER_BYTES = 1_350;
const CHAIN_LENGTH_MAX = 10;
/** Longer than any step; the step's own deadline ends it. */
const IDLE_MS = 60_000;
/** RFC 9001 section 4.8: codes from here on are TLS alerts. */
const CRYPTO_ERROR = 0x100;
const CRYPTO_ERROR_LAST = 0x1ff;
/** The code for a certificate that is for another name, and for one that cannot be read. */
const BAD_CERTIFICATE = CRYPTO_ERROR + 42;
/** RFC 9000 section 20.1. */
const CONNECTION_REFUSED = 0x2;

/** Reads the roots at its first handshake and keeps them. */
export function createQuicHandshaker(
  options: LineOptions & Pick<NetworkOptions, 'route' | 'extraCaPem'>,
): QuicHandshaker {
  const roots = [...rootCertificates, ...(options.extraCaPem ?? [])].join('\n');
  let verifying: Config | null = null;
  let trusting: Config | null = null;
  return async (endpoint, request, limits) => {
    const peer = options.route?.(endpoint.address, endpoint.port, 'udp') ?? endpoint;
    const localAddress = sourceFor(peer.address, options);
    if (localAddress === null) return { ...NOTHING, failure: FAILURE.networkUnreachable };
    const config = request.verify
      ? (verifying ??= clientConfig(Buffer.from(roots)))
      : (trusting ??= clientConfig(null));
    return shakeHands({ peer, request, config, localAddress }, limits);
  };
}

const NOTHING = { alpn: '', chain: [], traffic: { sentBytes: 0, receivedBytes: 0 } } as const;

function clientConfig(roots: Uint8Array | null): Config {
  const config = quiche.Config.withBoringSslCtx(roots !== null, false, roots, null, null, null);
  config.setApplicationProtos([ALPN_HTTP3]);
  config.setMaxIdleTimeout(IDLE_MS);
  config.setMaxSendUdpPayloadSize(DATAGRAM_BYTES);
  config.setDisableActiveMigration(true);
  return config;
}

interface Ask {
  readonly peer: QuicPeer;
  readonly request: QuicRequest;
  readonly config: Config;
  readonly localAddress: string | undefined;
}

async function shakeHands(ask: Ask, limits: Limits): Promise<QuicResult> {
  if (limits.signal.aborted) return { ...NOTHING, failure: FAILURE.interrupted };
  const attempt = new Attempt(ask);
  return bounded<QuicResult>(
    limits,
    (settle) => {
      attempt.start(settle);
      return () => {
        attempt.stop();
      };
    },
    (failure) => attempt.result(failure),
  );
}

/** One connection on one socket, from the first datagram to its end. */
class Attempt {
  readonly #ask: Ask;
  readonly #socket: Socket;
  readonly #buffer = Buffer.alloc(BUFFER_BYTES);
  #connection: Connection | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isOver = false;
  #sentBytes = 0;
  #receivedBytes = 0;

  constructor(ask: Ask) {
    this.#ask = ask;
    this.#socket = createSocket(ask.peer.address.includes(':') ? 'udp6' : 'udp4');
  }

  start(settle: (result: QuicResult) => void): void {
    const { peer, localAddress } = this.#ask;
    const end = (failure: string | null): void => {
      this.stop();
      settle(this.result(failure));
    };
    this.#socket.on('error', (error) => {
      end(failureOf(error));
    });
    this.#socket.on('message', (datagram) => {
      this.#receivedBytes += datagram.length;
      this.#guarded(end, () => this.#take(datagram));
    });
    this.#socket.once('connect', () => {
      if (!this.#isOver) this.#guarded(end, () => this.#begin());
    });
    this.#socket.bind({ port: 0, ...(localAddress === undefined ? {} : { address: localAddress }) }, () => {
      // Given a callback, connect() would hand it the error instead of emitting it.
      if (!this.#isOver) this.#socket.connect(peer.port, peer.address);
    });
  }

  /** Says goodbye where a connection stands, and leaves nothing open. Safe to call twice. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const connection = this.#connection;
    if (connection?.isEstablished() === true) connection.close(true, 0, new Uint8Array());
    if (connection !== null && this.#receivedBytes > 0) this.#sendWaiting(connection);
    // What was handed over is sent first.
    this.#socket.removeAllListeners();
    this.#socket.on('error', () => undefined);
    this.#socket.close();
  }

  result(failure: string | null): QuicResult {
    const isComplete = failure === null;
    const alpn = isComplete ? this.#connection?.applicationProto() : undefined;
    return {
      failure,
      alpn: alpn === undefined ? '' : Buffer.from(alpn).toString(),
      chain: this.#chain(),
      traffic: { sentBytes: this.#sentBytes, receivedBytes: this.#receivedBytes },
    };
  }

  #begin(): null {
    const { peer, request, config } = this.#ask;
    const serverName = isIP(request.serverName) === 0 ? request.serverName : null;
    const id = randomBytes(quiche.MAX_CONN_ID_LEN);
    const there = { host: peer.address, port: peer.port };
    this.#connection = quiche.Connection.connect(serverName, id, this.#here(), there, config);
    return null;
  }

  /** What the library throws beyond what is expected of a network is a failure of this step, never of the process. */
  #guarded(end: (failure: string | null) => void, step: () => Ended | null): void {
    try {
      const ended = step();
      if (ended !== null) end(ended.failure);
      else if (this.#connection !== null) this.#proceed(this.#connection, end);
    } catch (error) {
      end(unknownFailure(error instanceof Error ? error.message : String(error)));
    }
  }

  /** Null while the handshake goes on. */
  #take(datagram: Buffer): Ended | null {
    const connection = this.#connection;
    if (connection === null) return null;
    const { peer } = this.#ask;
    try {
      connection.recv(datagram, { from: { host: peer.address, port: peer.port }, to: this.#here() });
    } catch (error) {
      return this.#refusal(connection, error);
    }
    if (connection.isEstablished()) return { failure: null };
    const told = connection.peerError();
    return told === null ? null : { failure: failureOfCode(told.errorCode, told.isApp) };
  }

  /** A datagram that means nothing, such as one that somebody else slipped in, is passed over. */
  #refusal(connection: Connection, error: unknown): Ended | null {
    if (error instanceof Error && error.message === 'UnknownVersion') return { failure: FAILURE.quicVersion };
    const own = connection.localError();
    if (own === null) return null;
    const isWrongName =
      own.errorCode === BAD_CERTIFICATE &&
      isForAnother(connection.peerCertChain()?.[0], this.#ask.request.serverName);
    return { failure: isWrongName ? FAILURE.tlsHostname : failureOfCode(own.errorCode, own.isApp) };
  }

  /** Sends what waits, and sets the clock for what is to be sent again. */
  #proceed(connection: Connection, end: (failure: string | null) => void): void {
    this.#sendWaiting(connection);
    if (this.#timer !== null) clearTimeout(this.#timer);
    const waitMs = connection.timeout();
    if (waitMs === null || this.#isOver) return;
    this.#timer = setTimeout(() => {
      this.#guarded(end, () => {
        connection.onTimeout();
        return connection.isClosed() ? { failure: FAILURE.timeout } : null;
      });
    }, waitMs + 1);
  }

  #sendWaiting(connection: Connection): void {
    for (;;) {
      const made = connection.send(this.#buffer);
      if (made === null) return;
      const datagram = Buffer.from(this.#buffer.subarray(0, made[0]));
      this.#sentBytes += datagram.length;
      this.#socket.send(datagram, () => undefined);
    }
  }

  #here(): { readonly host: string; readonly port: number } {
    const { address, port } = this.#socket.address();
    return { host: address, port };
  }

  #chain(): readonly PeerCertificate[] {
    const chain = this.#connection?.peerCertChain() ?? [];
    return chain.slice(0, CHAIN_LENGTH_MAX).map((der) => peerCertificate(Buffer.from(der)));
  }
}

/** Where a handshake came to its end; null is success. */
interface Ended {
  readonly failure: string | null;
}

/** The library has one code for a certificate of another name and one that cannot be read. */
function isForAnother(leaf: Uint8Array | undefined, serverName: string): boolean {
  if (leaf === undefined || isIP(serverName) !== 0) return false;
  try {
    return new X509Certificate(leaf).checkHost(serverName) === undefined;
  } catch {
    return false;
  }
}

/** RFC 9000 section 20.1, in OONI's words as far as there are any. */
function failureOfCode(code: number, isApplication: boolean): string {
  if (!isApplication && code >= CRYPTO_ERROR && code <= CRYPTO_ERROR_LAST)
    return failureOfAlert(code - CRYPTO_ERROR);
  if (!isApplication && code === CONNECTION_REFUSED) return FAILURE.refused;
  return unknownFailure(`quic ${isApplication ? 'application' : 'transport'} error ${code}`);
}
