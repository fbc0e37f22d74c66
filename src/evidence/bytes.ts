/** Streams as bytes. */
import { createHash } from 'node:crypto';

/** Its pieces, one at a time. */
export async function* bytesIn(stream: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const piece of stream) {
    if (!Buffer.isBuffer(piece)) throw new TypeError('a stream of bytes gave something else');
    yield piece;
  }
}

/** All of it, for what is known to be small. */
export async function wholeOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of bytesIn(stream)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** SHA-256 in hex. */
export async function sha256Of(stream: AsyncIterable<unknown>): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of bytesIn(stream)) hash.update(bytes);
  return hash.digest('hex');
}
