/** A demo world whose scenario time a test moves by hand, with the real network on top of it. */
import { createNetwork } from '../../../probes/net/network.ts';
import { systemClock } from '../../../probes/net/clock.ts';
import type { Connection, Limits, Network } from '../../../probes/network.ts';
import type { WebTarget } from '../../../probes/plan.ts';
import type { PlannedTarget } from '../../../probes/plan.ts';
import type { Clock } from '../../../probes/probe.ts';
import type { RingHost } from '../../../src/demo/sites.ts';
import { startWorld } from '../../../src/demo/world.ts';
import type { World } from '../../../src/demo/world.ts';
import { parseScenario } from '../../../src/scenario/parse.ts';

export const CENSORED = 'ala-kcell';
export const FREE = 'ala-telecom';
const START_MS = Date.parse('2026-03-14T06:00:00Z');
const ACTION_FROM = '2026-03-14T07:00:00Z';
const ACTION_TO = '2026-03-14T08:00:00Z';

export const TARGETS = [target('youtube', 'www.youtube.com'), target('vk', 'vk.com')] as const;
const RINGS: readonly RingHost[] = [
  { ring: 'domestic', host: 'telecom.kz', port: 443, allowListed: false },
  { ring: 'domestic', host: 'kaspi.kz', port: 443, allowListed: true },
  { ring: 'foreign', host: 'example.com', port: 443, allowListed: false },
  { ring: 'dns', host: '9.9.9.9', port: 53, allowListed: false },
];

function target(platform: 'youtube' | 'vk', host: string): WebTarget {
  return {
    id: platform,
    platform,
    probe: 'web',
    url: `https://${host}/`,
    lightUrl: `https://${host}/generate_204`,
  };
}

export interface WorldUnderTest {
  readonly world: World;
  /** Before the action, or while it holds. */
  setTime(when: 'before' | 'during'): void;
}

/**
 * @param action the inside of one line of `actions`, without its times.
 * @param more targets that the world serves beside TARGETS.
 */
export async function startWorldWith(
  action: string,
  more: readonly PlannedTarget[] = [],
): Promise<WorldUnderTest> {
  const scenario = parseScenario(
    `
id: test
title: One action
from: "2026-03-14T06:00:00Z"
to: "2026-03-14T09:00:00Z"
cadenceSeconds: 60
seed: 1
noise: { lossPercent: 0, latencyMs: [0, 1] }
vantages:
  - { id: ${CENSORED}, operator: AS29355, place: almaty, access: mobile }
  - { id: ${FREE}, operator: AS9198, place: almaty, access: fixed }
platforms: [youtube, vk]
actions:
  - { ${action}, from: "${ACTION_FROM}", to: "${ACTION_TO}" }
`,
    'test.yaml',
  );
  let nowMs = START_MS;
  const clock: Clock = { ...systemClock(), nowMs: () => nowMs };
  const world = await startWorld({
    scenario,
    clock,
    random: () => 0.4,
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    targets: [...TARGETS, ...more],
    rings: RINGS,
  });
  return {
    world,
    setTime: (when) => {
      nowMs = when === 'before' ? START_MS : Date.parse(ACTION_FROM) + 1_000;
    },
  };
}

function ignore(): void {
  // The tests look at what clients see.
}

export interface Seen {
  readonly step: 'dns' | 'tcp' | 'tls' | 'http' | 'done';
  readonly failure: string | null;
  readonly addresses: readonly string[];
  readonly code: number;
  readonly body: string;
  readonly elapsedMs: number;
}

interface Visit {
  readonly host: string;
  readonly serverName?: string;
  readonly scheme?: 'http' | 'https';
  readonly path?: string;
  /** Skips the name server. */
  readonly address?: string;
  readonly timeoutMs?: number;
}

/** Goes the way of a browser from this vantage (or the control), up to the first step that fails. */
export async function visit(world: World, from: string, asked: Visit): Promise<Seen> {
  const network = createNetwork(
    from === 'control' ? world.controlNetworkOptions : world.networkOptionsFor(from),
  );
  const limits = { timeoutMs: asked.timeoutMs ?? 500, signal: new AbortController().signal };
  const startedMs = performance.now();
  const nothing = { addresses: [], code: 0, body: '' };
  const found = await resolve(network, asked, limits);
  if (found.failure !== null) return { ...nothing, step: 'dns', failure: found.failure, elapsedMs: 0 };
  const { addresses } = found;
  const reached = await open(network, addresses[0] ?? '', asked, limits);
  const rest =
    reached.connection === null
      ? { step: reached.step, failure: reached.failure }
      : await fetchPage(network, reached.connection, asked, limits);
  return { ...nothing, addresses, ...rest, elapsedMs: performance.now() - startedMs };
}

async function resolve(network: Network, { host, address }: Visit, limits: Limits) {
  if (address !== undefined) return { failure: null, addresses: [address] };
  const request = { resolver: network.resolvers.system, hostname: host, queryType: 'A' as const, lateMs: 0 };
  const { failure, addresses } = await network.resolve(request, limits);
  return { failure, addresses: addresses.map((found) => found.address) };
}

async function open(network: Network, address: string, asked: Visit, limits: Limits) {
  const isHttps = asked.scheme !== 'http';
  const tcp = await network.connectTcp({ address, port: isHttps ? 443 : 80 }, limits);
  if (tcp.connection === null || !isHttps) return { step: 'tcp' as const, ...tcp };
  const serverName = asked.serverName ?? asked.host;
  const verify = asked.serverName === undefined;
  const tls = await network.handshakeTls(tcp.connection, { serverName, alpn: ['http/1.1'], verify }, limits);
  return { step: 'tls' as const, ...tls };
}

async function fetchPage(network: Network, connection: Connection, asked: Visit, limits: Limits) {
  const url = `${asked.scheme ?? 'https'}://${asked.host}${asked.path ?? '/generate_204'}`;
  const { failure, response } = await network.fetchHttp(
    connection,
    { method: 'GET', url, headers: { host: asked.host }, bodyBytesMax: 100_000 },
    limits,
  );
  const step: Seen['step'] = failure === null ? 'done' : 'http';
  return { step, failure, code: response?.code ?? 0, body: new TextDecoder().decode(response?.body) };
}
