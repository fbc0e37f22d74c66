/**
 * The ZIP of a bundle. Nothing in it is left to chance: entries are stored as they are, in one order, with one date and one mode. So
 * the file is a function of the names and contents in it, and a byte that this function would not write is an error, wherever it is.
 */
import { open } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import type { Readable } from 'node:stream';
import { openPromise } from 'yauzl';
import type { Entry } from 'yauzl';
import { ZipFile } from 'yazl';
import { bytesIn } from './bytes.ts';
import { BundleRefusal } from './refusal.ts';

export const FILES_MAX = 64;
/** One folder at most; no name that a system could read as a path elsewhere. */
const NAME = /^(?:[a-z0-9][a-z0-9-]{0,40}\/)?[A-Za-z0-9][A-Za-z0-9_.-]{0,80}$/;
/** Midnight by whatever clock, as a ZIP of 1980 has it: zones leave no trace. */
const WRITTEN_AS = {
  mtime: new Date(1980, 0, 1),
  mode: 0o100644,
  compress: false,
  forceDosTimestamp: true,
};

export interface BundleFile {
  readonly path: string;
  readonly bytes: number;
  readonly open: () => Promise<Readable>;
}

/** The bytes of the ZIP with these files, in this order. */
export function zipOf(files: readonly BundleFile[]): Readable {
  const zip = new ZipFile();
  const bytes = new PassThrough();
  zip.on('error', (error: Error) => bytes.destroy(error));
  for (const { path, bytes: size, open } of files)
    zip.addReadStreamLazy(path, { ...WRITTEN_AS, size }, (give) => {
      open().then(
        (stream) => {
          give(null, stream);
        },
        (error: unknown) => bytes.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    });
  zip.end();
  zip.outputStream.pipe(bytes);
  return bytes;
}

export interface OpenedZip {
  /** In the order of the ZIP. */
  readonly files: readonly BundleFile[];
  close(): void;
}

/**
 * Opens a ZIP that is exactly what `zipOf` makes of its files: no other name, order, date, comment, compression, nothing before,
 * between or behind. Reads it once, with bounded memory; nothing is unpacked to disk.
 * @throws BundleRefusal
 */
export async function openZip(path: string): Promise<OpenedZip> {
  const zip = await opened(path);
  try {
    const files: BundleFile[] = [];
    for await (const entry of zip.eachEntry()) {
      checkEntry(entry, files);
      files.push({
        path: entry.fileName,
        bytes: entry.uncompressedSize,
        open: async () => zip.openReadStreamPromise(entry),
      });
    }
    await compareWithOwn(path, files);
    return {
      files,
      close: () => {
        zip.close();
      },
    };
  } catch (error) {
    zip.close();
    throw error instanceof BundleRefusal ? error : notZip(error);
  }
}

async function opened(path: string) {
  try {
    return await openPromise(path, { lazyEntries: true, autoClose: false, strictFileNames: true });
  } catch (error) {
    throw notZip(error);
  }
}

function notZip(error: unknown): BundleRefusal {
  return new BundleRefusal('not_a_zip', error instanceof Error ? error.message : String(error));
}

function checkEntry(entry: Entry, before: readonly BundleFile[]): void {
  const { fileName: name } = entry;
  if (before.length >= FILES_MAX) throw new BundleRefusal('hostile_zip', `more than ${FILES_MAX} files`);
  if (!NAME.test(name))
    throw new BundleRefusal('hostile_zip', `a name that no bundle has: ${JSON.stringify(name)}`);
  if (before.some(({ path }) => path === name))
    throw new BundleRefusal('hostile_zip', `${name} is there twice`);
  if (entry.compressionMethod !== 0 || entry.compressedSize !== entry.uncompressedSize)
    throw new BundleRefusal('hostile_zip', `${name} is packed inside the ZIP; a bundle never is`);
}

/** Writes the ZIP anew from what is in it, and compares byte by byte. */
async function compareWithOwn(path: string, files: readonly BundleFile[]): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    let offset = 0;
    for await (const expected of bytesIn(zipOf(files))) {
      const found = Buffer.alloc(expected.length);
      const { bytesRead } = await file.read(found, 0, found.length, offset);
      if (bytesRead !== expected.length || !found.equals(expected))
        throw new BundleRefusal(
          'changed_zip',
          `the ZIP itself was changed near byte ${offset + firstDifference(expected, found)}`,
        );
      offset += expected.length;
    }
    if (offset !== size) throw new BundleRefusal('changed_zip', `${size - offset} bytes too many at the end`);
  } finally {
    await file.close();
  }
}

function firstDifference(one: Buffer, other: Buffer): number {
  return one.findIndex((byte, index) => byte !== other[index]);
}
