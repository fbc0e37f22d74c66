/**
 * What one collector takes: 200 vantages with a key each, at the default plan's rate and as fast as it goes. The collector is the
 * built command in a process of its own; what is sent was measured in the demo's world by the production probes.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openWay } from '../../probes/net/post-json.ts';
import type { Way } from '../../probes/net/post-json.ts';
import type { OwnMeasurement } from '../../probes/measurement.ts';
import type { SpoolEntry, VantageState } from '../../src/agent/spool.ts';
import { loadCatalog, loadPlan, plannedTargets } from '../../src/config/catalog-files.ts';
import { ROUND_KINDS } from '../../src/agent/options.ts';
import { measure, runRings, withTrial } from '../e2e/demo-world/method-trial.ts';
import { TARGETS } from '../e2e/demo-world/world-under-test.ts';
import { startCli, withTemporaryFolder } from '../support/cli.ts';
import type { RunningCli } from '../support/cli.ts';
import { again, enrolMany, senderOf } from '../support/fleet-load.ts';
import type { Sender } from '../support/fleet-load.ts';

const VANTAGES = 200;
/** As `aiqyn agent` gathers. */
const GATHER_MS = 5_000;
const PACED_MS = 60_000;
const WARM_UP_MS = 15_000;
const FLAT_OUT_MS = 40_000;
const BATCH_ENTRIES_MAX = 200;
const READY_MS = 30_000;
const TRIAL_TIMEOUT_MS = 5_000;
/** Linux: /proc counts in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** Rounds a minute of a cron expression of the default plan: every minute, every n minutes, or once an hour. */
function perMinute(cron: string): number {
  const [minute = ''] = cron.split(' ');
  if (minute === '*') return 1;
  return 1 / Number(/^\*\/(\d+)$/.exec(minute)?.[1] ?? 60);
}

/** Records that a vantage of the default plan makes in a second when nothing fails: rings, and each target by its schedule. */
function recordsPerSecond(): number {
  const plan = loadPlan('default');
  const targets = plannedTargets(plan, loadCatalog());
  const perRound = ROUND_KINDS.map((kind) => {
    const schedule = plan[kind];
    const probe = kind === 'light' || kind === 'full' ? 'web' : kind;
    const runs = kind === 'rings' ? 1 : targets.filter((target) => target.probe === probe).length;
    return schedule === undefined ? 0 : runs * perMinute(schedule.cron);
  });
  return perRound.reduce((sum, one) => sum + one, 0) / 60;
}

interface Cost {
  readonly cpuSeconds: number;
  readonly rssMegabytes: number;
}

