/** Merkle trees: the known roots of Certificate Transparency's own test data, and paths that hold for their leaf alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  auditPath,
  EMPTY_ROOT,
  GrowingRoot,
  leafHash,
  rootOf,
  rootOfPath,
} from '../../../src/transparency/merkle.ts';

const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => leafHash(Buffer.from(hex, 'hex')));
/** Of the first one, two, … of these leaves. */
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

function leavesOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => leafHash(Buffer.from(`leaf ${index}`)));
}

describe('the root of a tree', () => {
  it.each(ROOTS.map((root, index) => ({ count: index + 1, root })))(
    'is the known one of $count leaves',
    ({ count, root }) => {
      expect(rootOf(LEAVES.slice(0, count))).toBe(root);
    },
  );

  it('of nothing is the hash of nothing', () => {
    expect(EMPTY_ROOT).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(rootOf([])).toBe(EMPTY_ROOT);
  });

  it('is the same after every leaf, however it was come by', () => {
    const growing = new GrowingRoot();
    LEAVES.forEach((leaf, index) => {
      growing.add(leaf);
      expect(growing.root()).toBe(ROOTS[index]);
    });
  });
});

describe('a path', () => {
  it('leads from every leaf of every tree to its root, and from no other place', () => {
    for (let count = 1; count <= 40; count++) {
      const leaves = leavesOf(count);
      const root = rootOf(leaves);
      leaves.forEach((leaf, index) => {
        const path = auditPath(index, leaves);
        expect(rootOfPath(leaf, { index, leaves: count, path })).toBe(root);
        if (count > 1)
          expect(rootOfPath(leaf, { index: (index + 1) % count, leaves: count, path })).not.toBe(root);
      });
    }
  });

  it('holds for no changed leaf, and with no step changed, left out or added', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), fc.nat(), (count, at, where) => {
        const leaves = leavesOf(count);
        const index = at % count;
        const leaf = leaves[index] ?? '';
        const path = auditPath(index, leaves);
        const root = rootOf(leaves);
        const other = leafHash(Buffer.from('another'));
        expect(rootOfPath(other, { index, leaves: count, path })).not.toBe(root);
        expect(rootOfPath(leaf, { index, leaves: count, path: [...path, other] })).toBeNull();
        if (path.length === 0) return;
        const changed = path.with(where % path.length, other);
        expect(rootOfPath(leaf, { index, leaves: count, path: changed })).not.toBe(root);
        expect(rootOfPath(leaf, { index, leaves: count, path: path.slice(1) })).not.toBe(root);
      }),
      { numRuns: 60 },
    );
  });

  it('is refused for a leaf that the tree cannot have', () => {
    expect(rootOfPath(LEAVES[0] ?? '', { index: 1, leaves: 1, path: [] })).toBeNull();
    expect(() => auditPath(3, leavesOf(3))).toThrow(RangeError);
  });
});
