/** Addresses that lead nowhere in the public internet (IANA's special-purpose registries, RFC 6890). */
import { isIpv4 } from './scrub.ts';

/** Network and prefix length. */
const SPECIAL_IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
/** ULA, link-local, site-local, multicast, documentation, discard, unspecified and loopback. */
const SPECIAL_IPV6 = /^(?:f[cd]|fe[89a-f]|ff|2001:0?db8:|3fff:|100::|::$|::1$|0*(?::0*){6}:0*1?$)/i;
/** IPv4 inside IPv6: mapped, compatible, NAT64. */
const EMBEDDED_IPV4 = /^(?:::(?:ffff:(?:0:)?)?|64:ff9b::)(\d+\.\d+\.\d+\.\d+)$/i;
const EMBEDDED_HEX = /^(?:::ffff:(?:0:)?|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i;

/** Whether the address is private, loopback, link-local, multicast, reserved or otherwise not global; true for nonsense. */
export function isSpecialAddress(address: string): boolean {
  if (isIpv4(address)) return isSpecialIpv4(address);
  const embedded = embeddedIpv4(address);
  if (embedded !== null) return isSpecialIpv4(embedded);
  return !address.includes(':') || SPECIAL_IPV6.test(address);
}

function embeddedIpv4(address: string): string | null {
  const dotted = EMBEDDED_IPV4.exec(address)?.[1];
  if (dotted !== undefined) return dotted;
  const [, high, low] = EMBEDDED_HEX.exec(address) ?? [];
  if (high === undefined || low === undefined) return null;
  const value = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.');
}

/** Whether any IPv4 address from `first` to `last`, as numbers, is special. */
export function hasSpecialIpv4(first: number, last: number): boolean {
  return SPECIAL_IPV4.some(([network, bits]) => {
    const start = toNumber(network);
    return first < start + 2 ** (32 - bits) && last >= start;
  });
}

function isSpecialIpv4(address: string): boolean {
  const value = toNumber(address);
  return SPECIAL_IPV4.some(([network, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(value / size) === Math.floor(toNumber(network) / size);
  });
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
