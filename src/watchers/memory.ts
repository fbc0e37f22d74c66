/** What watchers must not forget over a restart: which streams are open and by what key they are known, and which were told once. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { isCode, makeFolder, writeWhole } from '../disk.ts';
import type { Log } from '../log.ts';

/** Events that were put into the calendar; the oldest are forgotten first. */
const TOLD_MAX = 5_000;

const Kept = z.object({
  /** Key at its source, by the event's id. */
  open: z.record(z.string(), z.object({ watcher: z.string(), key: z.string() })),
  told: z.array(z.string()),
});

export interface WatchMemory {
  /** Keys of a watcher's open streams, by the event's id. */
  openOf(watcher: string): ReadonlyMap<string, string>;
  /** Whether the event was put into the calendar before, by any look. */
  wasTold(id: string): boolean;
  begin(id: string, watcher: string, key: string): void;
  tell(id: string): void;
  end(id: string): void;
  /** Durable when it resolves. */
  save(): Promise<void>;
}

/** A file that cannot be read is begun anew: ids derive from the streams, so that nothing is doubled by it. */
export async function openWatchMemory(file: string, log: Log): Promise<WatchMemory> {
  await makeFolder(dirname(file));
  const kept = await read(file, log);
  const open = new Map(Object.entries(kept.open));
  const told = new Set(kept.told);
  return {
    openOf: (watcher) =>
      new Map([...open].filter(([, one]) => one.watcher === watcher).map(([id, { key }]) => [id, key])),
    wasTold: (id) => told.has(id),
    begin(id, watcher, key) {
      open.set(id, { watcher, key });
    },
    tell(id) {
      told.add(id);
    },
    end(id) {
      open.delete(id);
    },
    async save() {
      const newest = [...told].slice(-TOLD_MAX);
      await writeWhole(
        file,
        Buffer.from(JSON.stringify({ open: Object.fromEntries(open), told: newest }), 'utf8'),
      );
    },
  };
}

async function read(file: string, log: Log): Promise<z.output<typeof Kept>> {
  try {
    return Kept.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (!isCode(error, 'ENOENT'))
      log.warn({ file }, 'What watchers had open cannot be read; it is looked for anew.');
    return { open: {}, told: [] };
  }
}
