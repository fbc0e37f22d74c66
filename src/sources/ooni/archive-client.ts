/**
 * OONI's public archive, asked politely: so many requests a second, each repeated a few times with a growing pause or the one
 * that the server asks for. What fails for good is told in words that a person can act on.
 */
import { open } from 'node:fs/promises';
import type { Get, GetAnswer } from '../../../probes/net/get.ts';
import type { Clock } from '../../../probes/probe.ts';
import { EnvironmentError } from '../../errors.ts';
import { isWanted, placeOf, questionsOf } from './archive-layout.ts';
import type { ListingQuestion, Wanted } from './archive-layout.ts';
import { readListing } from './archive-listing.ts';
import type { ListedObject, ListingPage } from './archive-listing.ts';

/** Tries of one request; the last of them waits half a minute. */
export const TRIES_MAX = 7;
/** Who never answered at all is rather a wrong address than a busy server. */
const TRIES_OF_A_STRANGER_MAX = 3;
const PAUSE_FIRST_MS = 500;
const PAUSE_MAX_MS = 30_000;
/** A server that asks for a longer pause is asked again at the next run. */
const RETRY_AFTER_MAX_MS = 300_000;
const LISTING_BYTES_MAX = 16 * 1_048_576;
/** OONI's files are some tens of megabytes at most. */
const OBJECT_BYTES_MAX = 2 * 1_024 * 1_048_576;
const OBJECTS_MAX = 1_000_000;

export interface ArchiveClientOptions {
  /** Of the bucket, without a slash at the end. */
  readonly url: string;
  readonly get: Get;
  readonly clock: Clock;
  /** 0 ≤ x < 1; spreads the pauses. */
  readonly random: () => number;
  /** Requests a second, of all kinds together. */
  readonly perSecond: number;
  readonly signal: AbortSignal;
  /** Told before each pause: what the answer was, and how long the pause is. */
  readonly onPause?: (why: string, pauseMs: number) => void;
}

export class ArchiveClient {
  readonly #options: ArchiveClientOptions;
  #nextMs = 0;
  #hasAnswered = false;

  constructor(options: ArchiveClientOptions) {
    this.#options = options;
  }

  /** Everything wanted, in the order of the questions. @throws EnvironmentError where the archive fails or its listing is another one. */
  async *list(wanted: Wanted): AsyncGenerator<ListedObject> {
    let count = 0;
    for (const question of questionsOf(wanted)) {
      for await (const object of this.#under(question, wanted.lastDay)) {
        const place = placeOf(object.key);
        if (place === null || !isWanted(place, wanted)) continue;
        count += 1;
        if (count > OBJECTS_MAX)
          throw new EnvironmentError('OONI_ARCHIVE', `more than ${OBJECTS_MAX} files; choose a shorter time`);
        yield object;
      }
    }
  }

