/** A machine's interfaces as `node:os` lists them. */
import type { NetworkInterfaceInfo } from 'node:os';

export function interfacesOf(
  given: Readonly<Record<string, readonly string[]>>,
): () => Record<string, NetworkInterfaceInfo[]> {
  return () =>
    Object.fromEntries(Object.entries(given).map(([name, addresses]) => [name, addresses.map(infoOf)]));
}

function infoOf(address: string): NetworkInterfaceInfo {
  const base = { address, mac: '00:00:00:00:00:00', internal: false, cidr: null, netmask: '' };
  return address.includes(':') ? { ...base, family: 'IPv6', scopeid: 0 } : { ...base, family: 'IPv4' };
}
