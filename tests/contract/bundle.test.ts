/** What is carried by hand, from a vantage's spool on disk to a collector's books on disk. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportBundle } from '../../src/agent/bundle-export.ts';
import { openChainFile } from '../../src/agent/chain-file.ts';
import { openFileSpool } from '../../src/agent/file-spool.ts';
import { openCarriedBook } from '../../src/collector/carried-book.ts';
import { createCarriedReception } from '../../src/collector/carried-reception.ts';
import type { ChainLink } from '../../src/collector/link-file.ts';
import { OutOfStep } from '../../src/collector/reception.ts';
import { readHeader, sealBatch } from '../../src/fleet/batch.ts';
import { CHAIN_START, headAfter } from '../../src/fleet/chain.ts';
import { createIdentity } from '../../src/fleet/identity.ts';
import { VANTAGE, webMeasurement } from '../support/agent-records.ts';
import { aBatch, after, aState, NOW_MS } from '../support/fleet.ts';
import { silentLog } from '../support/silent-log.ts';

import { BOX, carried, filesOf, ID, outcome, parts, takeIn, withWorld } from '../support/bundle-world.ts';
import type { World } from '../support/bundle-world.ts';

const PACKING = { segmentBytes: 270_000 };

/** Names of the spool's files once all but the one that is written to are packed: each question lets one through. */
async function untilPacked({ spool, spoolDir }: Pick<World, 'spool' | 'spoolDir'>): Promise<string[]> {
  for (let tries = 0; tries < 100; tries += 1) {
    const names = (await readdir(spoolDir)).filter((name) => name.startsWith('spool-'));
    if (names.filter((name) => name.endsWith('.jsonl')).length <= 1) return names;
    await spool.peek(1);
  }
  throw new Error('the spool packs nothing');
}

describe('a bundle', () => {
  it('brings all that waits, in batches, and leaves the spool as it is', async () => {
    await withWorld(async (world) => {
      await world.measure(450);
      const before = await filesOf(world.spoolDir);
      const { file, counts } = await carried(world, { to: BOX.publicKey });
      expect(await filesOf(world.spoolDir)).toEqual(before);
      expect(counts).toMatchObject([{ vantage: VANTAGE.id, measurements: 450, fromMs: NOW_MS }]);
      expect(await world.take(file)).toEqual({ stored: 450, repeated: 0 });
      expect(world.uplink.measurements.map((one) => one.x_aiqyn_id)).toEqual(
        (await world.spool.peek(1_000)).map(({ measurement }) => measurement.x_aiqyn_id),
      );
    });
  });

  it('brings what was packed since, beside what is not, and changes nothing when it comes again', async () => {
    await withWorld(async (world) => {
      await world.measure(900);
      const ids = (await world.spool.peek(1_000)).map(({ measurement }) => measurement.x_aiqyn_id);
      const files = await untilPacked(world);
      expect(files.filter((name) => name.endsWith('.br')).length).toBeGreaterThan(1);
      await world.measure(20);
      const first = await world.carry();
      await world.spool.acknowledge(150);
      const second = await world.carry({ bundle: 'c'.repeat(32), to: BOX.publicKey });
      expect(await world.take(second)).toEqual({ stored: 770, repeated: 0 });
      expect(await world.take(first)).toEqual({ stored: 150, repeated: 770 });
      const brought = world.uplink.measurements.map((one) => one.x_aiqyn_id);
      expect(new Set(brought).size).toBe(920);
      expect(ids.filter((id) => !brought.includes(id))).toEqual([]);
      const before = await filesOf(join(world.folder, 'collector'));
      expect(await world.take(first)).toEqual({ stored: 0, repeated: 920 });
      expect(await world.take(second)).toEqual({ stored: 0, repeated: 770 });
      expect(await filesOf(join(world.folder, 'collector'))).toEqual(before);
      expect(world.uplink.measurements).toHaveLength(920);
    }, PACKING);
  });

  it('changes nothing when it comes again, also after the collector started anew', async () => {
    await withWorld(async (world) => {
      await world.measure(250);
      const file = await world.carry();
      await world.take(file);
      const before = await filesOf(join(world.folder, 'collector'));
      expect(await world.take(file)).toEqual({ stored: 0, repeated: 250 });
      const book = await openCarriedBook(join(world.folder, 'collector'));
      const { uplink: intake, identity } = world;
      const anew = createCarriedReception({
        ...world,
        carried: book,
        intake,
        clock: { nowMs: () => NOW_MS },
      });
      expect(await takeIn({ ...world, carriedReception: anew }, file)).toEqual({ stored: 0, repeated: 250 });
      expect(await filesOf(join(world.folder, 'collector'))).toEqual(before);
      expect(await book.lastOf(identity.keyId, 'f'.repeat(16))).toBe(0);
    });
  });

  it.each([
    ['the older first', [0, 1]],
    ['the newer first', [1, 0]],
  ] as const)('of which there are two is taken in whole: %s', async (_, order) => {
    await withWorld(async (world) => {
      await world.measure(250);
      const sticks = [await world.carry({ bundle: 'a'.repeat(32) })];
      await world.measure(130);
      sticks.push(await world.carry({ bundle: 'c'.repeat(32) }));
      const stored = [];
      for (const at of order) stored.push((await world.take(sticks[at] ?? '')).stored);
      expect(stored.reduce((sum, count) => sum + count, 0)).toBe(380);
      expect(new Set(world.uplink.measurements.map((one) => one.x_aiqyn_id)).size).toBe(380);
    });
  });

  it('keeps its signed headers, which lead to its head over the records', async () => {
    await withWorld(async (world) => {
      await world.measure(450);
      await world.take(await world.carry());
      const { keyId } = world.identity;
      const links: ChainLink[] = [];
      for await (const link of world.carried.eachLink(keyId, ID)) links.push(link);
      expect(await world.carried.bundles(keyId)).toEqual([ID]);
      expect(links.map(({ ids }) => ids.length)).toEqual([200, 200, 50]);
      const head = headAfter(CHAIN_START, world.uplink.measurements);
      expect(readHeader(links[2]?.header ?? '')).toMatchObject({ number: 3, head, entries: 50 });
    });
  });

  it('holds several vantages, each believed by its own key', async () => {
    await withWorld(async (world) => {
      const { identity } = createIdentity();
      const other = { ...VANTAGE, id: 'other-line' };
      await world.book.enrol(await world.book.expect(other, NOW_MS), identity.publicKey, NOW_MS);
      const dir = join(world.folder, 'spool', 'other-line');
      const spool = await openFileSpool({ dir, budgetBytes: 1e8, log: silentLog });
      await openChainFile(dir, identity.keyId, silentLog);
      await spool.append({ ...webMeasurement(), x_aiqyn_vantage: other });
      await world.measure(3);
      const made = exportBundle(
        [
          { vantage: VANTAGE, identity: world.identity, spoolDir: world.spoolDir },
          { vantage: other, identity, spoolDir: dir },
        ],
        { bundle: ID, atMs: NOW_MS, log: silentLog },
      );
      const file = join(world.folder, 'both');
      await writeFile(file, made.bytes);
      await spool.close();
      expect(await world.take(file)).toEqual({ stored: 4, repeated: 0 });
      await world.book.revoke(identity.keyId, NOW_MS);
      expect(await outcome(world.take(file))).toBe('revoked');
    });
  });

  it('brings what was not sent yet alone, and works beside an agent that is sending', async () => {
    await withWorld(async (world) => {
      await world.measure(300);
      const chain = await openChainFile(world.spoolDir, world.identity.keyId, silentLog);
      const entries = (await world.spool.peek(120)).map((entry) => entry);
      const sent = await sealBatch(entries, aState(), {
        identity: world.identity,
        spool: chain.read().spool,
        after: chain.read(),
      });
      await world.reception.receive(sent.headerText, sent.signature, sent.body);
      await chain.write({ ...chain.read(), ...after(sent) });
      const { counts } = await carried(world);
      expect(counts).toMatchObject([{ measurements: 180 }]);
      await world.spool.acknowledge(120);
      expect((await carried(world)).counts).toMatchObject([{ measurements: 180 }]);
    });
  });
});

