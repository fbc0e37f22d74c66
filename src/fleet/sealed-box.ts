/**
 * A sealed box: bytes that only the holder of one key can read, and nobody can change unseen. Who seals needs the public key
 * alone and keeps nothing that opens the box again. X25519 with a key of its own per box (RFC 7748), HKDF-SHA256 (RFC 5869),
 * AES-256-GCM.
 *
 *   32 bytes  public key of this box
 *   16 bytes  check: tells the right recipient before anything is opened
 *   chunks    of CHUNK_BYTES each, with a tag of 16 bytes behind each
 *
 * A chunk's nonce is its place (11 bytes, big-endian) and 1 for the last one, else 0: chunks that are moved, left out or cut
 * off do not open. The content is followed by 0x80 and as many zeros as fill the last chunk, so that its size says little and a
 * box that was cut is told from one that was changed. Nothing in it is a fixed byte: to whoever finds it, it is noise.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  timingSafeEqual,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { BundleRefusal } from './bundle-refusal.ts';
import { BytesReader } from './bytes-reader.ts';

export const CHUNK_BYTES = 65_536;
const PUBLIC_BYTES = 32;
const CHECK_BYTES = 16;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
const KEY_BYTES = 32;
const INFO = 'aiqyn sealed box 1';
const CIPHER = 'aes-256-gcm';
/** Behind the content, before the zeros. */
const FILLING = 0x80;

export interface BoxKey {
  /** 32 bytes in base64url: what is given to `seal`. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
}

/** A new key, and its PEM (PKCS #8). */
export function createBoxKey(): { readonly key: BoxKey; readonly pem: string } {
  const { privateKey } = generateKeyPairSync('x25519');
  return {
    key: boxKeyOf(privateKey),
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Null where the PEM holds no X25519 key. */
export function readBoxKey(pem: string): BoxKey | null {
  try {
    const privateKey = createPrivateKey(pem);
    return privateKey.asymmetricKeyType === 'x25519' ? boxKeyOf(privateKey) : null;
  } catch {
    return null;
  }
}

/** Whether a text is a public key that can be sealed for. */
export function isBoxPublicKey(text: string): boolean {
  return publicKeyOf(text) !== null;
}

function boxKeyOf(privateKey: KeyObject): BoxKey {
  return { publicKey: rawPublic(createPublicKey(privateKey)), privateKey };
}

function rawPublic(key: KeyObject): string {
  return key.export({ format: 'jwk' }).x ?? '';
}

function publicKeyOf(text: string): KeyObject | null {
  if (!/^[\w-]{43}$/.test(text)) return null;
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: text }, format: 'jwk' });
  } catch {
    return null;
  }
}

interface Secrets {
  readonly key: Buffer;
  readonly check: Buffer;
}

/** @throws where the public key is one that no secret can be shared with. */
function secretsOf(privateKey: KeyObject, publicKey: KeyObject, box: string, recipient: string): Secrets {
  const shared = diffieHellman({ privateKey, publicKey });
  const salt = Buffer.concat([Buffer.from(box, 'base64url'), Buffer.from(recipient, 'base64url')]);
  const bytes = Buffer.from(hkdfSync('sha256', shared, salt, INFO, KEY_BYTES + CHECK_BYTES));
  return { key: bytes.subarray(0, KEY_BYTES), check: bytes.subarray(KEY_BYTES) };
}

function nonceOf(place: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUIntBE(place, NONCE_BYTES - 7, 6);
  nonce.writeUInt8(isLast ? 1 : 0, NONCE_BYTES - 1);
  return nonce;
}

/** @param recipient public key (isBoxPublicKey). @throws RangeError for any other. */
export async function* seal(content: AsyncIterable<Buffer>, recipient: string): AsyncGenerator<Buffer> {
  const to = publicKeyOf(recipient);
  if (to === null) throw new RangeError('no X25519 public key');
  const own = createBoxKey().key;
  const { key, check } = secretsOf(own.privateKey, to, own.publicKey, recipient);
  yield Buffer.concat([Buffer.from(own.publicKey, 'base64url'), check]);
  const reader = new BytesReader(content);
  for (let place = 0, isLast = false; !isLast; place += 1) {
    const chunk = await reader.upTo(CHUNK_BYTES);
    isLast = chunk.length < CHUNK_BYTES;
    const cipher = createCipheriv(CIPHER, key, nonceOf(place, isLast));
    yield Buffer.concat([cipher.update(isLast ? filled(chunk) : chunk), cipher.final(), cipher.getAuthTag()]);
  }
}

function filled(rest: Buffer): Buffer {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  rest.copy(chunk);
  chunk.writeUInt8(FILLING, rest.length);
  return chunk;
}

/** What was sealed. @throws BundleRefusal no_bundle, truncated, damaged */
export async function* unseal(box: AsyncIterable<Buffer>, by: BoxKey): AsyncGenerator<Buffer> {
  const reader = new BytesReader(box);
  const { key, check } = secretsOfBox(await reader.upTo(PUBLIC_BYTES), by);
  const said = await reader.upTo(CHECK_BYTES);
  if (said.length < CHECK_BYTES || !timingSafeEqual(said, check)) throw new BundleRefusal('no_bundle');
  let chunk = await reader.upTo(CHUNK_BYTES + TAG_BYTES);
  for (let place = 0, isLast = false; !isLast; place += 1) {
    if (chunk.length < CHUNK_BYTES + TAG_BYTES) throw new BundleRefusal('truncated');
    const next = await reader.upTo(CHUNK_BYTES + TAG_BYTES);
    isLast = next.length === 0;
    const plain = opened(chunk, key, place, isLast);
    yield isLast ? plain.subarray(0, plain.lastIndexOf(FILLING)) : plain;
    chunk = next;
  }
}

function secretsOfBox(box: Buffer, by: BoxKey): Secrets {
  const text = box.toString('base64url');
  const publicKey = publicKeyOf(text);
  if (publicKey === null) throw new BundleRefusal('no_bundle');
  try {
    return secretsOf(by.privateKey, publicKey, text, by.publicKey);
  } catch {
    throw new BundleRefusal('no_bundle');
  }
}

function opened(chunk: Buffer, key: Buffer, place: number, isLast: boolean): Buffer {
  const plain = tryOpen(chunk, key, nonceOf(place, isLast));
  if (plain !== null) return plain;
  // The last one here opens as one in the middle: what came behind it is gone.
  const isCut = isLast && tryOpen(chunk, key, nonceOf(place, false)) !== null;
  throw new BundleRefusal(isCut ? 'truncated' : 'damaged');
}

/** Null where the chunk is not what was sealed. */
function tryOpen(chunk: Buffer, key: Buffer, nonce: Buffer): Buffer | null {
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(chunk.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(chunk.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}
