import { createSocket } from 'node:dgram';
import { createServer as createHttp } from 'node:http';
import { createServer as createTcp } from 'node:net';
import type { Server, Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { decode, encode } from 'dns-packet';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createNetwork } from '../../../probes/net/network.ts';
import type { Connection, Limits } from '../../../probes/network.ts';
import { createTestCa } from '../../support/test-ca.ts';

const ca = await createTestCa('Trusted test root');
const strangerCa = await createTestCa('Some other root');
const open: { close(): void }[] = [];
const sockets = new Set<Socket>();

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of open.splice(0)) server.close();
});
afterAll(() => {
  sockets.clear();
});

function limits(timeoutMs = 2_000, signal = new AbortController().signal): Limits {
  return { timeoutMs, signal };
}

const network = createNetwork({
  resolvers: { system: 'getaddrinfo', udp: [], doh: null },
  extraCaPem: [ca.pem],
  random: Math.random,
});

async function listen(server: Server): Promise<number> {
  open.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the test server has no port');
  return address.port;
}

async function dial(port: number): Promise<Connection> {
  const { connection, failure } = await network.connectTcp({ address: '127.0.0.1', port }, limits());
  if (connection === null) throw new Error(`no connection: ${failure}`);
  return connection;
}

describe('connectTcp', () => {
  it('says refused where nobody listens', async () => {
    const port = await listen(createTcp());
    open.splice(0).forEach((server) => {
      server.close();
    });
    const { failure } = await network.connectTcp({ address: '127.0.0.1', port }, limits());
    expect(failure).toBe('connection_refused');
  });

  it('says interrupted, and not timeout, when our own shutdown cuts it', async () => {
    const { failure } = await network.connectTcp(
      { address: '127.0.0.1', port: 9 },
      limits(1_000, AbortSignal.abort()),
    );
    expect(failure).toBe('interrupted');
  });
});

describe('handshakeTls', () => {
  const hour = 3_600_000;
  it.each([
    { what: 'a right certificate', issuer: ca, name: 'site.test', failure: null },
    {
      what: 'a certificate for another name',
      issuer: ca,
      name: 'other.test',
      failure: 'ssl_invalid_hostname',
    },
    { what: 'an unknown root', issuer: strangerCa, name: 'site.test', failure: 'ssl_unknown_authority' },
    {
      what: 'an expired certificate',
      issuer: ca,
      name: 'site.test',
      failure: 'ssl_invalid_certificate',
      validity: { from: new Date(Date.now() - 2 * hour), to: new Date(Date.now() - hour) },
    },
  ])('reports $failure for $what and keeps the chain', async ({ issuer, name, failure, validity }) => {
    const port = await listen(createTls(await issuer.issue(name, validity)));
    const request = { serverName: 'site.test', alpn: ['http/1.1'], verify: true };
    const result = await network.handshakeTls(await dial(port), request, limits());
    result.connection?.close();
    expect(result.failure).toBe(failure);
    expect(result.chain[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(result.chain[0]?.spkiSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    { what: 'silence after the ClientHello', onHello: () => undefined, failure: 'generic_timeout_error' },
    { what: 'a reset', onHello: (socket: Socket) => socket.resetAndDestroy(), failure: 'connection_reset' },
    { what: 'a FIN', onHello: (socket: Socket) => socket.end(), failure: 'eof_error' },
    {
      what: 'alert 40',
      onHello: (socket: Socket) => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 40])),
      failure: 'ssl_failed_handshake',
    },
    {
      what: 'alert 112',
      onHello: (socket: Socket) => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 112])),
      failure: 'ssl_invalid_hostname',
    },
  ])('reports $failure for $what', async ({ onHello, failure }) => {
    const port = await listen(createTcp((socket) => socket.once('data', () => onHello(socket))));
    const connection = await dial(port);
    const request = { serverName: 'site.test', alpn: ['http/1.1'], verify: true };
    const result = await network.handshakeTls(connection, request, limits(500));
    expect(result.failure).toBe(failure);
    expect(result.chain).toEqual([]);
    expect(connection.traffic().sentBytes).toBeGreaterThan(100);
  });
});

