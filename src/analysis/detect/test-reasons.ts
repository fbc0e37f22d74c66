/** What is kept of the sentences of a test's points. */
import { PATH_SAID } from '../verdict/path-said.ts';

const REASONS_MAX = 3;

/** Those of the first bad point; where a later one was traced, the way of its packets as well. */
export function reasonsWith(known: readonly string[], found: readonly string[]): readonly string[] {
  const path = found.find((reason) => reason.startsWith(PATH_SAID));
  if (known.some((reason) => reason.startsWith(PATH_SAID))) return known;
  const others = known.length > 0 ? known : found.filter((reason) => reason !== path);
  if (path === undefined) return known.length > 0 ? known : others.slice(0, REASONS_MAX);
  return [...others.slice(0, REASONS_MAX - 1), path];
}
