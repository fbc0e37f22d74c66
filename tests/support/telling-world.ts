/**
 * Servers on loopback that tell a vantage its own address wherever a real server could: in answers of DNS, in certificates,
 * redirects, headers, pages and in what the control says. Each in many spellings.
 */
import { createSocket } from 'node:dgram';
import { createServer as createHttp } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { Server as TcpServer } from 'node:net';
import { decode, encode } from 'dns-packet';
import type { Answer } from 'dns-packet';
import type { NetworkOptions } from '../../probes/net/options.ts';
import { createTestCa } from './test-ca.ts';

/** The vantage's, as the world sees them. No traffic goes there. */
export const VANTAGE_IPV4 = '95.57.211.43';
export const VANTAGE_IPV6 = '2a03:32c0:6a7b:91e5::c7d1:4f';
const GROUPS = ['2a03', '32c0', '6a7b', '91e5', '0000', '0000', 'c7d1', '004f'];

/** What a server may write for them. */
export const SPELLINGS: readonly string[] = [
  VANTAGE_IPV4,
  '95%2E57%2E211%2E43',
  '95%252E57%252E211%252E43',
  '95-57-211-43',
  '95_57_211_43',
  '43.211.57.95.in-addr.arpa',
  '::ffff:95.57.211.43',
  '::ffff:5f39:d32b',
  '64:ff9b::5f39:d32b',
  '5f39d32b',
  '0x5F39D32B',
  '1597625131',
  VANTAGE_IPV6,
  VANTAGE_IPV6.toUpperCase(),
  GROUPS.join(':'),
  '2a03:32c0:6a7b:91e5:0:0:c7d1:4f',
  '2a03%3A32c0%3A6a7b%3A91e5%3A%3Ac7d1%3A4f',
  '2a03%253A32c0%253A6a7b%253A91e5%253A%253Ac7d1%253A4f',
  '2a03-32c0-6a7b-91e5-0-0-c7d1-4f',
  '2a03-32c0-6a7b-91e5--c7d1-4f',
  GROUPS.join(''),
  `${Array.from(GROUPS.join('')).reverse().join('.')}.ip6.arpa`,
];
export const TOLD = SPELLINGS.join(' ');

/** Any of the spellings, also in part; nothing else in a record looks so. */
export const TRACES: readonly RegExp[] = [
  /95(?:\.|-|_|%(?:25)?2e)57(?:\.|-|_|%(?:25)?2e)211/i,
  /43\.211\.57/,
  /5f39:?d32b/i,
  /1597625131/,
  /6a7b(?::|-|%(?:25)?3a)?91e5/i,
  /5\.e\.1\.9\.b\.7\.a\.6/i,
];

/** Addresses that names lead to, each a server of its own here. */
const TELLS = '185.70.41.130';
const FORGED = '185.70.41.131';
const PAIRED = '185.70.41.132';
const BODY_FILL = ' '.repeat(140_000);
const POOL = 'tells.example';

export interface TellingWorld {
  readonly network: NetworkOptions;
  readonly controlUrl: string;
  /** How often each place told the address. */
  readonly told: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

function hostOf(request: IncomingMessage): string {
  return request.headers.host ?? '';
}

/** `/go` leads to another host and from there to a page. */
function page(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', `https://${hostOf(request)}`);
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'x-real-ip': VANTAGE_IPV4,
    'x-your-address': TOLD,
    address: VANTAGE_IPV6,
    ip: VANTAGE_IPV4,
    [`x-seen-95-57-211-43`]: '1',
    'alt-svc': `h3="${VANTAGE_IPV4}:443"; ma=86400, h3="[${VANTAGE_IPV6}]:443"`,
    'set-cookie': [`client=${VANTAGE_IPV4}; Path=/`, `six=${VANTAGE_IPV6}`],
    via: `1.1 cache (${VANTAGE_IPV4})`,
  };
  if (url.pathname === '/go') {
    const query = `ip=${encodeURIComponent(VANTAGE_IPV6)}&v4=${VANTAGE_IPV4}&n=5f39d32b`;
    const location = `https://${VANTAGE_IPV4}:x@ip-95-57-211-43.${POOL}/you/${VANTAGE_IPV4}?${query}`;
    response.writeHead(302, { ...headers, location }).end();
    return;
  }
  const fill = url.pathname === '/big' ? BODY_FILL : '';
  const body = `<html><head><title>You are ${TOLD}</title></head><body>${TOLD}${fill}</body></html>`;
  response.writeHead(url.pathname === '/broken' ? 503 : 200, headers).end(body);
}

