/** A network is how a page speaks of vantages: operator, place and access, never a vantage's id. */
import type { Messages } from '../messages/messages.ts';
import type { NameBook } from '../names.ts';

export interface Network {
  readonly operator: string;
  readonly place: string;
  readonly access: string;
}

export function networkKey(network: Network): string {
  return JSON.stringify([network.operator, network.place, network.access]);
}

/** Each network once, in the order first seen. */
export function distinctNetworks(networks: readonly Network[]): Network[] {
  const seen = new Map<string, Network>();
  for (const { operator, place, access } of networks) {
    const network = { operator, place, access };
    if (!seen.has(networkKey(network))) seen.set(networkKey(network), network);
  }
  return [...seen.values()];
}

export function operatorName(operator: string, names: NameBook, messages: Messages): string {
  return operator === 'AS0' ? messages.site.unknownOperator : names.operator(operator);
}

export function placeName(place: string, names: NameBook, messages: Messages): string {
  return place === 'unknown' ? messages.site.unknownPlace : names.place(place);
}

/** Nothing is known of it: a monitor that was started without a configuration. */
function isUnnamed(network: Network): boolean {
  return network.operator === 'AS0' && network.place === 'unknown';
}

/** `Kcell, Almaty (mobile)`. */
export function networkName(network: Network, names: NameBook, messages: Messages): string {
  if (isUnnamed(network)) return messages.site.unnamedNetwork;
  const access = messages.verdict.access[network.access] ?? network.access;
  return messages.site.networkAccess(
    operatorName(network.operator, names, messages),
    placeName(network.place, names, messages),
    access,
  );
}

/** `Kcell, Almaty`, where the kind of access need not be told. */
export function shortNetworkName(network: Network, names: NameBook, messages: Messages): string {
  if (isUnnamed(network)) return messages.site.unnamedNetwork;
  return messages.site.network(
    operatorName(network.operator, names, messages),
    placeName(network.place, names, messages),
  );
}
