/**
 * Takes the vantage's own address out of a record before anything keeps it. The address is not known here: an operator shows
 * the world another one than this machine has. So every text loses every address, and addresses stay only where the format
 * has a place for them: what a name led to and what was tried. What is new in a record is covered unless it is named here.
 */
import { X509Certificate } from 'node:crypto';
import { TlsHandshake } from '../../probes/observations.ts';
import {
  addressesIn,
  isIpAddress,
  isPrivateHeader,
  scrubAddresses,
  scrubNumbers,
  scrubUrl,
} from '../../probes/scrub.ts';
import { isSpecialAddress } from '../../probes/special-address.ts';

/** Where a name led, and what was tried: an address, with or without a port. */
const PLACES: ReadonlySet<string> = new Set([
  'addrs',
  'address',
  'host',
  'hostname',
  'ip',
  'ipv4',
  'ipv6',
  'resolver_address',
  'server_name',
]);
/** Their keys are such places. */
const BY_PLACE: ReadonlySet<string> = new Set([
  'ip_info',
  'tcp_connect',
  'tls_handshake',
  'x_aiqyn_quic_handshake',
]);
/** A host that is an address is where the URL leads. */
const URLS: ReadonlySet<string> = new Set(['location', 'paired', 'resolver_address', 'url']);
/** `endpoint:tcp://192.0.2.1:443` */
const TAGGED_URL = /^([\w.-]+:)([a-z][a-z0-9+.-]*:\/\/.*)$/is;
const PLACE = /^\[?([0-9a-f.:]+?)\]?(?::\d{1,5})?$/i;
const DEPTH_MAX = 40;

type Scrub = (text: string) => string;

/**
 * A copy of the test keys that does not say who measured; the original stays. Addresses that were told in plain are taken out
 * as numbers, too. A chain that did not verify and names a public address loses its certificates and keeps their hashes.
 */
export function withoutOwnAddress(testKeys: object): Record<string, unknown> {
  const told = new Set<string>();
  const plain = eachScrubbed(testKeys, '', 0, (text) => {
    for (const address of addressesIn(text)) told.add(address);
    return scrubAddresses(text);
  });
  return told.size === 0 ? plain : eachScrubbed(plain, '', 0, (text) => scrubNumbers(text, [...told]));
}

/** Defined, not assigned: assigned, `__proto__` would become the copy's prototype. */
function eachScrubbed(value: object, key: string, depth: number, scrub: Scrub): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (key === 'headers') return [scrub(name), headerOf(name, inner, depth, scrub)];
      if (name === 'peer_certificates') return [name, isTelling(value) ? [] : inner];
      const isOfPlace = BY_PLACE.has(key) && isPlace(name);
      return [isOfPlace ? name : scrub(name), scrubbed(inner, name, depth, scrub)];
    }),
  );
}

function scrubbed(value: unknown, key: string, depth: number, scrub: Scrub): unknown {
  if (typeof value === 'string') return textOf(value, key, scrub);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEPTH_MAX) return null;
  if (Array.isArray(value)) return value.map((item: unknown) => scrubbed(item, key, depth + 1, scrub));
  return eachScrubbed(value, key, depth + 1, scrub);
}

/** Names stay, because they are compared with the control's; what they say of who asked does not. */
function headerOf(name: string, value: unknown, depth: number, scrub: Scrub): unknown {
  const isLocation = name.toLowerCase() === 'location';
  const shown = scrubbed(value, isLocation ? 'location' : '', depth, scrub);
  return isPrivateHeader(name) ? '' : shown;
}

function textOf(text: string, key: string, scrub: Scrub): string {
  if (PLACES.has(key) && isPlace(text)) return text;
  if (URLS.has(key)) return scrubUrl(text, scrub);
  const [, tag, url] = key === 'tags' ? (TAGGED_URL.exec(text) ?? []) : [];
  return tag === undefined || url === undefined ? scrub(text) : scrub(tag) + scrubUrl(url, scrub);
}

function isPlace(text: string): boolean {
  return isIpAddress(text) || isIpAddress(PLACE.exec(text)?.[1] ?? '');
}

/**
 * Whether a handshake's chain names an address that is not the server's own: who answers in another's place may make its
 * certificate out to whoever asks. What verified was signed by somebody who does not.
 */
function isTelling(value: object): boolean {
  const { data: handshake } = TlsHandshake.safeParse(value);
  if (handshake === undefined || handshake.failure === null) return false;
  const [server] = addressesIn(handshake.address);
  const named = handshake.peer_certificates.flatMap(({ data }) => addressesIn(namesOf(data)));
  return named.some((one) => one !== server && !isSpecialAddress(one));
}

/** What a certificate says of whom; empty where what came is none. */
function namesOf(derBase64: string): string {
  try {
    const { subject, issuer, subjectAltName = '' } = new X509Certificate(Buffer.from(derBase64, 'base64'));
    return [subject, issuer, subjectAltName].join('\n');
  } catch {
    return '';
  }
}
