/** How many numbers of others there are: of each series on each day, UTC. */
import type { OutsidePoint } from '../analysis/outside/point.ts';
import type { OutsideDay } from './store.ts';

export const DAY_MS = 86_400_000;

/** In the order that the port promises. */
export function countDays(points: Iterable<OutsidePoint>): OutsideDay[] {
  const days = new Map<string, OutsideDay>();
  for (const { atMs, source, signal, entity } of points) {
    const dayMs = Math.floor(atMs / DAY_MS) * DAY_MS;
    const key = JSON.stringify([dayMs, source, signal, entity]);
    days.set(key, { dayMs, source, signal, entity, numbers: (days.get(key)?.numbers ?? 0) + 1 });
  }
  return [...days.values()].sort(compareDays);
}

export function compareDays(left: OutsideDay, right: OutsideDay): number {
  return (
    left.dayMs - right.dayMs ||
    compare(left.source, right.source) ||
    compare(left.signal, right.signal) ||
    compare(left.entity, right.entity)
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