describe('fetchHttp', () => {
  async function get(port: number, bodyBytesMax = 65_536, timeoutMs = 2_000) {
    const request = { method: 'GET' as const, url: `http://127.0.0.1:${port}/`, headers: {}, bodyBytesMax };
    return network.fetchHttp(await dial(port), request, limits(timeoutMs));
  }

  it('decodes gzip and hashes what it decoded', async () => {
    const page = '<title>Hello</title>'.repeat(100);
    const port = await listen(
      createHttp((_, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(page));
      }),
    );
    const { failure, response } = await get(port);
    expect(failure).toBeNull();
    expect(Buffer.from(response?.body ?? []).toString()).toBe(page);
    expect(response?.isBodyTruncated).toBe(false);
  });

  it('stops a small answer that would unpack to 100 MB at its bound', async () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000));
    const port = await listen(
      createHttp((_, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
      }),
    );
    const { failure, response } = await get(port, 10_000);
    expect(failure).toBeNull();
    expect(response?.body.length).toBe(10_000);
    expect(response?.isBodyTruncated).toBe(true);
  });

  it('shows a stalled body as equal samples and a timeout, and keeps what came', async () => {
    const port = await listen(
      createHttp((_, response) => {
        response.writeHead(200, { 'content-length': '1000' }).write('x'.repeat(100));
      }),
    );
    const { failure, response, progress, firstByteMs } = await get(port, 10_000, 900);
    expect(failure).toBe('generic_timeout_error');
    expect(response?.body.length).toBe(100);
    const [before = 0, last] = progress.map((sample) => sample.receivedBytes).slice(-2);
    expect(last).toBe(before);
    // The header as well.
    expect(before).toBeGreaterThan(100);
    expect(firstByteMs).toBeLessThan(900);
  });

  it.each([
    {
      what: 'a reset before the header',
      act: (s: Socket) => s.resetAndDestroy(),
      failure: 'connection_reset',
    },
    { what: 'a FIN before the header', act: (s: Socket) => s.end(), failure: 'eof_error' },
    {
      what: 'a FIN in the middle of the body',
      act: (s: Socket) => s.end('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort'),
      failure: 'eof_error',
    },
  ])('reports $failure for $what', async ({ act, failure }) => {
    const port = await listen(createTcp((socket) => socket.once('data', () => act(socket))));
    expect((await get(port)).failure).toBe(failure);
  });
});

describe('resolve over UDP', () => {
  type Answer = (question: Buffer) => readonly Buffer[];

  async function ask(answer: Answer, lateMs = 0) {
    const server = createSocket('udp4');
    open.push(server);
    server.on('message', (question, from) => {
      for (const datagram of answer(question)) server.send(datagram, from.port, from.address);
    });
    await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
    const resolver = { kind: 'udp' as const, address: `127.0.0.1:${server.address().port}` };
    return network.resolve({ resolver, hostname: 'site.test', queryType: 'A', lateMs }, limits(600));
  }

  function reply(question: Buffer, data: string | null, rcode = 0, idShift = 0): Buffer {
    const asked = decode(question);
    return encode({
      type: 'response',
      id: ((asked.id ?? 0) + idShift) % 65_536,
      flags: rcode,
      questions: asked.questions ?? [],
      answers: data === null ? [] : [{ type: 'A', name: 'site.test', ttl: 60, data }],
    });
  }

  it.each<{ failure: string | null; what: string; answer: Answer }>([
    { failure: null, what: 'an address', answer: (q) => [reply(q, '192.0.2.7')] },
    { failure: 'dns_nxdomain_error', what: 'NXDOMAIN', answer: (q) => [reply(q, null, 3)] },
    { failure: 'dns_servfail_error', what: 'SERVFAIL', answer: (q) => [reply(q, null, 2)] },
    { failure: 'dns_refused_error', what: 'REFUSED', answer: (q) => [reply(q, null, 5)] },
    { failure: 'dns_no_answer', what: 'an empty answer', answer: (q) => [reply(q, null)] },
    { failure: 'dns_server_misbehaving', what: 'garbage', answer: () => [Buffer.from('garbage')] },
    {
      failure: 'dns_server_misbehaving',
      what: 'a cut reply',
      answer: (q) => [reply(q, '192.0.2.7').subarray(0, 20)],
    },
    {
      failure: 'dns_server_misbehaving',
      what: 'another id only',
      answer: (q) => [reply(q, '192.0.2.7', 0, 1)],
    },
    { failure: 'generic_timeout_error', what: 'silence', answer: () => [] },
  ])('reports $failure for $what', async ({ failure, answer }) => {
    expect((await ask(answer)).failure).toBe(failure);
  });

  it('keeps the answer that came behind an injected one', async () => {
    const found = await ask((q) => [reply(q, '10.0.0.1'), reply(q, '192.0.2.7')], 100);
    expect(found.addresses.map((one) => one.address)).toEqual(['10.0.0.1']);
    expect(found.late[0]?.addresses[0]?.address).toBe('192.0.2.7');
  });
});
