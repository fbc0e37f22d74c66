import { describe, expect, it } from 'vitest';
import { readAhead } from '../../../../src/sources/ooni/read-ahead.ts';

/** Numbers from 1, until `endsAfter`; then an error where one is told. */
function world(endsAfter: number, failure?: Error) {
  const made: number[] = [];
  let isClosed = false;
  async function* pieces(): AsyncGenerator<number> {
    try {
      for (let piece = 1; piece <= endsAfter; piece += 1) {
        await Promise.resolve();
        made.push(piece);
        yield piece;
      }
      if (failure !== undefined) throw failure;
    } finally {
      isClosed = true;
    }
  }
  return { made, pieces: pieces(), isClosed: () => isClosed };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
}

describe('readAhead(pieces, aheadMax)', () => {
  it('has no more than so many made while one is worked on', async () => {
    const { made, pieces } = world(9);
    const found: number[] = [];
    for await (const piece of readAhead(pieces, 3)) {
      await turns();
      expect(made.length).toBeLessThanOrEqual(piece + 3);
      if (piece === 1) expect(made).toEqual([1, 2, 3]);
      found.push(piece);
    }
    expect(found).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('gives all pieces before it gives the error that ended them', async () => {
    const found: number[] = [];
    const reading = (async () => {
      for await (const piece of readAhead(world(2, new Error('cut off')).pieces, 8)) {
        await turns();
        found.push(piece);
      }
    })();
    await expect(reading).rejects.toThrow('cut off');
    expect(found).toEqual([1, 2]);
  });

  it('closes what it reads when its reader stops early', async () => {
    const { pieces, isClosed } = world(9);
    for await (const piece of readAhead(pieces, 2)) if (piece === 1) break;
    expect(isClosed()).toBe(true);
  });
});
