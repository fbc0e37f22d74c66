/** A file to which lines of JSON are only ever appended, each durable when it is there. */
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { appendDurably, cutTo, makeDirectory } from './archive/durable.ts';
import { isCode } from './disk.ts';
import { dirname } from 'node:path';

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return '';
    throw error;
  }
}

/**
 * Reading needs no lock; one process appends. A last line without its end was never written: readers pass it over, the next
 * append cuts it off.
 */
export class LinesBook<Entry> {
  readonly #path: string;
  readonly #entries: Entry[];
  readonly #keptMax: number;
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(path: string, entries: Entry[], keptMax: number) {
    this.#path = path;
    this.#entries = entries;
    this.#keptMax = keptMax;
  }

  /**
   * @param keptMax entries that stay in memory, the newest; the file keeps all.
   * @throws a ZodError where a whole line is no entry.
   */
  static async open<Entry>(
    path: string,
    schema: z.ZodType<Entry>,
    keptMax = Number.MAX_SAFE_INTEGER,
  ): Promise<LinesBook<Entry>> {
    const lines = (await textOf(path)).split('\n').slice(0, -1).slice(-keptMax);
    return new LinesBook(
      path,
      lines.map((line) => schema.parse(JSON.parse(line))),
      keptMax,
    );
  }

  /** Oldest first. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  async add(entry: Entry): Promise<void> {
    const mine = this.#tail.then(async () => this.#append(entry));
    this.#tail = mine.catch(() => undefined);
    await mine;
  }

  async #append(entry: Entry): Promise<void> {
    await makeDirectory(dirname(this.#path));
    await this.#cutTornLine();
    await appendDurably(this.#path, `${JSON.stringify(entry)}\n`);
    this.#entries.push(entry);
    if (this.#entries.length > this.#keptMax) this.#entries.shift();
  }

  async #cutTornLine(): Promise<void> {
    const text = await textOf(this.#path);
    const whole = text.lastIndexOf('\n') + 1;
    if (whole < text.length) await cutTo(this.#path, Buffer.byteLength(text.slice(0, whole)));
  }
}
