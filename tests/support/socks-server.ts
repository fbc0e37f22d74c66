/** A SOCKS5 proxy (RFC 1928) for tests: no login, CONNECT alone, every name leads to loopback. */
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { listenOn } from './listen-on.ts';

const GREETING_BYTES_MIN = 3;
const NAME_KIND = 3;
const NO_LOGIN = Buffer.from([5, 0]);
const CONNECTED = Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);

export interface SocksServer {
  readonly url: string;
  /** Hosts asked for, as the client named them. */
  readonly asked: string[];
  close(): Promise<void>;
}

export async function startSocksServer(): Promise<SocksServer> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => client.destroy());
    client.once('data', (greeting) => {
      if (greeting.length < GREETING_BYTES_MIN) client.destroy();
      client.write(NO_LOGIN);
      client.once('data', (request) => {
        const { host, port } = targetOf(request);
        asked.push(host);
        const upstream = connect(port, '127.0.0.1', () => {
          client.write(CONNECTED);
          client.pipe(upstream).pipe(client);
        });
        upstream.on('error', () => client.destroy());
        client.on('close', () => upstream.destroy());
      });
    });
  });
  const port = await listenOn(server);
  return {
    url: `socks5://127.0.0.1:${port}`,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function targetOf(request: Buffer): { host: string; port: number } {
  const isName = request.readUInt8(3) === NAME_KIND;
  const length = isName ? request.readUInt8(4) : 4;
  const from = isName ? 5 : 4;
  const host = isName
    ? request.subarray(from, from + length).toString('latin1')
    : [...request.subarray(from, from + length)].join('.');
  return { host, port: request.readUInt16BE(from + length) };
}
