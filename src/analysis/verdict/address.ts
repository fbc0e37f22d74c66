/** Addresses as text: `ip:port` keys, and addresses that no public name should point to. */

export interface Place {
  readonly ip: string;
  readonly port: number;
}

/** `1.2.3.4:443` and `[2001:db8::1]:443`; null for anything else. */
export function parsePlace(text: string): Place | null {
  const colon = text.lastIndexOf(':');
  if (colon <= 0) return null;
  const port = Number(text.slice(colon + 1));
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return null;
  const ip = text.slice(0, colon).replace(/^\[|\]$/gu, '');
  return isAddress(ip) ? { ip: ip.toLowerCase(), port } : null;
}

const NAMED_PLACE = /^[a-z0-9](?:[a-z0-9.-]{0,252}):(\d{1,5})$/iu;

/** `example.org:443`, as where a proxy resolved the name: a place without an address. Null for anything else. */
export function parseNamedPlace(text: string): { readonly key: string; readonly port: number } | null {
  const port = NAMED_PLACE.exec(text)?.[1];
  return port === undefined ? null : { key: text.toLowerCase(), port: Number(port) };
}

export function placeKey(ip: string, port: number): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

const V4 = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/u;

/** Whether the text has the form of an address; names never have. */
export function isAddress(text: string): boolean {
  return V4.test(text) || text.includes(':');
}

export function isV6(ip: string): boolean {
  return ip.includes(':');
}

/** Loopback, private, link-local, carrier-grade NAT, documentation, multicast and reserved: never a public site (RFC 6890). */
export function isBogon(ip: string): boolean {
  return isV6(ip) ? isBogonV6(ip.toLowerCase()) : isBogonV4(ip);
}

const BOGON_V4: readonly { readonly first: number; readonly from: number; readonly to: number }[] = [
  { first: 100, from: 64, to: 127 },
  { first: 169, from: 254, to: 254 },
  { first: 172, from: 16, to: 31 },
  { first: 192, from: 168, to: 168 },
  { first: 198, from: 18, to: 19 },
];

function isBogonV4(ip: string): boolean {
  const [first = 0, second = 0] = ip.split('.').map(Number);
  if (first === 0 || first === 10 || first === 127 || first >= 224) return true;
  return BOGON_V4.some((range) => first === range.first && second >= range.from && second <= range.to);
}

function isBogonV6(ip: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/u.exec(ip)?.[1];
  if (mapped !== undefined) return isBogonV4(mapped);
  return ip === '::' || ip === '::1' || /^(f[cd]|fe[89ab]|ff|2001:db8:)/u.test(ip);
}

/** The neighbourhood of an address: /24 for IPv4, /48 for IPv6. Good enough to see one network where no AS table is at hand. */
export function neighbourhood(ip: string): string {
  return isV6(ip) ? ip.toLowerCase().split(':').slice(0, 3).join(':') : ip.split('.').slice(0, 3).join('.');
}
