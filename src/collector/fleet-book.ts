/**
 * Who may send, and where the chain of each stands: small files in the collector's data directory, each written whole or
 * appended with fsync. Tokens are files of their own, so that `aiqyn enroll new` can add one while the collector runs.
 *
 *   fleet/tokens/<sha256 of the token>.json    an enrolment that waits
 *   fleet/vantages/<key id>.json               an enrolled vantage
 *   fleet/chains/<key id>.jsonl                its batches: signed headers, in order
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFile, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { VantageTag } from '../../probes/measurement.ts';
import { isCode, makeFolder, writeWhole } from '../disk.ts';
import { readHeader } from '../fleet/batch.ts';
import type { ChainPosition } from '../fleet/batch.ts';
import { CHAIN_START } from '../fleet/chain.ts';
import { readPublicKey } from '../fleet/identity.ts';
import { Refusal } from '../fleet/refusal.ts';
import { appendLink, eachLink, lastLink } from './link-file.ts';
import type { ChainLink } from './link-file.ts';

const TOKEN_BYTES = 24;
const TOKEN_AGE_MS_MAX = 7 * 86_400_000;

const WaitingEnrolment = z.object({ vantage: VantageTag, createdAtMs: z.number() });
export const Enrolled = z.object({
  vantage: VantageTag,
  publicKey: z.string(),
  enrolledAtMs: z.number(),
  revokedAtMs: z.number().nullable(),
  /** Of the token that it came with: who lost the answer may ask again. */
  tokenSha256: z.string(),
});
export type Enrolled = z.output<typeof Enrolled>;

/** Where a vantage's chain stands, and what its last batch was. */
export interface Standing extends ChainPosition {
  readonly spool: string | null;
  readonly bodySha256: string | null;
}

const AT_START: Standing = { number: 0, head: CHAIN_START, last: 0, spool: null, bodySha256: null };

/** Opens or creates `<dataDir>/fleet`. One process appends to a chain: the caller holds the data directory's lock. */
export async function openFleetBook(dataDir: string): Promise<FleetBook> {
  const book = new FleetBook(join(dataDir, 'fleet'));
  await book.prepare();
  return book;
}

export class FleetBook {
  readonly #dir: string;
  readonly #standings = new Map<string, Standing>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  async prepare(): Promise<void> {
    for (const part of ['tokens', 'vantages', 'chains']) await makeFolder(join(this.#dir, part), 0o700);
  }

  /** A token that enrols one key for this vantage, once, within a week. */
  async expect(vantage: VantageTag, nowMs: number): Promise<string> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    await writeWhole(this.#tokenPath(sha256(token)), json({ vantage, createdAtMs: nowMs }));
    return token;
  }

  /** The same key with the same token again is answered alike. @throws Refusal unknown_token, malformed */
  async enrol(token: string, publicKey: string, nowMs: number): Promise<Enrolled> {
    const keyId = readPublicKey(publicKey);
    if (keyId === null) throw new Refusal('malformed', 'no Ed25519 public key');
    const tokenSha256 = sha256(token);
    const known = await this.find(keyId);
    if (known !== null && known.tokenSha256 === tokenSha256) return known;
    const path = this.#tokenPath(tokenSha256);
    const waiting = await readJson(path, WaitingEnrolment);
    if (waiting === null || nowMs - waiting.createdAtMs > TOKEN_AGE_MS_MAX)
      throw new Refusal('unknown_token');
    if (known !== null) throw new Refusal('malformed', 'this key is enrolled already');
    const { vantage } = waiting;
    const enrolled = { vantage, publicKey, enrolledAtMs: nowMs, revokedAtMs: null, tokenSha256 };
    // The token goes first: of two keys that come with it at once only one finds it.
    await unlink(path).catch((error: unknown) => {
      throw isCode(error, 'ENOENT') ? new Refusal('unknown_token') : error;
    });
    await writeWhole(this.#vantagePath(keyId), json(enrolled));
    return enrolled;
  }

  async find(keyId: string): Promise<Enrolled | null> {
    return readJson(this.#vantagePath(keyId), Enrolled);
  }

  /** False where no such key is enrolled. Its records stay. */
  async revoke(keyId: string, nowMs: number): Promise<boolean> {
    const enrolled = await this.find(keyId);
    if (enrolled === null) return false;
    await writeWhole(
      this.#vantagePath(keyId),
      json({ ...enrolled, revokedAtMs: enrolled.revokedAtMs ?? nowMs }),
    );
    return true;
  }

  /** All that ever were, by key id. */
  async enrolled(): Promise<ReadonlyMap<string, Enrolled>> {
    const found = new Map<string, Enrolled>();
    for (const name of (await readdir(join(this.#dir, 'vantages'))).sort()) {
      if (!name.endsWith('.json')) continue;
      const keyId = name.slice(0, -'.json'.length);
      const enrolled = await this.find(keyId);
      if (enrolled !== null) found.set(keyId, enrolled);
    }
    return found;
  }

  async standing(keyId: string): Promise<Standing> {
    const known = this.#standings.get(keyId);
    if (known !== undefined) return known;
    const link = await lastLink(this.#chainPath(keyId), 'r+');
    const standing = link === null ? AT_START : standingAfter(link);
    this.#standings.set(keyId, standing);
    return standing;
  }

  /** Where a chain stands on disk, for whoever does not append to it; null before its first batch. */
  async newest(keyId: string): Promise<ChainPosition | null> {
    const link = await lastLink(this.#chainPath(keyId), 'r');
    return link === null ? null : standingAfter(link);
  }

  /** Durable when it resolves. The caller has checked that the batch follows. */
  async add(keyId: string, link: ChainLink): Promise<void> {
    try {
      await appendLink(this.#chainPath(keyId), link);
    } catch (error) {
      // What of it reached the file is read, or cut off, before the next batch.
      this.#standings.delete(keyId);
      throw error;
    }
    this.#standings.set(keyId, standingAfter(link));
  }

  /** Every batch of a key, oldest first. */
  async links(keyId: string): Promise<ChainLink[]> {
    const links: ChainLink[] = [];
    for await (const link of this.eachLink(keyId)) links.push(link);
    return links;
  }

  /** The same, one at a time; a line that is being written is not there yet. */
  async *eachLink(keyId: string): AsyncGenerator<ChainLink> {
    yield* eachLink(this.#chainPath(keyId));
  }

  #tokenPath(tokenSha256: string): string {
    return join(this.#dir, 'tokens', `${tokenSha256}.json`);
  }

  #vantagePath(keyId: string): string {
    return join(this.#dir, 'vantages', `${keyId}.json`);
  }

  #chainPath(keyId: string): string {
    return join(this.#dir, 'chains', `${keyId}.jsonl`);
  }
}

function standingAfter({ header: headerText }: ChainLink): Standing {
  const { number, head, last, spool, bodySha256 } = readHeader(headerText);
  return { number, head, last, spool, bodySha256 };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function json(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`, 'utf8');
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return '';
    throw error;
  }
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await readText(path);
  return text === '' ? null : schema.parse(JSON.parse(text));
}
