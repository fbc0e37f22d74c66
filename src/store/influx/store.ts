/**
 * The series store in an InfluxDB of its own, 1.x to 3.x: for several collectors, long histories and Grafana. Written with
 * the official client's line protocol, read with InfluxQL alone. docs/influxdb.md says how it is set up and what it keeps.
 */
import { z } from 'zod';
import type { Clock } from '../../../probes/probe.ts';
import type { Heartbeat, Incident, ReachabilityPoint, SweepPoint } from '../../analysis/detect/point.ts';
import type { OutsideOutage, OutsidePoint } from '../../analysis/outside/point.ts';
import { AiqynEvent } from '../../events/event.ts';
import type { Log } from '../../log.ts';
import { FOREVER_POLICY, SERIES } from '../fields.ts';
import { incidentLimit } from '../query-limits.ts';
import type { IncidentQuery, OutsideDay, OutsideScope, Scope, Store, Window } from '../store.ts';
import { StoredOutage } from '../stored-outage.ts';
import { StoredIncident } from '../stored-incident.ts';
import { answers, ask } from './ask.ts';
import { connectInflux } from './connection.ts';
import type { InfluxConnection } from './connection.ts';
import { ensureDatabase, recognise } from './server.ts';
import { readLayout } from './layout.ts';
import type { Layout } from './layout.ts';
import { influxLeaseTable } from './lease-table.ts';
import type { InfluxLeaseTable } from './lease-table.ts';
import type { InfluxAddress } from '../../config/store-config.ts';
import { readBuckets } from './read-buckets.ts';
import { compare, readExtent, readPoints } from './read-points.ts';
import { readStatusNow } from './read-status.ts';
import { areOneOf, createRecordBook, entryOfEvent, entryOfIncident, entryOfOutage } from './records.ts';
import type { RecordBook } from './records.ts';
import { HEARTBEAT_SELECTION, heartbeatOfRow, lineOfHeartbeat } from './rows.ts';
import { lineOfOutside, readOutside, readOutsideDays } from './outside.ts';
import { lineOfSweep, readSweeps } from './sweeps.ts';
import { instant, literal, name, tagValue, within } from './text.ts';
import { createLineWriter } from './write-lines.ts';
import type { LineWriter, SetAside } from './write-lines.ts';
import { writePoints } from './write-points.ts';

/** The store, and the table by which several collectors on it agree on one that detects. */
export interface OpenInfluxStore extends Store {
  readonly collectors: InfluxLeaseTable;
  /** How long it keeps what, as it was when it was opened. */
  readonly layout: Layout;
}

export interface InfluxStoreOptions {
  readonly address: InfluxAddress;
  readonly clock: Clock;
  readonly log: Log;
  /** Keeps what the database refuses. */
  readonly setAside: SetAside;
}

/**
 * Asks the server what it is, makes the database where it is missing and the login may, and reads how long it keeps what.
 * @throws EnvironmentError: `STORE_UNREACHABLE`, `STORE_LOGIN`, `STORE_FORBIDDEN`, `STORE_DATABASE_MISSING`. The same codes
 * come from the methods, and `STORE_BUSY` where the server asks for patience.
 */
export async function openInfluxStore(options: InfluxStoreOptions): Promise<OpenInfluxStore> {
  const { address, clock, log } = options;
  const { flavour, version } = await recognise(address);
  const connection = connectInflux({ ...address, flavour }, clock);
  await ensureDatabase(connection, log);
  const layout = await readLayout(connection);
  log.info({ url: address.url, database: address.database, flavour, version }, 'InfluxDB is open.');
  return new InfluxStore(connection, layout, options);
}

const Body = z.string().transform((text): unknown => JSON.parse(text));
const IncidentBody = Body.pipe(StoredIncident);
const OutageBody = Body.pipe(StoredOutage);
const EventBody = Body.pipe(AiqynEvent);

const EVER = `time < ${instant(Infinity)}`;

