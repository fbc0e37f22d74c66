/**
 * What this process's calendar held when it was last brought into a store that other collectors write to as well: only what has changed here
 * since is brought in, and only what was here is taken out, so that no collector undoes what another one wrote.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { isCode, writeWhole } from '../disk.ts';
import type { Log } from '../log.ts';

/** In the data directory. */
export const HELD_FILE = 'events-held.json';

const Kept = z.record(z.string(), z.string());

/** By an event's id, what `hashOf` says of its text. */
export type Held = ReadonlyMap<string, string>;

export interface HeldBook {
  read(): Promise<Held>;
  /** Durable when it resolves. */
  save(held: Held): Promise<void>;
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** A file that cannot be read counts as empty: then nothing is taken out, and everything is brought in. */
export function heldBookOf(file: string, log: Log): HeldBook {
  return {
    async read() {
      try {
        return new Map(Object.entries(Kept.parse(JSON.parse(await readFile(file, 'utf8')))));
      } catch (error) {
        if (!isCode(error, 'ENOENT')) log.warn({ file }, 'What the calendar held before cannot be read.');
        return new Map();
      }
    },
    async save(held) {
      await writeWhole(file, Buffer.from(JSON.stringify(Object.fromEntries(held)), 'utf8'));
    },
  };
}
