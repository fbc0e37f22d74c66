/** What one run of the `rings` probe is asked to try. */
import type { Clock } from '../probe.ts';
import type { Network } from '../network.ts';

/** One thing to try; a `RingFact` of the catalogue fits. */
export interface RingTarget {
  readonly ring: 'domestic' | 'foreign' | 'dns';
  /** Host name or address; for `dns` a resolver's address. */
  readonly host: string;
  readonly port: number;
  readonly allowListed: boolean;
}

export interface RingsTask {
  readonly checks: readonly RingTarget[];
  /** Whether to look at the machine's own way out too. */
  readonly gateway: boolean;
  readonly timeoutMs: number;
}

export interface RingsContext {
  readonly clock: Clock;
  readonly network: Network;
  /** Our own shutdown. */
  readonly signal: AbortSignal;
}
