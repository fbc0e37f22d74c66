/** A Connection over a real socket. */
import type { Socket } from 'node:net';
import { FAILURE } from '../failure.ts';
import type { Connection } from '../network.ts';
import type { Traffic } from '../probe.ts';
import { failureOf } from './failure.ts';

export class SocketConnection implements Connection {
  readonly address: string;
  /** What to talk through: the TCP socket, or the TLS socket over it. */
  readonly stream: Socket;
  /** The TCP socket, where the bytes on the wire are counted. */
  readonly wire: Socket;
  #failure: string | null = null;

  constructor(address: string, stream: Socket, wire: Socket) {
    this.address = address;
    this.stream = stream;
    this.wire = wire;
    // Between two steps nobody else listens, and an unheard error would end the process.
    stream.on('error', (error) => {
      this.#failure ??= failureOf(error);
    });
  }

  /** Why it broke, as the socket itself said; null while it has not. */
  get failure(): string | null {
    if (this.#failure !== null) return this.#failure;
    return this.stream.destroyed ? FAILURE.eof : null;
  }

  /** What the socket itself reported, without guessing from its state. */
  get reported(): string | null {
    return this.#failure;
  }

  traffic(): Traffic {
    return { sentBytes: this.wire.bytesWritten, receivedBytes: this.wire.bytesRead };
  }

  close(): void {
    this.stream.destroy();
    this.wire.destroy();
  }
}

/** The socket behind a port's connection; a connection of another network is a programmer's mistake. */
export function asSocketConnection(connection: Connection): SocketConnection {
  if (connection instanceof SocketConnection) return connection;
  throw new TypeError('this connection was opened by another Network');
}

/** `ip:port`, IPv6 in brackets. */
export function formatEndpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The parts of `ip:port` or `[ip]:port`; null when it is neither. */
export function parseEndpoint(text: string): { readonly address: string; readonly port: number } | null {
  const parts = /^(?:\[(?<six>[0-9a-f:.]+)\]|(?<four>[\d.]+)):(?<port>\d{1,5})$/i.exec(text)?.groups;
  const address = parts?.['six'] ?? parts?.['four'];
  const port = Number(parts?.['port']);
  return address === undefined || !(port >= 1 && port <= 65_535) ? null : { address, port };
}
