/** The servers of the demo's internet: names, public-looking addresses and ports. Addresses are never really spoken to. */
import { isIP } from 'node:net';
import type { AppEndpoint } from '../../probes/kinds.ts';
import type { PlannedTarget } from '../../probes/plan.ts';
import type { Platform } from '../../probes/words.ts';

/** One thing the rings try; the catalogue's facts and the rings probe's targets fit. */
export interface RingHost {
  readonly ring: 'domestic' | 'foreign' | 'dns';
  readonly host: string;
  readonly port: number;
  readonly allowListed: boolean;
}

export interface Site {
  readonly host: string;
  readonly platform: Platform | null;
  readonly kind: 'platform' | RingHost['ring'] | 'blockpage';
  readonly allowListed: boolean;
  /** IPv4, as an honest resolver gives it out. */
  readonly address: string;
  readonly ports: readonly number[];
  /** Over UDP, at port 443. */
  readonly speaksQuic: boolean;
}

export const HTTP_PORT = 80;
export const HTTPS_PORT = 443;
export const DNS_PORT = 53;

/** In Kazakhtelecom's range, where a false answer would lead. */
export const BLOCKPAGE_ADDRESS = '95.56.234.66';
export const BLOCKPAGE_HOST = 'blocked.demo-operator.kz';
/** A private address, as resolvers that lie crudely give out; nothing answers there. */
export const BOGON_ADDRESS = '10.10.34.34';
export const OPERATOR_RESOLVER_ADDRESS = '95.56.237.24';
export const ABROAD_RESOLVER_ADDRESS = '8.8.8.8';
export const DOH_HOST = 'dns.google';
/** The server that the demo's videos come from, as its redirector names it. */
export const VIDEO_NODE = 'demo-ala1';
const VIDEO_HOST = `r1---${VIDEO_NODE}.googlevideo.com`;

/** First three octets, in the networks that really serve each platform. */
const PREFIXES: Readonly<Record<Platform, string>> = {
  youtube: '142.250.185',
  facebook: '157.240.205',
  instagram: '157.240.253',
  whatsapp: '157.240.9',
  telegram: '149.154.167',
  signal: '76.223.92',
  vk: '87.240.132',
  ok: '217.20.147',
  tiktok: '71.18.255',
  x: '104.244.42',
  press: '104.18.20',
  rights: '104.18.30',
  circumvention: '104.18.40',
  control: '93.184.215',
  other: '104.18.50',
};
const RING_PREFIXES = { domestic: '195.12.113', foreign: '208.80.154' } as const;
const HOST_OCTET_FIRST = 10;
const HOST_OCTET_LAST = 254;
/** A loopback listener stands behind every port of every site. */
const SITES_MAX = 200;

/** One site per host name. Throws RangeError when there are more than SITES_MAX. */
export function buildSites(targets: readonly PlannedTarget[], rings: readonly RingHost[]): readonly Site[] {
  const nextOctet = new Map<string, number>();
  const sites = new Map<string, Site>();

  function addressIn(prefix: string): string {
    const octet = nextOctet.get(prefix) ?? HOST_OCTET_FIRST;
    if (octet > HOST_OCTET_LAST) throw new RangeError(`the demo has no more addresses in ${prefix}.0/24`);
    nextOctet.set(prefix, octet + 1);
    return `${prefix}.${octet}`;
  }
  function add(host: string, site: () => Omit<Site, 'host'>): void {
    if (!sites.has(host)) sites.set(host, { host, ...site() });
    if (sites.size > SITES_MAX) throw new RangeError(`the demo serves at most ${SITES_MAX} hosts`);
  }

  for (const { host, platform, ports, speaksQuic } of served(targets)) {
    add(host, () => ({
      platform,
      kind: 'platform',
      allowListed: false,
      address: isIP(host) === 0 ? addressIn(PREFIXES[platform]) : host,
      ports: portsWith(...ports),
      speaksQuic,
    }));
  }
  for (const { ring, host, port, allowListed } of rings) {
    if (ring === 'dns') continue;
    add(host, () => ({
      platform: null,
      kind: ring,
      allowListed,
      address: addressIn(RING_PREFIXES[ring]),
      ports: portsWith(port),
      speaksQuic: false,
    }));
  }
  const fixed = { platform: null, allowListed: false, speaksQuic: false } as const;
  add(DOH_HOST, () => ({ ...fixed, kind: 'foreign', address: ABROAD_RESOLVER_ADDRESS, ports: [HTTPS_PORT] }));
  add(BLOCKPAGE_HOST, () => ({
    ...fixed,
    kind: 'blockpage',
    address: BLOCKPAGE_ADDRESS,
    ports: portsWith(HTTPS_PORT),
  }));
  return [...sites.values()];
}

interface Served {
  readonly host: string;
  readonly platform: Platform;
  readonly ports: Set<number>;
  speaksQuic: boolean;
}

/** Each host once, with every port that some target asks of it. */
function served(targets: readonly PlannedTarget[]): Iterable<Served> {
  const hosts = new Map<string, Served>();
  for (const target of targets) {
    for (const url of urlsOf(target)) {
      const host = new URL(url).hostname;
      const platform = platformOf(target, url);
      const known = hosts.get(host) ?? { host, platform, ports: new Set(), speaksQuic: false };
      known.speaksQuic ||= target.probe === 'quic';
      known.ports.add(portOf(url));
      hosts.set(host, known);
    }
  }
  return hosts.values();
}

/** What a transfer is compared with belongs to nobody who is slowed, unless it is the platform's own page. */
function platformOf(target: PlannedTarget, url: string): Platform {
  if (target.probe === 'quic') return url === quicUrl(target.paired) ? 'control' : target.platform;
  if (target.probe !== 'throughput' || url !== target.paired) return target.platform;
  return target.server === undefined ? 'control' : target.platform;
}

function urlsOf(target: PlannedTarget): readonly string[] {
  switch (target.probe) {
    case 'web':
      return [target.url, target.lightUrl];
    case 'ingest':
      return [`tls://${target.host}:${target.port}`];
    case 'throughput':
      return [
        target.url,
        target.paired,
        ...(target.server === undefined ? [] : [`https://${target.server}/`]),
      ];
    case 'quic':
      return [quicUrl(target.host), quicUrl(target.paired)];
    case 'app':
      return target.parts.flatMap(({ endpoints }) => endpoints.flatMap(endpointUrls));
  }
}

function quicUrl(host: string): string {
  return `quic://${host}:${HTTPS_PORT}`;
}

function endpointUrls({ url, alternatives, leadsTo }: AppEndpoint): readonly string[] {
  return [url, ...alternatives, ...(leadsTo === undefined ? [] : [`https://${VIDEO_HOST}/`])];
}

function portsWith(...ports: readonly number[]): readonly number[] {
  return [...new Set([HTTP_PORT, HTTPS_PORT, ...ports])];
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  if (port !== '') return Number(port);
  return protocol === 'http:' ? HTTP_PORT : HTTPS_PORT;
}

/** The site that a name belongs to: its own, or that of the domain above it. */
export function siteOfName(sites: readonly Site[], name: string): Site | null {
  const host = name.toLowerCase().replace(/\.$/, '');
  const exact = sites.find((site) => site.host === host);
  return exact ?? sites.find((site) => host.endsWith(`.${site.host}`)) ?? null;
}
