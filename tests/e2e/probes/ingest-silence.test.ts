/** Where live video is sent, not one byte of application data leaves, whatever a server does. */
import { connect, createServer as createTcp } from 'node:net';
import type { Server, Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import type { TlsOptions, TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { probeIngest } from '../../../probes/ingest/probe.ts';
import { systemClock } from '../../../probes/net/clock.ts';
import { createNetwork } from '../../../probes/net/network.ts';
import { createTestCa } from '../../support/test-ca.ts';

const HOST = 'localhost';
const HARMLESS = 'harmless.test';
const TIMEOUT_MS = 2_000;
/** RTMP's S0 and the beginning of S1; and what a mail server says. */
const GREETINGS = [Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('220 hello\r\n')];
/** Types of TLS records (RFC 8446, 5.1). */
const ALERT = 21;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
/** A Finished with SHA-384, its type and its seal. */
const FINISHED_BYTES_MAX = 4 + 48 + 1 + 16;

const ca = await createTestCa('Trusted test root');
const stranger = await createTestCa('Some other root');
const opened: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

/** Keeps what each connection sent on the wire, until it is closed. */
async function listen(server: Server) {
  const wires: Buffer[] = [];
  const sockets: Socket[] = [];
  const closed: Promise<void>[] = [];
  server.on('connection', (socket: Socket) => {
    const index = sockets.push(socket) - 1;
    wires.push(Buffer.alloc(0));
    socket.on('data', (bytes: Buffer) => {
      wires[index] = Buffer.concat([wires[index] ?? Buffer.alloc(0), bytes]);
    });
    socket.on('error', () => undefined);
    closed.push(
      new Promise((resolve) => {
        socket.once('close', () => {
          resolve();
        });
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the test server has no port');
  return { port: bound.port, wires, closed };
}

/** Takes handshakes under any name, and keeps the names and what is decrypted. */
async function listenTls(options: TlsOptions, onSecure: (socket: TLSSocket) => void) {
  const names: string[] = [];
  const decrypted: Buffer[] = [];
  const ended: Promise<void>[] = [];
  const tls = createTls(options, (socket) => {
    names.push(String(socket.servername));
    socket.on('data', (bytes: Buffer) => decrypted.push(bytes));
    socket.on('error', () => undefined);
    onSecure(socket);
  });
  tls.on('tlsClientError', () => undefined);
  const { port } = await listen(tls);
  // A relay before it, so that the wire can be read beside what is decrypted.
  const front = createTcp((socket) => {
    const onward = connect(port, '127.0.0.1');
    onward.on('error', () => socket.destroy());
    onward.on('end', () => socket.end());
    onward.on('data', (bytes) => socket.write(bytes));
    socket.on('data', (bytes) => onward.write(bytes));
    socket.on('close', () => onward.end());
    ended.push(
      new Promise((resolve) => {
        onward.once('close', () => {
          resolve();
        });
      }),
    );
  });
  const { wires, closed, port: frontPort } = await listen(front);
  async function untilClosed(): Promise<void> {
    await Promise.all(closed);
    await Promise.all(ended);
  }
  return { port: frontPort, wires, names, decrypted, untilClosed };
}

async function probe(port: number) {
  const network = createNetwork({
    resolvers: { system: 'getaddrinfo', udp: [], doh: null },
    extraCaPem: [ca.pem],
    random: Math.random,
  });
  const { signal } = new AbortController();
  const report = await probeIngest(
    { target: { host: HOST, port }, timeoutMs: TIMEOUT_MS },
    { clock: systemClock(), network, control: null, harmlessNames: [HARMLESS], signal },
  );
  expect(report.abort).toBeNull();
  return report.testKeys;
}

/** The records that a client sent, in their order. Throws where its bytes are no TLS. */
function recordsOf(wire: Buffer) {
  const records: { readonly type: number; readonly bytes: number }[] = [];
  for (let at = 0; at < wire.length; at += 5 + wire.readUInt16BE(at + 3)) {
    const type = wire.readUInt8(at);
    if (wire.readUInt8(at + 1) !== 3) throw new Error(`no TLS record at byte ${at}`);
    records.push({ type, bytes: wire.readUInt16BE(at + 3) });
  }
  return records;
}

const TLS12: TlsOptions = { maxVersion: 'TLSv1.2' };
const TLS13: TlsOptions = { minVersion: 'TLSv1.3' };

/** Nothing to decrypt, and on the wire no record that could hold something. */
function expectSilence(
  { wires, decrypted }: { readonly wires: readonly Buffer[]; readonly decrypted: readonly Buffer[] },
  version: string,
): void {
  expect(Buffer.concat(decrypted)).toHaveLength(0);
  expect(wires.length).toBeGreaterThan(0);
  for (const wire of wires) {
    const records = recordsOf(wire);
    expect(records[0]?.type).toBe(HANDSHAKE);
    const sealed = records.filter(({ type }) => type === APPLICATION_DATA);
    // TLS 1.3 seals the end of its handshake and its farewell as such.
    const bytesMax = version === 'TLS 1.3' ? FINISHED_BYTES_MAX : 0;
    expect(sealed.filter(({ bytes }) => bytes > bytesMax)).toEqual([]);
    expect(sealed.length).toBeLessThanOrEqual(2);
  }
}

function waits(): void {
  // The server says nothing and does not hang up.
}

const AFTER_HANDSHAKE = [
  { what: 'waits', onSecure: waits },
  ...GREETINGS.map((greeting) => ({
    what: `speaks first (${greeting.toString('hex').slice(0, 6)}…)`,
    onSecure: (socket: TLSSocket) => socket.write(greeting),
  })),
  { what: 'hangs up', onSecure: (socket: TLSSocket) => socket.end() },
  { what: 'resets', onSecure: (socket: TLSSocket) => socket.destroy() },
];

describe.each([
  { version: 'TLS 1.2', limits: TLS12 },
  { version: 'TLS 1.3', limits: TLS13 },
])('the ingest probe, after a $version handshake', ({ version, limits }) => {
  it.each(AFTER_HANDSHAKE)('sends nothing and closes where the server $what', async ({ onSecure }) => {
    const server = await listenTls({ ...(await ca.issue(HOST)), ...limits }, onSecure);
    const keys = await probe(server.port);
    await server.untilClosed();
    expect(keys.tls_handshakes.length).toBeGreaterThan(0);
    expect(keys.requests).toEqual([]);
    expectSilence(server, version);
  });

  it.each([
    { what: 'an unknown authority', issuer: stranger, name: HOST, failure: 'ssl_unknown_authority' },
    { what: 'another name', issuer: ca, name: 'other.test', failure: 'ssl_invalid_hostname' },
  ])(
    'sends nothing under either name where the certificate is for $what',
    async ({ issuer, name, failure }) => {
      const server = await listenTls({ ...(await issuer.issue(name)), ...limits }, (socket) =>
        socket.write(GREETINGS[0] ?? ''),
      );
      const keys = await probe(server.port);
      await server.untilClosed();
      expect(keys.tls_handshakes.map((seen) => [seen.server_name, seen.failure])).toEqual([
        [HOST, failure],
        [HARMLESS, null],
      ]);
      expectSilence(server, version);
    },
  );

  it('is told a success by the handshake alone', async () => {
    const server = await listenTls({ ...(await ca.issue(HOST)), ...limits }, waits);
    const keys = await probe(server.port);
    expect(keys.tls_handshakes.map(({ failure }) => failure)).toEqual([null]);
    await server.untilClosed();
    // With TLS 1.3 the client is through, and gone, before the server knows.
    if (version === 'TLS 1.2') expect(server.names).toEqual([HOST]);
  });
});

describe('the ingest probe, where no handshake completes', () => {
  it.each([
    { what: 'is silent', onHello: () => undefined },
    { what: 'resets', onHello: (socket: Socket) => socket.resetAndDestroy() },
    { what: 'hangs up', onHello: (socket: Socket) => socket.end() },
    { what: 'alerts', onHello: (socket: Socket) => socket.end(Buffer.from([ALERT, 3, 3, 0, 2, 2, 40])) },
    { what: 'answers in clear text', onHello: (socket: Socket) => socket.write('HTTP/1.1 403 No\r\n\r\n') },
  ])('sends hellos and nothing else where the server $what', async ({ onHello }) => {
    const server = await listen(
      createTcp((socket) => {
        socket.once('data', () => onHello(socket));
      }),
    );
    const keys = await probe(server.port);
    await Promise.all(server.closed);
    expect(keys.tls_handshakes.filter(({ failure }) => failure === null)).toEqual([]);
    expect(keys.tls_handshakes.length).toBeGreaterThan(1);
    for (const wire of server.wires) {
      const [first, ...others] = recordsOf(wire).map(({ type }) => type);
      expect(first).toBe(HANDSHAKE);
      expect(others.filter((type) => type !== ALERT)).toEqual([]);
    }
  });

  it('sends nothing but a hello where the server speaks first, in clear text', async () => {
    const server = await listen(createTcp((socket) => socket.write(GREETINGS[1] ?? '')));
    await probe(server.port);
    await Promise.all(server.closed);
    expect(server.wires.length).toBeGreaterThan(0);
    expect(server.wires.flatMap(recordsOf).map(({ type }) => type)).not.toContain(APPLICATION_DATA);
  });
});

it('would see application data if there were any', async () => {
  const server = await listenTls({ ...(await ca.issue(HOST)), ...TLS12 }, waits);
  const network = createNetwork({
    resolvers: { system: 'getaddrinfo', udp: [], doh: null },
    extraCaPem: [ca.pem],
    random: Math.random,
  });
  const limits = { timeoutMs: TIMEOUT_MS, signal: new AbortController().signal };
  const { connection } = await network.connectTcp({ address: '127.0.0.1', port: server.port }, limits);
  if (connection === null) throw new Error('no connection');
  const asked = { serverName: HOST, alpn: [], verify: true };
  const tls = await network.handshakeTls(connection, asked, limits);
  if (tls.connection === null) throw new Error(`no handshake: ${tls.failure}`);
  const request = { method: 'HEAD', url: `https://${HOST}/`, headers: {}, bodyBytesMax: 1 } as const;
  await network.fetchHttp(tls.connection, request, { ...limits, timeoutMs: 300 });
  await server.untilClosed();
  expect(Buffer.concat(server.decrypted).toString()).toContain('HEAD / HTTP/1.1');
  expect(server.wires.flatMap(recordsOf).map(({ type }) => type)).toContain(APPLICATION_DATA);
});
