/**
 * A QUIC server on one UDP port of loopback, with a censor in front: it is asked at the first datagram of each connection, by the name
 * that stands in it, as a box on the path would read it. After the handshake nothing is served.
 */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import native from '@matrixai/quic/dist/native/index.js';
import type { Config, Connection } from '@matrixai/quic/dist/native/types.js';
import { ALPN_HTTP3, DATAGRAM_BYTES } from '../../probes/net/quic.ts';
import type { Credentials } from './certificates.ts';

const { quiche } = native;
const CONNECTIONS_MAX = 256;
const BUFFER_BYTES = 1_350;

export interface QuicServerOptions {
  /** What to answer a connection with that names this server; null: nothing at all. */
  readonly credentialsFor: (serverName: string | null, clientAddress: string) => Credentials | null;
  readonly delay: () => Promise<void>;
}

export interface QuicServer {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startQuicServer(options: QuicServerOptions): Promise<QuicServer> {
  const socket = await listen();
  let isStopped = false;
  /** By the client's address and port; null where the censor answers nothing. */
  const open = new Map<string, Connection | null>();
  const configs = new Map<string, Config>();

  function accept(datagram: Buffer, client: RemoteInfo): Connection | null {
    const name = serverNameOf(datagram, client, socket);
    const credentials = options.credentialsFor(name, client.address);
    if (credentials === null) return null;
    const config = configs.get(credentials.cert) ?? serverConfig(credentials);
    configs.set(credentials.cert, config);
    return newConnection(config, client, socket);
  }
  /** Nothing is lost on loopback, so nothing is sent twice. */
  async function take(datagram: Buffer, client: RemoteInfo): Promise<void> {
    const key = `${client.address}:${client.port}`;
    if (!open.has(key)) {
      if (open.size >= CONNECTIONS_MAX) open.delete(open.keys().next().value ?? '');
      open.set(key, accept(datagram, client));
    }
    await options.delay();
    const connection = open.get(key) ?? null;
    if (connection === null || isStopped) return;
    receive(connection, datagram, client, socket);
    sendWaiting(connection, socket, client);
    if (connection.isDraining() || connection.isClosed()) open.delete(key);
  }
  socket.on('message', (datagram, client) => {
    // A datagram that no server would take is no reason to fall.
    take(datagram, client).catch(() => undefined);
  });
  return {
    port: socket.address().port,
    stop: () =>
      new Promise((resolve) => {
        isStopped = true;
        socket.close(() => {
          resolve();
        });
      }),
  };
}

/** Reads the name as the server itself would, with a connection that is thrown away; null where none stands in the first datagram. */
function serverNameOf(datagram: Buffer, client: RemoteInfo, socket: Socket): string | null {
  const reader = newConnection(NAMELESS, client, socket);
  // Received in place: what is read here is decrypted and no longer to be used.
  receive(reader, Buffer.from(datagram), client, socket);
  return reader.serverName()?.toLowerCase() ?? null;
}

const NAMELESS = new quiche.Config();
NAMELESS.setApplicationProtos([ALPN_HTTP3]);

function serverConfig({ key, cert }: Credentials): Config {
  const config = quiche.Config.withBoringSslCtx(
    false,
    false,
    null,
    [Buffer.from(key)],
    [Buffer.from(cert)],
    null,
  );
  config.setApplicationProtos([ALPN_HTTP3]);
  config.setMaxSendUdpPayloadSize(DATAGRAM_BYTES);
  return config;
}

function newConnection(config: Config, client: RemoteInfo, socket: Socket): Connection {
  const id = randomBytes(quiche.MAX_CONN_ID_LEN);
  return quiche.Connection.accept(id, null, hereOf(socket), peerOf(client), config);
}

/** What does not belong to the connection is passed over; what it refuses, it says to the client itself. */
function receive(connection: Connection, datagram: Buffer, client: RemoteInfo, socket: Socket): void {
  try {
    connection.recv(datagram, { from: peerOf(client), to: hereOf(socket) });
  } catch {
    return;
  }
}

function sendWaiting(connection: Connection, socket: Socket, client: RemoteInfo): void {
  const buffer = Buffer.alloc(BUFFER_BYTES);
  for (;;) {
    const made = connection.send(buffer);
    if (made === null) return;
    socket.send(Buffer.from(buffer.subarray(0, made[0])), client.port, client.address, () => undefined);
  }
}

function hereOf(socket: Socket): { readonly host: string; readonly port: number } {
  const { address, port } = socket.address();
  return { host: address, port };
}

function peerOf({ address, port }: RemoteInfo): { readonly host: string; readonly port: number } {
  return { host: address, port };
}

function listen(): Promise<Socket> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => {
      socket.off('error', reject);
      // A client that has gone answers with a refusal.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}
