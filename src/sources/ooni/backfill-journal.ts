/**
 * Which files of an archive are in the store for good: one JSON line each, written after what they hold is durable. A kill
 * between the two costs a second reading of a file and nothing else, because a measurement that comes twice is kept once.
 */
import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';

const Entry = z.object({
  source: z.string(),
  key: z.string(),
  stamp: z.string(),
  measurements: z.int().min(0),
  /** Lines or the rest of a file that could not be read. */
  skipped: z.int().min(0),
  /** First and last start of a measurement, UTC epoch milliseconds; null where there was none. */
  fromMs: z.number().nullable(),
  toMs: z.number().nullable(),
});
export type JournalEntry = z.infer<typeof Entry>;

export interface BackfillJournal {
  /** The entry of this very content, or undefined. */
  find(source: string, key: string, stamp: string): JournalEntry | undefined;
  /** Durable when it resolves. */
  add(entries: readonly JournalEntry[]): Promise<void>;
  close(): Promise<void>;
}

function nameOf(source: string, key: string, stamp: string): string {
  return JSON.stringify([source, key, stamp]);
}

/** A last line that a kill cut short is ended here and counts as not written. */
export async function openBackfillJournal(file: string): Promise<BackfillJournal> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  const known = new Map<string, JournalEntry>();
  for (const line of text.split('\n')) {
    const entry = parse(line);
    if (entry !== null) known.set(nameOf(entry.source, entry.key, entry.stamp), entry);
  }
  const handle = await open(file, 'a', 0o600);
  if (text !== '' && !text.endsWith('\n')) await handle.appendFile('\n');
  return {
    find: (source, key, stamp) => known.get(nameOf(source, key, stamp)),
    async add(entries) {
      if (entries.length === 0) return;
      await handle.appendFile(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
      await handle.datasync();
      for (const entry of entries) known.set(nameOf(entry.source, entry.key, entry.stamp), entry);
    },
    close: async () => handle.close(),
  };
}

function parse(line: string): JournalEntry | null {
  try {
    const value: unknown = JSON.parse(line);
    const entry = Entry.safeParse(value);
    return entry.success ? entry.data : null;
  } catch {
    return null;
  }
}
