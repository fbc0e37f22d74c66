/** Addresses and networks from which a header is believed. */
import { BlockList, isIP } from 'node:net';

/** Whether an address is one of these; IPv4 written as IPv6 (`::ffff:127.0.0.1`) is the IPv4 address. */
export function peersOf(names: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList();
  for (const name of names) {
    const [address = '', bits] = name.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address = '') => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 6 ? 'ipv6' : 'ipv4');
  };
}
