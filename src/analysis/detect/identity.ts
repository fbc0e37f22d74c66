/**
 * Which folded incident is which published one. The fold derives an id from what it sees first, and a re-fold with late
 * data may see something else first: an earlier onset, another first member, a silence that was a shutdown. What was
 * published keeps its id as long as the incident itself is still found.
 */
import type { Incident, IncidentKind } from './point.ts';

/** What may turn out to be the other with more data: a silence, once its record is in, is a shutdown or an allow-list. */
const FAMILY_OF: Readonly<Record<IncidentKind, string>> = {
  platform_block: 'block',
  throttling: 'throttle',
  interception: 'intercept',
  target_down: 'down',
  mobile_shutdown: 'network',
  shutdown: 'network',
  allow_list: 'network',
  vantage_silent: 'network',
};
/** The same kind is the likelier to be the same incident. */
const SAME_KIND = 0.25;
const SAME_ID = 1;
/** Two accounts of one incident may miss each other in time by this much. */
const SLACK_MS = 300_000;

/** Published id by folded id. */
export type Ids = ReadonlyMap<string, string>;

function memberKeys(incident: Incident): Set<string> {
  return new Set(incident.members.map(({ vantage, platform }) => `${vantage}|${platform ?? ''}`));
}

function sharedShare(a: Incident, b: Incident): number {
  const ofA = memberKeys(a);
  const ofB = memberKeys(b);
  let shared = 0;
  for (const key of ofA) if (ofB.has(key)) shared += 1;
  return shared / Math.max(1, Math.min(ofA.size, ofB.size));
}

/** Common time over all time, 0–1; null where they are apart. An open end reaches to `horizonMs`. */
function commonTime(a: Incident, b: Incident, horizonMs: number): number | null {
  const endA = a.endMs ?? horizonMs;
  const endB = b.endMs ?? horizonMs;
  const common = Math.min(endA, endB) - Math.max(a.startMs, b.startMs);
  if (common < -SLACK_MS) return null;
  const all = Math.max(endA, endB) - Math.min(a.startMs, b.startMs);
  return Math.max(0, common) / Math.max(1, all);
}

/** How likely they are one incident; 0 is not at all. */
function likeness(a: Incident, b: Incident, horizonMs: number): number {
  if (FAMILY_OF[a.kind] !== FAMILY_OF[b.kind]) return 0;
  const time = commonTime(a, b, horizonMs);
  const shared = sharedShare(a, b);
  if (time === null || (shared === 0 && a.id !== b.id)) return 0;
  return shared + time + (a.kind === b.kind ? SAME_KIND : 0) + (a.id === b.id ? SAME_ID : 0);
}

interface Pair {
  readonly folded: Incident;
  readonly published: Incident;
  readonly score: number;
}

function pairsOf(fresh: readonly Incident[], orphans: readonly Incident[]): Pair[] {
  const instants = [...fresh, ...orphans].map(({ startMs, endMs }) => endMs ?? startMs);
  const horizonMs = Math.max(...instants) + SLACK_MS;
  const pairs = fresh.flatMap((folded) =>
    orphans.map((published) => ({ folded, published, score: likeness(folded, published, horizonMs) })),
  );
  return pairs
    .filter(({ score }) => score > 0)
    .sort(
      (a, b) =>
        b.score - a.score ||
        a.published.detectedAtMs - b.published.detectedAtMs ||
        (a.published.id < b.published.id ? -1 : 1) ||
        (a.folded.id < b.folded.id ? -1 : 1),
    );
}

/** The folded id where it is free, else the first of its kin that is. */
function freeId(id: string, taken: ReadonlySet<string>): string {
  let free = id;
  for (let number = 2; taken.has(free); number += 1) free = `${id}-${number}`;
  return free;
}

/**
 * Published ids for all that is `folded` now (by folded id). `known` ids stay; what is new takes over the id of the
 * published incident that it is most like and that nothing else holds, else its own. Deterministic.
 */
export function identify(
  known: Ids,
  published: ReadonlyMap<string, Incident>,
  folded: ReadonlyMap<string, Incident>,
): Ids {
  const ids = new Map([...known].filter(([id]) => folded.has(id)));
  const fresh = [...folded.values()].filter(({ id }) => !ids.has(id));
  if (fresh.length === 0) return ids;
  const taken = new Set(ids.values());
  const orphans = [...published.values()].filter(({ id }) => !taken.has(id));
  for (const pair of pairsOf(fresh, orphans)) {
    if (ids.has(pair.folded.id) || taken.has(pair.published.id)) continue;
    ids.set(pair.folded.id, pair.published.id);
    taken.add(pair.published.id);
  }
  const used = new Set([...taken, ...published.keys()]);
  for (const { id } of fresh) {
    if (ids.has(id)) continue;
    const free = freeId(id, used);
    ids.set(id, free);
    used.add(free);
  }
  return ids;
}

/** The incident as it was published before: its id, and the hour at which it was first told. */
export function asPublished(folded: Incident, id: string, before: Incident | undefined): Incident {
  // What was told of a time before it began was something else under the same id: a silence, before it was known to be a cut.
  const toldMs = Math.max(before?.detectedAtMs ?? folded.detectedAtMs, folded.startMs);
  const detectedAtMs = Math.min(folded.detectedAtMs, toldMs);
  return id === folded.id && detectedAtMs === folded.detectedAtMs ? folded : { ...folded, id, detectedAtMs };
}
