/** Whether the first hop out of this machine is there. On Linux from /proc; elsewhere only whether an interface is up. */
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { FAILURE, isOwnFault } from '../failure.ts';
import type { GatewayResult, Limits } from '../network.ts';
import { interfaceOf, isThere } from './line.ts';
import type { LineOptions } from './line.ts';
import type { NetworkOptions } from './options.ts';
import { parseEndpoint } from './socket-connection.ts';
import { connectTcp } from './tcp.ts';

/** Routers that answer at all answer here, or refuse, which is as good. */
const GATEWAY_PORT = 80;
/** A router is one hop away; one that drops our packet in silence must not cost the whole deadline. */
const GATEWAY_TIMEOUT_MS = 1_000;

/** Where the machine keeps its routes and neighbours; other files in tests. */
export interface LinkFiles {
  readonly routes: string;
  readonly neighbours: string;
}
export const LINUX_LINK_FILES: LinkFiles = { routes: '/proc/net/route', neighbours: '/proc/net/arp' };

export async function checkGateway(
  limits: Limits,
  options: LineOptions & Pick<NetworkOptions, 'route' | 'gateway'>,
  files: LinkFiles = LINUX_LINK_FILES,
): Promise<GatewayResult> {
  if (options.gateway !== undefined) {
    const endpoint = parseEndpoint(options.gateway);
    if (endpoint === null) throw new TypeError(`a gateway must be written ip:port, not ${options.gateway}`);
    return knock(endpoint, limits, options, async () => null);
  }
  if (!isThere(options)) return { failure: FAILURE.networkUnreachable, basis: 'none' };
  const routes = await readOrNull(files.routes);
  if (routes === null) return fromInterfaces();
  const name = interfaceOf(options);
  const route = defaultRoute(routes, name);
  // A line's own route may stand in a table of its own, which this file does not show.
  if (route === null && name !== null) return { failure: null, basis: 'route' };
  if (route === null) return { failure: FAILURE.networkUnreachable, basis: 'none' };
  // A mobile link has no gateway address: the route is all there is to know.
  if (route.gateway === null) return { failure: null, basis: 'route' };
  const address = route.gateway;
  return knock({ address, port: GATEWAY_PORT }, limits, options, () => neighbour(files.neighbours, address));
}

/** `isNeighbour` is asked when the knock stays unanswered; null: nobody knows. */
async function knock(
  endpoint: { readonly address: string; readonly port: number },
  limits: Limits,
  options: LineOptions & Pick<NetworkOptions, 'route'>,
  isNeighbour: () => Promise<boolean | null>,
): Promise<GatewayResult> {
  const timeoutMs = Math.min(limits.timeoutMs, GATEWAY_TIMEOUT_MS);
  const { failure, connection } = await connectTcp(endpoint, { ...limits, timeoutMs }, options);
  connection?.close();
  if (failure === null || failure === FAILURE.refused || failure === FAILURE.reset) {
    return { failure: null, basis: 'answer' };
  }
  if (isOwnFault(failure) || failure === FAILURE.interrupted) return { failure, basis: 'none' };
  const known = await isNeighbour();
  if (known === true) return { failure: null, basis: 'neighbour' };
  if (known === false || failure === FAILURE.hostUnreachable)
    return { failure: FAILURE.hostUnreachable, basis: 'none' };
  return { failure: null, basis: 'route' };
}

/** The IPv4 default route of /proc/net/route, of one interface or of any; its gateway is null on a link without one. */
export function defaultRoute(
  table: string,
  onlyOf: string | null = null,
): { readonly gateway: string | null } | null {
  const rows = table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
  const found = rows.find((row) => isDefaultRow(row) && (onlyOf === null || row[0] === onlyOf));
  if (found === undefined) return null;
  const [, , gateway = ''] = found;
  return { gateway: gateway === '00000000' ? null : littleEndianIpv4(gateway) };
}

function isDefaultRow([, destination, , flags = '0', , , , mask]: readonly string[]): boolean {
  const isUp = (Number.parseInt(flags, 16) & 0x1) !== 0;
  return destination === '00000000' && mask === '00000000' && isUp;
}

function littleEndianIpv4(hex: string): string {
  return (hex.match(/../g) ?? [])
    .map((byte) => Number.parseInt(byte, 16))
    .reverse()
    .join('.');
}

/** Whether the link layer has the gateway's hardware address (flag 0x2 of /proc/net/arp). */
async function neighbour(file: string, address: string): Promise<boolean | null> {
  const table = await readOrNull(file);
  const line = table?.split('\n').find((row) => row.split(/\s+/)[0] === address);
  if (line === undefined) return null;
  return (Number.parseInt(line.split(/\s+/)[2] ?? '0', 16) & 0x2) !== 0;
}

function fromInterfaces(): GatewayResult {
  const isUp = Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some((address) => !address.internal && !/^(?:169\.254\.|fe80:)/i.test(address.address)),
  );
  return isUp ? { failure: null, basis: 'route' } : { failure: FAILURE.networkUnreachable, basis: 'none' };
}

/** A machine without these files (another system, a closed container) is no error. */
async function readOrNull(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return null;
  }
}
