/**
 * Worlds in which a page is measured: what is true of the site for everybody, what the path does to this one vantage,
 * whether the control could be asked, and who measures. The classes are those by which OONI's probe is tested
 * (webconnectivityqa), and every pairing of them; what must be said follows from the world, not from the measurement.
 */
import type { Status } from '../../../src/analysis/verdict/verdict.ts';

/** Who wrote the measurement: OONI's two web tests, or our own probe's full run with its paired handshakes. */
export const SHAPES = ['ooni-0.4', 'ooni-0.5', 'aiqyn'] as const;
export type Shape = (typeof SHAPES)[number];

/** True for everybody. `captcha`: for this vantage alone, by the site's own front. `upgrade`: http leads to https. */
export const SITES = [
  'up',
  'large',
  'captcha',
  'upgrade',
  'server_error',
  'gone',
  'no_addresses',
  'localhost',
  'port_closed',
  'silent',
  'expired',
  'wrong_host',
  'self_signed',
  'broken_redirect',
  'endless_redirects',
] as const;
export type Site = (typeof SITES)[number];

/** What somebody on the path does. `dns_to_…` answers with an address at which the rest of the word is found. */
export const FAULTS = [
  'none',
  'dns_nxdomain',
  'dns_servfail',
  'dns_refused',
  'dns_no_data',
  'dns_to_private',
  'dns_to_localhost',
  'dns_to_blockpage',
  'dns_to_dead',
  'dns_to_reset',
  'dns_to_bad_certificate',
  'dns_to_relay',
  'tcp_refused',
  'tcp_drop',
  'tcp_reset',
  'tls_reset',
  'tls_eof',
  'tls_drop',
  'tls_forged',
  'http_reset',
  'http_eof',
  'http_drop',
  'http_blockpage',
  'throttle',
  'no_route',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface World {
  readonly shape: Shape;
  readonly scheme: 'http' | 'https';
  readonly site: Site;
  /** A short link elsewhere may stand before the site; nobody touches the link itself. */
  readonly entry: 'direct' | 'short_link';
  readonly fault: Fault;
  /** `cut_off`: asked, and it could not answer. `unasked`: there is none (only our own probe runs so). */
  readonly control: 'answers' | 'cut_off' | 'unasked';
  readonly family: 4 | 6;
}

const DOWN: readonly Site[] = ['gone', 'no_addresses', 'localhost', 'port_closed', 'silent'];
const BAD_CERTIFICATES: readonly Site[] = ['expired', 'wrong_host', 'self_signed'];
const BAD_REDIRECTS: readonly Site[] = ['broken_redirect', 'endless_redirects'];

/** Whether the fault meets this measurement at all: a filter of names in handshakes does not see plain HTTP. */
export function isMet({ fault, scheme, site }: World): boolean {
  if (fault === 'throttle') return site === 'large';
  if (fault.startsWith('tls_')) return scheme === 'https' || site === 'upgrade';
  if (fault.startsWith('http_')) return scheme === 'http';
  return fault !== 'none';
}

/** Worlds that could be, and in which one thing alone is to be told: two troubles at once hide each other. */
export function isTellable(world: World): boolean {
  if (world.control === 'unasked' && world.shape !== 'aiqyn') return false;
  if (world.entry === 'short_link' && world.site !== 'up') return false;
  return !isMet(world) || isToldApart(world);
}

function isToldApart(world: World): boolean {
  const { shape, site, entry, fault } = world;
  if (isDown(world)) return isGhost(world) && entry === 'direct' && shape !== 'ooni-0.4';
  if (BAD_REDIRECTS.includes(site)) return false;
  if (fault === 'dns_to_relay') return entry === 'direct' && !isHiddenRelay(world);
  return site !== 'server_error' || (!fault.startsWith('http_') && fault !== 'dns_to_blockpage');
}

/** One resolver alone, and a certificate that verifies: nobody could tell the relay from the site. */
function isHiddenRelay({ shape, scheme, site }: World): boolean {
  return shape === 'ooni-0.4' && (scheme === 'https' || site === 'upgrade');
}

function isDown({ site, scheme }: World): boolean {
  return DOWN.includes(site) || (scheme === 'https' && BAD_CERTIFICATES.includes(site));
}

/** A name that is not is answered all the same: "ghost" blocking. */
function isGhost({ site, fault }: World): boolean {
  return site === 'gone' && fault.startsWith('dns_to_') && fault !== 'dns_to_relay';
}

/** What a judge must say; several words where the world leaves it open. */
export function truthOf(world: World): readonly Status[] {
  if (isDown(world)) return truthOfDown(world);
  if (BAD_REDIRECTS.includes(world.site)) return ['down'];
  if (!isMet(world)) return truthOfClear(world);
  // A vantage without IPv6 is not offline.
  if (world.fault === 'no_route') return world.family === 6 ? ['inconclusive', 'offline'] : ['offline'];
  return world.control === 'answers' ? truthOfFault(world) : truthWithoutControl(world);
}

const TRUTHS: Readonly<Partial<Record<Fault, Status>>> = {
  throttle: 'throttled',
  tls_forged: 'intercepted',
  dns_to_relay: 'tampered',
};

function truthOfFault({ fault, entry }: World): readonly Status[] {
  // Behind a redirect nobody else resolved the name: the bad certificate is all there is.
  if (fault === 'dns_to_bad_certificate' && entry !== 'direct') return ['intercepted', 'blocked'];
  return [TRUTHS[fault] ?? 'blocked'];
}

function truthOfDown(world: World): readonly Status[] {
  if (world.control !== 'answers') return ['inconclusive'];
  return [isMet(world) && isGhost(world) ? 'blocked' : 'down'];
}

/** Without a control a refusal in clear text could be anybody's. */
function truthOfClear({ site, scheme, control }: World): readonly Status[] {
  const isRefusal = site === 'captcha' || site === 'server_error';
  return isRefusal && scheme === 'http' && control !== 'answers' ? ['inconclusive'] : ['ok'];
}

/** A control that failed leaves nobody blocked. Where none was ever asked, the pair of names speaks for itself. */
function truthWithoutControl({ fault, control, scheme }: World): readonly Status[] {
  if (fault === 'dns_to_relay')
    return scheme === 'http' ? ['tampered', 'ok', 'inconclusive'] : ['tampered', 'ok'];
  const isPaired = fault === 'tls_reset' || fault === 'tls_eof' || fault === 'tls_drop';
  if (control === 'unasked' && isPaired) return ['blocked'];
  // A page in clear text that nobody else saw, and that no catalogue knows, may be the site's.
  return fault.endsWith('blockpage') && scheme === 'http' ? ['inconclusive', 'ok'] : ['inconclusive'];
}

/** One line for the names of tests. */
export function describeWorld({ shape, scheme, site, entry, fault, control, family }: World): string {
  return `${shape} ${scheme} v${family} ${entry}, site ${site}, path ${fault}, control ${control}`;
}
