/** A network whose connections leave through a proxy, which resolves the names. Nothing else leaves: no lookup, no datagram. */
import { FAILURE } from '../failure.ts';
import type { Network, Resolution } from '../network.ts';
import { fetchHttp } from './http.ts';
import { checkProxy, connectThrough } from './proxy.ts';
import type { Proxy } from './proxy.ts';
import { handshakeTls, trustedRoots } from './tls.ts';

const UNRESOLVED: Resolution = {
  failure: FAILURE.dnsNoAnswer,
  engine: 'proxy',
  resolverAddress: '',
  addresses: [],
  cnames: [],
  late: [],
  traffic: { sentBytes: 0, receivedBytes: 0 },
};

/**
 * `connectTcp` takes names in the place of addresses. `resolve` finds nothing and asks nobody; `handshakeQuic` gets no answer.
 * @param extraCaPem trusted besides Mozilla's roots, for a world on loopback.
 */
export function createProxiedNetwork(proxy: Proxy, extraCaPem: readonly string[] = []): Network {
  const roots = trustedRoots(extraCaPem);
  return {
    isProxied: true,
    resolvers: { system: { kind: 'system' }, udp: [], doh: null },
    resolve: async () => Promise.resolve(UNRESOLVED),
    connectTcp: async (endpoint, limits) => connectThrough(proxy, endpoint, limits),
    handshakeTls: async (connection, request, limits) => handshakeTls(connection, request, limits, roots),
    fetchHttp,
    handshakeQuic: async () =>
      Promise.resolve({
        failure: FAILURE.networkDown,
        alpn: '',
        chain: [],
        traffic: { sentBytes: 0, receivedBytes: 0 },
      }),
    checkGateway: async (limits) => ({ failure: await checkProxy(proxy, limits), basis: 'answer' }),
  };
}
