/** Collectors as processes of their own on one real InfluxDB: one detects, whatever happens to it. */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../probes/net/clock.ts';
import { TAKEOVER_MS_MAX } from '../../src/collector/lease.ts';
import { openInfluxStore } from '../../src/store/influx/store.ts';
import type { OpenInfluxStore } from '../../src/store/influx/store.ts';
import { anAddress } from '../support/address.ts';
import { influxdCommand, startInfluxd } from '../support/influxd.ts';
import type { Influxd } from '../support/influxd.ts';
import { aBlockedPoint, aHeartbeat, aPoint, idAt, MINUTE_MS } from '../support/points.ts';
import { silentLog } from '../support/silent-log.ts';

/** Beats go this much faster than in production; so does their expiry. */
const SPEED = 2;
/** A busy machine wakes processes late, and the first look into the store takes its time. */
const SLACK_MS = 15_000;
const VANTAGES = ['a', 'b', 'c'];
const MINUTES = 60;
const BLOCKED_MINUTES = 30;

interface Collector {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly said: () => string;
  waitFor(pattern: RegExp, timeoutMs: number): Promise<void>;
}

describe.skipIf(influxdCommand() === null)('several collectors on one InfluxDB', () => {
  let influxd: Influxd;
  let store: OpenInfluxStore;
  const running: Collector[] = [];
  beforeEach(async () => {
    influxd = await startInfluxd();
    store = await openInfluxStore({
      address: anAddress({ url: influxd.url }),
      clock: systemClock(),
      log: silentLog,
      setAside: async (_content, reason) => Promise.reject(new Error(reason)),
    });
    await writeBlock();
  });
  afterEach(async () => {
    for (const { child } of running.splice(0)) child.kill('SIGKILL');
    await store.close();
    await influxd.stop();
  });

  /** An hour of three vantages; in its second half the platform is blocked at all of them. */
  async function writeBlock(): Promise<void> {
    const endMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - MINUTE_MS;
    const rounds = Array.from({ length: MINUTES }, (_, n) => endMs - (MINUTES - n) * MINUTE_MS);
    await store.writePoints(
      rounds.flatMap((atMs, round) =>
        VANTAGES.map((vantage, n) => {
          const make = round >= MINUTES - BLOCKED_MINUTES ? aBlockedPoint : aPoint;
          return make({ id: idAt(atMs, n), atMs, vantage });
        }),
      ),
    );
    await store.writeHeartbeats(
      rounds.flatMap((atMs) => VANTAGES.map((vantage) => aHeartbeat({ atMs, vantage }))),
    );
  }

  function start(name: string): Collector {
    const args = ['--import', 'tsx', 'tests/support/collector-process.ts', influxd.url, name, String(SPEED)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
    child.stderr.setEncoding('utf8').on('data', (more: string) => (errors += more));
    const collector: Collector = {
      child,
      said: () => text,
      async waitFor(pattern, timeoutMs) {
        const deadlineMs = performance.now() + timeoutMs;
        while (!pattern.test(text)) {
          if (performance.now() > deadlineMs)
            throw new Error(`${name}: no ${String(pattern)} in ${text}${errors}`);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      },
    };
    running.push(collector);
    return collector;
  }

  async function platformBlocks(): Promise<string[]> {
    const found = await store.incidents({});
    return found.filter(({ kind }) => kind === 'platform_block').map(({ id }) => id);
  }

  it(
    'a killed one is followed within the stated time, and its incidents keep their ids',
    { timeout: 120_000 },
    async () => {
      const first = start('first');
      await first.waitFor(/leads[\s\S]*found/, 30_000);
      const second = start('second');
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      expect(second.said()).toBe('');
      const before = await platformBlocks();
      expect(before).toHaveLength(1);
      first.child.kill('SIGKILL');
      await second.waitFor(/leads/, TAKEOVER_MS_MAX / SPEED + SLACK_MS);
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      expect(await platformBlocks()).toEqual(before);
    },
  );

  it('one that was paused and wakes does not detect any more', { timeout: 120_000 }, async () => {
    const first = start('first');
    await first.waitFor(/leads[\s\S]*found/, 30_000);
    const second = start('second');
    first.child.kill('SIGSTOP');
    await second.waitFor(/leads/, 20_000 + TAKEOVER_MS_MAX / SPEED + SLACK_MS);
    const before = await platformBlocks();
    first.child.kill('SIGCONT');
    await first.waitFor(/stands back/, 10_000);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect(first.said().trim().endsWith('stands back')).toBe(true);
    expect(second.said()).not.toContain('stands back');
    expect(await platformBlocks()).toEqual(before);
  });
});
