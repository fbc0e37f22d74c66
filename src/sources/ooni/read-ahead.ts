/** Asks for the next pieces of a stream while the last one is worked on. */

/**
 * The same pieces in the same order; an error comes in its place, after all pieces before it.
 * @param aheadMax pieces that are asked for at once; as many lie in memory at the most.
 */
export async function* readAhead<T>(pieces: AsyncIterable<T>, aheadMax: number): AsyncIterable<T> {
  const iterator = pieces[Symbol.asyncIterator]();
  const asked: Promise<IteratorResult<T, unknown>>[] = [];
  try {
    for (;;) {
      while (asked.length < aheadMax) {
        const piece = iterator.next();
        // Thrown where it is waited for, in its turn.
        piece.catch(() => undefined);
        asked.push(piece);
      }
      const next = await asked.shift();
      if (next === undefined || next.done === true) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
