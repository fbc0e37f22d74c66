import { afterEach, describe, expect, it } from 'vitest';
import type { Spool, SpoolEntry, Uplink, VantageState } from '../../../src/agent/spool.ts';
import { BATCH_ENTRIES_MAX, startUplinkLoop } from '../../../src/agent/uplink-loop.ts';
import type { UplinkLoop } from '../../../src/agent/uplink-loop.ts';
import { webMeasurement } from '../../support/agent-records.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { createRecordingLog } from '../../support/silent-log.ts';

const HEARTBEAT_MS = 60_000;
const STATE: VantageState = {
  vantage: { id: 'v', operator: 'AS9198', place: 'almaty', access: 'fixed' },
  atMs: 0,
  connectivity: 'online',
  spoolDepth: 0,
  clockOffsetMs: 0,
};

/** A spool in memory: only what the loop asks of one. */
function spoolOf(count: number) {
  let entries: SpoolEntry[] = Array.from({ length: count }, (_, index) => ({
    sequence: index + 1,
    measurement: webMeasurement(),
  }));
  const spool: Spool = {
    append: () => Promise.reject(new Error('not asked for')),
    peek: (limit) => Promise.resolve(entries.slice(0, limit)),
    acknowledge: (sequence) => {
      entries = entries.filter((entry) => entry.sequence > sequence);
      return Promise.resolve();
    },
    waitForEntries: (signal) =>
      new Promise((resolve) => {
        if (entries.length > 0 || signal.aborted) resolve();
        signal.addEventListener('abort', () => {
          resolve();
        });
      }),
    depth: () => entries.length,
    dropped: () => ({ bodies: 0, measurements: 0 }),
    close: () => Promise.resolve(),
  };
  return { spool, left: () => entries.length };
}

let loop: UplinkLoop | null = null;

afterEach(async () => {
  await loop?.stop();
  loop = null;
});

function start(spool: Spool, deliver: Uplink['deliver'], clock = new ManualClock()) {
  const { log, lines } = createRecordingLog();
  loop = startUplinkLoop({
    spool,
    uplink: { deliver },
    state: () => STATE,
    heartbeatIntervalMs: HEARTBEAT_MS,
    clock,
    log,
    random: () => 1,
  });
  return { clock, lines };
}

describe('the uplink loop', () => {
  it('carries what is there, oldest first, in bounded batches, and acknowledges each', async () => {
    const { spool, left } = spoolOf(BATCH_ENTRIES_MAX + 5);
    const batches: number[][] = [];
    const { clock } = start(spool, (batch) => {
      batches.push(batch.map(({ sequence }) => sequence));
      return Promise.resolve();
    });
    await clock.advance(0);
    await clock.advance(0);
    expect(batches.map((batch) => batch.length)).toEqual([BATCH_ENTRIES_MAX, 5]);
    expect(batches.flat()).toEqual(Array.from({ length: BATCH_ENTRIES_MAX + 5 }, (_, index) => index + 1));
    expect(left()).toBe(0);
  });

  it('says every heartbeat interval that the vantage lives, with nothing to send', async () => {
    let beats = 0;
    const { clock } = start(spoolOf(0).spool, () => {
      beats += 1;
      return Promise.resolve();
    });
    await clock.advance(0);
    expect(beats).toBe(1);
    await clock.advance(HEARTBEAT_MS * 3);
    expect(beats).toBe(4);
  });

  it('keeps what was not taken, tries again after 0.5 s, 1 s, 2 s … at most a minute apart, and then says so', async () => {
    const { spool, left } = spoolOf(3);
    const clock = new ManualClock();
    const triedAtMs: number[] = [];
    let isUp = false;
    const { lines } = start(
      spool,
      () => {
        triedAtMs.push(clock.monotonicMs());
        return isUp ? Promise.resolve() : Promise.reject(new Error('no route'));
      },
      clock,
    );
    await clock.advance(600_000);
    const waits = triedAtMs.slice(1).map((atMs, index) => atMs - (triedAtMs[index] ?? 0));
    expect(waits.slice(0, 9)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    expect(Math.max(...waits)).toBe(60_000);
    expect(left()).toBe(3);
    isUp = true;
    await clock.advance(60_000);
    expect(left()).toBe(0);
    // Once when it begins and once when it ends, whatever happens between.
    expect(lines).toMatchObject([
      {
        level: 'warn',
        fields: { waiting: 3 },
        message: 'Could not deliver; the measurements stay in the spool, and it is tried again.',
      },
      { level: 'info', fields: { waiting: 0 }, message: 'The collector answers again.' },
    ]);
  });

  it('sends what is left when it is stopped', async () => {
    const { spool, left } = spoolOf(BATCH_ENTRIES_MAX * 2);
    start(spool, () => Promise.resolve());
    await loop?.stop();
    expect(left()).toBe(0);
  });

  it('does not wait for a collector that is away when it is stopped', async () => {
    const { spool, left } = spoolOf(2);
    start(spool, () => Promise.reject(new Error('gone')));
    await loop?.stop();
    expect(left()).toBe(2);
  });

  it('gives a delivery that hangs five seconds when it is stopped', async () => {
    const { spool } = spoolOf(2);
    const { clock } = start(spool, () => new Promise(() => undefined));
    await clock.advance(0);
    let isStopped = false;
    const stopping = loop?.stop().then(() => {
      isStopped = true;
    });
    await clock.advance(4_900);
    expect(isStopped).toBe(false);
    await clock.advance(200);
    await stopping;
    expect(isStopped).toBe(true);
    loop = null;
  });
});
