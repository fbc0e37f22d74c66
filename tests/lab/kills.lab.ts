/** What a collector and its vantages promise while they are killed, their disk is full or a week comes at once: nothing lost, nothing doubled. */
import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../probes/net/clock.ts';
import { openFileSpool } from '../../src/agent/file-spool.ts';
import type { FileSpool } from '../../src/agent/file-spool.ts';
import { startUplinkLoop } from '../../src/agent/uplink-loop.ts';
import { webMeasurement } from '../support/agent-records.ts';
import { MAIN, startProgram, withTemporaryFolder } from '../support/cli.ts';
import type { RunningCli } from '../support/cli.ts';
import { again, enrolMany, senderOf } from '../support/fleet-load.ts';
import type { EnrolledVantage } from '../support/fleet-load.ts';
import { canMakeLabs } from '../support/lab.ts';
import { silentLog } from '../support/silent-log.ts';
import { keptIn } from './internet/fleet.ts';
import { accountsOf, missing, stored } from './internet/records.ts';

const KILLS = 20;
const LOADING = 4;
const READY_MS = 60_000;
const DRAINED_MS = 120_000;
const PAUSE_MS = 40;
const BUDGET_BYTES = 512 * 1_048_576;
const HOUR_MS = 3_600_000;
const WEEK_HOURS = 7 * 24;
/** One measurement in thirty seconds. */
const RECORDS_PER_HOUR = 120;
const DISK_MEGABYTES = 96;

