/** Where a backfill takes its files from: OONI's bucket, another server that answers like it, or a folder. */
import { stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { get } from '../../probes/net/get.ts';
import type { Clock } from '../../probes/probe.ts';
import { removeIfThere } from '../disk.ts';
import { ConfigError } from '../errors.ts';
import { ArchiveClient } from '../sources/ooni/archive-client.ts';
import { isWanted, placeOf } from '../sources/ooni/archive-layout.ts';
import type { Wanted } from '../sources/ooni/archive-layout.ts';
import type { ListedObject } from '../sources/ooni/archive-listing.ts';
import { filesOf } from '../sources/ooni/files.ts';
import { systemRandom } from './system-random.ts';

/** Listing and files together. */
const REQUESTS_PER_SECOND = 10;
/** Files that are on their way or wait on disk while one is read. */
const AHEAD = 4;

/** A file that can be read; `release` when it was. */
export interface FetchedFile {
  readonly object: ListedObject;
  /** Null: `what` says why it could not be had. */
  readonly path: string | null;
  readonly what: string;
  readonly release: () => Promise<void>;
}

export interface ArchiveSource {
  /** The same for the same source, whoever asks. */
  readonly name: string;
  list(wanted: Wanted): AsyncIterable<ListedObject>;
  /** In the order given; called once. Whoever stops reading early ends what is on its way. */
  fetch(objects: readonly ListedObject[]): AsyncIterable<FetchedFile>;
}

export interface SourceOptions {
  /** An http(s) address or a folder. */
  readonly from: string;
  /** Where a downloaded file lies while it is read. */
  readonly scratchDir: string;
  readonly clock: Clock;
  /** Ends what is on its way. */
  readonly signal: AbortSignal;
  readonly onPause: (why: string, pauseMs: number) => void;
}

/** @throws ConfigError where `from` is neither an http(s) address nor a folder. */
export async function openSource(options: SourceOptions): Promise<ArchiveSource> {
  const { from } = options;
  if (/^[a-z][a-z0-9+.-]+:\/\//iu.test(from)) return bucketOf(options);
  const found = await stat(from).catch(() => null);
  if (found?.isDirectory() !== true)
    throw new ConfigError('--from', `"${from}" is neither a folder nor an address that begins with https://`);
  return folderOf(resolve(from));
}

function bucketOf({ from, scratchDir, clock, signal, onPause }: SourceOptions): ArchiveSource {
  if (!/^https?:\/\//iu.test(from) || !URL.canParse(from))
    throw new ConfigError('--from', `"${from}" is no http or https address`);
  const url = from.replace(/\/+$/u, '');
  const ending = new AbortController();
  const client = new ArchiveClient({
    url,
    get,
    clock,
    random: systemRandom,
    perSecond: REQUESTS_PER_SECOND,
    signal: AbortSignal.any([signal, ending.signal]),
    onPause,
  });
  async function download(object: ListedObject, number: number): Promise<FetchedFile> {
    const path = join(scratchDir, `${number}.jsonl.gz`);
    async function release(): Promise<void> {
      await removeIfThere(path);
    }
    const failure = await client.download(object, path);
    return failure === null
      ? { object, path, what: '', release }
      : { object, path: null, what: `could not be downloaded (${failure})`, release };
  }
  return {
    name: url,
    list: (wanted) => client.list(wanted),
    async *fetch(objects) {
      const begun: Promise<FetchedFile>[] = [];
      try {
        yield* ahead(objects, download, begun);
      } finally {
        ending.abort();
        await Promise.allSettled(begun);
      }
    },
  };
}

/** Begins the next few while the first is used; `begun` holds those that nobody has got yet. */
async function* ahead(
  objects: readonly ListedObject[],
  download: (object: ListedObject, number: number) => Promise<FetchedFile>,
  begun: Promise<FetchedFile>[],
): AsyncGenerator<FetchedFile> {
  for (const [number, object] of objects.entries()) {
    const file = download(object, number);
    // Thrown where it is waited for, in its turn.
    file.catch(() => undefined);
    begun.push(file);
    const first = begun.length > AHEAD ? begun.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (let file = begun.shift(); file !== undefined; file = begun.shift()) yield await file;
}

/** Files in one of OONI's layouts are chosen by their path; any other is read, and what is not wanted in it left out. */
function folderOf(dir: string): ArchiveSource {
  return {
    name: dir,
    async *list(wanted) {
      for await (const path of filesOf(dir)) {
        const key = relative(dir, path).split(sep).join('/');
        const place = placeOf(key);
        if (place !== null && !isWanted(place, wanted)) continue;
        const { size, mtimeMs } = await stat(path);
        yield { key, bytes: size, stamp: `${size} ${mtimeMs}` };
      }
    },
    async *fetch(objects) {
      for (const object of objects)
        yield { object, path: join(dir, object.key), what: '', release: async () => Promise.resolve() };
      await Promise.resolve();
    },
  };
}
