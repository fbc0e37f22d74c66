/** What the control sees in a world, in the shape of OONI's test helper. */
import {
  ASNS,
  LARGE_BYTES,
  LINK,
  PAGE,
  answerTo,
  connectTo,
  handshakeWith,
  inputOf,
  resolve,
} from './network.ts';
import type { Answer } from './network.ts';
import type { World } from './world.ts';

type Fields = Readonly<Record<string, unknown>>;

/** `places`: the `ip:port` that the vantage tried; the control tries those of its own as well. */
export function controlIn(world: World, places: readonly string[]): Fields {
  const isLink = world.entry === 'short_link';
  const name = isLink ? { ip: LINK.ip } : resolve(world, 'outside', 'system');
  const own = 'ip' in name ? [name.ip] : [];
  const tried = [...new Set([...places, ...own.filter(isPublic).flatMap((ip) => placesAt(ip, world))])];
  return {
    dns: { failure: 'failure' in name ? helperWord(name.failure) : null, addrs: own },
    tcp_connect: Object.fromEntries(tried.map((place) => [place, connectFrom(world, place)])),
    ...(world.shape === 'ooni-0.4' ? {} : { tls_handshake: handshakesFrom(world, tried) }),
    http_request: pageFrom(world),
    // The oldest test helpers name no networks; the judge then needs a table of its own.
    ...(world.shape === 'ooni-0.4' ? {} : { ip_info: networksOf([...tried.map(ipOf), ...own]) }),
  };
}

function isPublic(ip: string): boolean {
  return !ip.startsWith('127.');
}

function placesAt(ip: string, { scheme }: World): string[] {
  const text = ip.includes(':') ? `[${ip}]` : ip;
  return scheme === 'http' ? [`${text}:80`, `${text}:443`] : [`${text}:443`];
}

function ipOf(place: string): string {
  return place.slice(0, place.lastIndexOf(':')).replace(/^\[|\]$/gu, '');
}

function portOf(place: string): number {
  return Number(place.slice(place.lastIndexOf(':') + 1));
}

/** The test helper's words for names that do not exist. */
function helperWord(failure: string): string {
  return failure === 'dns_nxdomain_error' ? 'dns_name_error' : failure;
}

function connectFrom(world: World, place: string): Fields {
  const failure = connectTo(world, 'outside', ipOf(place), portOf(place));
  return { status: failure === null, failure };
}

function handshakesFrom(world: World, places: readonly string[]): Fields {
  const open = places.filter(
    (place) => portOf(place) === 443 && connectTo(world, 'outside', ipOf(place), 443) === null,
  );
  return Object.fromEntries(
    open.map((place) => {
      const failure = ipOf(place) === LINK.ip ? null : handshakeWith(world, 'outside', ipOf(place));
      return [place, { server_name: new URL(inputOf(world)).hostname, status: failure === null, failure }];
    }),
  );
}

function networksOf(ips: readonly string[]): Fields {
  return Object.fromEntries(ips.map((ip) => [ip, { asn: ASNS[ip] ?? 0, flags: 1 }]));
}

const FAILED = { body_length: -1, failure: 'unknown_error', title: '', headers: {}, status_code: -1 };

/** The page at the end of the redirects. */
function pageFrom(world: World): Fields {
  const name = resolve(world, 'outside', 'system');
  if ('failure' in name) return { ...FAILED, failure: 'dns_lookup_error' };
  if (!isPublic(name.ip)) return FAILED;
  const url = new URL(`${world.site === 'upgrade' ? 'https' : world.scheme}://www.example.com/`);
  const port = url.protocol === 'https:' ? 443 : 80;
  const unreached = connectTo(world, 'outside', name.ip, port);
  if (unreached !== null) return { ...FAILED, failure: unreached };
  if (port === 443 && handshakeWith(world, 'outside', name.ip) !== null) return FAILED;
  return pageOf(world, answerTo(world, 'outside', url, name.ip));
}

function pageOf({ site }: World, answer: Answer): Fields {
  if (answer.failure !== null || answer.code === 302) return FAILED;
  return {
    body_length: site === 'large' ? LARGE_BYTES : answer.body.length,
    failure: null,
    title: answer.body === PAGE ? 'Default Web Page' : '',
    headers: answer.headers,
    status_code: answer.code,
  };
}
