/**
 * Bundles of evidence that are published, below the data directory: `published/<incident>.zip`, and beside it what readers are told
 * of it. The ZIP comes first and goes last, so that what is told of is there.
 */
import { createReadStream, existsSync } from 'node:fs';
import type { ReadStream } from 'node:fs';
import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolder, removeIfThere, syncDirectory, writeWhole } from '../disk.ts';

export const PublishedBundle = z.strictObject({
  incident: z.string(),
  /** ISO 8601 in UTC. */
  at: z.string(),
  bytes: z.int().positive(),
  sha256: z.string(),
  /** SHA-256 of the public key that signed it. */
  key: z.string(),
});
export type PublishedBundle = z.output<typeof PublishedBundle>;

/** Ids are made of our own words; anything else never becomes a name on disk. */
const ID = /^[A-Za-z0-9][\w.-]{0,199}$/;

export async function openPublishedBook(dataDir: string): Promise<PublishedBook> {
  const folder = join(dataDir, 'published');
  const found = new Map<string, PublishedBundle>();
  const names = existsSync(folder) ? (await readdir(folder)).sort() : [];
  for (const name of names.filter((one) => one.endsWith('.json'))) {
    const bundle = PublishedBundle.parse(JSON.parse(await readFile(join(folder, name), 'utf8')));
    found.set(bundle.incident, bundle);
  }
  return new PublishedBook(folder, found);
}

export class PublishedBook {
  readonly #folder: string;
  readonly #bundles: Map<string, PublishedBundle>;

  constructor(folder: string, bundles: Map<string, PublishedBundle>) {
    this.#folder = folder;
    this.#bundles = bundles;
  }

  of(incident: string): PublishedBundle | null {
    return this.#bundles.get(incident) ?? null;
  }

  list(): readonly PublishedBundle[] {
    return [...this.#bundles.values()];
  }

  /** Its bytes; null where none is published. */
  open(incident: string): ReadStream | null {
    return this.of(incident) === null ? null : createReadStream(this.#zip(incident));
  }

  /** Takes a finished, synced ZIP on the same disk. */
  async put(bundle: PublishedBundle, file: string): Promise<void> {
    await makeFolder(this.#folder, 0o700);
    await rename(file, this.#zip(bundle.incident));
    await writeWhole(this.#facts(bundle.incident), Buffer.from(`${JSON.stringify(bundle)}\n`));
    this.#bundles.set(bundle.incident, bundle);
  }

  async remove(incident: string): Promise<void> {
    this.#bundles.delete(incident);
    await removeIfThere(this.#facts(incident));
    await removeIfThere(this.#zip(incident));
    await syncDirectory(this.#folder);
  }

  #zip(incident: string): string {
    return join(this.#folder, `${nameOf(incident)}.zip`);
  }

  #facts(incident: string): string {
    return join(this.#folder, `${nameOf(incident)}.json`);
  }
}

function nameOf(incident: string): string {
  if (!ID.test(incident)) throw new TypeError('an incident’s id that cannot be a file’s name');
  return incident;
}
