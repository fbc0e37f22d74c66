/** App measurements as our own probe writes them, made from what happens to each endpoint. */
import { Measurement } from '../../probes/measurement.ts';
import type { Knowledge } from '../../src/analysis/verdict/verdict.ts';

/** What happens to one endpoint; what is absent works. Failures are OONI's words. */
export interface EndpointWorld {
  readonly dns?: string;
  /** Where the name leads; default: an address of its own. */
  readonly address?: string;
  readonly tcp?: string;
  readonly tls?: string;
  readonly http?: string;
  /** The handshake under a harmless name: its failure, null where it was answered; absent: not tried. */
  readonly harmless?: string | null;
  /** SHA-256 of the chain that was presented. */
  readonly chain?: readonly string[];
  /** Whether the control reached it; `silent`: it was asked and failed itself; absent: there is none. */
  readonly outside?: boolean | 'silent';
  readonly outsideAddress?: string;
}

interface PartWorld {
  readonly works: string;
  readonly fails: string;
  readonly urls: readonly string[];
  readonly weight?: number;
}

export const KNOWLEDGE: Knowledge = {
  interceptors: [],
  readCertificate: () => null,
  asnOf: () => null,
  expectationOf: () => null,
  blockpagesOf: () => [],
};

interface Place {
  readonly url: string;
  readonly tags: readonly string[];
  readonly host: string;
  readonly ip: string;
  readonly port: number;
}

export function appMeasurement(
  parts: Readonly<Record<string, PartWorld>>,
  world: Readonly<Record<string, EndpointWorld>>,
  more: object = {},
): Measurement {
  const asked = Object.entries(parts).map(([id, { works, fails, urls, weight = 1 }]) => ({
    id,
    works,
    fails,
    weight,
    endpoints: urls.map((url) => ({ url })),
  }));
  const places = asked.flatMap(({ id, endpoints }) =>
    endpoints.map(({ url }) => placeOf(id, url, world[url] ?? {})),
  );
  return Measurement.parse({
    test_name: 'aiqyn_app',
    measurement_start_time: '2026-03-12 15:00:00',
    x_aiqyn_vantage: { id: 'ala', operator: 'AS9198', place: 'almaty', access: 'fixed' },
    x_aiqyn_connectivity: 'online',
    ...more,
    test_keys: {
      queries: places.flatMap((place) => queryOf(place, world[place.url] ?? {})),
      tcp_connect: places.flatMap((place) => connectOf(place, world[place.url] ?? {})),
      tls_handshakes: places.flatMap((place) => handshakesOf(place, world[place.url] ?? {})),
      requests: places.flatMap((place) => requestOf(place, world[place.url] ?? {})),
      x_aiqyn_parts: asked,
      x_aiqyn_controls: controlsOf(places, world),
    },
  });
}

function placeOf(part: string, url: string, { address }: EndpointWorld): Place {
  const { hostname: host, port } = new URL(url);
  const own = /^\d+\.\d+\.\d+\.\d+$/.test(host) ? host : `198.51.100.${100 + (host.length % 100)}`;
  return {
    url,
    tags: [`part:${part}`, `endpoint:${url}`],
    host,
    ip: address ?? own,
    port: port === '' ? 443 : Number(port),
  };
}

function queryOf({ host, ip, tags }: Place, { dns }: EndpointWorld): object[] {
  if (host === ip) return [];
  return [
    {
      hostname: host,
      failure: dns ?? null,
      tags,
      answers: dns === undefined ? [{ answer_type: 'A', ipv4: ip }] : [],
    },
  ];
}

function connectOf({ ip, port, tags }: Place, { dns, tcp }: EndpointWorld): object[] {
  if (dns !== undefined) return [];
  return [{ ip, port, status: { failure: tcp ?? null, success: tcp === undefined }, tags }];
}

function handshakesOf({ url, host, ip, port, tags }: Place, world: EndpointWorld): object[] {
  const { dns, tcp, tls, harmless, chain = [] } = world;
  if (dns !== undefined || tcp !== undefined || url.startsWith('tcp:')) return [];
  const address = `${ip}:${port}`;
  const own = { address, server_name: host, failure: tls ?? null, x_aiqyn_chain_sha256: chain, tags };
  const pair = {
    address,
    server_name: 'harmless.test',
    failure: harmless ?? null,
    tags: [...tags, 'x_aiqyn_harmless'],
  };
  return harmless === undefined ? [own] : [own, pair];
}

function requestOf({ url, tags }: Place, { dns, tcp, tls, http }: EndpointWorld): object[] {
  if ((dns ?? tcp ?? tls) !== undefined || !url.startsWith('https:')) return [];
  return [
    {
      request: { url, method: 'HEAD' },
      failure: http ?? null,
      response: http === undefined ? { code: 200 } : null,
      tags,
    },
  ];
}

function controlsOf(places: readonly Place[], world: Readonly<Record<string, EndpointWorld>>): object[] {
  const asked = places.flatMap((place) => {
    const { outside, outsideAddress = place.ip } = world[place.url] ?? {};
    return outside === undefined ? [] : [{ place, outside, outsideAddress }];
  });
  const pages = asked.filter(({ place }) => !place.url.startsWith('tcp:')).map(pageControl);
  const ports = new Map<number, Record<string, { status: boolean }>>();
  for (const { place, outside } of asked.filter((one) => one.place.url.startsWith('tcp:'))) {
    const known = ports.get(place.port) ?? {};
    known[`${place.ip}:${place.port}`] = { status: outside === true };
    ports.set(place.port, known);
  }
  const together = [...ports].map(([port, tcp_connect]) => ({
    url: `http://198.51.100.1:${port}/`,
    source: 'live',
    failure: null,
    control: { tcp_connect },
  }));
  return [...pages, ...together];
}

function pageControl({
  place,
  outside,
  outsideAddress,
}: {
  readonly place: Place;
  readonly outside: boolean | 'silent';
  readonly outsideAddress: string;
}): object {
  if (outside === 'silent')
    return { url: place.url, source: 'none', failure: 'generic_timeout_error', control: null };
  const failure = outside ? null : 'connection_refused';
  return {
    url: place.url,
    source: 'live',
    failure: null,
    control: {
      dns: { failure: null, addrs: [outsideAddress] },
      tcp_connect: { [`${outsideAddress}:${place.port}`]: { status: outside, failure } },
      tls_handshake: outside ? { [`${outsideAddress}:${place.port}`]: { status: true, failure: null } } : {},
      http_request: { failure, status_code: outside ? 200 : -1 },
    },
  };
}
