/** The real network: the one place where sockets are opened. */
import type { Network, Resolver } from '../network.ts';
import { checkGateway } from './gateway.ts';
import { loadQuic } from './load-quic.ts';
import { fetchHttp } from './http.ts';
import type { NetworkOptions } from './options.ts';
import { interfaceAddresses, withoutOwn } from './own-addresses.ts';
import type { QuicHandshaker } from './quic.ts';
import { resolveName } from './resolve.ts';
import { systemResolver } from './resolve-system.ts';
import { parseEndpoint } from './socket-connection.ts';
import { connectTcp } from './tcp.ts';
import { handshakeTls, trustedRoots } from './tls.ts';

/**
 * A Network over this machine's sockets. Nothing is opened before a step asks for it and nothing stays open after.
 * @throws TypeError when a resolver or gateway is not written `ip:port`, or the DoH URL is not https:.
 */
export function createNetwork(options: NetworkOptions): Network {
  checkOptions(options);
  const roots = trustedRoots(options.extraCaPem ?? []);
  const tools = { options, system: systemResolver(), roots };
  const { udp, doh } = options.resolvers;
  const { ownAddresses = interfaceAddresses } = options;
  let quic: Promise<QuicHandshaker> | null = null;
  return {
    resolvers: {
      system: { kind: 'system' },
      udp: udp.map((address): Resolver => ({ kind: 'udp', address })),
      doh: doh === null ? null : { kind: 'doh', url: doh },
    },
    resolve: async (request, limits) => withoutOwn(await resolveName(request, limits, tools), ownAddresses()),
    connectTcp: (endpoint, limits) => connectTcp(endpoint, limits, options),
    handshakeTls: (connection, request, limits) => handshakeTls(connection, request, limits, roots),
    fetchHttp,
    handshakeQuic: async (endpoint, request, limits) => {
      quic ??= loadQuic().then(({ createQuicHandshaker }) => createQuicHandshaker(options));
      return (await quic)(endpoint, request, limits);
    },
    checkGateway: (limits) => checkGateway(limits, options),
  };
}

function checkOptions({ resolvers, gateway }: NetworkOptions): void {
  const endpoints = [...resolvers.udp];
  if (resolvers.system !== 'getaddrinfo') endpoints.push(resolvers.system.udp);
  if (gateway !== undefined) endpoints.push(gateway);
  for (const endpoint of endpoints) {
    if (parseEndpoint(endpoint) === null) {
      throw new TypeError(`"${endpoint}" is no ip:port; write for example 9.9.9.9:53 or [2620:fe::fe]:53`);
    }
  }
  if (resolvers.doh !== null && !resolvers.doh.startsWith('https://')) {
    throw new TypeError(`"${resolvers.doh}" is no https: address of a DNS-over-HTTPS server`);
  }
}
