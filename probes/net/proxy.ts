/**
 * A way through a proxy: SOCKS5 (RFC 1928, login RFC 1929) or HTTP CONNECT (RFC 9110, section 9.3.6). The name is given to the proxy,
 * which resolves it. What the proxy itself cannot or will not do is our own trouble (`network_down`); what it says of the far
 * side is hearsay, because proxies use their codes freely: an `unknown_failure`, on which no verdict rests.
 */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { FAILURE } from '../failure.ts';
import type { Limits, TcpResult } from '../network.ts';
import { bounded } from './bounded.ts';
import { formatEndpoint, SocketConnection } from './socket-connection.ts';

export interface Proxy {
  readonly kind: 'socks5' | 'http';
  readonly host: string;
  readonly port: number;
  readonly login: { readonly username: string; readonly password: string } | null;
}

/** An answer longer than this is no proxy's. */
const ANSWER_BYTES_MAX = 16_384;
const NAME_BYTES_MAX = 255;
/** Why a far side was not reached, in the words of RFC 1928. */
const SOCKS_REPLIES: Readonly<Record<number, string>> = {
  1: 'general failure',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'TTL expired',
};

/** What is to be done next: wait for more bytes, send some, or end. */
type Step =
  | { readonly do: 'wait' }
  | { readonly do: 'send'; readonly bytes: Buffer; readonly took: number }
  | { readonly do: 'end'; readonly failure: string | null; readonly took: number };

interface Dialogue {
  /** What is said first. */
  readonly opening: Buffer;
  /** Given all bytes that have come and were not taken yet. */
  next(bytes: Buffer): Step;
}

const WAIT: Step = { do: 'wait' };
const BROKEN = refusedByProxy(0);

function refusedByProxy(took: number): Step {
  return { do: 'end', failure: FAILURE.networkDown, took };
}

function hearsay(what: string, took: number): Step {
  return { do: 'end', failure: `unknown_failure: proxy: ${what}`, took };
}

/** A TCP connection that the proxy makes to `endpoint`, whose address may be a name. */
export async function connectThrough(
  proxy: Proxy,
  endpoint: { readonly address: string; readonly port: number },
  limits: Limits,
): Promise<TcpResult> {
  const dialogue = proxy.kind === 'socks5' ? socks5(proxy, endpoint) : httpConnect(proxy, endpoint);
  return bounded<TcpResult>(
    limits,
    (settle) => {
      let isHandedOver = false;
      const socket = connect({ host: proxy.host, port: proxy.port, noDelay: true });
      function fail(failure: string): void {
        settle({ failure, connection: null });
      }
      socket.once('error', () => {
        fail(FAILURE.networkDown);
      });
      // Closed in the middle of the dialogue: the proxy's doing, whatever its reason.
      socket.once('close', () => {
        fail(FAILURE.networkDown);
      });
      socket.once('connect', () => {
        socket.write(dialogue.opening);
      });
      converse(socket, dialogue, (failure) => {
        if (failure !== null) {
          fail(failure);
          return;
        }
        isHandedOver = true;
        socket.removeAllListeners('error').removeAllListeners('close');
        const address = formatEndpoint(endpoint.address, endpoint.port);
        settle({ failure: null, connection: new SocketConnection(address, socket, socket) });
      });
      return () => {
        if (isHandedOver) return;
        socket.removeAllListeners('close').on('error', () => undefined);
        socket.destroy();
      };
    },
    // Whether the proxy or the far side was silent is not known.
    (failure) => ({
      failure: failure === FAILURE.timeout ? 'unknown_failure: proxy: no answer in time' : failure,
      connection: null,
    }),
  );
}

/** Feeds the dialogue with what comes; what comes behind its end belongs to the connection. */
function converse(socket: Socket, dialogue: Dialogue, end: (failure: string | null) => void): void {
  let pending = Buffer.alloc(0);
  function onData(chunk: Buffer): void {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const step = pending.length > ANSWER_BYTES_MAX ? BROKEN : dialogue.next(pending);
      if (step.do === 'wait') return;
      pending = pending.subarray(step.took);
      if (step.do === 'send') {
        socket.write(step.bytes);
        continue;
      }
      socket.off('data', onData);
      socket.pause();
      if (pending.length > 0) socket.unshift(pending);
      end(step.failure);
      return;
    }
  }
  socket.on('data', onData);
}