interface Loading {
  /** What the spool said that it has. */
  readonly kept: Set<string>;
  readonly spool: FileSpool;
  readonly put: (atMs: number) => Promise<void>;
  /** Everything is delivered when it resolves. */
  readonly drained: (timeoutMs?: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** A vantage with a real spool and a real uplink, and made-up measurements. */
async function load(enrolled: EnrolledVantage, url: string, folder: string): Promise<Loading> {
  const { vantage, uplink } = await senderOf(enrolled, url, folder);
  const spool = await openFileSpool({
    dir: join(folder, vantage.id),
    budgetBytes: BUDGET_BYTES,
    log: silentLog,
  });
  const clock = systemClock();
  const loop = startUplinkLoop({
    spool,
    uplink,
    clock,
    log: silentLog,
    random: Math.random,
    heartbeatIntervalMs: 1_000,
    state: () => ({
      vantage,
      atMs: Date.now(),
      connectivity: 'online',
      spoolDepth: spool.depth(),
      clockOffsetMs: 0,
    }),
  });
  const kept = new Set<string>();
  return {
    kept,
    spool,
    async put(atMs) {
      const measurement = again(webMeasurement(), vantage, atMs);
      await spool.append(measurement);
      kept.add(measurement.x_aiqyn_id);
    },
    async drained(timeoutMs = DRAINED_MS) {
      await expect.poll(() => spool.depth(), { timeout: timeoutMs, interval: 200 }).toBe(0);
    },
    async stop() {
      await loop.stop();
      await spool.close();
    },
  };
}

interface Collector {
  readonly running: RunningCli;
  readonly port: string;
  readonly url: string;
}

async function startCollector(
  dataDir: string,
  port = '0',
  before: readonly string[] = [],
): Promise<Collector> {
  const words = ['collector', '-d', dataDir, '--port', '0', '--fleet-port', port];
  const running = startProgram([...before, process.execPath, MAIN, ...words]);
  const [, found = ''] = await running.waitFor(/Agents are awaited at http:\/\/127\.0\.0\.1:(\d+)/, READY_MS);
  return { running, port: found, url: `http://127.0.0.1:${found}` };
}

async function killed({ child, exited }: RunningCli): Promise<void> {
  child.kill('SIGKILL');
  await exited;
}

async function stopped({ child, exited }: RunningCli): Promise<void> {
  child.kill('SIGTERM');
  expect(await exited).toBe(0);
}

/** An agent that measures nothing but its own rings and few pages, on a machine without a way out. */
function writeAgent({ vantage, pem }: EnrolledVantage, url: string, dir: string): void {
  mkdirSync(join(dir, 'data', 'keys'), { recursive: true });
  writeFileSync(join(dir, 'data', 'keys', `${vantage.id}.pem`), pem, { mode: 0o600 });
  const config = {
    dataDir: './data',
    plan: 'light-mobile',
    resolvers: { udp: [] },
    fleet: { collectors: [url] },
    vantages: [vantage],
  };
  writeFileSync(join(dir, 'aiqyn.yaml'), JSON.stringify(config));
}

function startAgent(dir: string): RunningCli {
  const words = [process.execPath, MAIN, 'agent', '--config', join(dir, 'aiqyn.yaml')];
  return startProgram(words, { AIQYN_LOG_LEVEL: 'debug' });
}

describe('a collector under load', { timeout: 600_000 }, () => {
  it(`loses and doubles nothing while it and an agent are killed ${KILLS} times each`, async () => {
    await withTemporaryFolder(async (folder) => {
      const dataDir = join(folder, 'collector');
      const enrolled = await enrolMany(dataDir, LOADING + 1);
      let collector = await startCollector(dataDir);
      const { port, url } = collector;
      const loads = await Promise.all(
        enrolled.slice(0, LOADING).map(async (one) => load(one, url, join(folder, 'load'))),
      );
      const dir = join(folder, 'agent');
      const [measuring] = enrolled.slice(LOADING);
      if (measuring === undefined) throw new RangeError('nobody is enrolled');
      writeAgent(measuring, url, dir);
      const busy = new AbortController();
      const loading = loads.map(async ({ put }) => {
        while (!busy.signal.aborted) {
          await put(Date.now());
          await sleep(PAUSE_MS);
        }
      });
      const fromAgent = new Set<string>();
      for (let kill = 0; kill < KILLS; kill += 1) {
        const agent = startAgent(dir);
        await agent.waitFor(/Kept in the spool/, READY_MS);
        await sleep(randomInt(500));
        await killed(collector.running);
        collector = await startCollector(dataDir, port);
        await sleep(randomInt(500));
        await killed(agent);
        for (const id of keptIn(agent.stderr())) fromAgent.add(id);
      }
      busy.abort();
      await Promise.all(loading);
      for (const { drained, stop } of loads) {
        await drained();
        await stop();
      }
      const last = startAgent(dir);
      await expect
        .poll(async () => missing(fromAgent, dataDir), { timeout: DRAINED_MS, interval: 1_000 })
        .toEqual([]);
      await stopped(last);
      await stopped(collector.running);
      const kept = new Set([...fromAgent, ...loads.flatMap((one) => [...one.kept])]);
      const { lost, doubled, archived } = await accountsOf(kept, dataDir, (await stored(dataDir)).points);
      expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
      expect(archived).toBeGreaterThanOrEqual(kept.size);
      console.warn(`${KILLS} kills each: ${kept.size} kept, ${archived} archived once.`);
    });
  });

  it('takes a week that waited in a spool, once', async () => {
    await withTemporaryFolder(async (folder) => {
      const dataDir = join(folder, 'collector');
      const [one] = await enrolMany(dataDir, 1);
      if (one === undefined) throw new RangeError('nobody is enrolled');
      // Nobody answers there for the whole week.
      const away = await load(one, 'http://127.0.0.1:9', join(folder, 'load'));
      const fromMs = Date.now() - WEEK_HOURS * HOUR_MS;
      for (let hour = 0; hour < WEEK_HOURS; hour += 1) {
        const puts = Array.from({ length: RECORDS_PER_HOUR }, async (_, n) =>
          away.put(fromMs + hour * HOUR_MS + (n * HOUR_MS) / RECORDS_PER_HOUR),
        );
        await Promise.all(puts);
      }
      await away.stop();
      const collector = await startCollector(dataDir);
      const startedMs = performance.now();
      const back = await load(one, collector.url, join(folder, 'load'));
      expect(back.spool.depth()).toBe(WEEK_HOURS * RECORDS_PER_HOUR);
      await back.drained(300_000);
      const seconds = (performance.now() - startedMs) / 1_000;
      await back.stop();
      await stopped(collector.running);
      const accounts = await accountsOf(away.kept, dataDir, (await stored(dataDir)).points);
      expect(accounts).toEqual({ lost: [], doubled: [], archived: WEEK_HOURS * RECORDS_PER_HOUR });
      console.warn(`A week of ${accounts.archived} measurements was taken in ${seconds.toFixed(0)} s.`);
    });
  });
});

describe.skipIf(!canMakeLabs())('a collector whose disk is full', { timeout: 300_000 }, () => {
  it('takes nothing, keeps what it has, and takes all of it once there is room', async () => {
    await withTemporaryFolder(async (folder) => {
      const disk = join(folder, 'disk');
      mkdirSync(disk);
      // The disk is the collector's alone, and goes with it: a mount namespace that nobody else sees.
      const script = `mount -t tmpfs -o size=${DISK_MEGABYTES}m lab ${disk} && exec "$@"`;
      const before = ['unshare', '-m', '--propagation', 'private', 'sh', '-c', script, 'sh'];
      const collector = await startCollector(disk, '0', before);
      const seen = join('/proc', String(collector.running.child.pid ?? 0), 'root', disk);
      const [one] = await enrolMany(seen, 1);
      if (one === undefined) throw new RangeError('nobody is enrolled');
      const { put, spool, drained, stop, kept } = await load(one, collector.url, join(folder, 'load'));
      await put(Date.now());
      await drained();
      expect(fill(join(seen, 'filler'))).toBeGreaterThan(0);
      for (let n = 0; n < 300; n += 1) await put(Date.now());
      await sleep(5_000);
      expect(spool.depth()).toBeGreaterThan(0);
      expect(collector.running.child.exitCode).toBeNull();
      rmSync(join(seen, 'filler'));
      await drained();
      await stop();
      const accounts = await accountsOf(kept, seen, [...kept]);
      expect(accounts).toEqual({ lost: [], doubled: [], archived: kept.size });
      await stopped(collector.running);
    });
  });
});

/** Until nothing more fits. The bytes that did. */
function fill(path: string): number {
  const block = Buffer.alloc(65_536);
  try {
    for (let n = 0; n < DISK_MEGABYTES * 32; n += 1) writeFileSync(path, block, { flag: 'a' });
  } catch {
    // What was wanted.
  }
  return readFileSync(path).length;
}
