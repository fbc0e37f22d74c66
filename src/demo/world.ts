/**
 * The demo's internet on loopback: name servers, web servers and a censor that follows a scenario. Real sockets, port 0
 * everywhere, no root. Vantages are told apart by the loopback address they connect from; records keep the public-looking
 * addresses, because only `route` knows where those really live.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { NetworkOptions } from '../../probes/net/options.ts';
import type { PlannedTarget } from '../../probes/plan.ts';
import type { Clock } from '../../probes/probe.ts';
import type { Log } from '../log.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { openBlackhole } from './blackhole.ts';
import type { Blackhole } from './blackhole.ts';
import { createCensor } from './censor.ts';
import type { Censor, Party } from './censor.ts';
import { openRelay } from './control-door.ts';
import { openFronts } from './fronts.ts';
import type { Fronts } from './fronts.ts';
import { startNameServer } from './name-server.ts';
import type { NameServer } from './name-server.ts';
import { openQuicFronts } from './quic-fronts.ts';
import type { QuicFronts } from './quic-fronts.ts';
import {
  ABROAD_RESOLVER_ADDRESS,
  buildSites,
  DNS_PORT,
  DOH_HOST,
  HTTP_PORT,
  OPERATOR_RESOLVER_ADDRESS,
} from './sites.ts';
import type { RingHost, Site } from './sites.ts';
import { checkLoopbackRange, sourceAddresses } from './sources.ts';
import type { Sources } from './sources.ts';
import { openWebDoors } from './web-doors.ts';

export interface WorldOptions {
  readonly scenario: Scenario;
  /** `nowMs` is scenario time; waits are real. */
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly targets: readonly PlannedTarget[];
  /** What the rings try; the catalogue's facts fit. */
  readonly rings: readonly RingHost[];
}

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface World {
  /** The operator's resolver and the one abroad, as `ip:port` on loopback. */
  readonly dns: { readonly operator: string; readonly abroad: string };
  readonly dohUrl: string;
  /** To be trusted by the vantages and the control; made at start. */
  readonly caPem: string;
  /** SHA-256 (hex) of that authority's public key, for apps that trust one authority only. */
  readonly caKey: string;
  /** What the rings probe tries in this world. */
  readonly ringChecks: readonly RingHost[];
  readonly sites: readonly Site[];
  readonly controlSourceAddress: string;
  sourceAddressOf(vantageId: string): string;
  /** For `createNetwork`. Throws RangeError for a vantage that the scenario does not name. */
  networkOptionsFor(vantageId: string): NetworkOptions;
  /** The control's network: outside, never censored. */
  readonly controlNetworkOptions: NetworkOptions;
  /** A port through which this vantage reaches the control that listens on 127.0.0.1:`controlPort`. Closed by `stop`. */
  controlPortFor(vantageId: string, controlPort: number): Promise<number>;
  /** False while the scenario has cut this vantage's power: whatever runs there stands still. */
  hasPower(vantageId: string): boolean;
  /** Whether what this vantage measures reaches the collector now. */
  hasUplink(vantageId: string): boolean;
  isControlDown(): boolean;
  /** Connections that are open now. */
  readonly openConnections: number;
  /** Ends every connection, listener and thread of the world. Safe to call twice. */
  stop(): Promise<void>;
}

/** Vantages have the addresses that follow. */
const CONTROL_SOURCE = '127.0.19.1';
/** tcpmux: no system has listened there for decades, so connecting is refused. */
const CLOSED_PORT = 1;
/** How soon, in real time, a cut reaches connections that were open before it. */
const WATCH_MS = 100;
/** Slower answers than this would not fit the demo's short rounds. */
const LATENCY_MS_MAX = 60;
const GATEWAY_ADDRESS = '10.64.0.1';

