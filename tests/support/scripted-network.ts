/** A Network that answers from a script, lets a ManualClock pass with each step and writes down which steps were asked for. */
import type {
  Connection,
  HttpResult,
  Network,
  QuicResult,
  Resolution,
  TlsResult,
} from '../../probes/network.ts';
import type { ManualClock } from './manual-clock.ts';

export interface NetworkScript {
  readonly addresses?: readonly string[];
  readonly tcpFailure?: (address: string) => string | null;
  readonly tlsFailure?: (serverName: string) => string | null;
  readonly quicFailure?: (serverName: string, address: string) => string | null;
  readonly http?: (url: string) => Partial<HttpResult>;
}

export interface ScriptedNetwork {
  readonly network: Network;
  readonly steps: string[];
}

export function scriptedNetwork(clock: ManualClock, script: NetworkScript): ScriptedNetwork {
  const steps: string[] = [];
  function spend(failure: string | null, timeoutMs: number): void {
    clock.pass(failure === 'generic_timeout_error' ? timeoutMs : 10);
  }
  function connection(address: string): Connection {
    return { address, traffic: () => ({ sentBytes: 100, receivedBytes: 200 }), close: () => undefined };
  }
  const network: Network = {
    resolvers: { system: { kind: 'system' }, udp: [], doh: null },
    async resolve({ hostname }): Promise<Resolution> {
      steps.push(`dns ${hostname}`);
      clock.pass(10);
      const addresses = (script.addresses ?? ['192.0.2.1']).map((address) => ({
        family: 4 as const,
        address,
        ttl: null,
      }));
      const failure = addresses.length === 0 ? 'dns_nxdomain_error' : null;
      const traffic = { sentBytes: 30, receivedBytes: 60 };
      return {
        failure,
        engine: 'getaddrinfo',
        resolverAddress: '',
        addresses,
        cnames: [],
        late: [],
        traffic,
      };
    },
    async connectTcp({ address, port }, { timeoutMs }) {
      steps.push(`tcp ${address}`);
      const failure = script.tcpFailure?.(address) ?? null;
      spend(failure, timeoutMs);
      return { failure, connection: failure === null ? connection(`${address}:${port}`) : null };
    },
    async handshakeTls(tcp, { serverName }, { timeoutMs }): Promise<TlsResult> {
      steps.push(`tls ${serverName}`);
      const failure = script.tlsFailure?.(serverName) ?? null;
      spend(failure, timeoutMs);
      const chain = failure === null ? [{ der: 'AAAA', sha256: 'a'.repeat(64), spkiSha256: '' }] : [];
      return {
        failure,
        connection: failure === null ? tcp : null,
        version: 'TLSv1.3',
        cipher: '',
        alpn: '',
        chain,
      };
    },
    async fetchHttp(_, { url }): Promise<HttpResult> {
      steps.push(`http ${url}`);
      clock.pass(10);
      const response = {
        code: 200,
        headers: {},
        body: new Uint8Array(),
        bodySha256: '',
        isBodyTruncated: false,
      };
      return { failure: null, response, firstByteMs: 5, progress: [], ...script.http?.(url) };
    },
    async handshakeQuic({ address }, { serverName }, { timeoutMs }): Promise<QuicResult> {
      steps.push(`quic ${serverName}`);
      const failure = script.quicFailure?.(serverName, address) ?? null;
      spend(failure, timeoutMs);
      const hasChain = failure === null || failure.startsWith('ssl_');
      const chain = hasChain ? [{ der: 'AAAA', sha256: 'a'.repeat(64), spkiSha256: '' }] : [];
      const traffic = { sentBytes: 2_400, receivedBytes: failure === 'generic_timeout_error' ? 0 : 3_600 };
      return { failure, alpn: failure === null ? 'h3' : '', chain, traffic };
    },
    checkGateway: async () => ({ failure: null, basis: 'answer' }),
  };
  return { network, steps };
}