type Endpoint = Parameters<typeof connectThrough>[1];

function socks5({ login }: Proxy, { address, port }: Endpoint): Dialogue {
  let state: 'greeted' | 'logging_in' | 'asked' = 'greeted';
  const name = Buffer.from(address, 'latin1').subarray(0, NAME_BYTES_MAX);
  const wanted = Buffer.concat([
    Buffer.from([5, 1, 0, 3, name.length]),
    name,
    Buffer.from([port >> 8, port & 255]),
  ]);
  function ask(took: number): Step {
    state = 'asked';
    return { do: 'send', bytes: wanted, took };
  }
  function method(bytes: Buffer): Step {
    if (bytes[0] !== 5) return BROKEN;
    if (bytes[1] === 0) return ask(2);
    if (bytes[1] !== 2 || login === null) return BROKEN;
    state = 'logging_in';
    const username = Buffer.from(login.username, 'utf8').subarray(0, NAME_BYTES_MAX);
    const password = Buffer.from(login.password, 'utf8').subarray(0, NAME_BYTES_MAX);
    const words = [Buffer.from([1, username.length]), username, Buffer.from([password.length]), password];
    return { do: 'send', bytes: Buffer.concat(words), took: 2 };
  }
  return {
    opening: Buffer.from(login === null ? [5, 1, 0] : [5, 2, 0, 2]),
    next(bytes) {
      if (bytes.length < 2) return WAIT;
      if (state === 'greeted') return method(bytes);
      if (state === 'logging_in') return bytes[1] === 0 ? ask(2) : BROKEN;
      return socksReply(bytes);
    },
  };
}

/** The reply is followed by an address of its own kind and length. */
function socksReply(bytes: Buffer): Step {
  const code = bytes[1] ?? 0;
  if (bytes[0] !== 5) return BROKEN;
  if (code !== 0) {
    const what = SOCKS_REPLIES[code];
    // Not allowed by its rules, or not able to: the proxy's own.
    return what === undefined ? refusedByProxy(bytes.length) : hearsay(what, bytes.length);
  }
  const [, , , kind, length = 0] = bytes;
  if (bytes.length < 5) return WAIT;
  const addressBytes = kind === 1 ? 4 : kind === 4 ? 16 : 1 + length;
  const all = 4 + addressBytes + 2;
  return bytes.length < all ? WAIT : { do: 'end', failure: null, took: all };
}

function httpConnect({ login }: Proxy, { address, port }: Endpoint): Dialogue {
  const host = formatEndpoint(address, port);
  const token =
    login === null ? '' : Buffer.from(`${login.username}:${login.password}`, 'utf8').toString('base64');
  const lines = [
    `CONNECT ${host} HTTP/1.1`,
    `Host: ${host}`,
    ...(login === null ? [] : [`Proxy-Authorization: Basic ${token}`]),
  ];
  return {
    opening: Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'),
    next(bytes) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return WAIT;
      const took = end + 4;
      const code = Number(/^HTTP\/1\.[01] (\d{3})/.exec(bytes.toString('latin1', 0, end))?.[1] ?? 0);
      if (code >= 200 && code <= 299) return { do: 'end', failure: null, took };
      // A gateway's words are about the far side; any other refusal is the proxy's own.
      return code >= 500 ? hearsay(`status ${code}`, took) : refusedByProxy(took);
    },
  };
}

/** Whether the proxy itself can be connected to: the first hop out of a vantage that looks through it. */
export async function checkProxy({ host, port }: Proxy, limits: Limits): Promise<string | null> {
  return bounded<string | null>(
    limits,
    (settle) => {
      const socket = connect({ host, port });
      socket.once('error', () => {
        settle(FAILURE.networkDown);
      });
      socket.once('connect', () => {
        settle(null);
      });
      return () => {
        socket.on('error', () => undefined);
        socket.destroy();
      };
    },
    (failure) => failure,
  );
}
