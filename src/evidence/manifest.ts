/** The manifest: what a bundle holds, by hash, and who made it of what. Its signature stands for every other file. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Catalog } from '../../probes/catalog.ts';
import { RULES } from '../analysis/verdict/rules.ts';
import { canonicalJson } from '../fleet/canonical.ts';
import { isSignedBy } from '../fleet/identity.ts';
import type { Identity } from '../fleet/identity.ts';
import { FILES_MAX } from './zip.ts';

export const FORMAT = 'aiqyn evidence 1';
export const FILE = {
  manifest: 'manifest.json',
  signature: 'manifest.sig',
  sums: 'SHA256SUMS',
  readme: 'README.md',
  incident: 'incident.json',
  events: 'events.json',
  claims: 'claims.json',
  figures: 'report/figures.json',
  measurements: 'data/measurements.jsonl.gz',
  controls: 'data/controls.jsonl.gz',
  verdicts: 'data/verdicts.jsonl.gz',
  proofs: 'data/proofs.jsonl.gz',
  hours: 'data/hours.jsonl.gz',
  log: 'transparency.json',
  keys: 'keys/vantages.json',
  key: 'keys/installation.pem',
} as const;

const Hash = z.string().regex(/^[0-9a-f]{64}$/);

/** By what a verdict was made: another of these may judge otherwise. */
export const MadeBy = z.strictObject({
  version: z.string(),
  /** SHA-256 over the table of rules. */
  rules: Hash,
  /** SHA-256 over the catalogue: forged certificates, block pages, what is expected of a target. */
  catalogue: Hash,
});
export type MadeBy = z.output<typeof MadeBy>;

export const Manifest = z.strictObject({
  format: z.literal(FORMAT),
  incident: z.string(),
  /** Of the measurements, half-open, UTC epoch milliseconds. */
  window: z.strictObject({ fromMs: z.int(), toMs: z.int() }),
  madeBy: MadeBy,
  /** SHA-256 of the installation's public key (DER). */
  key: Hash,
  files: z
    .array(z.strictObject({ path: z.string(), bytes: z.int().nonnegative(), sha256: Hash }))
    .max(FILES_MAX),
});
export type Manifest = z.output<typeof Manifest>;

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function madeBy(version: string, catalog: Catalog): MadeBy {
  const rules = RULES.map(({ id, when, says, confidence }) => ({ id, when, says, confidence }));
  return { version, rules: sha256(canonicalJson(rules)), catalogue: sha256(canonicalJson(catalog)) };
}

export function manifestBytes(manifest: Manifest): Buffer {
  return Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`, 'utf8');
}

/** Raw, 64 bytes, over the manifest as it stands, so that openssl can check it. */
export function signatureOf(manifest: Buffer, identity: Identity): Buffer {
  return Buffer.from(identity.sign(manifest), 'base64');
}

/** @param publicKey DER in base64. */
export function isManifestSigned(manifest: Buffer, signature: Buffer, publicKey: string): boolean {
  return isSignedBy(publicKey, manifest, signature.toString('base64'));
}

/** What `sha256sum -c` reads. */
export function sumsText(files: Manifest['files']): string {
  return files.map(({ path, sha256: hash }) => `${hash}  ${path}\n`).join('');
}

export function pemOf(publicKey: string): string {
  const lines = publicKey.match(/.{1,64}/g) ?? [];
  return `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`;
}

/** DER in base64, or null where the text is no public key as `pemOf` writes it. */
export function publicKeyOfPem(pem: string): string | null {
  const inner = /^-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=\n]+)\n-----END PUBLIC KEY-----\n?$/.exec(
    pem,
  )?.[1];
  return inner?.replaceAll('\n', '') ?? null;
}
