/** What each step meets in a world: names, connects, handshakes and answers, from inside and from where the control is. */
import { isMet } from './world.ts';
import type { Fault, Site, World } from './world.ts';

export type Side = 'inside' | 'outside';

export const HOST = 'www.example.com';
export const LINK = { host: 'bit.ly', ip: '67.199.248.11', asn: 396_982 };
const SITE_V4 = '93.184.216.34';
const SITE_V6 = '2606:2800:220:1:248:1893:25c8:1946';
const BOX = '83.224.65.41';
const DEAD = '203.113.5.9';
const RESETTER = '91.221.71.51';
const BAD_CERTIFICATE = '104.154.89.105';
const RELAY = '130.192.182.17';

export const ASNS: Readonly<Record<string, number>> = {
  [SITE_V4]: 15_133,
  [SITE_V6]: 15_133,
  [LINK.ip]: LINK.asn,
  [BOX]: 30_722,
  [DEAD]: 9_198,
  [RESETTER]: 9_198,
  [BAD_CERTIFICATE]: 396_982,
  [RELAY]: 137,
};

export const PAGE = `<!doctype html><title>Default Web Page</title><p>${'text '.repeat(290)}`;
const BLOCKPAGE = '<!doctype html><title>Access Denied</title><p>This request is not allowed here.';
const MARKS = {
  'Alt-Svc': 'h3=":443"',
  'Content-Type': 'text/html',
  Server: 'cloudflare',
  'Cf-Ray': '68013f',
};
export const LARGE_BYTES = 16_777_216;

export function siteAddress({ family }: World): string {
  return family === 4 ? SITE_V4 : SITE_V6;
}

function faultOn(world: World, side: Side): Fault {
  return side === 'inside' && isMet(world) ? world.fault : 'none';
}

export type Resolution = { readonly failure: string } | { readonly ip: string };

const SITE_NAMES: Readonly<Partial<Record<Site, Resolution>>> = {
  gone: { failure: 'dns_nxdomain_error' },
  no_addresses: { failure: 'dns_no_answer' },
  localhost: { ip: '127.0.0.1' },
};

/** On the path, so that every resolver in clear text gives it. */
const FORGED: Readonly<Partial<Record<Fault, Resolution>>> = {
  dns_to_private: { ip: '10.10.34.35' },
  dns_to_localhost: { ip: '127.0.0.1' },
  dns_to_blockpage: { ip: BOX },
  dns_to_dead: { ip: DEAD },
  dns_to_reset: { ip: RESETTER },
  dns_to_bad_certificate: { ip: BAD_CERTIFICATE },
  dns_to_relay: { ip: RELAY },
};

/** By the operator's own resolver alone. */
const REFUSED: Readonly<Partial<Record<Fault, Resolution>>> = {
  dns_nxdomain: { failure: 'dns_nxdomain_error' },
  dns_servfail: { failure: 'dns_servfail_error' },
  dns_refused: { failure: 'dns_refused_error' },
  dns_no_data: { failure: 'android_dns_cache_no_data' },
};

export type Engine = 'system' | 'clear' | 'encrypted';

export function resolve(world: World, side: Side, engine: Engine): Resolution {
  const honest = SITE_NAMES[world.site] ?? { ip: siteAddress(world) };
  const fault = faultOn(world, side);
  if (engine === 'encrypted') return honest;
  return FORGED[fault] ?? (engine === 'system' ? REFUSED[fault] : undefined) ?? honest;
}

const CONNECTS: Readonly<Partial<Record<Fault | Site, string>>> = {
  port_closed: 'connection_refused',
  silent: 'generic_timeout_error',
  tcp_refused: 'connection_refused',
  tcp_drop: 'generic_timeout_error',
  tcp_reset: 'connection_reset',
  no_route: 'network_unreachable',
};

