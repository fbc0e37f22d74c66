/** Several collectors on one store: one detects, any may die, nobody is told twice. */
import { describe, expect, it } from 'vitest';
import type { DetectorWindow } from '../../../src/analysis/detect/detector.ts';
import type { Incident } from '../../../src/analysis/detect/point.ts';
import { createDetectorRunner } from '../../../src/collector/detector-runner.ts';
import { BEAT_MS, createLease, EXPIRY_MS, keepLease, TAKEOVER_MS_MAX } from '../../../src/collector/lease.ts';
import type { CollectorRow, Lease } from '../../../src/collector/lease.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { aPoint, anIncident } from '../../support/points.ts';
import { silentLog } from '../../support/silent-log.ts';

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

/** One incident from the first window on that has a point. */
const fold = {
  initialState: (): { startMs: number | null } => ({ startMs: null }),
  foldWindow(_config: object, state: { startMs: number | null }, window: DetectorWindow) {
    const startMs = state.startMs ?? (window.points.length > 0 ? window.fromMs : null);
    const isNew = startMs !== null && state.startMs === null;
    const changed: Incident[] = isNew ? [anIncident({ id: `block-${startMs}`, startMs })] : [];
    return { state: { startMs }, changed, removed: [] };
  },
};

function fleet() {
  const clock = new ManualClock(START);
  const store = createMemoryStore();
  const rows = new Map<string, CollectorRow>();
  const said: string[] = [];
  let isReachable = true;
  const table = {
    async read() {
      if (!isReachable) throw new Error('the store does not answer');
      return [...rows.values()];
    },
    async write(row: CollectorRow) {
      if (!isReachable) throw new Error('the store does not answer');
      rows.set(row.collector, row);
    },
  };
  /** `die` ends its beats as kill -9 does; `stop` as a stop does. */
  function join(collector: string) {
    let isAlive = true;
    const stopping = new AbortController();
    const lease: Lease = createLease({
      collector,
      clock,
      log: silentLog,
      onLate: (fromMs) => {
        runner.notify([{ atMs: fromMs }], []);
      },
      table: {
        read: async () => table.read(),
        write: async (row) => {
          if (isAlive) await table.write(row);
        },
      },
    });
    const runner = createDetectorRunner({
      store,
      clock,
      config: {},
      windowMs: MINUTE,
      graceMs: 10_000,
      fold,
      log: silentLog,
      onChange: (incidents) => {
        for (const { id } of incidents) said.push(`${collector} ${id}`);
      },
      mayDetect: () => isAlive && lease.isHeld(),
    });
    const kept = keepLease(lease, clock, silentLog, stopping.signal);
    return {
      lease,
      runner,
      die() {
        isAlive = false;
        stopping.abort();
      },
      async stop() {
        stopping.abort();
        await kept;
      },
    };
  }
  return {
    clock,
    store,
    said,
    join,
    rows,
    cut: (isCut: boolean) => {
      isReachable = !isCut;
    },
  };
}

describe('createLease(…)', () => {
  it('gives the lease to one of those that begin at once', async () => {
    const { clock, join } = fleet();
    const all = ['a', 'b', 'c'].map(join);
    await clock.advance(TAKEOVER_MS_MAX);
    expect(all.filter(({ lease }) => lease.isHeld())).toHaveLength(1);
    for (let beat = 0; beat < 20; beat += 1) {
      await clock.advance(BEAT_MS);
      expect(all.filter(({ lease }) => lease.isHeld())).toHaveLength(1);
    }
    await Promise.all(all.map(async (one) => one.stop()));
  });

  it('passes on within the stated time when its holder dies, and never to two', async () => {
    const { clock, join } = fleet();
    const first = join('a');
    await clock.advance(BEAT_MS);
    expect(first.lease.isHeld()).toBe(true);
    const second = join('b');
    const third = join('c');
    await clock.advance(2 * BEAT_MS);
    first.die();
    let held = 0;
    for (let passedMs = 0; passedMs < TAKEOVER_MS_MAX; passedMs += 1_000) {
      await clock.advance(1_000);
      const holders = [first, second, third].filter(({ lease }) => lease.isHeld());
      expect(holders.length).toBeLessThanOrEqual(1);
      held = holders.length;
    }
    expect(held).toBe(1);
    expect(first.lease.isHeld()).toBe(false);
    await Promise.all([second.stop(), third.stop()]);
  });

  it('passes on at the next beat when its holder stops', async () => {
    const { clock, join } = fleet();
    const first = join('a');
    await clock.advance(BEAT_MS);
    const second = join('b');
    await clock.advance(BEAT_MS);
    await first.stop();
    await clock.advance(2 * BEAT_MS);
    expect([first.lease.isHeld(), second.lease.isHeld()]).toEqual([false, true]);
    await second.stop();
  });

  it('is taken up again at once by the collector that had it and was started anew', async () => {
    const { clock, join } = fleet();
    join('a').die();
    const before = join('b');
    await clock.advance(BEAT_MS);
    before.die();
    const again = join('b');
    await clock.advance(BEAT_MS);
    expect(again.lease.isHeld()).toBe(true);
    await again.stop();
  });

  it('ends by itself while the store does not answer, and comes back', async () => {
    const { clock, join, cut } = fleet();
    const one = join('a');
    await clock.advance(BEAT_MS);
    cut(true);
    await clock.advance(EXPIRY_MS + 1);
    expect(one.lease.isHeld()).toBe(false);
    cut(false);
    await clock.advance(2 * BEAT_MS);
    expect(one.lease.isHeld()).toBe(true);
    await one.stop();
  });
});

describe('detectors of two collectors on one store', () => {
  it('tell an incident once; when the first dies the second goes on and says nothing twice', async () => {
    const { clock, store, said, join } = fleet();
    const first = join('a');
    await clock.advance(BEAT_MS);
    const second = join('b');
    await Promise.all([first.runner.start(), second.runner.start()]);
    await store.writePoints([aPoint({ atMs: START + MINUTE })]);
    await clock.advance(4 * MINUTE);
    expect(said).toEqual([`a block-${START + MINUTE}`]);
    first.die();
    await clock.advance(TAKEOVER_MS_MAX + 2 * MINUTE);
    expect(second.lease.isHeld()).toBe(true);
    expect(said).toHaveLength(1);
    expect(await store.incidents({})).toHaveLength(1);
    await Promise.all([first.runner.stop(), second.runner.stop(), second.stop()]);
  });

  it('hear of what another collector stored late', async () => {
    const { clock, store, said, join } = fleet();
    const first = join('a');
    await clock.advance(BEAT_MS);
    const second = join('b');
    await Promise.all([first.runner.start(), second.runner.start()]);
    await clock.advance(10 * MINUTE);
    await store.writePoints([aPoint({ atMs: START + 2 * MINUTE })]);
    second.lease.tellLate(START + 2 * MINUTE);
    await clock.advance(3 * BEAT_MS);
    expect(said).toEqual([`a block-${START + 2 * MINUTE}`]);
    await Promise.all([first.runner.stop(), second.runner.stop(), first.stop(), second.stop()]);
  });
});
