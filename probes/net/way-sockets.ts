/**
 * Connections of ours (to collector, control and services), kept open between two messages. Node's own client: a library would
 * bring its parser as WebAssembly, whose compilation alone takes 40 MB. A way may lead by one line, from its address and with names
 * asked through its own resolvers, or through a SOCKS5 proxy. The name stays what TLS asks for and checks.
 */
import { setMaxListeners } from 'node:events';
import { Agent as PlainAgent } from 'node:http';
import type { ClientRequestArgs } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { FAILURE } from '../failure.ts';
import { isIpAddress } from '../scrub.ts';
import { sourceFor } from './line.ts';
import type { LineOptions } from './line.ts';
import { connectThrough } from './proxy.ts';
import type { Proxy } from './proxy.ts';
import { asSocketConnection } from './socket-connection.ts';

/** Of a name; more are not tried. */
const ADDRESSES_MAX = 4;
/** Of one address, handshake and all. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Below what servers commonly wait; where a server announces less, Node keeps to that. */
const IDLE_MS = 65_000;
const SOCKS_PORT = 1_080;

export interface WayLine {
  readonly line: LineOptions;
  /** Addresses of a name, the best first; empty where nobody knows it. Never rejects. */
  readonly addressesOf: (hostname: string) => Promise<readonly string[]>;
}

export interface WaySockets {
  /** For `node:http` and `node:https`. */
  readonly agents: { readonly 'http:': PlainAgent; readonly 'https:': TlsAgent };
  /** Ends what is open. */
  close(): void;
}

/** Why a connection was not even tried; `code` is what the system itself would have said. */
class WayError extends Error {
  override readonly name = 'WayError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface Wanted {
  readonly host: string;
  readonly port: number;
  /** Turns an open connection into what is spoken over: TLS, or itself. */
  readonly finished: (wire: Duplex) => Promise<Duplex>;
}

type Open = (wanted: Wanted) => Promise<Duplex>;

/**
 * @param way.authority PEM: only servers with a certificate of this authority are believed, instead of Mozilla's roots.
 * @param way.socks `socks5://127.0.0.1:9050`; resolves the names. Where it is given, `line` does not count.
 */
export function openWaySockets(way: {
  readonly authority?: string;
  readonly socks?: string;
  readonly line?: WayLine;
}): WaySockets {
  const kept = { keepAlive: true, timeout: IDLE_MS };
  const agents = {
    'http:': new PlainAgent(kept),
    'https:': new TlsAgent({ ...kept, ...(way.authority === undefined ? {} : { ca: way.authority }) }),
  };
  const closing = new AbortController();
  // One for each connection that is open.
  setMaxListeners(0, closing.signal);
  const open = openerOf(way, closing.signal);
  if (open !== null) {
    leadBy(agents['http:'], open, null);
    leadBy(agents['https:'], open, 'secureConnect');
  }
  return {
    agents,
    close() {
      closing.abort();
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

function openerOf(
  { socks, line }: { readonly socks?: string; readonly line?: WayLine },
  signal: AbortSignal,
): Open | null {
  if (socks !== undefined) return throughProxy(proxyOf(socks), signal);
  return line === undefined ? null : byLine(line, signal);
}

/** @param ready the event by which a finished connection says so; null where it is finished at once. */
function leadBy(agent: PlainAgent | TlsAgent, open: Open, ready: 'secureConnect' | null): void {
  const secured: PlainAgent['createConnection'] = agent.createConnection.bind(agent);
  function createConnection(
    options: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const host = options.host ?? '';
    async function finished(wire: Duplex): Promise<Duplex> {
      if (ready === null) return wire;
      const over: ClientRequestArgs & { readonly socket: Duplex } = { ...options, socket: wire };
      return once(secured(over), ready, wire);
    }
    open({ host, port: Number(options.port), finished }).then(
      (stream) => callback?.(null, stream),
      (error: unknown) => {
        // Node's types ask for a stream beside an error; nobody looks at it.
        callback?.(error instanceof Error ? error : new Error(String(error)), new Duplex());
      },
    );
    return undefined;
  }
  agent.createConnection = createConnection;
}

function byLine({ line, addressesOf }: WayLine, signal: AbortSignal): Open {
  return async ({ host, port, finished }) => {
    const found = isIpAddress(host) ? [host] : await addressesOf(host);
    let failure: unknown = new WayError('ENOTFOUND', FAILURE.dnsNoAnswer);
    for (const address of found.slice(0, ADDRESSES_MAX)) {
      const localAddress = sourceFor(address, line);
      if (localAddress === null) {
        failure = new WayError('ENETUNREACH', 'the line has no address of this family');
        continue;
      }
      try {
        const from = localAddress === undefined ? {} : { localAddress };
        const socket = connect({ host: address, port, signal, ...from });
        return await finished(await once(socket, 'connect', socket));
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  };
}

function throughProxy(proxy: Proxy, signal: AbortSignal): Open {
  return async ({ host, port, finished }) => {
    const limits = { timeoutMs: CONNECT_TIMEOUT_MS, signal };
    const { connection, failure } = await connectThrough(proxy, { address: host, port }, limits);
    if (connection === null) throw refusedBy(failure ?? FAILURE.networkDown);
    const { wire } = asSocketConnection(connection);
    const stream = await finished(wire);
    // The dialogue with the proxy stopped it where that ended.
    if (stream === wire) wire.resume();
    return stream;
  };
}

/** So that `failureOf` gives the same words back. */
function refusedBy(failure: string): Error {
  if (failure === FAILURE.networkDown) return new WayError('ENETDOWN', 'the proxy does not help');
  return new Error(failure.replace(/^unknown_failure: /, ''));
}

function proxyOf(socks: string): Proxy {
  const { hostname, port, username, password } = new URL(socks);
  const login = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return {
    kind: 'socks5',
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? SOCKS_PORT : Number(port),
    login: username === '' ? null : login,
  };
}

/** The stream once it has said `event`. Whatever goes wrong before, nothing stays open. */
async function once(stream: Duplex | null | undefined, event: string, wire: Duplex): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    if (stream === null || stream === undefined) {
      reject(new WayError('ECONNRESET', 'no connection was made'));
      return;
    }
    function fail(error: Error): void {
      clearTimeout(timer);
      stream?.destroy();
      wire.destroy();
      reject(error);
    }
    function onClose(): void {
      fail(new WayError('ECONNRESET', 'closed before it was open'));
    }
    const timer = setTimeout(() => {
      fail(new WayError('ETIMEDOUT', 'no answer in time'));
    }, CONNECT_TIMEOUT_MS);
    stream.once('error', fail).once('close', onClose);
    stream.once(event, () => {
      clearTimeout(timer);
      stream.off('error', fail).off('close', onClose);
      resolve(stream);
    });
  });
}
