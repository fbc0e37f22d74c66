/**
 * Whether a vantage is in the network that it is declared to be in. Behind NAT its public address is known only to whoever it speaks
 * with: control or collector say from where it came, its network is looked up, and the address is forgotten at once. What a VPN
 * or another line carries must not be counted for the declared operator. Where nobody answers nothing is known and nothing said.
 */
import type { Clock } from '../../probes/probe.ts';
import type { WhereaboutsAnswer } from '../fleet/caller-address.ts';
import type { Log } from '../log.ts';

/** Asked again after this long, and at once when this machine's addresses changed. */
const FRESH_MS = 300_000;
/** What was known is believed this long when nobody answers. */
const BELIEVED_MS = 900_000;

export interface WhereaboutsOptions {
  readonly vantage: { readonly id: string; readonly operator: string };
  /** By the vantage's own line alone; null where nobody answers. Never rejects. */
  readonly ask: (signal: AbortSignal) => Promise<WhereaboutsAnswer | null>;
  /** `AS29355`, or null. */
  readonly networkOf: (address: string) => string | null;
  readonly isSameOperator: (declared: string, found: string) => boolean;
  /** Changes when this machine's addresses change; compared and kept in memory, never told. */
  readonly machineState: () => string;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly log: Log;
}

export interface Whereabouts {
  /** The network it is in where that is not its own: `AS13335`. Null where it fits, and where nobody knows. */
  otherNetwork(): string | null;
  /** Asks where what is known is old. One question at a time. Never rejects. */
  look(signal: AbortSignal): Promise<void>;
}

interface Known {
  readonly network: string | null;
  readonly atMs: number;
  readonly state: string;
}

export function createWhereabouts(options: WhereaboutsOptions): Whereabouts {
  const { vantage, ask, networkOf, isSameOperator, machineState, clock, log } = options;
  let known: Known | null = null;
  let triedMs = -Infinity;
  let looking: Promise<void> | null = null;
  let said: string | null = null;

  function otherNetwork(): string | null {
    if (known?.network == null || clock.monotonicMs() - known.atMs > BELIEVED_MS) return null;
    return isSameOperator(vantage.operator, known.network) ? null : known.network;
  }

  function tell(): void {
    const found = otherNetwork();
    if (found === said) return;
    said = found;
    const fields = { vantage: vantage.id, declared: vantage.operator, found };
    if (found === null) log.info(fields, 'The vantage is in its own network again, or nobody can tell.');
    else
      log.warn(
        fields,
        'The vantage measures from another network than it is declared to be in: a VPN, a proxy or another line? What it measures is kept, and counts for nobody.',
      );
  }

  async function once(state: string, signal: AbortSignal): Promise<void> {
    triedMs = clock.monotonicMs();
    const answer = await ask(signal);
    if (answer !== null) {
      const network = networkOf(answer.address) ?? (answer.asn === null ? null : `AS${answer.asn}`);
      known = { network, atMs: clock.monotonicMs(), state };
    } else if (known !== null && known.state !== state) {
      known = null;
    }
    tell();
  }

  return {
    otherNetwork,
    async look(signal) {
      const state = machineState();
      const isFresh = clock.monotonicMs() - triedMs < FRESH_MS && (known === null || known.state === state);
      if (isFresh && looking === null) return;
      looking ??= once(state, signal).finally(() => {
        looking = null;
      });
      await looking;
    },
  };
}
