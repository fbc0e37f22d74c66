/**
 * Asks addresses by opening a TCP connection and closing it at once. Who accepts and who refuses has answered. Nothing outside
 * the prefixes is connected to.
 */
import { setMaxListeners } from 'node:events';
import { FAILURE } from '../failure.ts';
import type { PrefixSet } from '../prefix.ts';
import type { Clock } from '../probe.ts';
import type { Answer, SweepProber } from '../sweep-prober.ts';
import { connectTcp } from './tcp.ts';

export interface TcpProberOptions {
  readonly prefixes: PrefixSet;
  readonly port: number;
  readonly timeoutMs: number;
  /** Connections begun a second. */
  readonly perSecond: number;
  readonly clock: Clock;
}

/** What says that the address is there. */
const ANSWERS: ReadonlySet<string | null> = new Set([null, FAILURE.refused, FAILURE.reset]);
/** This machine's trouble: nothing left it. A network that cannot be reached may be a router's word, and counts as silence. */
const OWN_TROUBLE: ReadonlySet<string> = new Set([
  FAILURE.interrupted,
  FAILURE.networkDown,
  'address_family_not_supported',
  'address_not_available',
  'no_buffer_space',
  'permission_denied',
]);

export function createTcpProber(options: TcpProberOptions): SweepProber {
  const { prefixes, port, clock, perSecond } = options;
  return {
    method: `tcp/${port}`,
    async ask(addresses, signal) {
      const asked = [...addresses];
      for (const address of asked) prefixes.require(address);
      const stopping = follower(signal);
      const startedMs = clock.monotonicMs();
      const begun: Promise<Answer | null>[] = [];
      for (const address of asked) {
        if (stopping.signal.aborted) break;
        begun.push(connectOnce(address, options, stopping.signal));
        // Also after the last one: the next batch keeps its distance, too.
        await clock.sleep(
          startedMs + (begun.length * 1_000) / perSecond - clock.monotonicMs(),
          stopping.signal,
        );
      }
      const found = await Promise.all(begun);
      stopping.end();
      return found.filter((answer) => answer !== null);
    },
  };
}

/** A signal of our own that many connections may wait on; the caller's has one listener more, until `end`. */
function follower(signal: AbortSignal): { readonly signal: AbortSignal; end(): void } {
  const own = new AbortController();
  setMaxListeners(0, own.signal);
  function abort(): void {
    own.abort();
  }
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  return {
    signal: own.signal,
    end: () => {
      signal.removeEventListener('abort', abort);
    },
  };
}

/** Null where this machine could not ask. */
async function connectOnce(
  address: string,
  { prefixes, port, timeoutMs, clock }: TcpProberOptions,
  signal: AbortSignal,
): Promise<Answer | null> {
  prefixes.require(address);
  const startedMs = clock.monotonicMs();
  const { failure, connection } = await connectTcp({ address, port }, { timeoutMs, signal }, {});
  const rttMs = clock.monotonicMs() - startedMs;
  connection?.close();
  if (failure !== null && (OWN_TROUBLE.has(failure) || failure.startsWith('unknown_failure'))) return null;
  const answered = ANSWERS.has(failure);
  return { address, answered, rttMs: answered ? rttMs : null };
}
