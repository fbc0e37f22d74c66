/**
 * Where the demo's connections arrive: one loopback listener per port of each site, with the censor in front. Vantages are
 * told apart by the address they connect from.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../probes/probe.ts';
import type { Log } from '../log.ts';
import type { Censor, NameFate, Party } from './censor.ts';
import { HELLO_BYTES_MAX, readClientHello } from './client-hello.ts';
import { HTTP_PORT, siteOfName } from './sites.ts';
import type { Site } from './sites.ts';
import { ThrottledStream } from './throttled-stream.ts';
import type { WebDoors } from './web-doors.ts';

/** Nothing of the demo stays open longer without a byte. */
const IDLE_MS_MAX = 60_000;

export interface FrontOptions {
  readonly sites: readonly Site[];
  readonly censor: Censor;
  readonly doors: WebDoors;
  readonly partyOf: (address: string) => Party;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly latencyMs: () => number;
  readonly log: Log;
}

interface Open {
  readonly socket: Socket;
  readonly party: Party;
  readonly site: Site;
}

export interface Fronts {
  /** The loopback port behind a site's port; null where the site does not listen. */
  portOf(site: Site, port: number): number | null;
  /** Resets every open connection that is now out of its party's reach. */
  resetOutOfReach(): void;
  readonly openCount: number;
  stop(): Promise<void>;
}

export async function openFronts(options: FrontOptions): Promise<Fronts> {
  const servers: Server[] = [];
  const ports = new Map<string, number>();
  const open = new Set<Open>();

  function accept(socket: Socket, site: Site, port: number): void {
    const party = options.partyOf(socket.remoteAddress ?? '');
    const entry = { socket, party, site };
    open.add(entry);
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(entry));
    socket.setTimeout(IDLE_MS_MAX, () => socket.destroy());
    receive(entry, port, options).catch((error: unknown) => {
      options.log.warn({ error, host: site.host }, 'the demo could not serve a connection');
      socket.destroy();
    });
  }

  for (const site of options.sites) {
    for (const port of site.ports) {
      const server = createServer({ noDelay: true }, (socket) => {
        accept(socket, site, port);
      });
      servers.push(server);
      ports.set(`${site.host}:${port}`, await listen(server));
    }
  }
  return {
    portOf: (site, port) => ports.get(`${site.host}:${port}`) ?? null,
    resetOutOfReach: () => {
      for (const { socket, party, site } of open) {
        if (options.censor.isOutOfReach(party, site)) socket.resetAndDestroy();
      }
    },
    get openCount() {
      return open.size;
    },
    stop: async () => {
      const closing = [...open].map(({ socket }) => once(socket, 'close'));
      for (const { socket } of open) socket.destroy();
      await Promise.all([...closing, ...servers.map(close)]);
    },
  };
}

async function receive({ socket, party, site }: Open, port: number, options: FrontOptions): Promise<void> {
  const { censor, doors } = options;
  const fate = censor.atAccept(party, site);
  if (fate === 'reset') {
    // At the first byte, so that the client's connect has always finished before.
    socket.once('data', () => socket.resetAndDestroy());
    return;
  }
  if (fate === 'silence') {
    // Read on, to notice when the client gives up.
    socket.resume();
    return;
  }
  if (port === HTTP_PORT) {
    const kbps = censor.rateKbps(party, site, null);
    const stream = kbps === null ? socket : new ThrottledStream(socket, kbps, options.clock, Buffer.alloc(0));
    doors.plainHttp(stream, (named) =>
      site.kind === 'blockpage' ? 'blockpage' : censor.atName(party, named),
    );
    return;
  }
  const hello = await readHello(socket);
  if (hello === null) {
    socket.destroy();
    return;
  }
  const named = hello.serverName === null ? site : siteOfName(options.sites, hello.serverName);
  const nameFate = censor.atName(party, named);
  const kbps = censor.rateKbps(party, site, named);
  await options.clock.sleep(options.latencyMs());
  if (socket.destroyed) return;
  passOn(socket, hello.bytes, site.kind === 'blockpage' ? 'blockpage' : nameFate, kbps, options);
}

function passOn(
  socket: Socket,
  bytes: Buffer,
  fate: NameFate,
  kbps: number | null,
  { doors, clock }: FrontOptions,
): void {
  if (fate === 'drop') {
    socket.resume();
    return;
  }
  if (fate === 'reset') {
    socket.resetAndDestroy();
    return;
  }
  if (fate === 'close') {
    socket.end();
    return;
  }
  const doorOf = { pass: doors.honestTls, forge: doors.forgedTls, blockpage: doors.blockpageTls };
  let stream: Duplex = socket;
  if (kbps === null) socket.unshift(bytes);
  else stream = new ThrottledStream(socket, kbps, clock, bytes);
  doorOf[fate](stream);
}

interface Hello {
  readonly bytes: Buffer;
  readonly serverName: string | null;
}

/** Waits for the whole ClientHello; null when the client leaves, or speaks something else. */
function readHello(socket: Socket): Promise<Hello | null> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    function settle(hello: Hello | null): void {
      socket.pause();
      socket.off('data', onData);
      socket.off('close', onClose);
      resolve(hello);
    }
    function onClose(): void {
      settle(null);
    }
    function onData(chunk: Buffer): void {
      bytes = Buffer.concat([bytes, chunk]);
      const reading = readClientHello(bytes);
      if (reading.kind === 'hello') settle({ bytes, serverName: reading.serverName });
      else if (reading.kind === 'not_tls' || bytes.length > HELLO_BYTES_MAX) settle(null);
    }
    socket.on('data', onData);
    socket.once('close', onClose);
  });
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      resolve(portNumber(server.address()));
    });
  });
}

function portNumber(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new TypeError('not listening on a port');
  return address.port;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