/** The failure, or null. */
export function connectTo(world: World, side: Side, ip: string, port: number): string | null {
  if (ip === DEAD || (ip === BOX && port === 443)) return 'connection_refused';
  if (ip.startsWith('127.') || ip.startsWith('10.')) return 'connection_refused';
  if (ip !== siteAddress(world)) return null;
  return CONNECTS[world.site] ?? CONNECTS[faultOn(world, side)] ?? null;
}

const HANDSHAKES: Readonly<Partial<Record<Fault | Site, string>>> = {
  expired: 'ssl_invalid_certificate',
  wrong_host: 'ssl_invalid_hostname',
  self_signed: 'ssl_unknown_authority',
  tls_reset: 'connection_reset',
  tls_eof: 'eof_error',
  tls_drop: 'generic_timeout_error',
  tls_forged: 'ssl_unknown_authority',
};

export function handshakeWith(world: World, side: Side, ip: string): string | null {
  if (ip === RESETTER) return 'connection_reset';
  if (ip === BAD_CERTIFICATE) return 'ssl_unknown_authority';
  return HANDSHAKES[world.site] ?? HANDSHAKES[faultOn(world, side)] ?? null;
}

/** A filter of names lets a harmless one pass; a box that resets everything does not. */
export function harmlessWith(ip: string): string | null {
  return ip === RESETTER ? 'connection_reset' : null;
}

export interface Answer {
  readonly failure: string | null;
  readonly code: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly truncated: boolean;
}

const NOTHING: Answer = { failure: null, code: 0, body: '', headers: {}, truncated: false };

function page(code: number, body: string, headers: Answer['headers'] = MARKS): Answer {
  return { ...NOTHING, code, body, headers };
}

const BROKEN: Readonly<Partial<Record<Fault, string>>> = {
  http_reset: 'connection_reset',
  http_eof: 'eof_error',
  http_drop: 'generic_timeout_error',
};

/** The answer to a GET; a redirect is not followed here. */
export function answerTo(world: World, side: Side, url: URL, ip: string): Answer {
  if (url.hostname === LINK.host) return page(308, '', { Location: targetOf(world) });
  const fault = faultOn(world, side);
  const failure = BROKEN[fault];
  if (failure !== undefined) return { ...NOTHING, failure };
  if (ip === BOX || fault === 'http_blockpage') return page(200, BLOCKPAGE, {});
  if (ip === RESETTER) return { ...NOTHING, failure: 'connection_reset' };
  if (fault === 'throttle') return { ...page(200, ''), failure: 'generic_timeout_error', truncated: true };
  if (ip === BAD_CERTIFICATE) return page(404, 'no such site', {});
  return answerOf(world.site, side, url);
}

function answerOf(site: Site, side: Side, url: URL): Answer {
  if (site === 'large') return { ...page(200, ''), truncated: true };
  if (site === 'captcha' && side === 'inside')
    return page(503, `<title>Just a moment</title>${'x'.repeat(8_000)}`);
  if (site === 'server_error') return page(500, 'Internal Server Error');
  if (site === 'upgrade' && url.protocol === 'http:') return page(301, '', { Location: `https://${HOST}/` });
  return answerOfRedirects(site, url);
}

const REDIRECTS_MAX = 10;

function answerOfRedirects(site: Site, url: URL): Answer {
  if (site === 'broken_redirect') {
    const headers = { Location: `${url.protocol}//` };
    return { ...page(302, '', headers), failure: 'http_invalid_redirect_location_host' };
  }
  if (site !== 'endless_redirects') return page(200, PAGE);
  const step = Number(url.pathname.slice(1));
  const failure = step >= REDIRECTS_MAX ? 'unknown_failure: stopped after too many redirects' : null;
  return { ...page(302, '', { Location: `/${step + 1}` }), failure };
}

export function targetOf({ scheme }: World): string {
  return `${scheme}://${HOST}/`;
}

export function inputOf(world: World): string {
  return world.entry === 'direct' ? targetOf(world) : `https://${LINK.host}/32447`;
}