class InfluxStore implements OpenInfluxStore {
  readonly collectors: InfluxLeaseTable;
  readonly layout: Layout;
  readonly #connection: InfluxConnection;
  readonly #clock: Clock;
  readonly #writer: LineWriter;
  /** To the policy that keeps for ever. */
  readonly #lastingWriter: LineWriter;
  readonly #incidents: RecordBook;
  readonly #events: RecordBook;
  readonly #outages: RecordBook;
  readonly #running = new Set<Promise<unknown>>();
  #closed = false;

  constructor(connection: InfluxConnection, layout: Layout, options: InfluxStoreOptions) {
    const { clock, log, setAside } = options;
    this.#connection = connection;
    this.layout = layout;
    this.#clock = clock;
    this.#writer = createLineWriter(connection, null, setAside, log);
    const policy = layout.hasRollups ? FOREVER_POLICY : null;
    const writer = createLineWriter(connection, policy, setAside, log);
    this.#lastingWriter = writer;
    this.collectors = influxLeaseTable(connection, policy);
    const shared = { connection, layout, writer, recentWriter: this.#writer, nowMs: () => clock.nowMs() };
    this.#incidents = createRecordBook({ ...shared, series: SERIES.incident });
    this.#events = createRecordBook({ ...shared, series: SERIES.event });
    this.#outages = createRecordBook({ ...shared, series: SERIES.outage });
  }

  async writePoints(points: readonly ReachabilityPoint[]): Promise<void> {
    await this.#run(async () => writePoints(this.#connection, this.#writer, points));
  }

  async writeHeartbeats(heartbeats: readonly Heartbeat[]): Promise<void> {
    const lastByKey = new Map(heartbeats.map((beat) => [JSON.stringify([beat.vantage, beat.atMs]), beat]));
    const lines = [...lastByKey.values()].map((beat) => ({ line: lineOfHeartbeat(beat), content: beat }));
    await this.#run(async () => this.#writer(lines));
  }

  async writeSweeps(points: readonly SweepPoint[]): Promise<void> {
    await this.#run(async () =>
      this.#writer(points.map((point) => ({ line: lineOfSweep(point), content: point }))),
    );
  }

