/**
 * A batch on its way: a header, signed by the vantage's key, and a gzipped body with a line per record. The header tells
 * the body's hash and the chain's head after it (chain.ts), so that the signature stands for every record, and whoever has
 * the headers and the records can check them later without the bodies.
 *
 * Batches of a key are numbered 1, 2, …; each names the head it goes on from. So none can come twice, late or in another order.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import { OwnMeasurement } from '../../probes/measurement.ts';
import { CONNECTIVITIES, ELSEWHERE } from '../../probes/words.ts';
import type { SpoolEntry, VantageState } from '../agent/spool.ts';
import { isCode } from '../disk.ts';
import { headAfter } from './chain.ts';
import type { Identity } from './identity.ts';
import { isSignedBy } from './identity.ts';
import { Refusal } from './refusal.ts';

/** Compressed, and before compression: a spool gives at most 8 MiB of lines, or one longer record. */
export const BODY_BYTES_MAX = 8 * 1_048_576;
export const BODY_TEXT_BYTES_MAX = 64 * 1_048_576;
/** In base64, as it stands in a request's header. */
export const HEADER_BYTES_MAX = 4_096;
export const ENTRIES_MAX = 1_000;
/** Signed before the header, so that a signature means a batch and nothing else. */
const DOMAIN = 'aiqyn batch 1\n';

const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const Sequence = z.int().nonnegative();

export const BatchHeader = z.strictObject({
  key: Hash,
  vantage: z.string().min(1).max(64),
  /** Tells one spool from the next on the same machine: sequences begin again with each. */
  spool: z.string().regex(/^[0-9a-f]{16}$/),
  number: z.int().positive(),
  entries: z.int().min(0).max(ENTRIES_MAX),
  /** Sequences of the first and the last record. Without a record: 0, and the last one sent of this spool before. */
  first: Sequence,
  last: Sequence,
  /** The chain's heads before and after. */
  prev: Hash,
  head: Hash,
  bodyBytes: z.int().nonnegative(),
  bodySha256: Hash,
  /** How the vantage is, by its own clock. */
  atMs: z.int(),
  connectivity: z.enum([...CONNECTIVITIES, ELSEWHERE, 'unknown']),
  spoolDepth: z.int().nonnegative(),
  /** The vantage's clock minus the collector's. */
  clockOffsetMs: z.int(),
  /**
   * The bundle in which it is carried by hand (bundle-file.ts). Such batches are numbered from 1 in each bundle: they stand
   * beside the chain that is sent, because who writes one cannot know what of it comes first.
   */
  carried: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
});
export type BatchHeader = z.output<typeof BatchHeader>;

export interface SealedBatch {
  readonly header: BatchHeader;
  /** The header as it was signed, in base64. */
  readonly headerText: string;
  readonly signature: string;
  readonly body: Buffer;
}

/** Where a chain stands. */
export interface ChainPosition {
  /** Of the last batch; 0 before the first. */
  readonly number: number;
  readonly head: string;
  /** The last record of the spool that it came from; 0 before the first. */
  readonly last: number;
}

const BodyLine = z.object({ s: z.int().positive(), m: OwnMeasurement });
const gzipped = promisify(gzip);
const gunzipped = promisify(gunzip);

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The batch that follows `after`. Of a state, only what the header holds is sent. */
export async function sealBatch(
  entries: readonly SpoolEntry[],
  state: VantageState,
  by: {
    readonly identity: Identity;
    readonly spool: string;
    readonly after: ChainPosition;
    readonly carried?: string;
  },
): Promise<SealedBatch> {
  const lines = entries.map(
    ({ sequence, measurement }) => `${JSON.stringify({ s: sequence, m: measurement })}\n`,
  );
  const body = await gzipped(Buffer.from(lines.join(''), 'utf8'));
  const header = BatchHeader.parse({
    key: by.identity.keyId,
    vantage: state.vantage.id,
    spool: by.spool,
    number: by.after.number + 1,
    entries: entries.length,
    first: entries[0]?.sequence ?? 0,
    last: entries.at(-1)?.sequence ?? by.after.last,
    prev: by.after.head,
    head: headAfter(
      by.after.head,
      entries.map(({ measurement }) => measurement),
    ),
    bodyBytes: body.length,
    bodySha256: sha256(body),
    atMs: Math.round(state.atMs),
    connectivity: state.connectivity,
    spoolDepth: state.spoolDepth,
    clockOffsetMs: Math.round(state.clockOffsetMs),
    ...(by.carried === undefined ? {} : { carried: by.carried }),
  });
  const headerText = Buffer.from(JSON.stringify(header), 'utf8').toString('base64');
  return { header, headerText, signature: by.identity.sign(Buffer.from(DOMAIN + headerText, 'utf8')), body };
}

/** What a header says, before anything of it is believed. @throws Refusal malformed, oversized */
export function readHeader(headerText: string): BatchHeader {
  if (headerText.length > HEADER_BYTES_MAX) throw new Refusal('oversized', 'header');
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(headerText, 'base64').toString('utf8'));
  } catch {
    throw new Refusal('malformed', 'the header is not JSON');
  }
  const header = BatchHeader.safeParse(json);
  if (header.success) return header.data;
  throw new Refusal('malformed', `header: ${header.error.issues[0]?.path.join('.') ?? ''}`);
}

export function isBatchSigned(headerText: string, signature: string, publicKey: string): boolean {
  return isSignedBy(publicKey, Buffer.from(DOMAIN + headerText, 'utf8'), signature);
}

/** The records of a body whose header is believed. @throws Refusal truncated, oversized, malformed, other_vantage */
export async function openBody(header: BatchHeader, body: Buffer): Promise<SpoolEntry[]> {
  if (body.length !== header.bodyBytes || sha256(body) !== header.bodySha256) throw new Refusal('truncated');
  const entries = linesOf(await textOf(body)).map(entryOf);
  checkRecords(header, entries);
  return entries;
}

function checkRecords(header: BatchHeader, entries: readonly SpoolEntry[]): void {
  const measurements = entries.map(({ measurement }) => measurement);
  const sequences = entries.map(({ sequence }) => sequence);
  if (measurements.some(({ x_aiqyn_vantage: { id } }) => id !== header.vantage))
    throw new Refusal('other_vantage');
  if (!isRun(sequences, header)) throw new Refusal('reordered', 'sequences of records');
  if (headAfter(header.prev, measurements) !== header.head)
    throw new Refusal('malformed', 'the head of the chain is another');
}

async function textOf(body: Buffer): Promise<string> {
  try {
    return (await gunzipped(body, { maxOutputLength: BODY_TEXT_BYTES_MAX })).toString('utf8');
  } catch (error) {
    if (isCode(error, 'ERR_BUFFER_TOO_LARGE')) throw new Refusal('oversized', 'uncompressed');
    throw new Refusal('malformed', 'the body is not gzip');
  }
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

function entryOf(line: string, index: number): SpoolEntry {
  try {
    const { s, m } = BodyLine.parse(JSON.parse(line));
    return { sequence: s, measurement: m };
  } catch {
    throw new Refusal('malformed', `record ${index + 1}`);
  }
}

/** As many as the header says, ascending from its first to its last. */
function isRun(sequences: readonly number[], { entries, first, last }: BatchHeader): boolean {
  if (sequences.length !== entries || (sequences[0] ?? 0) !== first) return false;
  const isAscending = sequences.every(
    (sequence, index) => index === 0 || sequence > (sequences[index - 1] ?? 0),
  );
  return isAscending && (entries === 0 || sequences.at(-1) === last);
}
