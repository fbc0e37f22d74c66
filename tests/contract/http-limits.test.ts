/** Who counts as one reader: behind a proxy each has an address of his own, and nobody can make himself another. */
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import { createWebServer } from '../../src/web/server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { silentLog } from '../support/silent-log.ts';
import { aCatalog, aNotice, EVENING_MS } from '../support/web-world.ts';

const LIMIT = 10;

/** Status of each request: `by` is the address that connects, `said` what it says of the reader. */
async function asked(
  trustProxy: readonly string[],
  requests: readonly { readonly by: string; readonly said?: string }[],
): Promise<number[]> {
  const app = await createWebServer({
    store: createMemoryStore(),
    catalog: aCatalog(),
    clock: new ManualClock(EVENING_MS),
    log: silentLog,
    notice: () => aNotice(),
    version: '0.0.0-test',
    trustProxy,
    requestsPerMinute: LIMIT,
  });
  try {
    const codes: number[] = [];
    for (const { by, said } of requests) {
      const headers = said === undefined ? {} : { 'x-forwarded-for': said };
      codes.push((await app.inject({ url: '/method', remoteAddress: by, headers })).statusCode);
    }
    return codes;
  } finally {
    await app.close();
  }
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

describe('the limit of requests', () => {
  it('counts each reader behind a trusted proxy apart', async () => {
    const readers = times(3 * LIMIT, (n) => ({ by: '127.0.0.1', said: `203.0.113.${n}` }));
    expect(await asked(['127.0.0.1'], readers)).toEqual(times(3 * LIMIT, () => 200));
  });

  it('counts all of them as one where the proxy is not trusted', async () => {
    const readers = times(LIMIT + 2, (n) => ({ by: '127.0.0.1', said: `203.0.113.${n}` }));
    expect((await asked([], readers)).slice(-2)).toEqual([429, 429]);
  });

  it('is not escaped by a reader who writes the header himself', async () => {
    const direct = times(LIMIT + 1, (n) => ({ by: '198.51.100.7', said: `203.0.113.${n}` }));
    expect((await asked(['127.0.0.1'], direct)).at(-1)).toBe(429);
    const through = times(LIMIT + 1, (n) => ({ by: '127.0.0.1', said: `203.0.113.${n}, 198.51.100.7` }));
    expect((await asked(['127.0.0.1'], through)).at(-1)).toBe(429);
  });

  it('leaves what every page loads and whoever watches the monitor out', async () => {
    const app = await createWebServer({
      store: createMemoryStore(),
      catalog: aCatalog(),
      clock: new ManualClock(EVENING_MS),
      log: silentLog,
      notice: () => aNotice(),
      version: '0.0.0-test',
      requestsPerMinute: LIMIT,
    });
    const codes = new Set<number>();
    for (let count = 0; count < 2 * LIMIT; count++)
      codes.add((await app.inject({ url: '/assets/aiqyn.css' })).statusCode);
    await app.close();
    expect([...codes]).toEqual([200]);
  });
});
