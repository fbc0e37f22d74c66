import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BundleRefusal } from '../../../src/fleet/bundle-refusal.ts';
import { BytesReader } from '../../../src/fleet/bytes-reader.ts';
import {
  CHUNK_BYTES,
  createBoxKey,
  isBoxPublicKey,
  readBoxKey,
  seal,
  unseal,
} from '../../../src/fleet/sealed-box.ts';
import type { BoxKey } from '../../../src/fleet/sealed-box.ts';

const HEAD_BYTES = 48;
const STEP = CHUNK_BYTES + 16;

async function* pieces(bytes: Buffer, size = 10_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield Promise.resolve(bytes.subarray(at, at + size));
}

async function whole(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const found: Buffer[] = [];
  for await (const piece of bytes) found.push(piece);
  return Buffer.concat(found);
}

function content(bytes: number): Buffer {
  return Buffer.from(Array.from({ length: bytes }, (_, at) => (at * 7) % 251));
}

async function sealed(bytes: Buffer, { publicKey }: BoxKey): Promise<Buffer> {
  return whole(seal(pieces(bytes), publicKey));
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What comes of opening it: the refusal's code, or the content's hash. */
async function opened(box: Buffer, key: BoxKey): Promise<string> {
  return whole(unseal(pieces(box, 30_000), key)).then(hashOf, (error: unknown) =>
    error instanceof BundleRefusal ? error.code : String(error),
  );
}

describe('a sealed box', () => {
  it.each([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])(
    'gives %i bytes back to the key it was sealed for, also from its PEM',
    async (bytes) => {
      const { key, pem } = createBoxKey();
      const box = await sealed(content(bytes), key);
      expect(await opened(box, key)).toBe(hashOf(content(bytes)));
      const kept = readBoxKey(pem);
      expect(kept?.publicKey).toBe(key.publicKey);
      expect(kept === null ? null : await opened(box, kept)).toBe(hashOf(content(bytes)));
    },
  );

  it('is another each time, and its size tells no more than how many chunks it fills', async () => {
    const { key } = createBoxKey();
    const [one, two] = [await sealed(content(10), key), await sealed(content(60_000), key)];
    expect(one.length).toBe(two.length);
    expect(one.length).toBe(HEAD_BYTES + STEP);
    expect((await sealed(content(10), key)).subarray(0, 64).equals(one.subarray(0, 64))).toBe(false);
  });

  it('is no box to any other key', async () => {
    const { key } = createBoxKey();
    expect(await opened(await sealed(content(100), key), createBoxKey().key)).toBe('no_bundle');
  });

  it('is refused after any change of a byte', async () => {
    const { key } = createBoxKey();
    const box = await sealed(content(CHUNK_BYTES + 100), key);
    const places = [
      0,
      31,
      32,
      47,
      HEAD_BYTES,
      HEAD_BYTES + CHUNK_BYTES + 3,
      HEAD_BYTES + STEP,
      box.length - 1,
    ];
    const outcomes: string[] = [];
    for (const at of places) {
      const changed = Buffer.from(box);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      outcomes.push(await opened(changed, key));
    }
    const head = ['no_bundle', 'no_bundle', 'no_bundle', 'no_bundle'];
    expect(outcomes).toEqual([...head, 'damaged', 'damaged', 'damaged', 'damaged']);
  });

  it('is told to end too early wherever it was cut, also between two chunks', async () => {
    const { key } = createBoxKey();
    const box = await sealed(content(3 * CHUNK_BYTES), key);
    for (const bytes of [
      HEAD_BYTES,
      HEAD_BYTES + 5,
      HEAD_BYTES + STEP,
      HEAD_BYTES + 2 * STEP,
      box.length - 1,
    ])
      expect(await opened(box.subarray(0, bytes), key)).toBe('truncated');
  });

  it('is refused with its chunks in another order, one of them missing, or more behind its end', async () => {
    const { key } = createBoxKey();
    const box = await sealed(content(2 * CHUNK_BYTES), key);
    const [head, first, second, last] = [
      box.subarray(0, HEAD_BYTES),
      box.subarray(HEAD_BYTES, HEAD_BYTES + STEP),
      box.subarray(HEAD_BYTES + STEP, HEAD_BYTES + 2 * STEP),
      box.subarray(HEAD_BYTES + 2 * STEP),
    ];
    for (const chunks of [
      [second, first, last],
      [second, last],
      [first, second, last, first],
    ])
      expect(await opened(Buffer.concat([head, ...chunks]), key)).toBe('damaged');
  });

  it('is made for an X25519 key alone', async () => {
    expect(isBoxPublicKey(createBoxKey().key.publicKey)).toBe(true);
    for (const text of ['', 'x'.repeat(42), `${'x'.repeat(42)}!`, 'x'.repeat(44)])
      expect(isBoxPublicKey(text)).toBe(false);
    expect(readBoxKey('no PEM')).toBeNull();
    await expect(whole(seal(pieces(content(1)), 'nobody'))).rejects.toThrow('no X25519 public key');
    // A point of small order shares no secret.
    await expect(whole(seal(pieces(content(1)), 'A'.repeat(43)))).rejects.toThrow();
    const zeros = Buffer.alloc(HEAD_BYTES + STEP);
    expect(await opened(zeros, createBoxKey().key)).toBe('no_bundle');
  });
});

describe('BytesReader', () => {
  it('gives what was asked for from pieces of any size, and less at the end alone', async () => {
    const reader = new BytesReader(pieces(content(10), 3));
    const sizes = [
      (await reader.upTo(4)).length,
      (await reader.upTo(0)).length,
      (await reader.upTo(5)).length,
    ];
    expect([...sizes, (await reader.upTo(5)).length, (await reader.upTo(5)).length]).toEqual([4, 0, 5, 1, 0]);
  });
});
