/** The census on disk: one JSON line for each block that was looked at, in `<data directory>/sweep/census.jsonl`. */
import { open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { HOSTS } from '../../probes/sweep/census.ts';
import type { BlockRecord } from '../../probes/sweep/census.ts';
import type { Block } from '../../probes/prefix.ts';
import { isCode, makeFolder, syncDirectory } from '../disk.ts';

const LINES_MAX = 65_536;
const Share = z.number().min(0).max(1_000);

const Line = z.strictObject({
  id: z.string(),
  atMs: z.number(),
  active: z.array(z.int().min(1).max(HOSTS.length)).max(HOSTS.length),
  answered: Share,
  asked: Share,
}) satisfies z.ZodType<BlockRecord>;

export interface CensusFile {
  /** Records by block, and how many lines were passed over: unreadable, or of blocks that may not be asked. */
  read(): Promise<{ readonly records: ReadonlyMap<string, BlockRecord>; readonly refused: number }>;
  /** Replaces the file whole; resolves once it survives a power cut. */
  write(records: Iterable<BlockRecord>): Promise<void>;
}

/** @param blocks those that may be asked: a file that others touched must not lead anywhere else. */
export function censusFile(dataDir: string, blocks: readonly Block[]): CensusFile {
  const path = join(dataDir, 'sweep', 'census.jsonl');
  const known = new Set(blocks.map(({ id }) => id));
  return {
    async read() {
      const records = new Map<string, BlockRecord>();
      let refused = 0;
      for (const text of (await textOf(path)).split('\n').slice(0, LINES_MAX)) {
        if (text === '') continue;
        const record = recordOf(text);
        if (record === null || !known.has(record.id)) refused += 1;
        else records.set(record.id, record);
      }
      return { records, refused };
    },
    async write(records) {
      await makeFolder(dirname(path));
      const draft = `${path}.draft`;
      const handle = await open(draft, 'w');
      try {
        await handle.writeFile([...records].map((record) => `${JSON.stringify(record)}\n`).join(''));
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, path);
      await syncDirectory(dirname(path));
    },
  };
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return '';
    throw error;
  }
}

function recordOf(text: string): BlockRecord | null {
  try {
    const read = Line.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch {
    // A line that was cut off: its block is asked again.
    return null;
  }
}
