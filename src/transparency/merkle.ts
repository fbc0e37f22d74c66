/**
 * Merkle trees as RFC 9162 (section 2.1; the same as RFC 6962) defines them, over SHA-256: a leaf is hashed behind the byte 0x00, a
 * node behind 0x01, so that no leaf can be passed off as a node; what is left over on the right goes up as it is. Hashes are hex.
 */
import { createHash } from 'node:crypto';

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);
/** Of a tree without a leaf. */
export const EMPTY_ROOT = createHash('sha256').digest('hex');

export function leafHash(content: Buffer): string {
  return createHash('sha256').update(LEAF).update(content).digest('hex');
}

function nodeHash(left: string, right: string): string {
  return createHash('sha256')
    .update(NODE)
    .update(Buffer.from(left, 'hex'))
    .update(Buffer.from(right, 'hex'))
    .digest('hex');
}

/** A root made leaf by leaf, in memory that grows with the logarithm of their number. */
export class GrowingRoot {
  /** Roots of whole subtrees, the largest first. */
  readonly #whole: { readonly hash: string; readonly leaves: number }[] = [];
  #leaves = 0;

  add(leaf: string): void {
    this.#leaves += 1;
    let subtree = { hash: leaf, leaves: 1 };
    for (let last = this.#whole.at(-1); last?.leaves === subtree.leaves; last = this.#whole.at(-1)) {
      this.#whole.pop();
      subtree = { hash: nodeHash(last.hash, subtree.hash), leaves: 2 * subtree.leaves };
    }
    this.#whole.push(subtree);
  }

  get leaves(): number {
    return this.#leaves;
  }

  root(): string {
    const [last, ...others] = this.#whole.toReversed();
    if (last === undefined) return EMPTY_ROOT;
    return others.reduce((right, { hash }) => nodeHash(hash, right), last.hash);
  }
}

/** @param leaves their hashes, in order. */
export function rootOf(leaves: readonly string[]): string {
  const growing = new GrowingRoot();
  for (const leaf of leaves) growing.add(leaf);
  return growing.root();
}

/** The largest power of two below `count`, which is 2 at least. */
function splitOf(count: number): number {
  return 2 ** (Math.ceil(Math.log2(count)) - 1);
}

/** What leads from a leaf to the root: the other child of each node on the way, from below. @throws RangeError */
export function auditPath(index: number, leaves: readonly string[]): string[] {
  if (index < 0 || index >= leaves.length) throw new RangeError(`no leaf ${index} of ${leaves.length}`);
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  return index < split
    ? [...auditPath(index, leaves.slice(0, split)), rootOf(leaves.slice(split))]
    : [...auditPath(index - split, leaves.slice(split)), rootOf(leaves.slice(0, split))];
}

export interface Inclusion {
  readonly index: number;
  /** How many leaves the tree has. */
  readonly leaves: number;
  readonly path: readonly string[];
}

/** The root that a leaf leads to, or null where no tree has such a path (section 2.1.3.2). */
export function rootOfPath(leaf: string, { index, leaves, path }: Inclusion): string | null {
  if (index < 0 || index >= leaves) return null;
  let fromLeft = index;
  let last = leaves - 1;
  let hash = leaf;
  for (const other of path) {
    if (last === 0) return null;
    if (fromLeft % 2 === 1 || fromLeft === last) {
      hash = nodeHash(other, hash);
      while (fromLeft % 2 === 0 && fromLeft !== 0) {
        fromLeft = Math.floor(fromLeft / 2);
        last = Math.floor(last / 2);
      }
    } else hash = nodeHash(hash, other);
    fromLeft = Math.floor(fromLeft / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : null;
}
