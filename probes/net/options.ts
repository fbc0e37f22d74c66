/** What the real network is built from. */
import type { LineOptions } from './line.ts';

/** Connections and datagrams leave by the line; getaddrinfo cannot be bound to one. */
export interface NetworkOptions extends LineOptions {
  readonly resolvers: {
    /** `udp` (`ip:port`) stands in for the system's resolver; records then still say `getaddrinfo`. */
    readonly system: 'getaddrinfo' | { readonly udp: string };
    /** Further resolvers to compare with, `ip:port`. */
    readonly udp: readonly string[];
    /** A DNS-over-HTTPS URL (RFC 8484), or null. */
    readonly doh: string | null;
  };
  /** Trusted besides Mozilla's roots, which Node brings along. The machine's own store is never used: a state root may be in it. */
  readonly extraCaPem?: readonly string[];
  /** Where an address really lives, for a world on loopback. Applied to TCP, UDP and DoH alike; records keep the address asked for. */
  readonly route?: (
    address: string,
    port: number,
    transport: 'tcp' | 'udp',
  ) => { readonly address: string; readonly port: number };
  /** `ip:port` that stands in for the machine's default gateway (accepting or refusing both count as there). */
  readonly gateway?: string;
  /** Addresses of this machine, which no answer may show; default: those of its interfaces, asked each time. */
  readonly ownAddresses?: () => readonly string[];
  /** 0 ≤ x < 1; DNS query ids come from it. */
  readonly random: () => number;
}
