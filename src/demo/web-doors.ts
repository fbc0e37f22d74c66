/** The web servers behind the fronts. None listens itself: a front hands over a connection once the censor let it pass. */
import { createServer as createHttp } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';
import { createAuthority } from './certificates.ts';
import type { Authority, Credentials } from './certificates.ts';
import type { NameFate } from './censor.ts';
import { answerHonestly } from './name-server.ts';
import { serveBlockpage, servePage } from './pages.ts';
import { BLOCKPAGE_HOST, DOH_HOST, siteOfName } from './sites.ts';
import type { Site } from './sites.ts';

const RECORD_BYTES_MAX = 1_400;
const DNS_MESSAGE_BYTES_MAX = 4_096;
const DNS_PATH = '/dns-query';

export type Door = (connection: Duplex) => void;

export interface WebDoors {
  /** Of the authority that the demo's vantages are told to trust. */
  readonly caPem: string;
  /** Of the authority that forges; nobody trusts it. */
  readonly forgerCaPem: string;
  /** What a site shows, by its own authority or the forger's; null is what nobody serves. */
  readonly credentialsOf: (site: Site | null, by: 'honest' | 'forger') => Credentials;
  readonly honestTls: Door;
  readonly forgedTls: Door;
  readonly blockpageTls: Door;
  /** Plain HTTP, censored by the Host header; the fate is asked when a request has come. */
  plainHttp(connection: Duplex, fateOf: (named: Site | null) => NameFate): void;
}

export async function openWebDoors(sites: readonly Site[]): Promise<WebDoors> {
  const honest = await createAuthority('Aiqyn demo root', 'Aiqyn');
  // Named like the interceptor of 2019, but with a key of its own: to be found as a forgery that no catalogue lists.
  const forger = await createAuthority('Qaznet Trust Network', 'Qaznet');
  function pages(request: IncomingMessage, response: ServerResponse): void {
    serveHonestly(sites, request, response);
  }
  const fates = new WeakMap<Duplex, (named: Site | null) => NameFate>();
  const http = createHttp((request, response) => {
    const named = siteOfHost(sites, request);
    const fate = fates.get(request.socket)?.(named) ?? 'pass';
    serveCensored(fate, named, request, response);
  });
  const blockpage = await forger.issue([BLOCKPAGE_HOST], []);
  const certificates = {
    honest: await certificatesOf(honest, sites),
    forger: await certificatesOf(forger, sites),
  };
  return {
    credentialsOf: (site, by) => certificates[by].credentialsOf(site),
    caPem: honest.caPem,
    forgerCaPem: forger.caPem,
    honestTls: tlsDoor(certificates.honest, pages),
    forgedTls: tlsDoor(certificates.forger, pages),
    blockpageTls: tlsDoor(
      { fallback: blockpage, contextOf: () => null, credentialsOf: () => blockpage },
      (_request, response) => {
        serveBlockpage(response);
      },
    ),
    plainHttp: (connection, fateOf) => {
      fates.set(connection, fateOf);
      http.emit('connection', connection);
    },
  };
}

interface Certificates {
  /** For clients that send no name, or one that nobody serves. */
  readonly fallback: Credentials;
  readonly contextOf: (serverName: string) => SecureContext | null;
  readonly credentialsOf: (site: Site | null) => Credentials;
}

/** One certificate per platform, one for all else, which is also the fallback. */
async function certificatesOf(authority: Authority, sites: readonly Site[]): Promise<Certificates> {
  const fallback = await issueFor(authority, sites, '');
  const credentials = new Map([['', fallback]]);
  for (const group of new Set(sites.map(groupOf))) {
    if (group !== '') credentials.set(group, await issueFor(authority, sites, group));
  }
  const contexts = new Map([...credentials].map(([group, own]) => [group, createSecureContext(own)]));
  return {
    fallback,
    credentialsOf: (site) => credentials.get(site === null ? '' : groupOf(site)) ?? fallback,
    contextOf: (serverName) => {
      const site = siteOfName(sites, serverName);
      return site === null ? null : (contexts.get(groupOf(site)) ?? null);
    },
  };
}

function issueFor(authority: Authority, sites: readonly Site[], group: string): Promise<Credentials> {
  const members = sites.filter((site) => groupOf(site) === group);
  const addresses = members.filter(({ host }) => host === DOH_HOST).map(({ address }) => address);
  return authority.issue(
    members.map(({ host }) => host),
    addresses,
  );
}

function groupOf({ platform }: Site): string {
  return platform ?? '';
}

function tlsDoor({ fallback, contextOf }: Certificates, listener: RequestListener): Door {
  const server = createHttps(
    {
      ...fallback,
      ALPNProtocols: ['http/1.1'],
      SNICallback: (serverName, done) => {
        done(null, contextOf(serverName) ?? undefined);
      },
    },
    listener,
  );
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  // One packet each, as large sites do it: a record can be read only once it is whole, and a slowed body shall be seen to trickle.
  server.on('secureConnection', (socket) => {
    socket.setMaxSendFragment(RECORD_BYTES_MAX);
  });
  return (connection) => {
    server.emit('connection', connection);
  };
}

function serveHonestly(sites: readonly Site[], request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'https://demo.invalid');
  if (url.pathname === DNS_PATH) {
    void serveDns(sites, url, request, response);
    return;
  }
  servePage(siteOfHost(sites, request), request, response);
}

async function serveDns(
  sites: readonly Site[],
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = url.searchParams.get('dns');
  const message = asked === null ? await readBody(request) : Buffer.from(asked, 'base64url');
  const answer = message === null ? null : answerHonestly(message, sites);
  if (answer === null) {
    response.writeHead(400, { 'content-length': 0 }).end();
    return;
  }
  response
    .writeHead(200, { 'content-type': 'application/dns-message', 'content-length': answer.length })
    .end(answer);
}

/** Null when it is longer than DNS_MESSAGE_BYTES_MAX or breaks off. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) return null;
      bytes += chunk.length;
      if (bytes > DNS_MESSAGE_BYTES_MAX) return null;
      chunks.push(chunk);
    }
  } catch {
    return null;
  }
  return Buffer.concat(chunks);
}

function serveCensored(
  fate: NameFate,
  named: Site | null,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (fate === 'drop') return;
  if (fate === 'reset') {
    if (request.socket instanceof Socket) request.socket.resetAndDestroy();
    return;
  }
  if (fate === 'close') {
    request.socket.end();
    return;
  }
  if (fate === 'blockpage') serveBlockpage(response);
  else servePage(named, request, response);
}

function siteOfHost(sites: readonly Site[], request: IncomingMessage): Site | null {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  return siteOfName(sites, host);
}
