import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hourFrom, openQuota, untilMidnightUtc } from '../../../src/borrowed/quota.ts';
import type { Quota } from '../../../src/borrowed/quota.ts';
import { withTemporaryFolder } from '../../support/cli.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { createRecordingLog } from '../../support/silent-log.ts';

const HOUR_MS = 3_600_000;

async function withQuota(
  use: (open: () => Promise<Quota>, clock: ManualClock, file: string) => Promise<void>,
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const clock = new ManualClock();
    const file = join(folder, 'borrowed', 'quota.json');
    const { log } = createRecordingLog();
    await use(
      async () => openQuota({ limit: 10, endOf: hourFrom, file, nowMs: () => clock.nowMs(), log }),
      clock,
      file,
    );
  });
}

describe('openQuota(…)', () => {
  it('gives no more than its limit in an hour, and all of it in the next', async () => {
    await withQuota(async (open, clock) => {
      const quota = await open();
      expect(await quota.take(7)).toBe(true);
      expect(await quota.take(4)).toBe(false);
      expect(await quota.take(3)).toBe(true);
      clock.pass(HOUR_MS - 1);
      expect(await quota.take(1)).toBe(false);
      clock.pass(1);
      expect(quota.left()).toBe(10);
    });
  });

  it('counts an hour from the first thing asked in it, as services do', async () => {
    await withQuota(async (open, clock) => {
      const quota = await open();
      clock.pass(HOUR_MS * 0.9);
      await quota.take(10);
      clock.pass(HOUR_MS * 0.9);
      expect(quota.left()).toBe(0);
    });
  });

  it('gives nothing twice over a restart, nor where its file is damaged', async () => {
    await withQuota(async (open, clock, file) => {
      await (await open()).take(8);
      expect((await open()).left()).toBe(2);
      await writeFile(file, '{"used":');
      expect((await open()).left()).toBe(0);
      clock.pass(HOUR_MS);
      expect((await open()).left()).toBe(0);
    });
  });

  it('believes the service where it says that less is left, never where it says more', async () => {
    await withQuota(async (open) => {
      const quota = await open();
      await quota.take(2);
      await quota.believe({ remaining: 3, resetInSeconds: 600 });
      expect(quota.left()).toBe(3);
      await quota.believe({ remaining: 200 });
      expect(quota.left()).toBe(3);
    });
  });

  it('asks nothing while it is refused, also after a restart', async () => {
    await withQuota(async (open, clock) => {
      await (await open()).believe({ refusedForSeconds: 120 });
      const quota = await open();
      expect(quota.left()).toBe(0);
      expect(quota.status().blockedUntilMs).toBe(clock.nowMs() + 120_000);
      clock.pass(120_000);
      expect(quota.left()).toBe(10);
      expect(quota.status().blockedUntilMs).toBeNull();
    });
  });

  it('does not begin a stretch anew because the clock was set back', async () => {
    await withQuota(async (open, clock) => {
      const quota = await open();
      await quota.take(10);
      clock.jumpWall(-5 * HOUR_MS);
      expect(quota.left()).toBe(0);
    });
  });

  it('notes what is spent before it is spent', async () => {
    await withQuota(async (open, _clock, file) => {
      const quota = await open();
      await quota.take(4);
      expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ used: 4 });
      await quota.giveBack(3);
      expect((await open()).left()).toBe(9);
    });
  });
});

describe('untilMidnightUtc(atMs)', () => {
  it('is the next midnight, also at midnight', () => {
    expect(untilMidnightUtc(Date.UTC(2026, 0, 1, 23, 59))).toBe(Date.UTC(2026, 0, 2));
    expect(untilMidnightUtc(Date.UTC(2026, 0, 2))).toBe(Date.UTC(2026, 0, 3));
  });
});
