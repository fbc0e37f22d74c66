/** The demo's vantages: the scenario's, each with its own loopback address, schedule and way to the control. */
import { systemClock } from '../../probes/net/clock.ts';
import { createNetwork } from '../../probes/net/network.ts';
import { postJson } from '../../probes/net/post-json.ts';
import type { PlannedTarget } from '../../probes/plan.ts';
import type { Clock } from '../../probes/probe.ts';
import { createIntervalTicker } from '../agent/interval-ticker.ts';
import type { Uplink } from '../agent/spool.ts';
import type { Ticker } from '../agent/ticker.ts';
import { createControlClient } from '../control/client.ts';
import type { DemoPlan } from '../demo/plan.ts';
import type { World } from '../demo/world.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { MonitoredVantage } from './vantage-agent.ts';
import { watchControl } from './watched-control.ts';
import type { WatchedControl } from './watched-control.ts';

const CONTROL_TIMEOUT_MS = 2_000;

export interface DemoParts {
  readonly scenario: Scenario;
  readonly world: World;
  readonly plan: DemoPlan;
  readonly targets: readonly PlannedTarget[];
  readonly clock: Clock;
  /** Port of the control that the demo runs. */
  readonly controlPort: number;
}

/** Nothing is measured where there is no power. */
function poweredTicker(ticker: Ticker, hasPower: () => boolean): Ticker {
  return {
    schedule: (cron, onTick) =>
      ticker.schedule(cron, () => {
        if (hasPower()) onTick();
      }),
  };
}

/** What a cut vantage measures stays in its spool until the cut ends. */
function cuttable(uplink: Uplink, world: World, vantageId: string): Uplink {
  return {
    async deliver(batch, state) {
      const isReachable = world.hasPower(vantageId) && world.hasUplink(vantageId);
      if (!isReachable) throw new Error('the censor has cut this vantage off');
      await uplink.deliver(batch, state);
    },
  };
}

export async function demoVantages(
  parts: DemoParts,
): Promise<{ readonly vantages: MonitoredVantage[]; readonly controls: readonly WatchedControl[] }> {
  const { scenario, world, plan, targets, clock } = parts;
  const real = systemClock();
  const ticker = createIntervalTicker({
    clock: real,
    everyMsOf: (cron) => (cron === plan.plan.full.cron ? plan.fullEveryMs : plan.lightEveryMs),
  });
  const controls: WatchedControl[] = [];
  const vantages: MonitoredVantage[] = [];
  for (const vantage of scenario.vantages) {
    const port = await world.controlPortFor(vantage.id, parts.controlPort);
    const control = watchControl(
      createControlClient({
        url: `http://127.0.0.1:${port}`,
        timeoutMs: CONTROL_TIMEOUT_MS,
        freshMs: plan.lightEveryMs / 2,
        clock,
        post: postJson,
      }),
    );
    controls.push(control);
    vantages.push({
      vantage,
      plan: plan.plan,
      targets,
      network: createNetwork(world.networkOptionsFor(vantage.id)),
      control: control.client,
      ringChecks: world.ringChecks,
      ticker: poweredTicker(ticker, () => world.hasPower(vantage.id)),
      uplinkThrough: (uplink) => cuttable(uplink, world, vantage.id),
    });
  }
  return { vantages, controls };
}
