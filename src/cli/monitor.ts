/**
 * The composition that `run` and `demo` share: agents, ingest, detector, page, over one store and archive.
 * What differs (network, control, schedule, clock, and who may cut the uplink) comes in with the options.
 */
import { join } from 'node:path';
import type { DetectorConfig } from '../analysis/detect/config.ts';
import type { Incident } from '../analysis/detect/point.ts';
import { connectivityOf } from '../analysis/verdict/connectivity.ts';
import { judge } from '../analysis/verdict/judge.ts';
import { toPoint } from '../analysis/verdict/point.ts';
import { startPulse } from '../agent/pulse.ts';
import type { Pulse } from '../agent/pulse.ts';
import type { Uplink } from '../agent/spool.ts';
import { startAssociationKeeper } from '../collector/association-keeper.ts';
import { createIngest } from '../collector/ingest.ts';
import type { CarriedIntake } from '../collector/ingest.ts';
import { startWatchLog, WATCH_FILE } from '../collector/watch-log.ts';
import { buildKnowledge } from '../config/knowledge.ts';
import { USER_CALENDAR_FILE } from '../events/calendar.ts';
import { startCalendarKeeper } from '../events/keeper.ts';
import type { CalendarKeeper } from '../events/keeper.ts';
import { createPlaceBook } from '../events/places.ts';
import type { AdminConfig } from '../config/admin-schema.ts';
import type { AlertsConfig } from '../config/alerts-config.ts';
import type { SourceState } from '../sources/keeper.ts';
import type { SweepNotice } from '../web/context.ts';
import type { BorrowedNotice, ControlState, MonitorNotice, WatchNotice } from '../web/notice.ts';
import { Begun } from './begun.ts';
import { openAdministration, openHandBooks } from './administration.ts';
import type { HandBooks } from './administration.ts';
import { detectionOf } from './detection.ts';
import type { Detection } from './detection.ts';
import { startPage } from './monitor-page.ts';
import { watchUplink } from './watched-uplink.ts';
import { heldOf, quarantineOf } from './storage.ts';
import type { Storage } from './storage.ts';
import { keepLog } from './transparency-log.ts';
import type { KeptLog } from './transparency-log.ts';
import { shippedFacts } from './shipped-facts.ts';
import { startVantage } from './vantage-agent.ts';
import type { MonitoredVantage, RunningVantage, VantageSettings } from './vantage-agent.ts';

export interface MonitorOptions extends Omit<VantageSettings, 'uplink' | 'stalledMs'> {
  readonly storage: Storage;
  readonly vantages: readonly MonitoredVantage[];
  readonly controlStates: () => readonly ControlState[];
  readonly detector: DetectorConfig;
  /** In `clock.nowMs()` time. */
  readonly windowMs: number;
  readonly graceMs: number;
  /** Real milliseconds between two looks of the detector at the clock. */
  readonly pollMs: number;
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** Proxies that are believed, and how often one reader may ask. */
    readonly trustProxy?: readonly string[];
    readonly requestsPerMinute?: number;
  };
  /** Who may change by hand what is published; absent or null: nobody, over the page. */
  readonly admin?: AdminConfig | null;
  /** Whose routes can be tried out there. */
  readonly alerts?: AlertsConfig | null;
  /** Where readers reach the page, without a slash at its end; absent: links are relative. */
  readonly publicUrl?: string;
  /** Of the probes that are sent from outside, for the page about them. */
  readonly sweep?: SweepNotice;
  /** What those who watch from outside say, and how that goes; empty where nobody is asked. */
  readonly sources?: () => readonly SourceState[];
  readonly demo?: NonNullable<MonitorNotice['demo']>;
  /** Opens the collector's door to other machines' vantages; what it gives closes it. */
  readonly receive?: (uplink: Uplink & CarriedIntake) => Promise<() => Promise<void>>;
  /** For the page; what is watched begins after the monitor. */
  readonly watched?: () => readonly WatchNotice[];
  /** Asks others' probes: what they saw goes through the same uplink. */
  readonly borrow?: (uplink: Uplink, mayAsk: () => boolean) => Promise<Borrowing>;
  readonly onChange: (incidents: readonly Incident[], removed: readonly string[]) => void;
}

export interface Borrowing {
  states(): readonly BorrowedNotice[];
  stop(): Promise<void>;
}

export interface Monitor {
  /** Of the page. */
  readonly url: string;
  /** False while another collector detects, and tells. */
  isDetecting(): boolean;
  /** Folds everything measured until this instant; for an end that must not miss the last window. */
  flush(untilMs: number): Promise<void>;
  /** The user's calendar has changed: it is read without waiting. */
  calendarChanged(): void;
  /** Platforms that somebody is live on: their pages are looked at more closely by every vantage of this process. */
  watchClosely(platforms: ReadonlySet<string>): void;
  /** Stops measuring; what is finished goes through spool and ingest. Pages and detector go on. */
  stopMeasuring(): Promise<void>;
  /** Everything, in the order that loses nothing. Storage stays open: who opened it closes it. */
  stop(): Promise<void>;
}

