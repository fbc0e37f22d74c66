/** A transparency log on disk that a test fills and closes by hand. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openFileArchive } from '../../src/archive/file-archive.ts';
import type { Archive } from '../../src/archive/archive.ts';
import type { CarriedBook } from '../../src/collector/carried-book.ts';
import type { FleetBook } from '../../src/collector/fleet-book.ts';
import type { Identity } from '../../src/fleet/identity.ts';
import { ArchivedHours, hoursMemory } from '../../src/transparency/archived-hours.ts';
import { contentOf } from '../../src/transparency/content.ts';
import type { DayContent } from '../../src/transparency/keeper.ts';
import { openLogBook } from '../../src/transparency/log-book.ts';
import type { LogBook } from '../../src/transparency/log-book.ts';
import type { SignedDay } from '../../src/transparency/log.ts';
import { ManualClock } from './manual-clock.ts';
import { silentLog } from './silent-log.ts';

const DAY_MS = 86_400_000;

export async function anArchive(dataDir: string, nowMs: number): Promise<Archive> {
  const dir = join(dataDir, 'archive');
  await mkdir(dir, { recursive: true });
  return openFileArchive({ dir, budgetBytes: 1e9, clock: new ManualClock(nowMs), log: silentLog });
}

/** As the monitor's own: hours of the archive, and chains where there is a book of them. */
export function contentFor(
  dataDir: string,
  book: LogBook,
  chains: FleetBook | null = null,
  carried: CarriedBook | null = null,
) {
  const hours = new ArchivedHours({
    archiveDir: join(dataDir, 'archive'),
    memory: hoursMemory(dataDir),
    log: silentLog,
  });
  return async (toMs: number): Promise<DayContent> => contentOf({ chains, carried, hours, book }, toMs);
}

export async function closeDay(
  dataDir: string,
  day: string,
  by: { readonly identity: Identity; readonly chains?: FleetBook; readonly carried?: CarriedBook },
): Promise<SignedDay> {
  const book = await openLogBook(dataDir);
  await book.begin(day);
  const toMs = Date.parse(`${day}T00:00:00Z`) + DAY_MS;
  const { leaves, published } = await contentFor(dataDir, book, by.chains ?? null, by.carried ?? null)(toMs);
  const closed = await book.close(day, leaves, { identity: by.identity, atMs: toMs + 30_000 });
  await published();
  return closed;
}
