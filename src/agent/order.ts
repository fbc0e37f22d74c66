/** What a vantage's name fixes for ever: its place in the minute, and the order in which it goes through its targets. */

/** 0 … 1 (exclusive) from a text: FNV-1a with a final mix, the same on every machine. */
export function shareOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let n = 0; n < text.length; n += 1) hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** A fixed order of its own for each seed. */
export function shuffled<T extends { readonly id: string }>(items: readonly T[], seed: string): T[] {
  return [...items].sort((a, b) => shareOf(`${seed}/${a.id}`) - shareOf(`${seed}/${b.id}`));
}
