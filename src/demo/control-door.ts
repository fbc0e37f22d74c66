/** The way to the control: a relay per vantage that falls silent while the control is down or the vantage is cut. */
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

export interface Relay {
  readonly port: number;
  stop(): Promise<void>;
}

/** Listens on 127.0.0.1 and passes bytes on to `upstreamPort` there for as long as `isOpen` says so. */
export async function openRelay(upstreamPort: number, isOpen: () => boolean): Promise<Relay> {
  const sockets = new Set<Socket>();
  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  }
  const server = createServer({ noDelay: true }, (client) => {
    keep(client);
    const upstream = connect({ host: '127.0.0.1', port: upstreamPort, noDelay: true });
    keep(upstream);
    join(client, upstream, isOpen);
    join(upstream, client, isOpen);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not listening on a port');
  return {
    port: address.port,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

/** Requests and answers are small, so no back-pressure is kept. */
function join(from: Socket, to: Socket, isOpen: () => boolean): void {
  from.on('data', (chunk: Buffer) => {
    if (isOpen() && !to.destroyed) to.write(chunk);
  });
  from.once('close', () => {
    to.destroy();
  });
}
