/** A vantage's spool and a collector's books on disk, and files that are carried between them. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { exportBundle } from '../../src/agent/bundle-export.ts';
import type { CarriedCount } from '../../src/agent/bundle-export.ts';
import { openChainFile } from '../../src/agent/chain-file.ts';
import { openFileSpool } from '../../src/agent/file-spool.ts';
import type { FileSpool } from '../../src/agent/file-spool.ts';
import { checkBundle } from '../../src/collector/bundle-check.ts';
import { readBundle } from '../../src/fleet/bundle-file.ts';
import { BundleRefusal } from '../../src/fleet/bundle-refusal.ts';
import { Refusal } from '../../src/fleet/refusal.ts';
import { createBoxKey, seal } from '../../src/fleet/sealed-box.ts';
import { VANTAGE } from './agent-records.ts';
import { withTemporaryFolder } from './cli.ts';
import { entriesFrom, NOW_MS, openDoor } from './fleet.ts';
import type { Door } from './fleet.ts';
import { silentLog } from './silent-log.ts';

export const { key: BOX } = createBoxKey();
export const ID = 'b'.repeat(32);

export interface World extends Door {
  readonly folder: string;
  readonly spool: FileSpool;
  readonly spoolDir: string;
  /** Measured now, so that it waits in the spool. */
  readonly measure: (count: number) => Promise<void>;
  /** Writes a bundle of what waits. */
  readonly carry: (options?: { readonly to?: string; readonly bundle?: string }) => Promise<string>;
  readonly take: (file: string) => Promise<{ stored: number; repeated: number }>;
}

let files = 0;

/** @param segmentBytes of the spool's files; only those of 256 kB and more are packed. */
export async function withWorld(
  use: (world: World) => Promise<void>,
  { segmentBytes = 60_000 }: { readonly segmentBytes?: number } = {},
): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const door = await openDoor(join(folder, 'collector'));
    const spoolDir = join(folder, 'spool', VANTAGE.id);
    const spool = await openFileSpool({
      dir: spoolDir,
      budgetBytes: 1e8,
      segmentBytes,
      log: silentLog,
    });
    await openChainFile(spoolDir, door.identity.keyId, silentLog);
    const world = { ...door, folder, spool, spoolDir };
    await use({
      ...world,
      measure: async (count) => {
        const all = entriesFrom(1, count);
        // What waits together is written together, into one file of the spool.
        for (let from = 0; from < count; from += 50)
          await Promise.all(
            all.slice(from, from + 50).map(async ({ measurement }) => spool.append(measurement)),
          );
      },
      carry: async (options = {}) => (await carried(world, options)).file,
      take: async (file) => takeIn(world, file),
    });
    await spool.close();
  });
}

export async function carried(
  { identity, spoolDir, folder }: Pick<World, 'identity' | 'spoolDir' | 'folder'>,
  { to, bundle = ID }: { readonly to?: string; readonly bundle?: string } = {},
): Promise<{ file: string; counts: readonly CarriedCount[] }> {
  const one = { vantage: VANTAGE, identity, spoolDir };
  const made = exportBundle([one], { bundle, atMs: NOW_MS, log: silentLog });
  files += 1;
  const file = join(folder, `stick-${files}`);
  await writeFile(file, to === undefined ? made.bytes : seal(made.bytes, to));
  return { file, counts: made.counts() };
}

export function parts(file: string) {
  return readBundle(createReadStream(file), BOX);
}

export async function takeIn({ book, carriedReception }: Door, file: string) {
  await checkBundle(() => parts(file), book);
  let [stored, repeated] = [0, 0];
  for await (const part of parts(file)) {
    if (part.kind === 'end') continue;
    const kept = await carriedReception.receive(part.batch);
    stored += kept.stored;
    repeated += kept.repeated;
  }
  return { stored, repeated };
}

export async function outcome(task: Promise<unknown>): Promise<string> {
  return task.then(
    () => 'taken',
    (error: unknown) =>
      error instanceof BundleRefusal || error instanceof Refusal ? error.code : String(error),
  );
}

export async function filesOf(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name);
      found[path] = await readFile(path, 'latin1');
    }
  return found;
}
