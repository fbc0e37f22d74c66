/** A file that is cut, changed, forged or meant for another is refused by its own code, and changes nothing. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { signSeal, writeBundle } from '../../src/fleet/bundle-file.ts';
import type { CarriedBatch, SignedSeal } from '../../src/fleet/bundle-file.ts';
import { createIdentity } from '../../src/fleet/identity.ts';
import type { Identity } from '../../src/fleet/identity.ts';
import { createBoxKey } from '../../src/fleet/sealed-box.ts';
import { VANTAGE, webMeasurement } from '../support/agent-records.ts';
import { NOW_MS } from '../support/fleet.ts';

import { BOX, carried, filesOf, ID, outcome, parts, withWorld } from '../support/bundle-world.ts';
import type { World } from '../support/bundle-world.ts';

/** A file of these batches, as its own maker could write it. */
async function fileOf(
  world: World,
  batches: readonly CarriedBatch[],
  seals: readonly SignedSeal[],
): Promise<string> {
  const path = join(world.folder, 'forged');
  async function* each(): AsyncGenerator<CarriedBatch> {
    for (const batch of batches) yield Promise.resolve(batch);
  }
  await writeFile(
    path,
    writeBundle(each(), () => seals),
  );
  return path;
}

async function partsOf(file: string): Promise<{ batches: CarriedBatch[]; seals: readonly SignedSeal[] }> {
  const batches: CarriedBatch[] = [];
  let seals: readonly SignedSeal[] = [];
  for await (const part of parts(file)) {
    if (part.kind === 'batch') batches.push(part.batch);
    else seals = part.seals;
  }
  return { batches, seals };
}

async function foreign(world: World, identity: Identity): Promise<string> {
  return (await carried({ ...world, identity })).file;
}

describe('a bundle is refused, and nothing changes:', () => {
  const CASES: Record<string, (world: World) => Promise<string>> = {
    'truncated: cut': async (world) => {
      const file = await world.carry();
      await writeFile(file, (await readFile(file)).subarray(0, -40));
      return file;
    },
    'truncated: cut and sealed': async (world) => {
      const file = await world.carry({ to: BOX.publicKey });
      await writeFile(file, (await readFile(file)).subarray(0, -40));
      return file;
    },
    'truncated: empty': async (world) => {
      const file = await world.carry();
      await writeFile(file, '');
      return file;
    },
    'damaged: a byte': async (world) => {
      const file = await world.carry();
      const bytes = await readFile(file);
      bytes.writeUInt8(bytes.readUInt8(5_000) ^ 4, 5_000);
      await writeFile(file, bytes);
      return file;
    },
    'damaged: more behind its end': async (world) => {
      const file = await world.carry();
      await writeFile(file, Buffer.concat([await readFile(file), Buffer.from('more')]));
      return file;
    },
    'no_bundle: for another collector': async (world) => world.carry({ to: createBoxKey().key.publicKey }),
    'no_bundle: a photograph': async (world) => {
      const file = await world.carry();
      await writeFile(file, Buffer.alloc(200_000, 'JFIF'));
      return file;
    },
    'unknown_key: of nobody here': async (world) => foreign(world, createIdentity().identity),
    'revoked: of one who was': async (world) => {
      await world.book.revoke(world.identity.keyId, NOW_MS);
      return world.carry();
    },
    'forged: another body, well packed': async (world) => {
      const { batches, seals } = await partsOf(await world.carry());
      const [first, second] = batches;
      const body = second?.body ?? Buffer.alloc(0);
      return fileOf(
        world,
        batches.map((batch) => (batch === first ? { ...batch, body } : batch)),
        seals,
      );
    },
    'forged: another signature': async (world) => {
      const { batches, seals } = await partsOf(await world.carry());
      const [first] = batches;
      const signature = first?.signature ?? '';
      return fileOf(
        world,
        batches.map((batch) => ({ ...batch, signature })),
        seals,
      );
    },
    'forged: an end by another key': async (world) => {
      const { batches } = await partsOf(await world.carry());
      const claim = { key: world.identity.keyId, bundle: ID, batches: 2, head: 'f'.repeat(64) };
      return fileOf(world, batches, [signSeal(claim, createIdentity().identity)]);
    },
    'incomplete: without its last batch': async (world) => {
      const { batches, seals } = await partsOf(await world.carry());
      return fileOf(world, batches.slice(0, -1), seals);
    },
    'incomplete: without its first batch': async (world) => {
      const { batches, seals } = await partsOf(await world.carry());
      return fileOf(world, batches.slice(1), seals);
    },
    'incomplete: without what was sealed at its end': async (world) => {
      const { batches } = await partsOf(await world.carry());
      return fileOf(world, batches, []);
    },
    'other_vantage: records of another place': async (world) => {
      await world.spool.append({
        ...webMeasurement(),
        x_aiqyn_vantage: { ...VANTAGE, place: 'zhanaozen' },
      });
      return world.carry();
    },
  };

  it.each(Object.entries(CASES))('%s', async (name, make) => {
    await withWorld(async (world) => {
      await world.measure(250);
      const file = await make(world);
      const before = await filesOf(join(world.folder, 'collector'));
      expect(await outcome(world.take(file))).toBe(name.split(':')[0]);
      expect(world.uplink.measurements).toEqual([]);
      expect(await filesOf(join(world.folder, 'collector'))).toEqual(before);
    });
  });

  it('and what archive or store refuse comes again whole', async () => {
    await withWorld(async (world) => {
      await world.measure(250);
      const file = await world.carry();
      world.uplink.refuseWith = new Error('the disk is full');
      expect(await outcome(world.take(file))).toBe('Error: the disk is full');
      world.uplink.refuseWith = null;
      expect(await world.take(file)).toEqual({ stored: 250, repeated: 0 });
    });
  });
});
