/** What happened to incidents, as the entries of a feed. Pure; ids follow from what happened and never change. */
import { createHash } from 'node:crypto';
import type { Incident, IncidentMember } from '../../analysis/detect/point.ts';
import { networkKey } from '../overview/network.ts';
import { roundedMs } from '../rounding.ts';

export type FeedChange =
  | { readonly kind: 'opened' | 'ended' }
  | { readonly kind: 'joined'; readonly member: IncidentMember }
  | { readonly kind: 'lifted' | 'back'; readonly number: number };

export interface FeedEntry {
  /** `urn:uuid:…`; the same wherever and whenever the feed is made. */
  readonly id: string;
  readonly incident: Incident;
  readonly change: FeedChange;
  /** UTC epoch ms, rounded to five minutes. */
  readonly atMs: number;
}

/** The same of the same parts, for ever (RFC 9562, version 8). */
export function uuidOf(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) % 4) + 8).toString(16);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function entry(incident: Incident, change: FeedChange, detail: string, atMs: number): FeedEntry {
  return { id: uuidOf(incident.id, change.kind, detail), incident, change, atMs: roundedMs(atMs) };
}

/** The first member of each network that joined when the others had begun. */
function joinedLater(incident: Incident): IncidentMember[] {
  const first = new Map<string, IncidentMember>();
  for (const member of incident.members) {
    const known = first.get(networkKey(member));
    if (known === undefined || member.startMs < known.startMs) first.set(networkKey(member), member);
  }
  return [...first.values()].filter(({ startMs }) => roundedMs(startMs) > roundedMs(incident.startMs));
}

/** Of one incident, oldest first. */
export function entriesOf(incident: Incident): FeedEntry[] {
  const entries = [
    entry(incident, { kind: 'opened' }, '', incident.detectedAtMs),
    ...joinedLater(incident).map((member) =>
      entry(incident, { kind: 'joined', member }, networkKey(member), member.startMs),
    ),
    ...incident.openings.flatMap(({ startMs, endMs }, number) => [
      entry(incident, { kind: 'lifted', number }, String(number), startMs),
      entry(incident, { kind: 'back', number }, String(number), endMs),
    ]),
    ...(incident.endMs === null ? [] : [entry(incident, { kind: 'ended' }, '', incident.endMs)]),
  ];
  return entries.toSorted((a, b) => a.atMs - b.atMs);
}