  async *#under(question: ListingQuestion, lastDay: string): AsyncGenerator<ListedObject> {
    let next: string | null = null;
    const seen = new Set<string>();
    do {
      const page: ListingPage = await this.#page(question, next);
      yield* page.objects;
      next = page.next;
      if (next !== null && seen.has(next)) throw this.#changed('the listing goes round in a circle');
      if (next !== null) seen.add(next);
      // Keys come in order: behind the last day of one test there is nothing more of it.
      const last = placeOf(page.objects.at(-1)?.key ?? '');
      if (last !== null && last.day > lastDay) return;
    } while (next !== null);
  }

  async #page({ prefix, startAfter }: ListingQuestion, next: string | null): Promise<ListingPage> {
    const query = new URLSearchParams({ 'list-type': '2', prefix });
    if (next !== null) query.set('continuation-token', next);
    else if (startAfter !== null) query.set('start-after', startAfter);
    let pieces: Uint8Array[] = [];
    const answer = await this.#patiently(() => {
      pieces = [];
      return {
        url: `${this.#options.url}/?${query.toString()}`,
        bytesMax: LISTING_BYTES_MAX,
        onBytes: (bytes) => void pieces.push(bytes),
      };
    });
    const why = failureText(answer);
    if (why !== null)
      throw new EnvironmentError(
        'OONI_ARCHIVE',
        `${this.#options.url} cannot be listed (${why}). What was taken so far stays; ${adviceOn(answer)}, ` +
          'or give another address or a folder with --from',
      );
    const read = readListing(Buffer.concat(pieces).toString('utf8'));
    if (read.page === null) throw this.#changed(read.what);
    return read.page;
  }

  #changed(what: string): EnvironmentError {
    return new EnvironmentError(
      'OONI_ARCHIVE',
      `${this.#options.url} does not list its files as OONI's archive did: ${what}. ` +
        'What was taken so far stays; look whether the address is right, or download the files and give their folder with --from',
    );
  }

  /** Writes the object into `file`, from the start at each try. Null when it is there whole, else why it is not. */
  async download({ key }: Pick<ListedObject, 'key'>, file: string): Promise<string | null> {
    const url = `${this.#options.url}/${key.split('/').map(encodeURIComponent).join('/')}`;
    const handle = await open(file, 'w', 0o600);
    try {
      let position = 0;
      const answer = await this.#patiently(async () => {
        await handle.truncate(0);
        position = 0;
        return {
          url,
          bytesMax: OBJECT_BYTES_MAX,
          onBytes: async (bytes) => {
            await handle.write(bytes, 0, bytes.length, position);
            position += bytes.length;
          },
        };
      });
      return failureText(answer);
    } finally {
      await handle.close();
    }
  }

  /** Tries until there is an answer that no further try would better. */
  async #patiently(begin: () => Parameters<Get>[0] | Promise<Parameters<Get>[0]>): Promise<GetAnswer> {
    const { get, clock, signal, onPause } = this.#options;
    for (let tries = 1; ; tries += 1) {
      await this.#turn();
      const answer = await get(await begin(), signal);
      if (answer.status !== 0) this.#hasAnswered = true;
      const pauseMs = this.#pauseMs(answer, tries);
      if (pauseMs === null || signal.aborted) return answer;
      onPause?.(failureText(answer) ?? '', pauseMs);
      await clock.sleep(pauseMs, signal);
    }
  }

  /** Milliseconds until the next try; null where there is none. */
  #pauseMs({ failure, status, retryAfterSeconds }: GetAnswer, tries: number): number | null {
    const mayPass = failure !== null || status === 429 || status >= 500;
    if (!mayPass || tries >= (this.#hasAnswered ? TRIES_MAX : TRIES_OF_A_STRANGER_MAX)) return null;
    const growingMs = Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** (tries - 1));
    if (retryAfterSeconds === null) return growingMs * (0.5 + this.#options.random() / 2);
    const askedMs = retryAfterSeconds * 1_000;
    return askedMs > RETRY_AFTER_MAX_MS ? null : Math.max(askedMs, PAUSE_FIRST_MS);
  }

  /** Requests begin one after another, never closer than the bound allows, whoever asks. */
  async #turn(): Promise<void> {
    const { clock, perSecond, signal } = this.#options;
    const nowMs = clock.monotonicMs();
    const atMs = Math.max(nowMs, this.#nextMs);
    this.#nextMs = atMs + 1_000 / perSecond;
    if (atMs > nowMs) await clock.sleep(atMs - nowMs, signal);
  }
}

/** No further try would better what is refused or not there. */
function adviceOn({ status }: GetAnswer): string {
  return status >= 400 && status < 500 && status !== 429
    ? 'look whether the address is right and lets anybody list it'
    : 'run the same command again later';
}

function failureText({ failure, status }: GetAnswer): string | null {
  if (failure !== null) return failure;
  return status === 200 ? null : `HTTP ${status}`;
}