  async writeOutside(points: readonly OutsidePoint[]): Promise<void> {
    await this.#run(async () =>
      this.#lastingWriter(points.map((point) => ({ line: lineOfOutside(point), content: point }))),
    );
  }

  async saveOutages(outages: readonly OutsideOutage[]): Promise<void> {
    await this.#run(async () => this.#outages.save(outages.map(entryOfOutage)));
  }

  async saveIncidents(incidents: readonly Incident[]): Promise<void> {
    await this.#run(async () => this.#incidents.save(incidents.map(entryOfIncident)));
  }

  async removeIncidents(ids: readonly string[]): Promise<void> {
    await this.#run(async () => this.#incidents.remove(ids));
  }

  async saveEvents(events: readonly AiqynEvent[]): Promise<void> {
    await this.#run(async () => this.#events.save(events.map(entryOfEvent)));
  }

  async removeEvents(ids: readonly string[]): Promise<void> {
    await this.#run(async () => this.#events.remove(ids));
  }

  statusNow: Store['statusNow'] = async (question) =>
    this.#run(async () => readStatusNow(this.#connection, question));

  buckets: Store['buckets'] = async (question) =>
    this.#run(async () => readBuckets(this.#connection, question, this.layout, this.#clock.nowMs()));

  async *points(window: Window, scope?: Scope): AsyncGenerator<ReachabilityPoint> {
    this.#requireOpen();
    yield* readPoints(this.#connection, window, scope);
  }

  async heartbeats(window: Window, scope?: Pick<Scope, 'vantage'>): Promise<Heartbeat[]> {
    return this.#run(async () => {
      const of = scope?.vantage === undefined ? '' : ` AND "vantage" = ${literal(tagValue(scope.vantage))}`;
      const newest = new Map<string, Heartbeat>();
      const question = `SELECT ${HEARTBEAT_SELECTION} FROM ${name(SERIES.heartbeat)} WHERE ${within(window.fromMs, window.toMs)}${of}`;
      for await (const { row } of answers(this.#connection, question)) {
        const beat = heartbeatOfRow(row);
        const key = JSON.stringify([beat.vantage, beat.atMs]);
        // A vantage that changed its operator has two rows for an instant that it sent twice.
        if ((newest.get(key)?.receivedAtMs ?? -Infinity) <= beat.receivedAtMs) newest.set(key, beat);
      }
      return [...newest.values()].sort((a, b) => a.atMs - b.atMs || compare(a.vantage, b.vantage));
    });
  }

  async vantagesNow(): Promise<Heartbeat[]> {
    return this.#run(async () => {
      const rows = await ask(
        this.#connection,
        `SELECT ${HEARTBEAT_SELECTION} FROM ${name(SERIES.heartbeat)} GROUP BY "vantage" ORDER BY time DESC LIMIT 1`,
      );
      return rows.map(heartbeatOfRow).sort((a, b) => compare(a.vantage, b.vantage));
    });
  }

  sweeps: Store['sweeps'] = async (window, scope) =>
    this.#run(async () => readSweeps(this.#connection, window, scope));

  async *outside(window: Window, scope?: OutsideScope): AsyncGenerator<OutsidePoint> {
    this.#requireOpen();
    yield* readOutside(this.#connection, this.layout, window, scope);
  }

  async outsideDays(): Promise<OutsideDay[]> {
    return this.#run(async () => readOutsideDays(this.#connection, this.layout));
  }

  async outages(window: Window): Promise<OutsideOutage[]> {
    const bodies = await this.#run(async () =>
      this.#outages.bodies(`time < ${instant(window.toMs)} AND ("end_ms" >= ${window.fromMs} OR "open" = 1)`),
    );
    return bodies
      .map((body) => OutageBody.parse(body))
      .filter(({ startMs, endMs }) => overlaps(startMs, endMs, window))
      .sort((a, b) => a.startMs - b.startMs || compare(a.id, b.id));
  }

  async incidents(query: IncidentQuery): Promise<Incident[]> {
    const { window, openOnly, platform } = query;
    const all = await this.#run(async () => this.#incidents.bodies(conditionOf(query)));
    return all
      .map((body) => IncidentBody.parse(body))
      .filter(({ startMs, endMs }) => window === undefined || overlaps(startMs, endMs, window))
      .filter(({ status }) => openOnly !== true || status !== 'restored')
      .filter(({ platforms }) => platform === undefined || platforms.includes(platform))
      .sort((a, b) => b.startMs - a.startMs || compare(a.id, b.id))
      .slice(0, incidentLimit(query));
  }

  async incident(id: string): Promise<Incident | null> {
    const [body] = await this.#run(async () => this.#incidents.bodies(areOneOf([id]).join('')));
    return body === undefined ? null : IncidentBody.parse(body);
  }

  async events(window: Window): Promise<AiqynEvent[]> {
    const all = await this.#run(async () => this.#events.bodies(endsAfter(window)));
    return all
      .map((body) => EventBody.parse(body))
      .filter(({ startMs, endMs }) => overlaps(startMs, endMs, window))
      .sort((a, b) => a.startMs - b.startMs || compare(a.id, b.id));
  }

  extent: Store['extent'] = async () => this.#run(async () => readExtent(this.#connection));

  /** Waits for what is being written; writes that wait for a busy server give up. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#connection.close();
    await Promise.allSettled(this.#running);
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    this.#requireOpen();
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  #requireOpen(): void {
    if (this.#closed) throw new TypeError('the store is closed');
  }
}

function endsAfter({ fromMs, toMs }: Window): string {
  return `time < ${instant(toMs)} AND "end_ms" >= ${fromMs}`;
}

/** May hold for a little more than is asked: `overlaps` decides. */
function touches({ fromMs, toMs }: Window): string {
  return `time < ${instant(toMs)} AND ("end_ms" >= ${fromMs} OR "status" <> 'restored')`;
}

function conditionOf({ window, openOnly }: IncidentQuery): string {
  const conditions = [window === undefined ? EVER : touches(window)];
  if (openOnly === true) conditions.push(`"status" <> 'restored'`);
  return conditions.join(' AND ');
}

/** What has no length still happened: it counts as one millisecond. */
function overlaps(startMs: number, endMs: number | null, { fromMs, toMs }: Window): boolean {
  return startMs < toMs && (endMs === null || Math.max(endMs, startMs + 1) > fromMs);
}
