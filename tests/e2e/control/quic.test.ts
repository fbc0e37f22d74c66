/** The control tries QUIC where it is asked to, on real UDP sockets, and says what it saw; nobody else pays for it. */
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../probes/net/clock.ts';
import { createNetwork } from '../../../probes/net/network.ts';
import { QuicUnavailableError } from '../../../probes/net/load-quic.ts';
import { postJson } from '../../../probes/net/post-json.ts';
import type { Network } from '../../../probes/network.ts';
import { createControlClient } from '../../../src/control/client.ts';
import { startControl } from '../../../src/control/server.ts';
import { createAuthority } from '../../../src/demo/certificates.ts';
import { startQuicServer } from '../../../src/demo/quic-server.ts';
import { silentLog } from '../../support/silent-log.ts';

const clock = systemClock();
const never = new AbortController().signal;
const authority = await createAuthority('Trusted test root', 'Tests');
const credentials = await authority.issue([], ['127.0.0.1']);

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((close) => close()));
});

async function openQuic(): Promise<number> {
  const server = await startQuicServer({ credentialsFor: () => credentials, delay: () => Promise.resolve() });
  opened.push(() => server.stop());
  return server.port;
}

async function openControl(more: Partial<Network> = {}) {
  const options = { resolvers: { system: 'getaddrinfo', udp: [], doh: null }, random: Math.random } as const;
  const network = { ...createNetwork({ ...options, extraCaPem: [authority.caPem] }), ...more };
  const where = { host: '127.0.0.1', port: 0, allowPrivate: true };
  const control = await startControl({ ...where, network, clock, log: silentLog });
  opened.push(() => control.stop());
  return createControlClient({ url: control.url, timeoutMs: 5_000, clock, post: postJson });
}

describe('a control that is asked for QUIC', () => {
  it('completes the handshake at the address, and keeps its answer apart from one without', async () => {
    const port = await openQuic();
    const client = await openControl();
    const question = { url: `https://127.0.0.1:${port}/`, endpoints: [`127.0.0.1:${port}`] };
    const without = await client.ask(question, never);
    expect(without).toMatchObject({ source: 'live' });
    expect(without.control?.x_aiqyn_quic_handshake).toBeUndefined();
    const { source, control } = await client.ask({ ...question, quic: true }, never);
    expect(source).toBe('live');
    const seen = control?.x_aiqyn_quic_handshake?.[`127.0.0.1:${port}`];
    expect(seen).toMatchObject({ status: true, failure: null });
    expect(seen?.x_aiqyn_chain_sha256).toHaveLength(2);
  });

  it('says how it fails', async () => {
    const port = await openQuic();
    await Promise.all(opened.splice(0).map((close) => close()));
    const client = await openControl();
    const endpoint = `127.0.0.1:${port}`;
    const question = { url: `https://${endpoint}/`, endpoints: [endpoint], quic: true } as const;
    const { control } = await client.ask(question, never);
    expect(control?.x_aiqyn_quic_handshake).toMatchObject({
      [endpoint]: { status: false, failure: 'connection_refused' },
    });
  });

  it('answers all else where it has no QUIC library', async () => {
    const client = await openControl({
      handshakeQuic: () => Promise.reject(new QuicUnavailableError('no build for this machine')),
    });
    const question = { url: 'https://127.0.0.1:1/', endpoints: ['127.0.0.1:1'], quic: true } as const;
    const { source, control } = await client.ask(question, never);
    expect(source).toBe('live');
    expect(control?.tcp_connect).toMatchObject({ '127.0.0.1:1': { status: false } });
    expect(control?.x_aiqyn_quic_handshake).toBeUndefined();
  });
});
