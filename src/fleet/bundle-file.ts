/**
 * A bundle: batches of one vantage or several in one file, to be carried by hand. docs/sneakernet.md has the format. Here is its
 * frame alone: what it holds is believed by nobody yet (src/collector/bundle-check.ts).
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { BODY_BYTES_MAX, HEADER_BYTES_MAX } from './batch.ts';
import type { SealedBatch } from './batch.ts';
import { BundleRefusal } from './bundle-refusal.ts';
import { BytesReader } from './bytes-reader.ts';
import type { Identity } from './identity.ts';
import { isSignedBy } from './identity.ts';
import { unseal } from './sealed-box.ts';
import type { BoxKey } from './sealed-box.ts';

/** Begins a bundle that is not sealed. */
export const BUNDLE_MAGIC = Buffer.from('aiqyn bundle 1\n', 'utf8');
const LENGTHS_BYTES = 8;
/** An end has a seal for each vantage, of which a configuration has 64 at most. */
const HEAD_BYTES_MAX = 131_072;
/** Signed before a seal's text, so that the signature means the end of a bundle and nothing else. */
const DOMAIN = 'aiqyn bundle end 1\n';

const Hash = z.string().regex(/^[0-9a-f]{64}$/);

/** What a vantage says it put into the file, so that nothing of it can be left out unseen. */
export const BundleSeal = z.strictObject({
  key: Hash,
  bundle: z.string().regex(/^[0-9a-f]{32}$/),
  /** How many batches; their numbers are 1 to this. */
  batches: z.int().positive(),
  /** The chain's head after the last of them. */
  head: Hash,
});
export type BundleSeal = z.output<typeof BundleSeal>;

/** A seal as it was signed, in base64, and the signature. */
const SignedSeal = z.strictObject({ text: z.string(), signature: z.string() });
export type SignedSeal = z.output<typeof SignedSeal>;

const Head = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('batch'),
    header: z.string().max(HEADER_BYTES_MAX),
    signature: z.string().max(HEADER_BYTES_MAX),
  }),
  z.strictObject({ kind: z.literal('end'), seals: z.array(SignedSeal), sha256: Hash }),
]);

export type CarriedBatch = Pick<SealedBatch, 'headerText' | 'signature' | 'body'>;

export function signSeal(seal: BundleSeal, identity: Identity): SignedSeal {
  const text = Buffer.from(JSON.stringify(seal), 'utf8').toString('base64');
  return { text, signature: identity.sign(Buffer.from(DOMAIN + text, 'utf8')) };
}

export function isSealSigned({ text, signature }: SignedSeal, publicKey: string): boolean {
  return isSignedBy(publicKey, Buffer.from(DOMAIN + text, 'utf8'), signature);
}

/** Before anything of it is believed. @throws BundleRefusal malformed */
export function readSeal({ text }: SignedSeal): BundleSeal {
  try {
    return BundleSeal.parse(JSON.parse(Buffer.from(text, 'base64').toString('utf8')));
  } catch {
    throw new BundleRefusal('malformed', 'a seal');
  }
}

function frame(head: z.input<typeof Head>, body: Buffer): Buffer {
  const text = Buffer.from(JSON.stringify(head), 'utf8');
  const lengths = Buffer.alloc(LENGTHS_BYTES);
  lengths.writeUInt32BE(text.length, 0);
  lengths.writeUInt32BE(body.length, LENGTHS_BYTES / 2);
  return Buffer.concat([lengths, text, body]);
}

/** The file's bytes. `seals` is asked for once all batches are there. */
export async function* writeBundle(
  batches: AsyncIterable<CarriedBatch>,
  seals: () => readonly SignedSeal[],
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  hash.update(BUNDLE_MAGIC);
  yield BUNDLE_MAGIC;
  for await (const { headerText, signature, body } of batches) {
    const piece = frame({ kind: 'batch', header: headerText, signature }, body);
    hash.update(piece);
    yield piece;
  }
  yield frame({ kind: 'end', seals: [...seals()], sha256: hash.digest('hex') }, Buffer.alloc(0));
}

export type BundlePart =
  | { readonly kind: 'batch'; readonly batch: CarriedBatch }
  | { readonly kind: 'end'; readonly seals: readonly SignedSeal[] };

/** The parts of a file, sealed or not; the end comes last, and only where all bytes are those that were written. @throws BundleRefusal no_bundle, truncated, damaged */
export async function* readBundle(file: AsyncIterable<Buffer>, key: BoxKey): AsyncGenerator<BundlePart> {
  const source = file[Symbol.asyncIterator]();
  try {
    const { isSealed, bytes } = await openedFile({ [Symbol.asyncIterator]: () => source });
    yield* partsOf(new BytesReader(isSealed ? unseal(bytes, key) : bytes));
  } finally {
    // Also where it is refused in the middle: an open file must not be left behind.
    await source.return?.();
  }
}

async function openedFile(
  file: AsyncIterable<Buffer>,
): Promise<{ isSealed: boolean; bytes: AsyncIterable<Buffer> }> {
  const reader = new BytesReader(file);
  const start = await reader.upTo(BUNDLE_MAGIC.length);
  if (start.length < BUNDLE_MAGIC.length && BUNDLE_MAGIC.subarray(0, start.length).equals(start))
    throw new BundleRefusal('truncated');
  return { isSealed: !start.equals(BUNDLE_MAGIC), bytes: following(start, reader) };
}

const PIECE_BYTES = 65_536;

async function* following(start: Buffer, reader: BytesReader): AsyncGenerator<Buffer> {
  yield start;
  for (;;) {
    const piece = await reader.upTo(PIECE_BYTES);
    if (piece.length === 0) return;
    yield piece;
  }
}

async function* partsOf(reader: BytesReader): AsyncGenerator<BundlePart> {
  const hash = createHash('sha256');
  const magic = await reader.upTo(BUNDLE_MAGIC.length);
  if (!magic.equals(BUNDLE_MAGIC)) throw new BundleRefusal('malformed', 'another kind of content');
  hash.update(magic);
  for (;;) {
    const lengths = await exactly(reader, LENGTHS_BYTES);
    const [headBytes, bodyBytes] = [lengths.readUInt32BE(0), lengths.readUInt32BE(LENGTHS_BYTES / 2)];
    if (headBytes > HEAD_BYTES_MAX || bodyBytes > BODY_BYTES_MAX) throw new BundleRefusal('damaged');
    const text = await exactly(reader, headBytes);
    const body = await exactly(reader, bodyBytes);
    const head = headOf(text);
    if (head.kind === 'end') {
      const isWhole = bodyBytes === 0 && hash.digest('hex') === head.sha256;
      if (!isWhole || (await reader.upTo(1)).length > 0) throw new BundleRefusal('damaged');
      yield head;
      return;
    }
    for (const bytes of [lengths, text, body]) hash.update(bytes);
    yield { kind: 'batch', batch: { headerText: head.header, signature: head.signature, body } };
  }
}

async function exactly(reader: BytesReader, bytes: number): Promise<Buffer> {
  const taken = await reader.upTo(bytes);
  if (taken.length < bytes) throw new BundleRefusal('truncated');
  return taken;
}

function headOf(text: Buffer): z.output<typeof Head> {
  try {
    return Head.parse(JSON.parse(text.toString('utf8')));
  } catch {
    throw new BundleRefusal('damaged');
  }
}
