/**
 * The user's `events.yaml` on disk: read with the facts that ship, and changed by one writer at a time. Commands change it
 * while a monitor runs, and so does the monitor itself when a livestream begins.
 */
import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isCode, makeFolder } from '../disk.ts';
import { EnvironmentError } from '../errors.ts';
import {
  loadShippedCalendar,
  mergeCalendars,
  parseUserCalendar,
  readText,
  USER_CALENDAR_FILE,
} from './calendar.ts';
import type { CalendarEntry } from './calendar.ts';
import type { CalendarFact } from './fact.ts';
import { putFacts, takeOut } from './user-file.ts';

/** A change takes milliseconds; a lock that is older was left behind by a process that died. */
const LOCK_STALE_MS = 10_000;
const LOCK_TRIES_MAX = 200;
const LOCK_WAIT_MS = 25;

/** The facts that ship and the user's as one. */
export interface Calendar {
  readonly entries: readonly CalendarEntry[];
  readonly shippedIds: ReadonlySet<string>;
}

/** Throws ConfigError where the user's file is wrong. */
export async function readCalendar(dataDir: string): Promise<Calendar> {
  const file = join(dataDir, USER_CALENDAR_FILE);
  const shipped = loadShippedCalendar();
  const entries = mergeCalendars(shipped, parseUserCalendar(await readText(file), file));
  return { entries, shippedIds: new Set(shipped.map(({ id }) => id)) };
}

/** The user's own facts alone. */
export async function readUserFacts(dataDir: string): Promise<readonly CalendarFact[]> {
  const file = join(dataDir, USER_CALENDAR_FILE);
  return parseUserCalendar(await readText(file), file).events;
}

/** Written beside and renamed: a monitor that reads meanwhile finds the old file or the new one, whole. */
async function save(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw unwritable(file, cause);
  }
}

function unwritable(file: string, cause: unknown): EnvironmentError {
  return new EnvironmentError('CALENDAR_WRITE', `${file} cannot be written; choose another --data-dir`, {
    cause,
  });
}

/** A file that only one process can make; it is there as long as the change lasts. */
async function lock(file: string): Promise<() => Promise<void>> {
  const path = `${file}.lock`;
  for (let attempt = 0; attempt < LOCK_TRIES_MAX; attempt += 1) {
    try {
      await (await open(path, 'wx')).close();
      return async () => rm(path, { force: true });
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw unwritable(file, error);
      if (await isStale(path)) await rm(path, { force: true });
      else await wait(LOCK_WAIT_MS);
    }
  }
  throw new EnvironmentError('CALENDAR_LOCKED', `${file} is being changed by another process; try again`);
}

/** By the file system's own clock, so that a machine whose clock jumps keeps no lock for ever. */
async function isStale(path: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path);
    const probe = `${path}.${process.pid}`;
    await (await open(probe, 'w')).close();
    const now = await stat(probe);
    await rm(probe, { force: true });
    return now.mtimeMs - mtimeMs > LOCK_STALE_MS;
  } catch (error) {
    // It was released meanwhile.
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function removed(text: string, id: string, path: string): string {
  const isShipped = loadShippedCalendar().some((fact) => fact.id === id);
  return takeOut(text, id, isShipped, path);
}

/** Puts facts into the user's file, or takes one out. Throws ConfigError for an unknown id or a file that is wrong. */
export async function changeUserCalendar(
  dataDir: string,
  change: { readonly put: readonly CalendarFact[] } | { readonly remove: string },
): Promise<void> {
  const path = join(dataDir, USER_CALENDAR_FILE);
  await makeFolder(dataDir).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
  const unlock = await lock(path);
  try {
    const text = await readText(path);
    const changed = 'put' in change ? putFacts(text, change.put, path) : removed(text, change.remove, path);
    if (changed !== text) await save(path, changed);
  } finally {
    await unlock();
  }
}
