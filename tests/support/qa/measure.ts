/** The measurement that a world gives, in the shape of each of its producers. */
import { Measurement } from '../../../probes/measurement.ts';
import { TAG_HARMLESS } from '../../../probes/observations.ts';
import { controlIn } from './control.ts';
import { ASNS, LINK, answerTo, connectTo, handshakeWith, harmlessWith, inputOf, resolve } from './network.ts';
import type { Answer, Engine, Resolution } from './network.ts';
import type { World } from './world.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Seen {
  readonly queries: Fields[];
  readonly tcp_connect: Fields[];
  readonly tls_handshakes: Fields[];
  readonly requests: Fields[];
}

const HOPS_MAX = 12;
const PAIRS = 3;
/** What the producers call their resolvers. Version 0.4 asks the system's alone. */
const ENGINES: Readonly<Record<World['shape'], readonly (readonly [string, Engine])[]>> = {
  'ooni-0.4': [['system', 'system']],
  'ooni-0.5': [['doh', 'encrypted'], ['getaddrinfo', 'system'], ['udp', 'clear']], // prettier-ignore
  aiqyn: [['doh', 'encrypted'], ['getaddrinfo', 'system'], ['udp', 'clear']], // prettier-ignore
};

/** Observations and control as their schema reads them. */
export function measure(world: World): Measurement {
  const seen: Seen = { queries: [], tcp_connect: [], tls_handshakes: [], requests: [] };
  walk(world, seen);
  return Measurement.parse({
    data_format_version: '0.2.0',
    input: inputOf(world),
    measurement_start_time: '2026-01-02 03:04:05',
    test_name: 'web_connectivity',
    test_version: world.shape === 'ooni-0.4' ? '0.4.3' : '0.5.28',
    test_keys: { ...seen, network_events: null, ...controlKeys(world, seen) },
  });
}

function controlKeys(world: World, seen: Seen): Fields {
  if (world.control === 'answers')
    return { control: controlIn(world, placesOf(world, seen)), control_failure: null };
  // A probe without a control says so; one whose control failed says how.
  if (world.control === 'unasked')
    return { control: null, control_failure: null, x_aiqyn_control_source: 'none' };
  return { control: null, control_failure: 'connection_reset' };
}

/** The control is asked while the first name is known, and no redirect yet. */
function placesOf(world: World, { tcp_connect }: Seen): string[] {
  const places = tcp_connect.map((seen) => placeOf(String(seen['ip']), Number(seen['port'])));
  return world.entry === 'short_link' ? [`${LINK.ip}:443`] : [...new Set(places)];
}

function placeOf(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** From the input through its redirects, as the producer goes; 0.4 lists the newest request first. */
function walk(world: World, seen: Seen): void {
  let url: URL | null = new URL(inputOf(world));
  for (let hop = 0; url !== null && hop < HOPS_MAX; hop += 1) {
    const answer = visit(world, seen, url, hop);
    const location = answer?.failure === null ? answer.headers['Location'] : undefined;
    url = location === undefined ? null : new URL(location, url);
  }
  seen.requests.reverse();
}

function visit(world: World, seen: Seen, url: URL, hop: number): Answer | null {
  const isOld = world.shape === 'ooni-0.4';
  const names = lookUp(world, seen, url, isOld && hop > 0);
  const port = url.protocol === 'https:' ? 443 : 80;
  const open: string[] = [];
  let broken: string | null = names.failure;
  for (const ip of names.addresses) {
    const failure = reach(world, seen, { url, ip, port, isSilent: isOld && hop > 0 });
    if (failure === null) open.push(ip);
    else broken = failure;
  }
  const ip = open[0];
  if (ip !== undefined) return request(world, seen, url, ip, port);
  // Only the old test asks for the page although nothing is open, and writes what came of it.
  if (isOld && broken !== null)
    note(seen, url, null, { failure: broken, code: 0, body: '', headers: {}, truncated: false });
  return null;
}

function lookUp(
  world: World,
  seen: Seen,
  url: URL,
  isSilent: boolean,
): { addresses: string[]; failure: string | null } {
  const found: string[] = [];
  let failure: string | null = null;
  const isLink = url.hostname === LINK.host;
  for (const [engine, kind] of ENGINES[world.shape]) {
    const resolution = isLink ? { ip: LINK.ip } : resolve(world, 'inside', kind);
    if (!isSilent) seen.queries.push(query(engine, url.hostname, resolution));
    if ('failure' in resolution) failure = kind === 'system' ? resolution.failure : failure;
    else if (kind === 'system') found.unshift(resolution.ip);
    else found.push(resolution.ip);
  }
  const isOld = world.shape === 'ooni-0.4';
  // The newer probes never connect to an address that no public site can have.
  const addresses = [...new Set(found)].filter((ip) => isOld || !/^(?:127|10)\./u.test(ip));
  return { addresses, failure };
}

function query(engine: string, hostname: string, resolution: Resolution): Fields {
  const failure = 'failure' in resolution ? resolution.failure : null;
  const ip = 'ip' in resolution ? resolution.ip : '';
  const form = ip.includes(':') ? { answer_type: 'AAAA', ipv6: ip } : { answer_type: 'A', ipv4: ip };
  const answers = failure === null ? [{ ...form, asn: ASNS[ip] ?? 0 }] : null;
  return {
    engine,
    hostname,
    query_type: engine === 'getaddrinfo' ? 'ANY' : 'A',
    failure,
    answers,
    t0: null,
    t: 0,
  };
}

interface Attempt {
  readonly url: URL;
  readonly ip: string;
  readonly port: number;
  /** The old test keeps no connects and handshakes behind a redirect. */
  readonly isSilent: boolean;
}

/** Null where the page can be asked for there. */
function reach(world: World, seen: Seen, { url, ip, port, isSilent }: Attempt): string | null {
  const failure = connectTo(world, 'inside', ip, port);
  if (!isSilent)
    seen.tcp_connect.push({ ip, port, status: { failure, success: failure === null }, t0: null, t: 0 });
  if (failure !== null || port === 80) return failure;
  const broken = url.hostname === LINK.host ? null : handshakeWith(world, 'inside', ip);
  const hello = { address: placeOf(ip, port), server_name: url.hostname, failure: broken, t0: null, t: 0 };
  if (!isSilent) seen.tls_handshakes.push(hello);
  if (broken !== null && world.shape === 'aiqyn') pair(seen, hello, harmlessWith(ip));
  return broken;
}

function pair(seen: Seen, hello: Fields, failure: string | null): void {
  for (let nth = 0; nth < PAIRS; nth += 1) {
    const harmless = { server_name: 'example.org', failure, no_tls_verify: true, tags: [TAG_HARMLESS] };
    seen.tls_handshakes.push({ ...hello, ...harmless }, { ...hello });
  }
}

function request(world: World, seen: Seen, url: URL, ip: string, port: number): Answer {
  const answer = answerTo(world, 'inside', url, ip);
  note(seen, url, world.shape === 'ooni-0.4' ? null : placeOf(ip, port), answer);
  return answer;
}

function note(seen: Seen, url: URL, address: string | null, answer: Answer): void {
  const { failure, code, body, headers, truncated } = answer;
  seen.requests.push({
    ...(address === null ? {} : { address }),
    failure,
    request: { method: 'GET', url: url.href, tor: { is_tor: false } },
    response: { code, body, headers, body_is_truncated: truncated },
    t0: null,
    t: 0,
  });
}