/** Throws EnvironmentError `LOOPBACK_RANGE` where the machine has only 127.0.0.1, and `NO_BLACKHOLE`. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const { scenario, clock, random } = options;
  const sources = sourceAddresses(scenario);
  await checkLoopbackRange([CONTROL_SOURCE, ...sources.keys()]);
  const censor = createCensor({ scenario, clock, random });
  const sites = buildSites(options.targets, options.rings);
  const doors = await openWebDoors(sites);
  const stopping = new AbortController();
  // Every answer that waits for its latency listens to it.
  setMaxListeners(0, stopping.signal);
  const [fastestMs, slowestMs] = scenario.noise.latencyMs.map((ms) => Math.min(ms, LATENCY_MS_MAX));
  const shared = {
    sites,
    censor,
    doors,
    clock,
    log: options.log,
    partyOf: (address: string): Party => sources.get(address) ?? 'outside',
    latencyMs: () => (fastestMs ?? 0) + random() * ((slowestMs ?? 0) - (fastestMs ?? 0)),
    signal: stopping.signal,
  };
  const parts: Parts = {
    censor,
    sites,
    fronts: await openFronts(shared),
    quic: await openQuicFronts({ ...shared, credentialsOf: doors.credentialsOf }),
    blackhole: await openBlackhole(clock),
    operator: await startNameServer({ ...shared, place: 'operator' }),
    abroad: await startNameServer({ ...shared, place: 'abroad' }),
  };
  const watching = watch(parts.fronts, clock, stopping.signal);
  return composeWorld(options, parts, doors.caPem, sources, async () => {
    stopping.abort();
    await watching;
    await Promise.all(
      [parts.fronts, parts.quic, parts.blackhole, parts.operator, parts.abroad].map((part) => part.stop()),
    );
  });
}

interface Parts {
  readonly censor: Censor;
  readonly sites: readonly Site[];
  readonly fronts: Fronts;
  readonly quic: QuicFronts;
  readonly blackhole: Blackhole;
  readonly operator: NameServer;
  readonly abroad: NameServer;
}

interface Entry {
  readonly source: string;
  readonly party: Party;
}

function composeWorld(
  { random, rings }: WorldOptions,
  parts: Parts,
  caPem: string,
  sources: Sources,
  stopParts: () => Promise<void>,
): World {
  const { censor, fronts, operator, abroad, sites } = parts;
  const relays: { stop(): Promise<void> }[] = [];
  let stopped: Promise<void> | null = null;

  function entryOf(vantageId: string): Entry {
    return findEntry(sources, vantageId);
  }
  function optionsOf(source: string, party: Party): NetworkOptions {
    return {
      localAddress: source,
      resolvers: {
        system: { udp: `${OPERATOR_RESOLVER_ADDRESS}:${DNS_PORT}` },
        udp: [`${ABROAD_RESOLVER_ADDRESS}:${DNS_PORT}`],
        doh: `https://${DOH_HOST}/dns-query`,
      },
      extraCaPem: [caPem],
      route: (address, port, transport) => routeFor(parts, party, { address, port }, transport),
      gateway: `${GATEWAY_ADDRESS}:${HTTP_PORT}`,
      random,
    };
  }
  return {
    dns: { operator: `127.0.0.1:${operator.port}`, abroad: `127.0.0.1:${abroad.port}` },
    dohUrl: `https://${DOH_HOST}/dns-query`,
    caPem,
    caKey: keyHash(caPem),
    ringChecks: rings,
    sites,
    controlSourceAddress: CONTROL_SOURCE,
    sourceAddressOf: (vantageId) => entryOf(vantageId).source,
    networkOptionsFor: (vantageId) => {
      const { source, party } = entryOf(vantageId);
      return optionsOf(source, party);
    },
    controlNetworkOptions: optionsOf(CONTROL_SOURCE, 'outside'),
    controlPortFor: async (vantageId, controlPort) => {
      const { party } = entryOf(vantageId);
      const relay = await openRelay(controlPort, () => isControlInReach(censor, party));
      relays.push(relay);
      return relay.port;
    },
    hasPower: (vantageId) => censor.hasPower(entryOf(vantageId).party),
    hasUplink: (vantageId) => censor.hasUplink(entryOf(vantageId).party),
    isControlDown: () => censor.isControlDown(),
    get openConnections() {
      return fronts.openCount;
    },
    stop: () => {
      stopped ??= stopAll(stopParts, relays);
      return stopped;
    },
  };
}

function keyHash(pem: string): string {
  const spki = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex');
}

function findEntry(sources: Sources, vantageId: string): Entry {
  for (const [source, vantage] of sources) {
    if (vantage.id === vantageId) return { source, party: vantage };
  }
  throw new RangeError(`the scenario has no vantage ${vantageId}`);
}

async function stopAll(
  stopParts: () => Promise<void>,
  relays: readonly { stop(): Promise<void> }[],
): Promise<void> {
  await Promise.all([stopParts(), ...relays.map((relay) => relay.stop())]);
}

/** The control stands abroad, on no allow-list. */
function isControlInReach(censor: Censor, party: Party): boolean {
  return !censor.isControlDown() && !censor.isCut(party) && censor.hasForeign(party);
}

/** Where a connection or question to a public-looking address goes now. */
function routeFor(
  parts: Parts,
  party: Party,
  { address, port }: Endpoint,
  transport: 'tcp' | 'udp',
): Endpoint {
  if (address.startsWith('127.')) return { address, port };
  if (port === DNS_PORT) {
    return local((address === OPERATOR_RESOLVER_ADDRESS ? parts.operator : parts.abroad).port);
  }
  if (address === GATEWAY_ADDRESS) {
    return local(parts.censor.hasPower(party) ? CLOSED_PORT : parts.blackhole.port);
  }
  const to = { address, port };
  return transport === 'udp' ? routeOverUdp(parts, party, to) : routeToSite(parts, party, to);
}

function routeToSite({ censor, sites, fronts, blackhole }: Parts, party: Party, to: Endpoint): Endpoint {
  const site = sites.find(({ address }) => address === to.address);
  const fate = site === undefined ? 'drop' : censor.atRoute(party, site);
  if (site === undefined || fate === 'drop') return local(blackhole.port);
  return local(fate === 'refuse' ? CLOSED_PORT : (fronts.portOf(site, to.port) ?? CLOSED_PORT));
}

/** A site that speaks no QUIC refuses it. */
function routeOverUdp({ censor, sites, quic }: Parts, party: Party, to: Endpoint): Endpoint {
  const site = sites.find(({ address }) => address === to.address);
  const fate = site === undefined || !censor.hasQuic(party) ? 'drop' : censor.atRoute(party, site);
  if (site === undefined || fate === 'drop') return local(quic.silentPort);
  return local(fate === 'refuse' ? CLOSED_PORT : (quic.portOf(site) ?? CLOSED_PORT));
}

function local(port: number): Endpoint {
  return { address: '127.0.0.1', port };
}

async function watch(fronts: Fronts, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(WATCH_MS, signal);
    fronts.resetOutOfReach();
  }
}
