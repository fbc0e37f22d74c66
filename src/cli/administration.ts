/** What people write and publish by hand beside a monitor, and the desk at which they do it. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as others } from 'node:timers/promises';
import { makeFolder } from '../disk.ts';
import type { Catalog } from '../../probes/catalog.ts';
import type { Clock } from '../../probes/probe.ts';
import { AUDIT_FILE, openAudit } from '../admin/audit.ts';
import { Auth } from '../admin/auth.ts';
import { AdminDesk } from '../admin/desk.ts';
import { openPublishedBook } from '../admin/published-book.ts';
import type { PublishedBook } from '../admin/published-book.ts';
import { Publisher } from '../admin/publisher.ts';
import type { MadeFor } from '../admin/publisher.ts';
import { noPicture } from '../alerts/picture.ts';
import { writeTest } from '../alerts/write.ts';
import type { AdminConfig } from '../config/admin-schema.ts';
import type { AlertsConfig } from '../config/alerts-config.ts';
import { changeUserCalendar, readCalendar } from '../events/user-calendar.ts';
import { Correction, CORRECTIONS_FILE } from '../events/corrections.ts';
import { IncidentNote, NOTES_FILE } from '../events/incident-notes.ts';
import type { CalendarKeeper } from '../events/keeper.ts';
import { LinesBook } from '../lines-book.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import type { AdminWeb } from '../web/admin/routes.ts';
import { channelOf, penOf } from './alert-routes.ts';
import { makeEvidence } from './evidence-maker.ts';

/** After so many records of a bundle whoever waits is answered first. */
const RECORDS_AT_ONCE = 50;
const TEST_TIMEOUT_MS = 30_000;

export interface HandBooks {
  readonly corrections: LinesBook<Correction>;
  readonly notes: LinesBook<IncidentNote>;
  readonly published: PublishedBook;
}

/** Readers see them whether or not anybody may log in. */
export async function openHandBooks(dataDir: string): Promise<HandBooks> {
  return {
    corrections: await LinesBook.open(join(dataDir, CORRECTIONS_FILE), Correction),
    notes: await LinesBook.open(join(dataDir, NOTES_FILE), IncidentNote),
    published: await openPublishedBook(dataDir),
  };
}

export interface AdministrationOptions {
  readonly config: AdminConfig;
  /** Null: no route to test. */
  readonly alerts: AlertsConfig | null;
  readonly dataDir: string;
  readonly catalog: Catalog;
  readonly store: Store;
  readonly books: HandBooks;
  /** Null: nobody keeps the calendar. */
  readonly calendar: () => Pick<CalendarKeeper, 'look'> | null;
  readonly clock: Clock;
  readonly log: Log;
}

/** Sends a test message. Null where it was delivered, else why not. */
export async function testRoute(
  alerts: AlertsConfig,
  catalog: Catalog,
  id: string,
  nowMs: number,
): Promise<string | null> {
  const route = alerts.routes.find((one) => one.id === id);
  if (route === undefined) return 'there is no such route';
  const channel = await channelOf(route.channel, noPicture);
  const signal = AbortSignal.timeout(TEST_TIMEOUT_MS);
  const delivery = await channel.deliver(writeTest(penOf(route, alerts, catalog), nowMs), signal);
  return delivery.outcome === 'delivered' ? null : delivery.reason;
}

/** Of a folder on the same disk as the published ones, so that finished ones are moved and not copied. */
async function makeFor(options: AdministrationOptions, id: string, onRecord: () => void): Promise<MadeFor> {
  const { dataDir, store, catalog, log } = options;
  const folder = join(dataDir, 'published');
  await makeFolder(folder, 0o700);
  const workDir = await mkdtemp(join(folder, 'work-'));
  async function remove(): Promise<void> {
    await rm(workDir, { recursive: true, force: true });
  }
  try {
    const incident = await store.incident(id);
    if (incident === null) throw new Error(`there is no incident ${id} any more`);
    let count = 0;
    const made = await makeEvidence({
      ...{ incident, store, dataDir, catalog, workDir, log },
      onRecord: async () => {
        onRecord();
        count += 1;
        if (count % RECORDS_AT_ONCE === 0) await others();
      },
    });
    if (made.file === null) throw new Error('the archive holds no measurement of it');
    return { file: made.file, key: made.key, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

export interface Administration {
  readonly web: AdminWeb;
  /** Waits for a bundle that is being made. */
  stop(): Promise<void>;
}

export async function openAdministration(options: AdministrationOptions): Promise<Administration> {
  const { config, alerts, dataDir, catalog, books, clock, log } = options;
  function nowMs(): number {
    return clock.nowMs();
  }
  const publisher = new Publisher({
    book: books.published,
    make: async (incident, onRecord) => makeFor(options, incident, onRecord),
    nowMs,
    log,
  });
  const desk = new AdminDesk({
    calendar: {
      read: async () => readCalendar(dataDir),
      change: async (change) => changeUserCalendar(dataDir, change),
      changed: async () => options.calendar()?.look(),
    },
    notes: books.notes,
    alerts: {
      routes: (alerts?.routes ?? []).map(({ id }) => id),
      test: async (route) =>
        alerts === null ? 'no route is configured' : testRoute(alerts, catalog, route, nowMs()),
    },
    publisher,
    audit: await openAudit(join(dataDir, AUDIT_FILE)),
    nowMs,
  });
  const auth = new Auth({ config, clock, randomBytes: () => randomBytes(32) });
  return { web: { auth, desk }, stop: async () => publisher.stop() };
}
