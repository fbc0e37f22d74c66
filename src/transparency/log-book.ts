/**
 * The log on disk, below the data directory. Whoever only reads it needs no lock; one process closes days, the one that holds
 * the archive.
 *
 *   transparency/begun.json        the first day there was anything to log
 *   transparency/<day>.jsonl       the leaves of a day, in their order; written before the day is
 *   transparency/days.jsonl        the signed days, appended with fsync: what stands here is published
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isCode, makeFolder, writeWhole } from '../disk.ts';
import { canonicalJson } from '../fleet/canonical.ts';
import type { Identity } from '../fleet/identity.ts';
import { LinesBook } from '../lines-book.ts';
import {
  Day,
  flawOfDays,
  hashOfDay,
  hashOfLeaf,
  LOG_FORMAT,
  LOG_START,
  LogLeaf,
  SignedDay,
  signDay,
} from './log.ts';
import type { PublishedLog } from './log.ts';
import { auditPath, rootOf } from './merkle.ts';
import type { Inclusion } from './merkle.ts';

const Begun = z.object({ day: Day });

async function textIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return '';
    throw error;
  }
}

/** Whole lines alone: what has no end was never published. */
function wholeLines(text: string): string[] {
  return text.split('\n').slice(0, -1);
}

/** @throws what the disk throws, and a ZodError where a published day cannot be read. */
export async function openLogBook(dataDir: string): Promise<LogBook> {
  const folder = join(dataDir, 'transparency');
  return new LogBook(folder, await LinesBook.open(join(folder, 'days.jsonl'), SignedDay));
}

export interface LeafProof extends Inclusion {
  readonly day: SignedDay;
}

export class LogBook {
  readonly #folder: string;
  readonly #days: LinesBook<SignedDay>;

  constructor(folder: string, days: LinesBook<SignedDay>) {
    this.#folder = folder;
    this.#days = days;
  }

  get days(): readonly SignedDay[] {
    return this.#days.entries;
  }

  /** The log as it is published. @param publicKey DER in base64. */
  published(publicKey: string): PublishedLog {
    return { format: LOG_FORMAT, publicKey, days: [...this.days] };
  }

  /** Null where this key may go on with the log; else why not. */
  flawFor({ publicKey }: Pick<Identity, 'publicKey'>): string | null {
    return flawOfDays(this.days, publicKey);
  }

  /** The day that the log begins with, remembered from the first time on. */
  async begin(day: string): Promise<string> {
    await makeFolder(this.#folder, 0o700);
    const path = join(this.#folder, 'begun.json');
    const text = await textIfThere(path);
    if (text !== '') return Begun.parse(JSON.parse(text)).day;
    await writeWhole(path, Buffer.from(`${JSON.stringify({ day })}\n`));
    return day;
  }

  /** Publishes a day. Resolves once it survives a crash; a crash before leaves no trace of it in the log. */
  async close(
    day: string,
    leaves: readonly LogLeaf[],
    by: { readonly identity: Identity; readonly atMs: number },
  ): Promise<SignedDay> {
    const last = this.days.at(-1);
    if (last !== undefined && day <= last.day) throw new TypeError(`${day} is not after ${last.day}`);
    await writeWhole(
      this.#leavesPath(day),
      Buffer.from(leaves.map((leaf) => `${canonicalJson(leaf)}\n`).join(''), 'utf8'),
    );
    const signed = signDay(
      {
        day,
        number: (last?.number ?? 0) + 1,
        leaves: leaves.length,
        root: rootOf(leaves.map(hashOfLeaf)),
        previous: last === undefined ? LOG_START : hashOfDay(last),
        closedAt: new Date(by.atMs).toISOString(),
      },
      by.identity,
    );
    await this.#days.add(signed);
    return signed;
  }

  /** In their order; none where the day is not in the log. */
  async leavesOf(day: string): Promise<LogLeaf[]> {
    if (!this.days.some((known) => known.day === day)) return [];
    return wholeLines(await textIfThere(this.#leavesPath(day))).map((line) =>
      LogLeaf.parse(JSON.parse(line)),
    );
  }

  /** How a leaf, by its hash, leads to the root of a day; null where the day is not closed or has no such leaf. */
  async proofOf(day: string, leaf: string): Promise<LeafProof | null> {
    const head = this.days.find((known) => known.day === day);
    if (head === undefined) return null;
    const hashes = (await this.leavesOf(day)).map(hashOfLeaf);
    const index = hashes.indexOf(leaf);
    if (index === -1) return null;
    return { day: head, index, leaves: hashes.length, path: auditPath(index, hashes) };
  }

  #leavesPath(day: string): string {
    return join(this.#folder, `${day}.jsonl`);
  }
}