function ingestOf(options: MonitorOptions, detection: Detection) {
  const { catalog, clock, log } = options;
  const knowledge = buildKnowledge(catalog);
  return createIngest({
    archive: options.storage.archive,
    store: options.storage.store,
    judge: (measurement) => judge(measurement, knowledge),
    toPoint,
    connectivityOf,
    quarantine: quarantineOf(options.dataDir, log),
    clock,
    log,
    onStored: (points, heartbeats) => {
      detection.runner.notify(points, heartbeats);
      detection.lease?.stored([...points, ...heartbeats]);
    },
  });
}

/** The demo's events are its scenario's; the calendar is of the real country. */
async function calendarOf(
  { demo, storage, dataDir, catalog, clock, log }: MonitorOptions,
  books: HandBooks | null,
) {
  if (demo !== undefined) return null;
  return startCalendarKeeper({
    store: storage.store,
    shipped: shippedFacts(log),
    file: join(dataDir, USER_CALENDAR_FILE),
    book: createPlaceBook(catalog.places),
    clock,
    log,
    ...heldOf(storage, dataDir, log),
    corrected: async (correction) => books?.corrections.add(correction),
  });
}

/** A demo's days are its scenario's, and nobody's evidence. */
async function logOf({ demo, vantages, receive, ...options }: MonitorOptions): Promise<KeptLog | null> {
  if (demo !== undefined) return null;
  return keepLog({ ...options, isMeasuring: vantages.length > 0, isReceiving: receive !== undefined });
}

/** Null where nobody may change anything over the page. */
async function administrationOf(
  { admin = null, alerts = null, storage, ...options }: MonitorOptions,
  books: HandBooks | null,
  calendar: () => CalendarKeeper | null,
) {
  if (admin === null || books === null) return null;
  return openAdministration({ ...options, config: admin, alerts, store: storage.store, books, calendar });
}

/** Null where nobody reads them but the page, which computes its own. */
function associationsOf({ storage, clock, log }: MonitorOptions, { isLeader }: Detection) {
  const { store, associations: sink } = storage;
  return sink === undefined ? null : startAssociationKeeper({ store, sink, mayWrite: isLeader, clock, log });
}

function pulseOf(clock: MonitorOptions['clock'], begun: Begun): Pulse {
  const pulse = startPulse(clock);
  begun.add(async () => {
    pulse.stop();
    return Promise.resolve();
  });
  return pulse;
}

/** Starts all of it, or ends what had begun and throws why the rest could not. */
export async function startMonitor(options: MonitorOptions): Promise<Monitor> {
  const begun = new Begun();
  try {
    return await start(options, begun);
  } catch (error) {
    await begun.end().catch((second: unknown) => {
      options.log.error({ error: String(second) }, 'A part of the monitor did not end cleanly.');
    });
    throw error;
  }
}

async function start(options: MonitorOptions, begun: Begun): Promise<Monitor> {
  const { storage, clock } = options;
  const watch = await startWatchLog({ ...options, path: join(options.dataDir, WATCH_FILE) });
  begun.add(async () => watch.stop());
  const detection = await detectionOf(options, watch);
  const { runner } = detection;
  begun.add(async () => detection.stop());
  const uplink = watchUplink(ingestOf(options, detection), async (takeIn) => watch.attend(takeIn));
  const running: RunningVantage[] = [];
  let borrowing: Borrowing | null = null;
  const kept = await logOf(options);
  begun.add(async () => kept?.stop());
  const books = options.demo === undefined ? await openHandBooks(options.dataDir) : null;
  let calendar: CalendarKeeper | null = null;
  const administration = await administrationOf(options, books, () => calendar);
  begun.add(async () => administration?.stop());
  const page = { books, publicLog: kept?.publicLog ?? null, admin: administration?.web ?? null };
  const url = await startPage(options, page, begun, {
    demo: options.demo,
    startedAtMs: clock.nowMs(),
    agents: () => running.map(({ agent }) => agent.status()),
    controls: options.controlStates,
    detectorLagMs: () => runner.lagMs(),
    archiveBytes: () => storage.archive.bytes(),
    problems: () => uplink.problems(),
    borrowed: () => borrowing?.states() ?? [],
    watched: options.watched,
  });
  calendar = await calendarOf(options, books);
  begun.add(async () => calendar?.stop());
  begun.add(async () => runner.stop());
  await runner.start();
  const associations = associationsOf(options, detection);
  begun.add(async () => associations?.stop());
  const pulse = pulseOf(clock, begun);
  if (options.receive !== undefined) begun.add(await options.receive(uplink));
  borrowing = (await options.borrow?.(uplink, detection.isLeader)) ?? null;
  begun.add(async () => borrowing?.stop());
  let measuring: Promise<unknown> | null = null;
  async function stopMeasuring(): Promise<void> {
    measuring ??= Promise.all(running.map(async (vantage) => vantage.stop()));
    await measuring;
  }
  begun.add(stopMeasuring);
  const settings = { ...options, uplink, stalledMs: (sinceMs: number) => pulse.stalledMs(sinceMs) };
  for (const vantage of options.vantages) running.push(await startVantage(vantage, settings));
  return {
    url,
    isDetecting: detection.isLeader,
    calendarChanged: () => void calendar?.look(),
    watchClosely: (platforms) => {
      for (const { agent } of running) agent.watchClosely(platforms);
    },
    flush: async (untilMs) => runner.flush(untilMs),
    stopMeasuring,
    stop: async () => begun.end(),
  };
}
