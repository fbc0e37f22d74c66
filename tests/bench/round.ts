/** One round of the default plan in the demo's world: how long it takes, and what it costs on the wire. */
import { systemClock } from '../../probes/net/clock.ts';
import { createNetwork } from '../../probes/net/network.ts';
import type { Plan, PlannedTarget } from '../../probes/plan.ts';
import { compileBlockpages } from '../../probes/web/blockpage.ts';
import type { WebContext } from '../../probes/web/context.ts';
import { probeWeb } from '../../probes/web/probe.ts';
import type { Depth } from '../../probes/words.ts';
import { loadCatalog, loadPlan, plannedTargets } from '../../src/config/catalog-files.ts';
import { startWorld } from '../../src/demo/world.ts';
import { Scenario } from '../../src/scenario/scenario.ts';
import { silentLog } from '../support/silent-log.ts';

const MINUTES_PER_DAY = 1_440;
const MEGABYTE = 1e6;

interface Round {
  readonly ms: number;
  readonly bytes: number;
}

async function round(
  plan: Plan,
  targets: readonly PlannedTarget[],
  depth: Depth,
  context: WebContext,
): Promise<Round> {
  const { timeoutMs } = plan[depth];
  const queue = [...targets];
  const startedMs = performance.now();
  let bytes = 0;
  async function worker(): Promise<void> {
    for (let target = queue.shift(); target !== undefined; target = queue.shift()) {
      if (target.probe !== 'web') continue;
      const task = { target, depth, timeoutMs, bodyBytesMax: plan.full.bodyBytesMax };
      const { traffic } = await probeWeb(task, context);
      bytes += traffic.sentBytes + traffic.receivedBytes;
    }
  }
  await Promise.all(Array.from({ length: plan.concurrency }, worker));
  return { ms: performance.now() - startedMs, bytes };
}

/** Runs a day of `*`, `*\/n` and whole numbers in the minute and hour fields, which is all that our plans use. */
function runsPerDay(cron: string): number {
  const [minute = '', hour = ''] = cron.split(/\s+/).slice(-5);
  const perHour = minute === '*' ? 60 : minute.startsWith('*/') ? 60 / Number(minute.slice(2)) : 1;
  const hours = hour === '*' ? 24 : hour.startsWith('*/') ? 24 / Number(hour.slice(2)) : 1;
  return Math.min(MINUTES_PER_DAY, perHour * hours);
}

export async function benchRound(): Promise<Record<string, number>> {
  const catalog = loadCatalog();
  const clock = systemClock();
  const plan = loadPlan('default');
  const targets = plannedTargets(plan, catalog).filter(({ probe }) => probe === 'web');
  const scenario = Scenario.parse({
    id: 'bench',
    title: 'Nothing is blocked',
    from: '2026-01-01T00:00:00Z',
    to: '2027-12-31T00:00:00Z',
    cadenceSeconds: 60,
    seed: 1,
    vantages: [{ id: 'bench', operator: 'AS9198', place: 'almaty', access: 'fixed' }],
    platforms: plan.platforms,
  });
  const world = await startWorld({
    scenario,
    clock,
    random: Math.random,
    log: silentLog,
    targets,
    rings: catalog.rings,
  });
  try {
    const context: WebContext = {
      clock,
      network: createNetwork(world.networkOptionsFor('bench')),
      control: null,
      harmlessNames: catalog.harmlessNames.map(({ name }) => name),
      blockpages: compileBlockpages(catalog.blockpages),
      keepBodies: false,
      signal: new AbortController().signal,
    };
    await round(plan, targets.slice(0, 8), 'light', context);
    const light = await round(plan, targets, 'light', context);
    const full = await round(plan, targets, 'full', context);
    const mobile = loadPlan('light-mobile');
    const mobileLight = await round(mobile, plannedTargets(mobile, catalog), 'light', context);
    return {
      defaultTargets: targets.length,
      lightRoundMs: Math.round(light.ms),
      lightCheckBytes: Math.round(light.bytes / targets.length),
      fullRoundMs: Math.round(full.ms),
      fullFetchBytes: Math.round(full.bytes / targets.length),
      defaultLightMegabytesPerDay: Math.round((light.bytes * runsPerDay(plan.light.cron)) / MEGABYTE),
      mobileLightMegabytesPerDay: Math.round((mobileLight.bytes * runsPerDay(mobile.light.cron)) / MEGABYTE),
    };
  } finally {
    await world.stop();
  }
}
