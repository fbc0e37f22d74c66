/** SOCKS5 and HTTP-CONNECT proxies on loopback, with a censor behind them, and with each trouble that a proxy has of its own. */
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { readClientHello } from '../../src/demo/client-hello.ts';
import { listenOn } from './listen-on.ts';

/** What the far side, or the proxy, does with a connection to a host. */
export type Fate =
  | 'open'
  /** The censor drops what follows a ClientHello under that name, or resets the connection. */
  | 'sni_drop'
  | 'sni_reset'
  /** The proxy accepts and ends the connection at the first byte, as one that is breaking down. */
  | 'breaks'
  /** The proxy says nothing more once it was asked. */
  | 'mute'
  /** Its code: of SOCKS5 (RFC 1928), or an HTTP status. */
  | number;

export interface ProxyServer {
  readonly url: string;
  readonly port: number;
  /** Hosts asked for, as the client named them. */
  readonly asked: string[];
  fateOf: (host: string) => Fate;
  /** `name:password` that must be given; null: none. */
  login: string | null;
  close(): Promise<void>;
}

/** @param upstreamPort of loopback, where every name leads. */
export async function startProxy(kind: 'socks5' | 'http', upstreamPort: number): Promise<ProxyServer> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => client.destroy());
    if (kind === 'socks5') greet(client, proxy, upstreamPort);
    else answerConnect(client, proxy, upstreamPort);
  });
  const port = await listenOn(server);
  const proxy: ProxyServer = {
    url: `${kind}://127.0.0.1:${port}`,
    port,
    asked: [],
    fateOf: () => 'open',
    login: null,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

function greet(client: Socket, proxy: ProxyServer, upstreamPort: number): void {
  client.once('data', (greeting) => {
    const wantsLogin = proxy.login !== null;
    const method = wantsLogin ? 2 : 0;
    const isOffered = greeting.subarray(2, 2 + (greeting[1] ?? 0)).includes(method);
    if (!isOffered) {
      client.end(Buffer.from([5, 255]));
      return;
    }
    // In two pieces, as a slow line brings it.
    client.write(Buffer.from([5]));
    setImmediate(() => client.write(Buffer.from([method])));
    client.once('data', (second) => {
      if (!wantsLogin) {
        socksRequest(client, second, proxy, upstreamPort);
        return;
      }
      const nameLength = second[1] ?? 0;
      const name = second.subarray(2, 2 + nameLength).toString();
      const password = second.subarray(3 + nameLength).toString();
      const isRight = `${name}:${password}` === proxy.login;
      client.write(Buffer.from([1, isRight ? 0 : 1]));
      if (isRight)
        client.once('data', (third) => {
          socksRequest(client, third, proxy, upstreamPort);
        });
    });
  });
}

function socksRequest(client: Socket, request: Buffer, proxy: ProxyServer, upstreamPort: number): void {
  const length = request[4] ?? 0;
  const host = request.subarray(5, 5 + length).toString('latin1');
  proxy.asked.push(host);
  const fate = proxy.fateOf(host);
  if (fate === 'mute') return;
  const code = typeof fate === 'number' ? fate : 0;
  client.write(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]));
  if (code === 0) pass(client, fate, upstreamPort);
}

function answerConnect(client: Socket, proxy: ProxyServer, upstreamPort: number): void {
  client.once('data', (head) => {
    const text = head.toString('latin1');
    const host = /^CONNECT ([^ :]+):/.exec(text)?.[1] ?? '';
    proxy.asked.push(host);
    const given = /proxy-authorization: basic (\S+)/i.exec(text)?.[1] ?? '';
    const isRight = proxy.login === null || Buffer.from(given, 'base64').toString() === proxy.login;
    const fate = proxy.fateOf(host);
    if (fate === 'mute') return;
    const status = isRight ? (typeof fate === 'number' ? fate : 200) : 407;
    client.write(`HTTP/1.1 ${status} Said\r\nVia: test\r\n\r\n`);
    if (status === 200) pass(client, fate, upstreamPort);
  });
}

function pass(client: Socket, fate: Fate, upstreamPort: number): void {
  client.once('data', (hello) => {
    if (fate === 'breaks') {
      client.destroy();
      return;
    }
    // The name that is filtered is the one on the wire: a harmless one to the same place goes through.
    const isFiltered = (fate === 'sni_drop' || fate === 'sni_reset') && isTargets(hello);
    if (isFiltered && fate === 'sni_reset') client.resetAndDestroy();
    if (isFiltered) return;
    const upstream = connect(upstreamPort, '127.0.0.1', () => {
      upstream.write(hello);
      client.pipe(upstream).pipe(client);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
}

function isTargets(hello: Buffer): boolean {
  const reading = readClientHello(hello);
  return reading.kind === 'hello' && reading.serverName === 'www.youtube.com';
}
