/** Gzipped lines, in and out, with bounded memory. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { bytesIn } from './bytes.ts';
import { BundleRefusal } from './refusal.ts';

/** A record with a whole body is below a tenth of it. */
export const LINE_BYTES_MAX = 16 * 1_048_576;
/** Unpacked; more than a year of one vantage. */
export const UNPACKED_BYTES_MAX = 16 * 1_073_741_824;
const NEWLINE = 0x0a;

export class LinesFile {
  readonly #gzip = createGzip();
  readonly #done: Promise<void>;

  constructor(path: string) {
    this.#done = pipeline(this.#gzip, createWriteStream(path));
    // Awaited in `end`; a disk that fails before is no unhandled rejection.
    this.#done.catch(() => undefined);
  }

  async write(line: string): Promise<void> {
    if (!this.#gzip.write(`${line}\n`)) await Promise.race([once(this.#gzip, 'drain'), this.#done]);
  }

  async end(): Promise<void> {
    this.#gzip.end();
    await this.#done;
  }
}

/** @throws BundleRefusal where it is no gzip, or unpacks to more than anybody measured. */
export async function* linesOf(
  source: Readable,
  name: string,
  unpackedMax = UNPACKED_BYTES_MAX,
): AsyncGenerator<string> {
  const unpacked = createGunzip();
  source.on('error', (error) => unpacked.destroy(error));
  source.pipe(unpacked);
  let rest = Buffer.alloc(0);
  let total = 0;
  try {
    for await (const chunk of bytesIn(unpacked)) {
      total += chunk.length;
      if (total > unpackedMax) throw new BundleRefusal('hostile_zip', `${name} unpacks to too much`);
      let bytes = Buffer.concat([rest, chunk]);
      for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE)) {
        yield bytes.toString('utf8', 0, end);
        bytes = bytes.subarray(end + 1);
      }
      if (bytes.length > LINE_BYTES_MAX)
        throw new BundleRefusal('hostile_zip', `${name} has an endless line`);
      rest = bytes;
    }
  } catch (error) {
    if (error instanceof BundleRefusal) throw error;
    throw new BundleRefusal(
      'malformed',
      `${name}: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    source.destroy();
    unpacked.destroy();
  }
  if (rest.length > 0) throw new BundleRefusal('malformed', `${name}: its last line has no end`);
}
