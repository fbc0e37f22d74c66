/**
 * Lines of one machine, such as three modems on one computer: when it loses its power all of them fall silent, on as many operators. Those
 * silences are one. What each has on record of itself counts for each.
 */
import type { VantageState } from './state.ts';

/**
 * By the one that is counted, those of its machine that are silent like it and are not counted. Of each machine one of `fresh` is
 * counted where there is one, else the first by name.
 */
export function silentWith(
  machines: readonly (readonly string[])[],
  away: readonly VantageState[],
  fresh: readonly VantageState[],
): ReadonlyMap<string, readonly VantageState[]> {
  const isFresh = new Set(fresh.map(({ vantage }) => vantage));
  const found = new Map<string, readonly VantageState[]>();
  for (const ids of machines) {
    const [counted, ...others] = away
      .filter(({ vantage, words }) => ids.includes(vantage) && Object.keys(words).length === 0)
      .toSorted(
        (a, b) =>
          Number(isFresh.has(b.vantage)) - Number(isFresh.has(a.vantage)) || (a.vantage < b.vantage ? -1 : 1),
      );
    if (counted !== undefined && others.length > 0) found.set(counted.vantage, others);
  }
  return found;
}
