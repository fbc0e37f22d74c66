/** The DNS step: which resolver is asked, and how. */
import type { SecureContext } from 'node:tls';
import { FAILURE } from '../failure.ts';
import type { Limits, Resolution, ResolveRequest, ResolvedAddress } from '../network.ts';
import type { Traffic } from '../probe.ts';
import type { NetworkOptions } from './options.ts';
import { askDoh } from './resolve-doh.ts';
import type { SystemResolver } from './resolve-system.ts';
import { askUdp } from './resolve-udp.ts';
import type { UdpAnswer } from './resolve-udp.ts';
import { parseEndpoint } from './socket-connection.ts';

const NO_TRAFFIC: Traffic = { sentBytes: 0, receivedBytes: 0 };
/** With the IPv4 answer there, the IPv6 one gets this much longer; the other way round, too. */
const SECOND_FAMILY_WAIT_MS = 300;

export interface ResolverTools {
  readonly options: NetworkOptions;
  readonly system: SystemResolver;
  readonly roots: SecureContext;
}

export async function resolveName(
  request: ResolveRequest,
  limits: Limits,
  tools: ResolverTools,
): Promise<Resolution> {
  const { resolver } = request;
  switch (resolver.kind) {
    case 'system':
      return resolveSystem(request, limits, tools);
    case 'udp': {
      const asked = {
        ...request,
        server: resolver.address,
        engine: 'udp',
        resolverAddress: resolver.address,
      };
      return request.queryType === 'ANY'
        ? resolveBoth(asked, limits, tools)
        : resolveUdp({ ...asked, type: request.queryType }, limits, tools);
    }
    case 'doh': {
      const type = request.queryType === 'AAAA' ? 'AAAA' : 'A';
      const answer = await askDoh(resolver.url, { hostname: request.hostname, type }, limits, tools);
      return fromAnswer(answer, 'doh', resolver.url);
    }
  }
}

async function resolveSystem(
  request: ResolveRequest,
  limits: Limits,
  tools: ResolverTools,
): Promise<Resolution> {
  const { system } = tools.options.resolvers;
  if (system !== 'getaddrinfo') {
    const asked = { ...request, lateMs: 0, server: system.udp, engine: 'getaddrinfo', resolverAddress: '' };
    return resolveBoth(asked, limits, tools);
  }
  const answer = await tools.system.resolve(request.hostname, limits);
  return { ...answer, engine: 'getaddrinfo', resolverAddress: '', cnames: [], late: [], traffic: NO_TRAFFIC };
}

interface UdpAsk {
  readonly hostname: string;
  readonly lateMs: number;
  readonly server: string;
  readonly engine: string;
  readonly resolverAddress: string;
}

async function resolveUdp(
  asked: UdpAsk & { readonly type: 'A' | 'AAAA' },
  limits: Limits,
  tools: ResolverTools,
): Promise<Resolution> {
  const server = parseEndpoint(asked.server);
  if (server === null) throw new TypeError(`a resolver must be written ip:port, not ${asked.server}`);
  const answer = await askUdp(server, asked, limits, tools.options);
  return fromAnswer(answer, asked.engine, asked.resolverAddress);
}

/** IPv4 and IPv6 together, as getaddrinfo gives them: one of the two is enough. */
async function resolveBoth(asked: UdpAsk, limits: Limits, tools: ResolverTools): Promise<Resolution> {
  const patience = new AbortController();
  const both = { ...limits, signal: AbortSignal.any([limits.signal, patience.signal]) };
  let timer: NodeJS.Timeout | undefined;
  function onFirst(resolution: Resolution): Resolution {
    if (resolution.addresses.length > 0) {
      timer ??= setTimeout(() => {
        patience.abort();
      }, SECOND_FAMILY_WAIT_MS);
    }
    return resolution;
  }
  const [four, six] = await Promise.all([
    resolveUdp({ ...asked, type: 'A' }, both, tools).then(onFirst),
    resolveUdp({ ...asked, type: 'AAAA' }, both, tools).then(onFirst),
  ]);
  clearTimeout(timer);
  return {
    ...four,
    failure: bothFailure(four, six),
    addresses: [...four.addresses, ...six.addresses],
    cnames: [...new Set([...four.cnames, ...six.cnames])],
    late: [...four.late, ...six.late],
    traffic: {
      sentBytes: four.traffic.sentBytes + six.traffic.sentBytes,
      receivedBytes: four.traffic.receivedBytes + six.traffic.receivedBytes,
    },
  };
}

function bothFailure(four: Resolution, six: Resolution): string | null {
  if (four.addresses.length + six.addresses.length > 0) return null;
  return four.failure ?? six.failure ?? FAILURE.dnsNoAnswer;
}

function fromAnswer(answer: UdpAnswer, engine: string, resolverAddress: string): Resolution {
  const addresses: readonly ResolvedAddress[] = answer.reply?.addresses ?? [];
  return {
    failure: answer.failure,
    engine,
    resolverAddress,
    addresses,
    cnames: answer.reply?.cnames ?? [],
    late: answer.late,
    traffic: answer.traffic,
  };
}
