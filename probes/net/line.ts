/**
 * One line out of this machine: an address of its own, or an interface (a modem) whose address changes and is looked up anew for
 * each connection. What leaves by a line leaves from its address, or not at all.
 *
 * The address says from whom a packet comes; by which modem it leaves is the system's routing (docs/run-a-vantage.md).
 */
import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';

export interface LineOptions {
  /** Connections leave from this address of the machine. */
  readonly localAddress?: string;
  /** Connections leave from the address that this interface has at the time; without one nothing leaves. */
  readonly interface?: string;
}

type Interfaces = typeof networkInterfaces;

/** Has a folder for each interface of the machine, also for those that are down. */
const LINUX_DEVICES = '/sys/class/net';
const LINK_LOCAL = /^(?:169\.254\.|fe80:)/i;

/**
 * The address from which to talk to `target` (an IP address). Undefined: the system chooses. Null: the line has no address of
 * this family now, which is our own lack, as without a route.
 */
export function sourceFor(
  target: string,
  line: LineOptions,
  interfaces: Interfaces = networkInterfaces,
): string | null | undefined {
  const isV6 = target.includes(':');
  if (line.interface !== undefined) {
    const found = addressesOf(line.interface, interfaces).find((address) => address.includes(':') === isV6);
    return found ?? null;
  }
  const { localAddress } = line;
  return localAddress === undefined || localAddress.includes(':') === isV6 ? localAddress : null;
}

/** Whether the line has any address now. One that is bound to nothing always has. */
export function isThere(line: LineOptions, interfaces: Interfaces = networkInterfaces): boolean {
  if (line.interface !== undefined) return addressesOf(line.interface, interfaces).length > 0;
  const { localAddress } = line;
  return (
    localAddress === undefined ||
    isLoopback(localAddress) ||
    Object.keys(interfaces()).some((name) => addressesOf(name, interfaces).includes(localAddress))
  );
}

/**
 * Whether the line's device is in this machine, dialled or not. Without an address a modem that is plugged in may be cut off by its
 * operator; one that is not there says nothing. A bare address that is gone cannot tell which.
 */
export function isPluggedIn(
  line: LineOptions,
  interfaces: Interfaces = networkInterfaces,
  devices: string = LINUX_DEVICES,
): boolean {
  if (isThere(line, interfaces)) return true;
  return line.interface !== undefined && existsSync(join(devices, line.interface));
}

/** The interface of a line; null where it is bound to none that is there. */
export function interfaceOf(line: LineOptions, interfaces: Interfaces = networkInterfaces): string | null {
  if (line.interface !== undefined) return line.interface;
  const { localAddress } = line;
  if (localAddress === undefined) return null;
  return (
    Object.keys(interfaces()).find((name) => addressesOf(name, interfaces).includes(localAddress)) ?? null
  );
}

/** All of 127.0.0.0/8 is this machine, whatever the list of interfaces says. */
function isLoopback(address: string): boolean {
  return address.startsWith('127.');
}

/** Those that lead somewhere. An interface that is down, or gone, has none. */
function addressesOf(name: string, interfaces: Interfaces): string[] {
  return (interfaces()[name] ?? [])
    .map(({ address }) => address)
    .filter((address) => !LINK_LOCAL.test(address));
}
