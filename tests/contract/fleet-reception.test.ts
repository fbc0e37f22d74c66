/** What a collector believes of what comes through its door, with a real book on disk. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/analysis/correlate/random.ts';
import { openFleetBook } from '../../src/collector/fleet-book.ts';
import { createReception, OutOfStep } from '../../src/collector/reception.ts';
import { sealBatch } from '../../src/fleet/batch.ts';
import type { SealedBatch } from '../../src/fleet/batch.ts';
import { headAfter } from '../../src/fleet/chain.ts';
import { createIdentity } from '../../src/fleet/identity.ts';
import { Refusal } from '../../src/fleet/refusal.ts';
import { VANTAGE } from '../support/agent-records.ts';
import { withTemporaryFolder } from '../support/cli.ts';
import { aBatch, after, aState, entriesFrom, FIRST, NOW_MS, openDoor, SPOOL } from '../support/fleet.ts';
import type { Door } from '../support/fleet.ts';

async function withDoor(use: (door: Door, folder: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => use(await openDoor(folder), folder));
}

async function give({ reception }: Pick<Door, 'reception'>, batch: SealedBatch) {
  return reception.receive(batch.headerText, batch.signature, batch.body);
}

/** The refusal's code, or that there was none. */
async function outcome(given: Promise<unknown>): Promise<string> {
  return given.then(
    () => 'taken',
    (error: unknown) => (error instanceof Refusal ? error.code : String(error)),
  );
}

/** Signed as if its header said so. */
async function withHeader(
  { identity }: Door,
  batch: SealedBatch,
  changes: object,
  body = batch.body,
): Promise<SealedBatch> {
  const header = { ...batch.header, ...changes };
  const headerText = Buffer.from(JSON.stringify(header), 'utf8').toString('base64');
  const signature = identity.sign(Buffer.from(`aiqyn batch 1\n${headerText}`, 'utf8'));
  return Promise.resolve({ header, headerText, signature, body });
}

describe('a collector takes', () => {
  it('batch after batch, and keeps each signed header', async () => {
    await withDoor(async (door) => {
      const first = await aBatch(door.identity);
      const second = await aBatch(door.identity, { entries: entriesFrom(4, 2), after: after(first) });
      await give(door, first);
      expect(await give(door, second)).toMatchObject({ number: 2, last: 5, spool: SPOOL });
      expect(door.uplink.measurements).toHaveLength(5);
      const links = await door.book.links(door.identity.keyId);
      expect(links.map(({ header }) => header)).toEqual([first.headerText, second.headerText]);
      const head = headAfter(first.header.prev, door.uplink.measurements);
      expect(head).toBe(second.header.head);
    });
  });

  it('a heartbeat without records', async () => {
    await withDoor(async (door) => {
      const beat = await aBatch(door.identity, { entries: [], state: { connectivity: 'domestic_only' } });
      await give(door, beat);
      expect(door.uplink.states).toMatchObject([{ connectivity: 'domestic_only', vantage: VANTAGE }]);
    });
  });

  it('a batch again whose acknowledgement was lost, and changes nothing', async () => {
    await withDoor(async (door) => {
      const batch = await aBatch(door.identity);
      const once = await give(door, batch);
      expect(await give(door, batch)).toEqual(once);
      expect(door.uplink.measurements).toHaveLength(3);
      expect(await door.book.links(door.identity.keyId)).toHaveLength(1);
    });
  });

  it('a batch again that archive or store refused before', async () => {
    await withDoor(async (door) => {
      const batch = await aBatch(door.identity);
      door.uplink.refuseWith = new Error('the disk is full');
      expect(await outcome(give(door, batch))).toBe('Error: the disk is full');
      door.uplink.refuseWith = null;
      expect(await outcome(give(door, batch))).toBe('taken');
      expect(door.uplink.measurements).toHaveLength(3);
    });
  });

  it('the next batch after a restart, also when a crash tore its last line', async () => {
    await withDoor(async (door, folder) => {
      const first = await aBatch(door.identity);
      await give(door, first);
      const chain = join(folder, 'fleet', 'chains', `${door.identity.keyId}.jsonl`);
      const text = await readFile(chain, 'utf8');
      await writeFile(chain, `${text}${text.slice(0, 100)}`);
      const book = await openFleetBook(folder);
      const { carried, uplink } = door;
      const reception = createReception({ book, carried, uplink, clock: { nowMs: () => NOW_MS } });
      const second = await aBatch(door.identity, { entries: entriesFrom(4, 1), after: after(first) });
      expect(await outcome(give({ reception }, second))).toBe('taken');
      expect(await book.links(door.identity.keyId)).toHaveLength(2);
    });
  });

  it('a new spool from its own beginning', async () => {
    await withDoor(async (door) => {
      const first = await aBatch(door.identity, { entries: entriesFrom(50, 2) });
      await give(door, first);
      const other = await aBatch(door.identity, {
        after: { ...after(first), last: 0 },
        spool: '00000000000000bb',
      });
      expect(await outcome(give(door, other))).toBe('taken');
    });
  });

  it('records by its own clock where the vantage’s is off, and keeps both times', async () => {
    await withDoor(async (door) => {
      const batch = await aBatch(door.identity, { state: { clockOffsetMs: 3_600_000 } });
      await give(door, batch);
      expect(door.uplink.measurements[0]).toMatchObject({
        x_aiqyn_started_at_ms: NOW_MS - 3_600_000,
        x_aiqyn_vantage_clock: { started_at_ms: NOW_MS, offset_ms: 3_600_000 },
      });
      expect(door.uplink.states[0]).toMatchObject({ atMs: NOW_MS - 3_600_000, clockOffsetMs: 3_600_000 });
      expect(headAfter(batch.header.prev, door.uplink.measurements)).toBe(batch.header.head);
    });
  });

  it('two batches that come at the same time in their order, each once', async () => {
    await withDoor(async (door) => {
      const first = await aBatch(door.identity);
      const second = await aBatch(door.identity, { entries: entriesFrom(4, 2), after: after(first) });
      await Promise.all([give(door, first), give(door, first), give(door, second)]);
      expect(door.uplink.measurements).toHaveLength(5);
    });
  });
});

