/**
 * The embedded series store: one DuckDB file in the data directory. Writes queue behind each other on one connection;
 * each read has a connection of its own, so that a long one keeps nobody waiting.
 */
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import { makeFolder } from '../../disk.ts';
import type { ReachabilityPoint } from '../../analysis/detect/point.ts';
import type { OutsidePoint } from '../../analysis/outside/point.ts';
import type { Log } from '../../log.ts';
import type { OutsideScope, Scope, Store, Window } from '../store.ts';
import { storeLocked, translate } from './failures.ts';
import {
  readBuckets,
  readEvents,
  readExtent,
  readHeartbeats,
  readIncident,
  readIncidents,
  readPoints,
  readStatusNow,
  readSweeps,
  readVantagesNow,
} from './reads.ts';
import { readOutages, readOutside, readOutsideDays } from './read-outside.ts';
import {
  rowOfEvent,
  rowOfHeartbeat,
  rowOfIncident,
  rowOfOutage,
  rowOfOutside,
  rowOfPoint,
  rowOfSweep,
} from './rows.ts';
import { EVENT, HEARTBEAT, INCIDENT, migrate, OUTAGE, OUTSIDE, REACHABILITY, SWEEP } from './schema.ts';
import { addRows, deleteIds, replaceRows } from './writes.ts';

const MEMORY_DEFAULT_MB = 96;
/** Two cores are what the machines that run this have; more threads cost memory each. */
const THREADS = 2;
/** The write-ahead log is folded into the file beyond this; it bounds the time of the first open after a crash. */
const CHECKPOINT_AT = '16MB';

/** DuckDB's file lock does not stop this same process from opening a file twice. */
const openFiles = new Set<string>();

export interface DuckdbStoreOptions {
  readonly file: string;
  /** What DuckDB may use for its buffers; sorting beyond it goes to `<file>.tmp`. Default 96. */
  readonly memoryMegabytes?: number;
  readonly log: Log;
}

/**
 * Opens the file, made if absent, and brings its schema forward. A file that cannot be read is left as it is.
 * @throws EnvironmentError: `STORE_LOCKED` (another process has it), `STORE_CORRUPT`, `STORE_NEWER`, `STORE_UNWRITABLE`,
 * `DISK_FULL`. The same codes come from the methods where they apply.
 */
export async function openDuckdbStore(options: DuckdbStoreOptions): Promise<Store> {
  const file = await placeOf(options.file);
  if (openFiles.has(file)) throw storeLocked(file, `process ${process.pid}`);
  openFiles.add(file);
  let instance: DuckDBInstance | null = null;
  try {
    instance = await DuckDBInstance.create(file, {
      memory_limit: `${options.memoryMegabytes ?? MEMORY_DEFAULT_MB}MB`,
      threads: String(THREADS),
      checkpoint_threshold: CHECKPOINT_AT,
      // Everything is ordered where order matters; without this promise large inserts need less memory.
      preserve_insertion_order: 'false',
      // A monitor must not fetch code at run time.
      autoinstall_known_extensions: 'false',
    });
    const writer = await instance.connect();
    await migrate(writer, file);
    options.log.debug({ file }, 'The store is open.');
    return new DuckdbStore(file, instance, writer);
  } catch (error) {
    instance?.closeSync();
    openFiles.delete(file);
    throw translate(error, file);
  }
}

async function placeOf(file: string): Promise<string> {
  try {
    await makeFolder(dirname(file));
    return existsSync(file) ? realpathSync(file) : join(realpathSync(dirname(file)), basename(file));
  } catch (error) {
    throw translate(error, file);
  }
}

class DuckdbStore implements Store {
  readonly #file: string;
  readonly #instance: DuckDBInstance;
  readonly #writer: DuckDBConnection;
  #lastWrite: Promise<void> = Promise.resolve();
  /** Reads under way; close waits for none of them, but their connections go before the instance does. */
  readonly #readers = new Set<DuckDBConnection>();
  #closing: Promise<void> | null = null;

  constructor(file: string, instance: DuckDBInstance, writer: DuckDBConnection) {
    this.#file = file;
    this.#instance = instance;
    this.#writer = writer;
  }

  writePoints: Store['writePoints'] = async (points) =>
    this.#write(points, (writer) => addRows(writer, REACHABILITY, points.map(rowOfPoint)));

  writeHeartbeats: Store['writeHeartbeats'] = async (heartbeats) =>
    this.#write(heartbeats, (writer) => replaceRows(writer, HEARTBEAT, heartbeats.map(rowOfHeartbeat)));

