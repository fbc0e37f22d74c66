/** What a spool remembers besides its entries: one small file, replaced whole. */
import { isCode, writeWhole } from '../disk.ts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Log } from '../log.ts';

const Position = z.object({
  /** Everything up to and with this sequence is safe elsewhere. */
  acknowledged: z.int().nonnegative(),
  /** No new entry gets a sequence below this, even when the entries that had it were dropped. */
  next: z.int().positive(),
  droppedBodies: z.int().nonnegative(),
  droppedMeasurements: z.int().nonnegative(),
});
export type Position = z.infer<typeof Position>;

export async function readPosition(dir: string, log: Log): Promise<Position> {
  const path = join(dir, 'position.json');
  try {
    return Position.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (!isCode(error, 'ENOENT')) {
      log.error(
        { path, error: String(error) },
        'The spool forgot what was acknowledged; it will send all again.',
      );
    }
    return { acknowledged: 0, next: 1, droppedBodies: 0, droppedMeasurements: 0 };
  }
}

export async function writePosition(dir: string, position: Position): Promise<void> {
  await writeWhole(join(dir, 'position.json'), Buffer.from(JSON.stringify(position)));
}