function costOf({ child }: RunningCli): Cost {
  const stat = readFileSync(`/proc/${child.pid ?? 0}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8'))?.[1];
  return {
    // utime and stime, proc(5).
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    rssMegabytes: Math.round((Number(kilobytes) * 1_024) / 1e6),
  };
}

/** A light check of a page that is reached and its full fetch, with the control's answer, in the shares of the plan. */
async function patterns(): Promise<readonly OwnMeasurement[]> {
  const [target] = TARGETS;
  return withTrial('do: block, method: drop, platforms: [vk]', async (trial) => {
    const rings = await runRings(trial);
    const light = await measure(trial, target, 'light', rings, TRIAL_TIMEOUT_MS);
    const full = await measure(trial, target, 'full', rings, TRIAL_TIMEOUT_MS);
    return [full, ...Array.from({ length: 14 }, () => light)];
  });
}

class Load {
  readonly #patterns: readonly OwnMeasurement[];
  readonly #sequences = new Map<Sender, number>();
  sent = 0;
  refused = 0;
  readonly tookMs: number[] = [];

  constructor(recorded: readonly OwnMeasurement[]) {
    this.#patterns = recorded;
  }

  async batch(sender: Sender, count: number): Promise<void> {
    const first = (this.#sequences.get(sender) ?? 0) + 1;
    const { vantage, uplink } = sender;
    const entries: SpoolEntry[] = Array.from({ length: count }, (_, index) => {
      const pattern = this.#patterns[(first + index) % this.#patterns.length];
      if (pattern === undefined) throw new RangeError('nothing was measured');
      return { sequence: first + index, measurement: again(pattern, vantage, Date.now()) };
    });
    const state: VantageState = {
      vantage,
      atMs: Date.now(),
      connectivity: 'online',
      spoolDepth: count,
      clockOffsetMs: 0,
    };
    const startedMs = performance.now();
    try {
      await uplink.deliver(entries, state);
      this.#sequences.set(sender, first + count - 1);
      this.sent += count;
      this.tookMs.push(performance.now() - startedMs);
    } catch {
      this.refused += 1;
      await sleep(GATHER_MS / 5);
    }
  }

  forget(): void {
    this.sent = 0;
    this.refused = 0;
    this.tookMs.length = 0;
  }

  tookMsAt(share: number): number {
    const sorted = this.tookMs.toSorted((a, b) => a - b);
    return Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
  }
}

/** Each vantage by its own clock, spread over the time between two batches. */
async function paced(load: Load, senders: readonly Sender[], rate: number, forMs: number): Promise<void> {
  const endMs = performance.now() + forMs;
  await Promise.all(
    senders.map(async (sender, index) => {
      let dueMs = performance.now() + (index / senders.length) * GATHER_MS;
      let owed = 0;
      while (dueMs < endMs) {
        await sleep(Math.max(0, dueMs - performance.now()));
        owed += (rate * GATHER_MS) / 1_000;
        await load.batch(sender, Math.floor(owed));
        owed -= Math.floor(owed);
        dueMs = Math.max(dueMs + GATHER_MS, performance.now());
      }
    }),
  );
}

/** What all would send after a long cut, each as soon as its last batch was taken. */
async function flatOut(load: Load, senders: readonly Sender[], forMs: number): Promise<number> {
  const startedMs = performance.now();
  await Promise.all(
    senders.map(async (sender) => {
      while (performance.now() < startedMs + forMs) await load.batch(sender, BATCH_ENTRIES_MAX);
    }),
  );
  return (performance.now() - startedMs) / 1_000;
}

async function measured(collector: RunningCli, senders: readonly Sender[]): Promise<Record<string, number>> {
  const recorded = await patterns();
  const load = new Load(recorded);
  const rate = recordsPerSecond();
  await paced(load, senders, rate, WARM_UP_MS);
  load.forget();
  const before = costOf(collector);
  const startedMs = performance.now();
  await paced(load, senders, rate, PACED_MS);
  const pacedSeconds = (performance.now() - startedMs) / 1_000;
  const after = costOf(collector);
  const atRate = {
    collectorVantages: VANTAGES,
    collectorRecordBytes: JSON.stringify(recorded[1]).length,
    collectorPlanRecordsPerSecond: Math.round(rate * VANTAGES),
    collectorPacedRecordsPerSecond: Math.round(load.sent / pacedSeconds),
    collectorPacedRefused: load.refused,
    collectorPacedCoreShare: Number(((after.cpuSeconds - before.cpuSeconds) / pacedSeconds).toFixed(2)),
    collectorPacedBatchMsMedian: load.tookMsAt(0.5),
    collectorPacedBatchMs95: load.tookMsAt(0.95),
    collectorPacedRssMegabytes: after.rssMegabytes,
  };
  load.forget();
  const seconds = await flatOut(load, senders, FLAT_OUT_MS);
  const end = costOf(collector);
  return {
    ...atRate,
    collectorFlatOutRecordsPerSecond: Math.round(load.sent / seconds),
    collectorFlatOutRefused: load.refused,
    collectorFlatOutCoreShare: Number(((end.cpuSeconds - after.cpuSeconds) / seconds).toFixed(2)),
    collectorFlatOutCpuMicrosecondsPerRecord: Math.round(
      ((end.cpuSeconds - after.cpuSeconds) / Math.max(1, load.sent)) * 1e6,
    ),
    collectorFlatOutRssMegabytes: end.rssMegabytes,
  };
}

export async function benchCollector(): Promise<Record<string, number>> {
  return withTemporaryFolder(async (folder) => {
    const dataDir = `${folder}/collector`;
    const enrolled = await enrolMany(dataDir, VANTAGES);
    const way: Way = openWay({});
    const collector = startCli(['collector', '-d', dataDir, '--port', '0', '--fleet-port', '0'], {
      AIQYN_LOG_LEVEL: 'error',
    });
    try {
      const [, port = ''] = await collector.waitFor(
        /Agents are awaited at http:\/\/127\.0\.0\.1:(\d+)/,
        READY_MS,
      );
      const url = `http://127.0.0.1:${port}`;
      const senders: Sender[] = [];
      for (const one of enrolled) senders.push(await senderOf(one, url, `${folder}/vantages`, way));
      return await measured(collector, senders);
    } finally {
      await way.close();
      collector.child.kill('SIGTERM');
      await collector.exited;
    }
  });
}