  writeSweeps: Store['writeSweeps'] = async (points) =>
    this.#write(points, (writer) => replaceRows(writer, SWEEP, points.map(rowOfSweep)));

  writeOutside: Store['writeOutside'] = async (points) =>
    this.#write(points, (writer) => replaceRows(writer, OUTSIDE, points.map(rowOfOutside)));

  saveOutages: Store['saveOutages'] = async (outages) =>
    this.#write(outages, (writer) => replaceRows(writer, OUTAGE, outages.map(rowOfOutage)));

  saveIncidents: Store['saveIncidents'] = async (incidents) =>
    this.#write(incidents, (writer) => replaceRows(writer, INCIDENT, incidents.map(rowOfIncident)));

  removeIncidents: Store['removeIncidents'] = async (ids) =>
    this.#write(ids, (writer) => deleteIds(writer, INCIDENT, ids));

  saveEvents: Store['saveEvents'] = async (events) =>
    this.#write(events, (writer) => replaceRows(writer, EVENT, events.map(rowOfEvent)));

  removeEvents: Store['removeEvents'] = async (ids) =>
    this.#write(ids, (writer) => deleteIds(writer, EVENT, ids));

  statusNow: Store['statusNow'] = async (question) => this.#read((reader) => readStatusNow(reader, question));
  buckets: Store['buckets'] = async (question) => this.#read((reader) => readBuckets(reader, question));
  heartbeats: Store['heartbeats'] = async (window, scope) =>
    this.#read((reader) => readHeartbeats(reader, window, scope));
  vantagesNow: Store['vantagesNow'] = async () => this.#read(readVantagesNow);
  sweeps: Store['sweeps'] = async (window, scope) =>
    this.#read((reader) => readSweeps(reader, window, scope));
  outages: Store['outages'] = async (window) => this.#read((reader) => readOutages(reader, window));
  outsideDays: Store['outsideDays'] = async () => this.#read(readOutsideDays);
  incidents: Store['incidents'] = async (query) => this.#read((reader) => readIncidents(reader, query));
  incident: Store['incident'] = async (id) => this.#read((reader) => readIncident(reader, id));
  events: Store['events'] = async (window) => this.#read((reader) => readEvents(reader, window));
  extent: Store['extent'] = async () => this.#read(readExtent);

  points(window: Window, scope?: Scope): AsyncGenerator<ReachabilityPoint> {
    return this.#stream((reader) => readPoints(reader, window, scope));
  }

  outside(window: Window, scope?: OutsideScope): AsyncGenerator<OutsidePoint> {
    return this.#stream((reader) => readOutside(reader, window, scope));
  }

  async *#stream<T>(work: (reader: DuckDBConnection) => AsyncGenerator<T>): AsyncGenerator<T> {
    const reader = await this.#openReader();
    try {
      yield* work(reader);
    } catch (error) {
      throw translate(error, this.#file);
    } finally {
      this.#closeReader(reader);
    }
  }

  async close(): Promise<void> {
    this.#closing ??= this.#shut();
    return this.#closing;
  }

  async #shut(): Promise<void> {
    await this.#lastWrite;
    for (const reader of this.#readers) this.#closeReader(reader);
    this.#writer.closeSync();
    this.#instance.closeSync();
    openFiles.delete(this.#file);
  }

  async #write(batch: readonly unknown[], work: (writer: DuckDBConnection) => Promise<void>): Promise<void> {
    this.#requireOpen();
    if (batch.length === 0) return;
    const turn = this.#lastWrite.then(async () => work(this.#writer));
    // The queue goes on after a failed write; the one who asked for it gets the error.
    this.#lastWrite = turn.catch(() => undefined);
    try {
      await turn;
    } catch (error) {
      throw translate(error, this.#file);
    }
  }

  async #read<T>(work: (reader: DuckDBConnection) => Promise<T>): Promise<T> {
    const reader = await this.#openReader();
    try {
      return await work(reader);
    } catch (error) {
      throw translate(error, this.#file);
    } finally {
      this.#closeReader(reader);
    }
  }

  async #openReader(): Promise<DuckDBConnection> {
    this.#requireOpen();
    const reader = await this.#instance.connect();
    this.#readers.add(reader);
    return reader;
  }

  #closeReader(reader: DuckDBConnection): void {
    if (this.#readers.delete(reader)) reader.closeSync();
  }

  #requireOpen(): void {
    if (this.#closing !== null) throw new TypeError('the store is closed');
  }
}
