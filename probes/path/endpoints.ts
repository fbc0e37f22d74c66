/** Which address of a page's observations fails and is worth a trace, and which works and is worth comparing with. */
import type { WebTestKeys } from '../measurement.ts';
import { TAG_HARMLESS } from '../observations.ts';
import { addressNumber } from '../prefix.ts';
import { isSpecialAddress } from '../special-address.ts';

export interface Endpoint {
  /** IPv4, of the public internet. */
  readonly address: string;
  readonly port: number;
}

/** The first that was connected to in vain, or on which a handshake under the target's own name failed; null: none. */
export function failingEndpoint(keys: WebTestKeys): Endpoint | null {
  const connects = keys.tcp_connect
    .filter(({ status }) => status.failure !== null)
    .map(({ ip, port }) => ({ address: ip, port }));
  const handshakes = keys.tls_handshakes
    .filter(({ failure, tags }) => failure !== null && !tags.includes(TAG_HARMLESS))
    .map(({ address }) => endpointOf(address));
  return [...connects, ...handshakes].find(isTraceable) ?? null;
}

/** The first on which a handshake under the target's own name was completed. */
export function workingEndpoint(keys: WebTestKeys): Endpoint | null {
  const done = keys.tls_handshakes
    .filter(({ failure, tags }) => failure === null && !tags.includes(TAG_HARMLESS))
    .map(({ address }) => endpointOf(address));
  return done.find(isTraceable) ?? null;
}

function endpointOf(text: string): Endpoint {
  const [, address = '', port = ''] = /^([\d.]+):(\d{1,5})$/.exec(text) ?? [];
  return { address, port: Number(port) };
}

/** What a forged answer names is often an address of nobody. */
function isTraceable({ address, port }: Endpoint): boolean {
  return addressNumber(address) !== null && !isSpecialAddress(address) && port > 0 && port <= 65_535;
}
