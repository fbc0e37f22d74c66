/**
 * The system's resolver, through getaddrinfo. It cannot be cancelled and holds one of libuv's few threads, so only some
 * lookups are under way at a time and equal ones share one; a probe stops waiting at its deadline all the same.
 */
import { lookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import type { Limits, ResolvedAddress } from '../network.ts';
import { bounded } from './bounded.ts';
import { failureOf } from './failure.ts';

/** libuv has four threads by default; one stays free for files and compression. */
const LOOKUPS_PENDING_MAX = 3;

export interface SystemAnswer {
  readonly failure: string | null;
  readonly addresses: readonly ResolvedAddress[];
}

export interface SystemResolver {
  resolve(hostname: string, limits: Limits): Promise<SystemAnswer>;
}

type Lookup = (hostname: string) => Promise<readonly LookupAddress[]>;

/** @param lookUp stands in for getaddrinfo in tests. */
export function systemResolver(lookUp: Lookup = getaddrinfo): SystemResolver {
  const pending = new Map<string, Promise<SystemAnswer>>();
  const waiting: (() => void)[] = [];
  let runningCount = 0;

  async function run(hostname: string): Promise<SystemAnswer> {
    while (runningCount >= LOOKUPS_PENDING_MAX) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    runningCount += 1;
    try {
      return { failure: null, addresses: (await lookUp(hostname)).map(toAddress) };
    } catch (error) {
      return { failure: failureOf(error), addresses: [] };
    } finally {
      runningCount -= 1;
      pending.delete(hostname);
      waiting.shift()?.();
    }
  }

  function share(hostname: string): Promise<SystemAnswer> {
    const running = pending.get(hostname) ?? run(hostname);
    pending.set(hostname, running);
    return running;
  }

  return {
    resolve: (hostname, limits) =>
      bounded<SystemAnswer>(
        limits,
        (settle) => {
          void share(hostname).then(settle);
          return () => undefined;
        },
        (failure) => ({ failure, addresses: [] }),
      ),
  };
}

function getaddrinfo(hostname: string): Promise<readonly LookupAddress[]> {
  return lookup(hostname, { all: true, order: 'verbatim' });
}

function toAddress(found: LookupAddress): ResolvedAddress {
  return { family: found.family === 6 ? 6 : 4, address: found.address, ttl: null };
}