describe('when the network returns after a bundle was taken in', () => {
  it('the collector tells the vantage where to go on, and nothing comes twice', async () => {
    await withWorld(async (world) => {
      const { identity, reception, uplink, book } = world;
      await world.measure(250);
      await world.take(await world.carry());
      await world.measure(10);
      const chain = await openChainFile(world.spoolDir, identity.keyId, silentLog);
      const by = { identity, spool: chain.read().spool };
      const all = await world.spool.peek(1_000);
      const batch = await sealBatch(all, aState(), { ...by, after: chain.read() });
      const refusal = await reception
        .receive(batch.headerText, batch.signature, batch.body)
        .catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(OutOfStep);
      expect(refusal).toMatchObject({ standing: { number: 0, last: 250, spool: by.spool } });
      const beat = await sealBatch([], aState(), { ...by, after: chain.read() });
      expect(await outcome(reception.receive(beat.headerText, beat.signature, beat.body))).toBe('reordered');
      const rest = all.filter(({ sequence }) => sequence > 250);
      const next = await sealBatch(rest, aState(), { ...by, after: { ...chain.read(), last: 250 } });
      await reception.receive(next.headerText, next.signature, next.body);
      expect(new Set(uplink.measurements.map((one) => one.x_aiqyn_id)).size).toBe(260);
      expect(uplink.measurements).toHaveLength(260);
      expect(await book.standing(identity.keyId)).toMatchObject({ number: 1, last: 260 });
    });
  });

  it('a batch that is sent is no bundle’s, and one of a bundle is none that is sent', async () => {
    await withWorld(async (world) => {
      const sent = await aBatch(world.identity);
      expect(await outcome(world.carriedReception.receive(sent))).toBe('malformed');
      await world.measure(1);
      for await (const part of parts(await world.carry()))
        if (part.kind === 'batch') {
          const { headerText, signature, body } = part.batch;
          expect(await outcome(world.reception.receive(headerText, signature, body))).toBe('malformed');
        }
      expect(world.uplink.measurements).toEqual([]);
    });
  });
});