/** The control is asked by the vantage and so sees its address. */
function control(_request: IncomingMessage, response: ServerResponse): void {
  const failure = `unknown_failure: asked by ${TOLD}`;
  const http = { title: TOLD, headers: { 'x-your-address': TOLD, 'set-cookie': TOLD } };
  response.setHeader('x-your-address', VANTAGE_IPV4);
  response.writeHead(200, { 'content-type': 'application/json' }).end(
    JSON.stringify({
      control: {
        dns: { failure: null, addrs: [TELLS] },
        tcp_connect: {
          [`${TELLS}:443`]: { status: true, failure: null },
          [`${VANTAGE_IPV4} asked`]: { status: false, failure },
        },
        tls_handshake: { [`${TELLS}:443`]: { status: true, failure: null, server_name: TOLD } },
        http_request: { body_length: 100, failure: null, status_code: 200, ...http },
        whoami: TOLD,
      },
    }),
  );
}

function answersTo(name: string, type: string): Answer[] {
  const alias = `host-95-57-211-43.${POOL}`;
  const address = name.startsWith('forged') ? FORGED : name.startsWith('paired') ? PAIRED : TELLS;
  if (type === 'AAAA') {
    return name.startsWith('whoami') ? [{ type: 'AAAA', name, ttl: 60, data: VANTAGE_IPV6 }] : [];
  }
  return [
    { type: 'CNAME', name, ttl: 60, data: alias },
    { type: 'CNAME', name: alias, ttl: 60, data: `2a03-32c0-6a7b-91e5--c7d1-4f.${POOL}` },
    { type: 'A', name: alias, ttl: 60, data: name.startsWith('whoami') ? VANTAGE_IPV4 : address },
    { type: 'TXT', name, ttl: 60, data: [...SPELLINGS] },
  ];
}

/** With the client's subnet in an EDNS option, text records beside the answer, and a second answer after the first. */
async function startNameServer(count: (place: string) => void) {
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const query = decode(message);
    const [question] = query.questions ?? [];
    if (question === undefined) return;
    count('dns');
    const answers = answersTo(question.name, question.type);
    const reply = encode({
      type: 'response',
      id: query.id ?? 0,
      questions: [question],
      answers,
      additionals: [
        { type: 'TXT', name: 'whoami.example', ttl: 1, data: [...SPELLINGS] },
        {
          type: 'OPT',
          name: '.',
          udpPayloadSize: 1_232,
          extendedRcode: 0,
          ednsVersion: 0,
          flags: 0,
          flag_do: false,
          options: [{ code: 8, ip: VANTAGE_IPV4, sourcePrefixLength: 32 }],
        },
      ],
    });
    socket.send(reply, from.port, from.address);
    socket.send(reply, from.port, from.address);
  });
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve);
  });
  return socket;
}

async function listen(server: TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the test server has no port');
  return bound.port;
}

export async function startTellingWorld(): Promise<TellingWorld> {
  const told = new Map<string, number>();
  function count(place: string): void {
    told.set(place, (told.get(place) ?? 0) + 1);
  }
  const ca = await createTestCa('Trusted test root');
  const stranger = await createTestCa(`Proxy for ${VANTAGE_IPV4}`);
  const addresses = [VANTAGE_IPV4, VANTAGE_IPV6];
  const pages: Server[] = [
    createHttps(await ca.issue(`*.${POOL}`), page),
    createHttps(await stranger.issue(`95-57-211-43.${POOL}`, undefined, addresses), page),
    createHttps(await ca.issue('paired.example'), page),
    createHttp(page),
    createHttp(control),
  ];
  const places = ['page', 'forged', 'paired', 'clear', 'control'];
  pages.forEach((server, index) => {
    server.on('connection', () => {
      count(places[index] ?? '');
    });
  });
  const [tells = 0, forged = 0, paired = 0, clear = 0, controlPort = 0] = await Promise.all(
    pages.map(listen),
  );
  const names = await startNameServer(count);
  const ports = new Map([
    [`${TELLS}:443`, tells],
    [`${TELLS}:80`, clear],
    [`${FORGED}:443`, forged],
    [`${PAIRED}:443`, paired],
  ]);
  const server = `127.0.0.1:${names.address().port}`;
  return {
    told,
    controlUrl: `http://127.0.0.1:${controlPort}`,
    network: {
      resolvers: { system: { udp: server }, udp: [server], doh: null },
      extraCaPem: [ca.pem],
      ownAddresses: () => addresses,
      // What no server stands for ends at a closed port.
      route: (address, port) =>
        address === '127.0.0.1' && port === names.address().port
          ? { address, port }
          : { address: '127.0.0.1', port: ports.get(`${address}:${port}`) ?? 9 },
      random: Math.random,
    },
    async stop() {
      names.close();
      await Promise.all(
        pages.map(
          async (one) =>
            new Promise((resolve) => {
              one.close(resolve);
              one.closeAllConnections();
            }),
        ),
      );
    },
  };
}
