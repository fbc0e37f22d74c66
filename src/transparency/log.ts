/**
 * The log of days. Each day has a Merkle root over what the installation held at its end, names the hash of the day before, and is
 * signed with the installation's key. So whoever saved one day sees whether the log of today still holds it and all before it.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../fleet/canonical.ts';
import { isSignedBy, readPublicKey } from '../fleet/identity.ts';
import type { Identity } from '../fleet/identity.ts';
import { leafHash } from './merkle.ts';

export const LOG_FORMAT = 'aiqyn transparency 1';
/** Signed and hashed before a day, so that it can be taken for nothing else. */
const DOMAIN = `${LOG_FORMAT}\n`;
/** Before the first day. */
export const LOG_START = '0'.repeat(64);
/** More than a century. */
const DAYS_MAX = 40_000;

export const Hash = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in 64 hex digits');
export const Day = z.iso.date().describe('a day in UTC, such as 2026-03-12');

/** A vantage's chain as it stood: the number of its last batch, and the head that the batch names (src/fleet/chain.ts). */
export const ChainLeaf = z.strictObject({
  kind: z.literal('chain'),
  /** SHA-256 of the vantage's public key. */
  key: Hash,
  /** The bundle in which this chain was carried by hand; absent: what the vantage sends. */
  carried: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  number: z.int().positive(),
  head: Hash,
});
export type ChainLeaf = z.output<typeof ChainLeaf>;
/** An hour of the archive as it stood: the root of a Merkle tree over the hashes of its records, ascending by id. */
export const HourLeaf = z.strictObject({
  kind: z.literal('hour'),
  hour: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}$/),
  records: z.int().positive(),
  root: Hash,
});
export type HourLeaf = z.output<typeof HourLeaf>;
export const LogLeaf = z.discriminatedUnion('kind', [ChainLeaf, HourLeaf]);
export type LogLeaf = z.output<typeof LogLeaf>;

const DayHead = z.strictObject({
  day: Day,
  /** 1 for the first. */
  number: z.int().positive(),
  leaves: z.int().nonnegative(),
  root: Hash,
  /** Hash of the day before (`hashOfDay`); zeros before the first. */
  previous: Hash,
  /** When the root was made, ISO 8601 in UTC. */
  closedAt: z.iso.datetime(),
  /** SHA-256 of the installation's public key. */
  key: Hash,
});
type DayHead = z.output<typeof DayHead>;

export const SignedDay = DayHead.extend({ signature: z.string().max(100) });
export type SignedDay = z.output<typeof SignedDay>;

/** The whole log, as it is published and saved. */
export const PublishedLog = z.strictObject({
  format: z.literal(LOG_FORMAT),
  /** DER in base64. */
  publicKey: z.string().max(1_000),
  days: z.array(SignedDay).max(DAYS_MAX),
});
export type PublishedLog = z.output<typeof PublishedLog>;

/** What is signed and hashed: the day without its signature. */
function bytesOf(day: SignedDay): Buffer {
  return Buffer.from(DOMAIN + canonicalJson({ ...day, signature: undefined }), 'utf8');
}

export function hashOfDay(day: SignedDay): string {
  return createHash('sha256').update(bytesOf(day)).digest('hex');
}

export function hashOfLeaf(leaf: LogLeaf): string {
  return leafHash(Buffer.from(canonicalJson(leaf), 'utf8'));
}

export function signDay(head: Omit<DayHead, 'key'>, identity: Identity): SignedDay {
  const unsigned = { ...head, key: identity.keyId, signature: '' };
  return { ...unsigned, signature: identity.sign(bytesOf(unsigned)) };
}

/**
 * What is wrong with days that follow one another: null where each is signed by this key, numbered on, later than the one
 * before, and names its hash. The first may have any number; number 1 has nothing before it.
 * @param publicKey DER in base64.
 */
export function flawOfDays(days: readonly SignedDay[], publicKey: string): string | null {
  const keyId = readPublicKey(publicKey);
  if (keyId === null) return 'the log names no Ed25519 key';
  for (const [index, day] of days.entries()) {
    const flaw = flawOfDay(day, publicKey, keyId) ?? flawOfOrder(days[index - 1], day);
    if (flaw !== null) return flaw;
  }
  return null;
}

function flawOfDay(day: SignedDay, publicKey: string, keyId: string): string | null {
  if (day.key !== keyId) return `${day.day} names another key`;
  if (!isSignedBy(publicKey, bytesOf(day), day.signature))
    return `${day.day}: the signature does not hold: the day is not what this key signed`;
  const isOrphan = day.number === 1 && day.previous !== LOG_START;
  return isOrphan ? `${day.day} is the first and names one before` : null;
}

function flawOfOrder(before: SignedDay | undefined, day: SignedDay): string | null {
  if (before === undefined) return null;
  if (day.number !== before.number + 1 || day.day <= before.day)
    return `${day.day} (number ${day.number}) does not follow ${before.day} (number ${before.number})`;
  return day.previous === hashOfDay(before)
    ? null
    : `${day.day} does not go on from ${before.day} as it stands`;
}

/**
 * Whether a log still says what was saved of it: null, or the first day where it does not. Both are flawless by themselves.
 * A log may be longer than what was saved, never shorter or another.
 */
export function forkOf(saved: readonly SignedDay[], current: readonly SignedDay[]): string | null {
  const byNumber = new Map(current.map((day) => [day.number, day]));
  for (const day of saved) {
    const now = byNumber.get(day.number);
    if (now === undefined)
      return `${day.day} (number ${day.number}) was published and is not in the log any more`;
    if (hashOfDay(now) !== hashOfDay(day))
      return `${day.day} (number ${day.number}) was published with the root ${day.root}; the log now has ${now.day} with ${now.root}: it was forked`;
  }
  return null;
}
