import { describe, expect, it } from 'vitest';
import { forEachAtOnce } from '../../../src/archive/at-once.ts';

/** Work that ends when it is told to. */
function world() {
  const begun: number[] = [];
  const ends = new Map<number, { finish: () => void; fail: (error: Error) => void }>();
  async function work(item: number): Promise<void> {
    return new Promise((finish, fail) => {
      begun.push(item);
      ends.set(item, { finish, fail });
    });
  }
  return { begun, ends, work };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

describe('forEachAtOnce(items, atOnceMax, work)', () => {
  it('has no more of them at once than it may, and begins the next when one ends', async () => {
    const { begun, ends, work } = world();
    const all = forEachAtOnce([1, 2, 3], 2, work);
    await turns();
    expect(begun).toEqual([1, 2]);
    ends.get(2)?.finish();
    await turns();
    expect(begun).toEqual([1, 2, 3]);
    ends.get(1)?.finish();
    ends.get(3)?.finish();
    await all;
  });

  it('waits for what was begun when one fails, and begins nothing more', async () => {
    const { begun, ends, work } = world();
    let isOver = false;
    const all = forEachAtOnce([1, 2, 3], 2, work).catch((error: unknown) => {
      isOver = true;
      return error;
    });
    await turns();
    ends.get(1)?.fail(new Error('disk full'));
    await turns();
    expect([isOver, begun]).toEqual([false, [1, 2]]);
    ends.get(2)?.finish();
    expect(String(await all)).toContain('disk full');
    expect(begun).toEqual([1, 2]);
  });

  it('is done at once with nothing', async () => {
    await expect(
      forEachAtOnce([], 8, async () => Promise.reject(new Error('never'))),
    ).resolves.toBeUndefined();
  });
});
