/** Several pieces of work at once, but no more than so many. */

/**
 * Begins them in order. After a failure none is begun any more; rejects with the first failure once all that were begun have
 * ended, so that what they did can be taken back.
 */
export async function forEachAtOnce<T>(
  items: readonly T[],
  atOnceMax: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const failures: unknown[] = [];
  async function workOn(): Promise<void> {
    for (const item of left) {
      if (failures.length > 0) return;
      try {
        await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnceMax, items.length) }, workOn));
  if (failures.length > 0) throw failures[0];
}
