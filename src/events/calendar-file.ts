/** The calendar in a data directory: read whole, and changed in the user's file, by the command line and the administration alike. */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
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

export interface Calendar {
  readonly file: string;
  readonly text: string;
  readonly entries: readonly CalendarEntry[];
  readonly shippedIds: ReadonlySet<string>;
}

/** Throws ConfigError for a file that is wrong. */
export async function readCalendar(dataDir: string): Promise<Calendar> {
  const file = join(dataDir, USER_CALENDAR_FILE);
  const text = await readText(file);
  const shipped = loadShippedCalendar();
  const entries = mergeCalendars(shipped, parseUserCalendar(text, file));
  return { file, text, entries, shippedIds: new Set(shipped.map(({ id }) => id)) };
}

/** Written beside and renamed: a monitor that reads meanwhile finds the old file or the new one, whole. */
async function save(dataDir: string, file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(dataDir, { recursive: true });
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
    throw new EnvironmentError('CALENDAR_WRITE', `${file} cannot be written; choose another --data-dir`, {
      cause,
    });
  }
}

/** Puts facts into the user's file, or takes one out. Throws ConfigError for an unknown id or a file that is wrong. */
export async function changeUserCalendar(
  dataDir: string,
  change: { readonly put: readonly CalendarFact[] } | { readonly remove: string },
): Promise<void> {
  const { file, text, shippedIds } = await readCalendar(dataDir);
  const changed =
    'put' in change
      ? putFacts(text, change.put, file)
      : takeOut(text, change.remove, shippedIds.has(change.remove), file);
  if (changed !== text) await save(dataDir, file, changed);
}
