/** Opens what a monitor keeps. Layout of the data directory: archive/, spool/<vantage>/, store.duckdb, quarantine.jsonl. */
import { join } from 'node:path';
import type { Clock } from '../../probes/probe.ts';
import type { Archive } from '../archive/archive.ts';
import { openFileArchive } from '../archive/file-archive.ts';
import type { LeaseTable } from '../collector/lease.ts';
import type { AssociationSink } from '../collector/association-keeper.ts';
import { createQuarantine } from '../collector/quarantine.ts';
import type { Quarantine } from '../collector/quarantine.ts';
import type { StoreConfig } from '../config/store-config.ts';
import { assertNever } from '../errors.ts';
import { HELD_FILE, heldBookOf } from '../events/held.ts';
import type { HeldBook } from '../events/held.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { makeDataFolder } from './data-folder.ts';
import { openPatiently } from './patient-store.ts';
import type { OpenedStore } from './patient-store.ts';

const MEGABYTE = 1_048_576;

/** Where what cannot be read or stored is kept. */
export function quarantineOf(dataDir: string, log: Log): Quarantine {
  return createQuarantine(join(dataDir, 'quarantine.jsonl'), log);
}

export interface StorageOptions {
  readonly dataDir: string;
  readonly store: StoreConfig;
  readonly archiveMegabytes: number;
  /** A store that is away keeps a monitor from nothing; whatever needs it at once fails with the reason. Default: false. */
  readonly isPatient?: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Storage {
  readonly store: Store;
  readonly archive: Archive;
  /** Where several collectors agree on one that detects; null: the store is this process's alone. */
  readonly collectors: LeaseTable | null;
  /** Where others read associations with their own tools; absent where nobody does. */
  readonly associations?: AssociationSink;
  close(): Promise<void>;
}

/** The configured store alone; `openStorage` opens it with the archive. */
export async function openStore(
  options: Omit<StorageOptions, 'archiveMegabytes'>,
): Promise<Pick<Storage, 'store' | 'collectors'>> {
  const { store, dataDir, clock, log } = options;
  switch (store.kind) {
    case 'duckdb': {
      const { openDuckdbStore } = await import('../store/duckdb/store.ts');
      const store = await openDuckdbStore({ file: join(dataDir, 'store.duckdb'), log });
      return { store, collectors: null };
    }
    case 'memory': {
      const { createMemoryStore } = await import('../store/memory/store.ts');
      return { store: createMemoryStore(), collectors: null };
    }
    case 'influx': {
      const { openInfluxStore } = await import('../store/influx/store.ts');
      const setAside = quarantineOf(dataDir, log);
      const { address } = store;
      async function open(): Promise<OpenedStore> {
        const opened = await openInfluxStore({ address, clock, log, setAside });
        return { store: opened, collectors: opened.collectors };
      }
      return options.isPatient === true ? openPatiently({ open, clock, log }) : open();
    }
    default:
      return assertNever(store);
  }
}

/** Only a store that others read too has them as a series. */
function associationsOf({ store, clock }: StorageOptions): Pick<Storage, 'associations'> {
  if (store.kind !== 'influx') return {};
  const { address } = store;
  return {
    associations: {
      async write(associations, atMs) {
        const { writeAssociations } = await import('../store/influx/associations.ts');
        await writeAssociations(address, clock, associations, atMs);
      },
    },
  };
}

/** @throws EnvironmentError where the folder cannot be used or another monitor holds it. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { dataDir, archiveMegabytes, clock, log } = options;
  await makeDataFolder(dataDir);
  const archive = await openFileArchive({
    dir: join(dataDir, 'archive'),
    budgetBytes: archiveMegabytes * MEGABYTE,
    clock,
    log,
  });
  try {
    const { store, collectors } = await openStore(options);
    return {
      store,
      collectors,
      archive,
      ...associationsOf(options),
      async close() {
        await store.close();
        await archive.close();
      },
    };
  } catch (error) {
    await archive.close();
    throw error;
  }
}

/** What the calendar of this data directory brought in; nothing to keep where no other collector writes to the store. */
export function heldOf(
  { collectors }: Pick<Storage, 'collectors'>,
  dataDir: string,
  log: Log,
): { readonly held?: HeldBook } {
  return collectors === null ? {} : { held: heldBookOf(join(dataDir, HELD_FILE), log) };
}
