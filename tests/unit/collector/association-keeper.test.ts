/** Associations as a series: written at once and every hour, and missed by nobody when a write fails. */
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Association } from '../../../src/analysis/correlate/association.ts';
import { STAND_BY_MS, startAssociationKeeper } from '../../../src/collector/association-keeper.ts';
import { createLease, keepLease, TAKEOVER_MS_MAX } from '../../../src/collector/lease.ts';
import type { CollectorRow } from '../../../src/collector/lease.ts';
import { associationRow } from '../../../src/store/association-series.ts';
import { ASSOCIATION_FIELDS, ASSOCIATION_TAGS } from '../../../src/store/fields.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import type { Store } from '../../../src/store/store.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { anEvent, anIncident, aPoint, T0_MS } from '../../support/points.ts';
import { silentLog } from '../../support/silent-log.ts';

const HOUR_MS = 3_600_000;

async function filled(): Promise<Store> {
  const store = createMemoryStore();
  await store.writePoints([aPoint()]);
  await store.saveIncidents([anIncident({ endMs: T0_MS + HOUR_MS, status: 'restored' })]);
  await store.saveEvents([anEvent()]);
  return store;
}

/** Runs for so many rounds; time passes only when the keeper sleeps. */
async function keep(
  store: Store,
  rounds: number,
  write: (atMs: number, all: readonly Association[]) => void,
) {
  let nowMs = T0_MS + 2 * HOUR_MS;
  let slept = 0;
  const done = new AbortController();
  const keeper = startAssociationKeeper({
    store,
    log: silentLog,
    mayWrite: () => true,
    sink: {
      async write(associations, atMs) {
        write(atMs, associations);
      },
    },
    clock: {
      nowMs: () => nowMs,
      async sleep(ms, signal) {
        nowMs += ms;
        slept += 1;
        if (slept < rounds) return;
        done.abort();
        await new Promise<void>((resolve) => {
          signal?.addEventListener('abort', () => {
            resolve();
          });
        });
      },
    },
  });
  if (!done.signal.aborted) await once(done.signal, 'abort');
  await keeper.stop();
}

describe('the keeper of associations', () => {
  it('writes them at once, and again every hour', async () => {
    const written: number[] = [];
    await keep(await filled(), 3, (atMs, all) => {
      expect(all.map(({ kind, platform }) => [kind, platform])).toEqual([['rally', 'youtube']]);
      written.push(atMs);
    });
    expect(written).toEqual([2, 3, 4].map((hours) => T0_MS + hours * HOUR_MS));
  });

  it('writes nothing where nothing was measured', async () => {
    const written: number[] = [];
    await keep(createMemoryStore(), 2, (atMs) => written.push(atMs));
    expect(written).toEqual([]);
  });

  it('tries again after a write that failed', async () => {
    const tried: number[] = [];
    await keep(await filled(), 2, (atMs) => {
      tried.push(atMs);
      if (tried.length === 1) throw new Error('the database is away');
    });
    expect(tried).toHaveLength(2);
  });
});

describe('the keepers of two collectors on one store', () => {
  interface Written {
    readonly by: string;
    readonly atMs: number;
  }

  async function pair() {
    const clock = new ManualClock(T0_MS + 2 * HOUR_MS);
    const store = await filled();
    const rows = new Map<string, CollectorRow>();
    const written: Written[] = [];
    function join(collector: string) {
      const table = {
        read: async () => [...rows.values()],
        write: async (row: CollectorRow) => {
          rows.set(collector, row);
        },
      };
      const lease = createLease({ table, collector, clock, log: silentLog, onLate: () => undefined });
      const beating = new AbortController();
      const kept = keepLease(lease, clock, silentLog, beating.signal);
      const keeper = startAssociationKeeper({
        store,
        clock,
        log: silentLog,
        mayWrite: () => lease.isHeld(),
        sink: {
          write: async (_all, atMs) => {
            written.push({ by: collector, atMs });
          },
        },
      });
      async function leave() {
        beating.abort();
        await kept;
        await keeper.stop();
      }
      return { lease, leave };
    }
    return { clock, written, join };
  }

  it('write once an hour together: only the one that holds the lease', async () => {
    const { clock, written, join } = await pair();
    const first = join('first');
    await clock.advance(10_000);
    const second = join('second');
    await clock.advance(3 * HOUR_MS);
    expect([first.lease.isHeld(), second.lease.isHeld()]).toEqual([true, false]);
    expect(written.map(({ by }) => by)).toEqual(['first', 'first', 'first']);
    await first.leave();
    await second.leave();
  });

  it('write on when the first leaves: the second, as soon as it holds the lease', async () => {
    const { clock, written, join } = await pair();
    const first = join('first');
    await clock.advance(10_000);
    const second = join('second');
    await clock.advance(STAND_BY_MS);
    const leftMs = clock.nowMs();
    await first.leave();
    await clock.advance(TAKEOVER_MS_MAX + STAND_BY_MS);
    expect(written.map(({ by }) => by)).toEqual(['first', 'second']);
    expect(written.at(-1)?.atMs).toBeGreaterThanOrEqual(leftMs);
    await second.leave();
  });

  it('write nothing that was computed while the lease went to another', async () => {
    const clock = new ManualClock(T0_MS + 2 * HOUR_MS);
    const answers = [true, false];
    const written: number[] = [];
    const keeper = startAssociationKeeper({
      store: await filled(),
      clock,
      log: silentLog,
      mayWrite: () => answers.shift() ?? false,
      sink: {
        write: async (_all, atMs) => {
          written.push(atMs);
        },
      },
    });
    await clock.advance(HOUR_MS);
    expect(answers).toEqual([]);
    expect(written).toEqual([]);
    await keeper.stop();
  });
});

describe('a row of the series', () => {
  it('has every tag and field by its name, and null for what was not tested', async () => {
    const rows: ReturnType<typeof associationRow>[] = [];
    await keep(await filled(), 1, (_atMs, [first]) => {
      if (first !== undefined) rows.push(associationRow(first));
    });
    const [row] = rows;
    expect(row).toMatchObject({
      tags: { kind: 'rally', platform: 'youtube', operator: 'any' },
      fields: { outcome: 'too_few_events', p_value: null, p_adjusted: null, events: 1, events_with_block: 1 },
    });
    expect(Object.keys(row?.tags ?? {}).toSorted()).toEqual([...ASSOCIATION_TAGS].toSorted());
    expect(Object.keys(row?.fields ?? {}).toSorted()).toEqual([...ASSOCIATION_FIELDS].toSorted());
  });
});
