/** What is seen through a proxy, with real proxies, a real server and a censor between them; and the verdict on it. */
import { createServer } from 'node:https';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../probes/net/clock.ts';
import { createProxiedNetwork } from '../../probes/net/proxied-network.ts';
import type { Proxy } from '../../probes/net/proxy.ts';
import { Control } from '../../probes/observations.ts';
import type { WebTarget } from '../../probes/plan.ts';
import { probeRings } from '../../probes/rings/probe.ts';
import { probeWeb } from '../../probes/web/probe.ts';
import { connectivityOf } from '../../src/analysis/verdict/connectivity.ts';
import { judge } from '../../src/analysis/verdict/judge.ts';
import { seal } from '../../src/agent/envelope.ts';
import { loadCatalog } from '../../src/config/catalog-files.ts';
import { buildKnowledge } from '../../src/config/knowledge.ts';
import { portOf } from '../support/answering-server.ts';
import { startProxy } from '../support/proxy-servers.ts';
import type { Fate, ProxyServer } from '../support/proxy-servers.ts';
import { createTestCa } from '../support/test-ca.ts';

const HOST = 'www.youtube.com';
const url = `https://${HOST}/generate_204`;
const target: WebTarget = { id: 'youtube-www', platform: 'youtube', probe: 'web', url, lightUrl: url };
const knowledge = buildKnowledge(loadCatalog());
const never = new AbortController().signal;

const ca = await createTestCa('Trusted test root');
const strangers = await createTestCa('Some other root');
let upstreamPort = 0;
let forgerPort = 0;
const servers: { close(): void; closeAllConnections(): void }[] = [];
beforeAll(async () => {
  for (const authority of [ca, strangers]) {
    const server = createServer(await authority.issue(HOST), (_request, response) => {
      response.writeHead(204).end();
    });
    servers.push(server);
    if (authority === ca) upstreamPort = await portOf(server);
    else forgerPort = await portOf(server);
  }
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const REACHED = Control.parse({
  dns: { failure: null, addrs: ['198.51.100.10'] },
  http_request: { failure: null, status_code: 204, body_length: 0, title: '', headers: {} },
});

/** One light check through the proxy, with a control that reached the site, and what is said of it. */
async function visit(proxy: Proxy) {
  const report = await probeWeb(
    { target, depth: 'light', timeoutMs: 2_000, bodyBytesMax: 1_000 },
    {
      clock: systemClock(),
      network: createProxiedNetwork(proxy, [ca.pem]),
      control: {
        ask: async ({ endpoints }) => {
          expect(endpoints).toEqual([]);
          return Promise.resolve({ source: 'live', control: REACHED, failure: null, ageMs: 0 });
        },
      },
      harmlessNames: ['www.example.org'],
      blockpages: [],
      keepBodies: false,
      signal: never,
    },
  );
  const record = seal({
    id: '019a0000-0000-7000-8000-000000000001',
    startedAtMs: 0,
    roundStartedAtMs: 0,
    runtimeMs: 1,
    vantage: { id: 'v', operator: 'AS9198', place: 'almaty', access: 'fixed' },
    target: { id: target.id, platform: 'youtube', probe: 'web', depth: 'light' },
    input: url,
    testKeys: report.testKeys,
    retest: 0,
    connectivity: null,
    abort: report.abort,
    softwareVersion: '0.0.0',
  });
  return { keys: report.testKeys, verdict: judge(record, knowledge) };
}

describe.each(['socks5', 'http'] as const)('a vantage through a proxy (%s)', (kind) => {
  let server: ProxyServer;
  beforeEach(async () => {
    server = await startProxy(kind, upstreamPort);
  });
  afterEach(async () => {
    await server.close();
  });
  function proxy(more: Partial<Proxy> = {}): Proxy {
    return { kind, host: '127.0.0.1', port: server.port, login: null, ...more };
  }

  it('gives the proxy the name, and looks nothing up itself', async () => {
    const { keys, verdict } = await visit(proxy());
    expect(verdict).toMatchObject({ status: 'ok' });
    expect(server.asked).toEqual([HOST]);
    expect(keys.queries).toEqual([]);
    expect(keys).toMatchObject({
      x_aiqyn_proxied: true,
      tcp_connect: [{ ip: HOST, port: 443, status: { success: true } }],
    });
  });

  it.each([
    { fate: 'sni_drop' as const, said: 'blocked', method: 'sni_drop' },
    { fate: 'sni_reset' as const, said: 'blocked', method: 'sni_reset' },
    { fate: 'breaks' as const, said: 'inconclusive', method: null },
    { fate: 'mute' as const, said: 'inconclusive', method: null },
  ])('says $said of a connection that $fate', async ({ fate, said, method }) => {
    server.fateOf = () => fate;
    const { verdict } = await visit(proxy());
    expect({ status: verdict.status, method: verdict.method }, verdict.reasons.join(' ')).toEqual({
      status: said,
      method,
    });
  });

  const codes: readonly (readonly [Fate, string])[] =
    kind === 'socks5'
      ? [
          [1, 'inconclusive'],
          [2, 'offline'],
          [3, 'inconclusive'],
          [4, 'inconclusive'],
          [5, 'inconclusive'],
          [6, 'inconclusive'],
          [7, 'offline'],
        ]
      : [
          [403, 'offline'],
          [407, 'offline'],
          [502, 'inconclusive'],
          [504, 'inconclusive'],
        ];
  it.each(codes)('says of its answer %s that it is %s, and never a block', async (fate, said) => {
    server.fateOf = () => fate;
    expect((await visit(proxy())).verdict.status).toBe(said);
  });

  it('sees a forged certificate', async () => {
    await server.close();
    server = await startProxy(kind, forgerPort);
    const { verdict } = await visit(proxy());
    expect(verdict).toMatchObject({ status: 'intercepted', method: 'forged_certificate' });
  });

  it('logs in where the proxy asks for it, and is offline where the password is wrong', async () => {
    server.login = 'me:secret';
    const login = { username: 'me', password: 'secret' };
    expect((await visit(proxy({ login }))).verdict.status).toBe('ok');
    expect((await visit(proxy({ login: { ...login, password: 'x' } }))).verdict.status).toBe('offline');
    expect((await visit(proxy())).verdict.status).toBe('offline');
  });

  it('is offline, and blames nobody, where the proxy is gone', async () => {
    const { port } = server;
    await server.close();
    expect((await visit(proxy({ port }))).verdict.status).toBe('offline');
    const network = createProxiedNetwork(proxy({ port }));
    const checks = [{ ring: 'foreign' as const, host: HOST, port: 443, allowListed: false }];
    const rings = await probeRings(
      { checks, gateway: true, timeoutMs: 1_000 },
      { clock: systemClock(), network, signal: never },
    );
    expect(connectivityOf(rings.testKeys.x_aiqyn_ring_checks)).toBe('offline');
    server = await startProxy(kind, upstreamPort);
  });
});