describe('a collector refuses, and nothing changes:', () => {
  const CASES: Record<string, (door: Door) => Promise<SealedBatch>> = {
    unknown_key: async () => aBatch(createIdentity().identity),
    forged: async (door) => {
      const batch = await aBatch(door.identity);
      return { ...batch, signature: createIdentity().identity.sign(Buffer.from(batch.headerText)) };
    },
    revoked: async (door) => {
      await door.book.revoke(door.identity.keyId, NOW_MS);
      return aBatch(door.identity);
    },
    reordered: async (door) => {
      const first = await aBatch(door.identity);
      return aBatch(door.identity, { entries: entriesFrom(9, 1), after: after(first) });
    },
    truncated: async (door) => {
      const batch = await aBatch(door.identity);
      return { ...batch, body: batch.body.subarray(0, -5) };
    },
    malformed: async (door) => {
      const batch = await aBatch(door.identity);
      return withHeader(door, batch, { head: 'f'.repeat(64) });
    },
    other_vantage: async (door) => {
      const foreign = entriesFrom(1, 1).map(({ sequence, measurement }) => ({
        sequence,
        measurement: { ...measurement, x_aiqyn_vantage: { ...VANTAGE, id: 'nqz-telecom' } },
      }));
      return aBatch(door.identity, { entries: foreign });
    },
  };

  it.each(Object.entries(CASES))('%s', async (code, make) => {
    await withDoor(async (door) => {
      expect(await outcome(give(door, await make(door)))).toBe(code);
      expect(door.uplink.measurements).toEqual([]);
      expect(await door.book.links(door.identity.keyId)).toEqual([]);
    });
  });

  it('replayed, and says where the chain stands', async () => {
    await withDoor(async (door) => {
      const first = await aBatch(door.identity);
      const second = await aBatch(door.identity, { entries: entriesFrom(4, 1), after: after(first) });
      await give(door, first);
      await give(door, second);
      const refusal = await give(door, first).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(OutOfStep);
      expect(refusal).toMatchObject({ code: 'replayed', standing: { number: 2, last: 4, spool: SPOOL } });
      expect(door.uplink.measurements).toHaveLength(4);
    });
  });

  it('oversized, before it is unpacked in memory', async () => {
    await withDoor(async (door) => {
      const bomb = gzipSync(Buffer.alloc(65 * 1_048_576, 'a'));
      const { createHash } = await import('node:crypto');
      const bodySha256 = createHash('sha256').update(bomb).digest('hex');
      const batch = await withHeader(
        door,
        await aBatch(door.identity),
        { bodyBytes: bomb.length, bodySha256 },
        bomb,
      );
      expect(await outcome(give(door, batch))).toBe('oversized');
    });
  });

  it('other_vantage, for an operator or a place that was not enrolled', async () => {
    await withDoor(async (door) => {
      const moved = entriesFrom(1, 1).map(({ sequence, measurement }) => ({
        sequence,
        measurement: { ...measurement, x_aiqyn_vantage: { ...VANTAGE, place: 'zhanaozen' } },
      }));
      const batch = await sealBatch(moved, aState(), { identity: door.identity, spool: SPOOL, after: FIRST });
      expect(await outcome(give(door, batch))).toBe('other_vantage');
    });
  });

  it('any batch in which one byte is another', async () => {
    await withDoor(async (door) => {
      const batch = await aBatch(door.identity);
      const random = seededRandom(7);
      const taken: string[] = [];
      for (let trial = 0; trial < 400; trial += 1) {
        const part = (['headerText', 'signature', 'body'] as const)[trial % 3] ?? 'body';
        const bytes = Buffer.from(batch[part]);
        const at = Math.floor(random() * bytes.length);
        bytes.writeUInt8((bytes.readUInt8(at) + 1 + Math.floor(random() * 255)) % 256, at);
        const changed =
          part === 'body' ? { ...batch, body: bytes } : { ...batch, [part]: bytes.toString('latin1') };
        // Base64 has more than one text for the same bytes; what means the same signature is the same.
        const isSame =
          part === 'signature' &&
          Buffer.from(changed.signature, 'base64').equals(Buffer.from(batch.signature, 'base64'));
        if (!isSame && (await outcome(give(door, changed))) === 'taken') taken.push(`${part} at ${at}`);
      }
      expect(taken).toEqual([]);
      expect(door.uplink.measurements).toEqual([]);
    });
  });
});

