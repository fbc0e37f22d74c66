/** Who a vantage is to a collector: an Ed25519 key (RFC 8032), made on the vantage and never sent anywhere. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isCode, writeWhole } from '../disk.ts';
import { EnvironmentError } from '../errors.ts';

const SIGNATURE_BYTES = 64;

export interface Identity {
  /** SHA-256 of the public key's DER, in hex: what a key is called in messages and files. */
  readonly keyId: string;
  /** DER (SubjectPublicKeyInfo) in base64: what an enrolment sends. */
  readonly publicKey: string;
  /** Base64 of the signature over the bytes. */
  sign(bytes: Buffer): string;
}

export function createIdentity(): { readonly identity: Identity; readonly pem: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    identity: identityOf(privateKey),
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Null where there is no such file. @throws EnvironmentError('KEY_UNREADABLE') when it holds no Ed25519 key. */
export async function readIdentity(path: string): Promise<Identity | null> {
  let pem: string;
  try {
    pem = await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw unreadable(path, error);
  }
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType !== 'ed25519')
      throw new Error(`a key of the type ${key.asymmetricKeyType ?? '?'}`);
    return identityOf(key);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Readable for its owner alone; a crash leaves the whole key or none. */
export async function writeIdentity(path: string, pem: string): Promise<void> {
  await writeWhole(path, Buffer.from(pem));
}

function identityOf(key: KeyObject): Identity {
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return {
    keyId: keyIdOf(der),
    publicKey: der.toString('base64'),
    sign: (bytes) => sign(null, bytes, key).toString('base64'),
  };
}

export function keyIdOf(publicDer: Buffer): string {
  return createHash('sha256').update(publicDer).digest('hex');
}

/** The key's id, or null where the text is no Ed25519 public key. */
export function readPublicKey(publicKey: string): string | null {
  const key = publicKeyOf(publicKey);
  return key === null ? null : keyIdOf(key.export({ type: 'spki', format: 'der' }));
}

/** False for anything that is not exactly this key's signature over exactly these bytes. */
export function isSignedBy(publicKey: string, bytes: Buffer, signature: string): boolean {
  const key = publicKeyOf(publicKey);
  const raw = Buffer.from(signature, 'base64');
  return key !== null && raw.length === SIGNATURE_BYTES && verify(null, bytes, key, raw);
}

function publicKeyOf(publicKey: string): KeyObject | null {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' });
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}

function unreadable(path: string, cause: unknown): EnvironmentError {
  return new EnvironmentError(
    'KEY_UNREADABLE',
    `${path} holds no key that can be used (${cause instanceof Error ? cause.message : String(cause)}).`,
    { cause },
  );
}
