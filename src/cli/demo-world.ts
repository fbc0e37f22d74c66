/** Opens the demo's world and the control in it, and composes the monitor that watches it. */
import { systemClock } from '../../probes/net/clock.ts';
import { createNetwork } from '../../probes/net/network.ts';
import type { Clock } from '../../probes/probe.ts';
import { AlertLedger } from '../alerts/ledger.ts';
import { DETECTOR_DEFAULTS } from '../analysis/detect/config.ts';
import { loadCatalog } from '../config/catalog-files.ts';
import { startControl } from '../control/server.ts';
import { demoKindTargets, demoPlan, demoTargets, trusting } from '../demo/plan.ts';
import type { DemoPlan } from '../demo/plan.ts';
import { createScaledClock } from '../demo/scaled-clock.ts';
import { startWorld } from '../demo/world.ts';
import type { StoreConfig } from '../config/store-config.ts';
import type { AiqynEvent } from '../events/event.ts';
import { AiqynEvent as EventSchema, EVENT_KINDS } from '../events/event.ts';
import type { Log } from '../log.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { DemoState } from './demo-state.ts';
import { demoVantages } from './demo-vantages.ts';
import { logChanges } from './incident-log.ts';
import { startMonitor } from './monitor.ts';
import type { Monitor, MonitorOptions } from './monitor.ts';
import { openStorage } from './storage.ts';
import type { Storage } from './storage.ts';

/** Most checks that began at a window's end have reported within this much real time; what comes later re-folds. */
const GRACE_WALL_MS = 500;
const WINDOWS_PER_ROUND = 4;
const POLL_MS = 200;
const SPOOL_MEGABYTES = 64;
const ARCHIVE_MEGABYTES = 1_024;

export interface DemoOptions {
  readonly scenario: Scenario;
  readonly state: DemoState;
  readonly dataDir: string;
  readonly store: StoreConfig;
  readonly http: { readonly host: string; readonly port: number };
  readonly log: Log;
  readonly random: () => number;
  /** After each change of incidents; for whoever is told of them from the store. */
  readonly onChange?: () => void;
}

export interface RunningDemo {
  readonly monitor: Monitor;
  readonly storage: Storage;
  readonly ledger: AlertLedger;
  readonly plan: DemoPlan;
  /** Shows the scenario's time. */
  readonly clock: Clock;
  stop(): Promise<void>;
}

function eventsOf(scenario: Scenario): AiqynEvent[] {
  return scenario.events.map(({ id, kind, from, to, title, platforms, places }) =>
    EventSchema.parse({
      id,
      kind: EVENT_KINDS.find((known) => known === kind) ?? 'other',
      title: title ?? '',
      startMs: from,
      endMs: to,
      platforms,
      places,
    }),
  );
}

/** What was opened, to be closed in the reverse order, also when a later part cannot be opened. */
class Opened {
  readonly #closers: (() => Promise<void>)[] = [];

  add(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  async close(): Promise<void> {
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) await close();
  }
}

async function startParts(options: DemoOptions, clock: Clock, opened: Opened) {
  const { scenario, log, random } = options;
  const catalog = loadCatalog();
  const asked = [
    ...demoTargets(scenario.platforms, catalog),
    ...demoKindTargets(scenario.platforms, catalog),
  ];
  const world = await startWorld({ scenario, clock, random, log, targets: asked, rings: catalog.rings });
  const targets = trusting(asked, world.caKey);
  opened.add(async () => world.stop());
  const control = await startControl({
    host: '127.0.0.1',
    port: 0,
    network: createNetwork(world.controlNetworkOptions),
    clock,
    log,
  });
  opened.add(async () => control.stop());
  const controlPort = Number(new URL(control.url).port);
  return { catalog, targets, world, controlPort };
}

/** What `aiqyn run` has in its configuration, in the demo's time. */
function settingsOf(plan: DemoPlan, speed: number) {
  const { cadenceSeconds, lightEveryMs } = plan;
  return {
    detector: { ...DETECTOR_DEFAULTS, cadenceSeconds, heartbeatSeconds: cadenceSeconds },
    windowMs: (cadenceSeconds * 1_000) / WINDOWS_PER_ROUND,
    graceMs: GRACE_WALL_MS * speed,
    pollMs: POLL_MS,
    heartbeatIntervalMs: lightEveryMs,
    scale: speed,
    retestWindowMs: lightEveryMs,
    spoolMegabytes: SPOOL_MEGABYTES,
    keepBodies: false,
  };
}

function tellingChanges(
  ledger: AlertLedger,
  clock: Clock,
  { log, onChange }: DemoOptions,
): MonitorOptions['onChange'] {
  const tell = logChanges(log);
  return (incidents, removed) => {
    tell(incidents, removed);
    for (const id of removed) ledger.takeBack(id, clock.nowMs());
    for (const incident of incidents) ledger.say(incident, clock.nowMs());
    onChange?.();
  };
}

async function startWith(options: DemoOptions, opened: Opened): Promise<Omit<RunningDemo, 'stop'>> {
  const { scenario, state, dataDir, log, random } = options;
  const { speed, startWallMs } = state;
  const clock = createScaledClock({ real: systemClock(), originMs: scenario.from, startWallMs, speed });
  const plan = demoPlan(scenario, speed);
  const storage = await openStorage({
    dataDir,
    store: options.store,
    archiveMegabytes: ARCHIVE_MEGABYTES,
    clock,
    log,
  });
  opened.add(async () => storage.close());
  await storage.store.saveEvents(eventsOf(scenario));
  const { catalog, targets, world, controlPort } = await startParts(options, clock, opened);
  const { vantages, controls } = await demoVantages({ scenario, world, plan, targets, clock, controlPort });
  const ledger = new AlertLedger();
  const monitor = await startMonitor({
    ...settingsOf(plan, speed),
    dataDir,
    storage,
    catalog,
    clock,
    log,
    vantages,
    controlStates: () => controls.map((one) => one.state()),
    random,
    http: options.http,
    demo: { scenarioTitle: scenario.title, speed },
    onChange: tellingChanges(ledger, clock, options),
  });
  opened.add(async () => monitor.stop());
  return { monitor, storage, ledger, plan, clock };
}

/** Nothing of it stays open when a part of it cannot start. */
export async function startDemo(options: DemoOptions): Promise<RunningDemo> {
  const opened = new Opened();
  try {
    return { ...(await startWith(options, opened)), stop: async () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