describe('an enrolment', () => {
  it('binds a key to a vantage by a token that serves once', async () => {
    await withTemporaryFolder(async (folder) => {
      const book = await openFleetBook(folder);
      const token = await book.expect(VANTAGE, NOW_MS);
      const [mine, other] = [createIdentity().identity, createIdentity().identity];
      expect((await book.enrol(token, mine.publicKey, NOW_MS)).vantage).toEqual(VANTAGE);
      expect(await outcome(book.enrol(token, other.publicKey, NOW_MS))).toBe('unknown_token');
      // The answer was lost: the same key with the same token is told again.
      expect((await book.enrol(token, mine.publicKey, NOW_MS)).vantage).toEqual(VANTAGE);
      expect([...(await book.enrolled()).keys()]).toEqual([mine.keyId]);
    });
  });

  it('is refused with a token that is unknown or a week old, or with no Ed25519 key', async () => {
    await withTemporaryFolder(async (folder) => {
      const book = await openFleetBook(folder);
      const { publicKey } = createIdentity().identity;
      const token = await book.expect(VANTAGE, NOW_MS);
      expect(await outcome(book.enrol('guessed', publicKey, NOW_MS))).toBe('unknown_token');
      expect(await outcome(book.enrol(token, publicKey, NOW_MS + 8 * 86_400_000))).toBe('unknown_token');
      expect(await outcome(book.enrol(token, 'bm90IGEga2V5', NOW_MS))).toBe('malformed');
      expect(await outcome(book.enrol(token, publicKey, NOW_MS))).toBe('taken');
    });
  });

  it('lets only one of two keys in that come at once with one token', async () => {
    await withTemporaryFolder(async (folder) => {
      const book = await openFleetBook(folder);
      const token = await book.expect(VANTAGE, NOW_MS);
      const both = [createIdentity().identity, createIdentity().identity];
      const outcomes = await Promise.all(
        both.map(async ({ publicKey }) => outcome(book.enrol(token, publicKey, NOW_MS))),
      );
      expect(outcomes.sort()).toEqual(['taken', 'unknown_token']);
    });
  });
});
