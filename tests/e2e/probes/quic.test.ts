/** QUIC handshakes with real servers over real UDP sockets: what is seen, in OONI's words. */
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import native from '@matrixai/quic/dist/native/index.js';
import { afterEach, describe, expect, it } from 'vitest';
import { createNetwork } from '../../../probes/net/network.ts';
import type { Limits, QuicRequest } from '../../../probes/network.ts';
import { createAuthority } from '../../../src/demo/certificates.ts';
import type { Credentials } from '../../../src/demo/certificates.ts';
import { startQuicServer } from '../../../src/demo/quic-server.ts';

const { quiche } = native;
const HOST = 'www.example.org';
const good = await createAuthority('Trusted test root', 'Tests');
const forger = await createAuthority('Some other root', 'Tests');
const honest = await good.issue([HOST], []);

const network = createNetwork({
  resolvers: { system: 'getaddrinfo', udp: [], doh: null },
  extraCaPem: [good.caPem],
  random: Math.random,
});

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((close) => close()));
});

function limits(timeoutMs = 3_000, signal = new AbortController().signal): Limits {
  return { timeoutMs, signal };
}

/** Answers each name with these credentials, or not at all. */
async function serve(credentialsFor: (serverName: string | null) => Credentials | null): Promise<number> {
  const server = await startQuicServer({ credentialsFor, delay: () => Promise.resolve() });
  opened.push(() => server.stop());
  return server.port;
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.close(() => {
      resolve();
    });
  });
}

/** A UDP port with this behaviour. */
async function listen(
  onDatagram: (datagram: Buffer, from: RemoteInfo, reply: (made: Buffer) => void) => void,
) {
  const socket = createSocket('udp4');
  socket.on('message', (datagram, from) => {
    onDatagram(datagram, from, (made) => {
      socket.send(made, from.port, from.address);
    });
  });
  const port = await new Promise<number>((resolve) => {
    socket.bind(0, '127.0.0.1', () => {
      resolve(socket.address().port);
    });
  });
  opened.push(() => closed(socket));
  return port;
}

function shake(port: number, request: Partial<QuicRequest> = {}, given: Limits = limits()) {
  return network.handshakeQuic(
    { address: '127.0.0.1', port },
    { serverName: HOST, verify: true, ...request },
    given,
  );
}

describe('handshakeQuic', () => {
  it('completes with a server whose certificate verifies, under the name that was asked for', async () => {
    const names: (string | null)[] = [];
    const port = await serve((name) => {
      names.push(name);
      return honest;
    });
    const { failure, alpn, chain, traffic } = await shake(port);
    expect({ failure, alpn, names }).toEqual({ failure: null, alpn: 'h3', names: [HOST] });
    expect(chain).toHaveLength(2);
    expect(chain[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    // The first datagram is filled up to 1200 bytes (RFC 9000, section 14.1), and so is the one that acknowledges.
    expect(traffic.sentBytes).toBeGreaterThanOrEqual(2_400);
    expect(traffic.sentBytes).toBeLessThan(3_000);
    expect(traffic.receivedBytes).toBeGreaterThan(1_200);
  });

  it('costs no more than a few packets where the certificates are as large as those of large sites', async () => {
    const names = Array.from({ length: 90 }, (_, index) => `name-${index}.some-large-site.example`);
    const large = await good.issue([HOST, ...names], []);
    const { failure, traffic } = await shake(await serve(() => large));
    expect(failure).toBeNull();
    expect(traffic.sentBytes + traffic.receivedBytes).toBeLessThan(10_000);
  });

  it.each([
    { why: 'nobody trusts', issue: () => forger.issue([HOST], []), failure: 'ssl_unknown_authority' },
    {
      why: 'is for another name',
      issue: () => good.issue(['other.example'], []),
      failure: 'ssl_invalid_hostname',
    },
  ])('says of a certificate that $why: $failure, and keeps it', async ({ issue, failure }) => {
    const credentials = await issue();
    const result = await shake(await serve(() => credentials));
    expect(result.failure).toBe(failure);
    expect(result.chain).toHaveLength(2);
  });

  it('takes any certificate where none is to be verified', async () => {
    const credentials = await forger.issue(['other.example'], []);
    const result = await shake(await serve(() => credentials), {
      serverName: 'harmless.example',
      verify: false,
    });
    expect(result.failure).toBeNull();
  });

  it('says timeout of silence, at its deadline, having asked again', async () => {
    const heard: number[] = [];
    const port = await listen((datagram) => heard.push(datagram.length));
    const startedMs = performance.now();
    const { failure, traffic, chain } = await shake(port, {}, limits(1_500));
    expect(failure).toBe('generic_timeout_error');
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(1_490);
    expect(chain).toEqual([]);
    expect(traffic).toEqual({ sentBytes: 2_400, receivedBytes: 0 });
    expect(heard).toEqual([1_200, 1_200]);
  });

  it('is answered under one name and silent under another at the same address', async () => {
    const port = await serve((name) => (name === HOST ? null : honest));
    const [ours, harmless] = await Promise.all([
      shake(port, {}, limits(800)),
      shake(port, { serverName: 'example.com', verify: false }, limits(800)),
    ]);
    expect([ours.failure, harmless.failure]).toEqual(['generic_timeout_error', null]);
  });

  it('says refused where nobody listens', async () => {
    const port = await listen(() => undefined);
    await Promise.all(opened.splice(0).map((close) => close()));
    expect((await shake(port)).failure).toBe('connection_refused');
  });

  it('says so of a server that speaks other versions only', async () => {
    const port = await listen((datagram, _from, reply) => {
      const { scid, dcid } = quiche.Header.fromSlice(datagram, quiche.MAX_CONN_ID_LEN);
      // RFC 9000, section 17.2.1.
      reply(
        Buffer.concat([
          Buffer.from([0x80, 0, 0, 0, 0, scid.length]),
          scid,
          Buffer.from([dcid.length]),
          dcid,
          Buffer.from([0x0a, 0x1a, 0x2a, 0x3a]),
        ]),
      );
    });
    expect((await shake(port)).failure).toBe('quic_incompatible_version');
  });

  it('passes over what others slip in', async () => {
    const port = await serve(() => honest);
    const relay = createSocket('udp4');
    opened.push(() => closed(relay));
    const noisy = await listen((datagram, _from, reply) => {
      for (const junk of ['', 'not QUIC at all', '\u00ff'.repeat(60)]) reply(Buffer.from(junk, 'latin1'));
      relay.removeAllListeners('message').on('message', reply);
      relay.send(datagram, port, '127.0.0.1');
    });
    expect((await shake(noisy)).failure).toBeNull();
  });

  it('is cut short by our own shutdown, before or meanwhile', async () => {
    const port = await listen(() => undefined);
    const stopping = new AbortController();
    const running = shake(port, {}, limits(5_000, stopping.signal));
    stopping.abort();
    expect((await running).failure).toBe('interrupted');
    expect((await shake(port, {}, limits(5_000, stopping.signal))).failure).toBe('interrupted');
  });

  it('has no way to an address of a family that its interface lacks', async () => {
    const bound = createNetwork({
      localAddress: '127.0.0.1',
      resolvers: { system: 'getaddrinfo', udp: [], doh: null },
      random: Math.random,
    });
    const request = { serverName: HOST, verify: true };
    const result = await bound.handshakeQuic({ address: '2001:db8::1', port: 443 }, request, limits());
    expect(result.failure).toBe('network_unreachable');
  });
});
