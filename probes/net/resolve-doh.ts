/** DNS over HTTPS (RFC 8484), by the same TCP, TLS and HTTP steps as everything else, so that it fails in the same words. */
import type { SecureContext } from 'node:tls';
import { FAILURE } from '../failure.ts';
import type { Limits } from '../network.ts';
import { isIpAddress } from '../scrub.ts';
import { encodeQuestion, readReply } from './dns-message.ts';
import { fetchHttp } from './http.ts';
import type { NetworkOptions } from './options.ts';
import type { SystemResolver } from './resolve-system.ts';
import { askUdp } from './resolve-udp.ts';
import type { UdpAnswer } from './resolve-udp.ts';
import { parseEndpoint } from './socket-connection.ts';
import { connectTcp } from './tcp.ts';
import { handshakeTls } from './tls.ts';

const MESSAGE_BYTES_MAX = 65_535;

interface DohTools {
  readonly options: NetworkOptions;
  readonly system: SystemResolver;
  readonly roots: SecureContext;
}

/** One question to a DoH server. All its steps share the one deadline. */
export async function askDoh(
  url: string,
  asked: { readonly hostname: string; readonly type: 'A' | 'AAAA' },
  limits: Limits,
  tools: DohTools,
): Promise<UdpAnswer> {
  const startedMs = performance.now();
  function left(): Limits {
    return { ...limits, timeoutMs: limits.timeoutMs - (performance.now() - startedMs) };
  }
  const server = new URL(url);
  const host = server.hostname.replace(/^\[|\]$/g, '');
  const address = await addressOf(host, left(), tools);
  if (typeof address !== 'string') return silent(address.failure);

  const port = server.port === '' ? 443 : Number(server.port);
  const tcp = await connectTcp({ address, port }, left(), tools.options);
  if (tcp.connection === null) return silent(tcp.failure);
  const tls = await handshakeTls(
    tcp.connection,
    { serverName: host, alpn: ['http/1.1'], verify: true },
    left(),
    tools.roots,
  );
  if (tls.connection === null) return { ...silent(tls.failure), traffic: tcp.connection.traffic() };

  // Id 0, as the RFC asks for: the connection says whose answer it is.
  const question = { id: 0, ...asked };
  const http = await fetchHttp(
    tls.connection,
    {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/dns-message', accept: 'application/dns-message' },
      body: encodeQuestion(question),
      bodyBytesMax: MESSAGE_BYTES_MAX,
    },
    left(),
  );
  const traffic = tcp.connection.traffic();
  if (http.failure !== null || http.response === null) return { ...silent(http.failure), traffic };
  if (http.response.code !== 200) return { ...silent(FAILURE.dnsMisbehaving), traffic };
  const reply = readReply(Buffer.from(http.response.body), question, performance.now() - startedMs);
  return { reply, failure: reply === null ? FAILURE.dnsMisbehaving : reply.failure, late: [], traffic };
}

async function addressOf(
  host: string,
  limits: Limits,
  tools: DohTools,
): Promise<string | { readonly failure: string | null }> {
  if (isIpAddress(host)) return host;
  const found = await findHost(host, limits, tools);
  return found.address ?? { failure: found.failure ?? FAILURE.dnsNoAnswer };
}

/** The server's own name is asked of the system's resolver, as every program on this machine would. */
async function findHost(
  host: string,
  limits: Limits,
  tools: DohTools,
): Promise<{ readonly address: string | undefined; readonly failure: string | null }> {
  const { system } = tools.options.resolvers;
  if (system === 'getaddrinfo') {
    const { addresses, failure } = await tools.system.resolve(host, limits);
    return { address: addresses[0]?.address, failure };
  }
  const server = parseEndpoint(system.udp);
  if (server === null) return { address: undefined, failure: FAILURE.dnsMisbehaving };
  const { reply, failure } = await askUdp(
    server,
    { hostname: host, type: 'A', lateMs: 0 },
    limits,
    tools.options,
  );
  return { address: reply?.addresses[0]?.address, failure };
}

function silent(failure: string | null): UdpAnswer {
  return { reply: null, failure, late: [], traffic: { sentBytes: 0, receivedBytes: 0 } };
}
