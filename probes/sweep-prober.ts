/** How addresses are asked. probes/net/ has the real ones, each of which refuses what is outside its prefixes. */

export interface Answer {
  readonly address: string;
  readonly answered: boolean;
  /** Null where nothing answered. */
  readonly rttMs: number | null;
}

export interface SweepProber {
  /** For people: `icmp` or `tcp/443`. */
  readonly method: string;
  /**
   * Asks each address once, at a bounded rate. An address that this machine could not ask is not in the answer: that is our
   * own trouble and says nothing of the address. After `signal` the rest is left out.
   * @throws RefusedAddressError before anything is sent where one of them is outside the prefixes.
   */
  ask(addresses: readonly string[], signal: AbortSignal): Promise<readonly Answer[]>;
}
