/** The incident behind a book: made from its members, so that it is always their sum. */
import type { Incident, IncidentKind, IncidentMember } from './point.ts';
import type { Book, Topic } from './state.ts';

const MEMBER_REASONS_MAX = 3;
const REASONS_MAX = 6;
const ANCHOR_MS = 600_000;
const CONFIDENCE_MAX = 0.99;

/** FNV-1a over UTF-16 units: an id needs no secrecy, only the same answer every time. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** From topic, onset (to ten minutes) and first member, which later growth and amended kinds leave alone. */
export function incidentId(topic: Topic, startMs: number, firstMember: string): string {
  const anchor = new Date(Math.floor(startMs / ANCHOR_MS) * ANCHOR_MS).toISOString();
  const stamp = anchor.slice(0, 16).replaceAll(/[-:]/g, '');
  return `${topic.replace('_', '-')}-${stamp}Z-${hashOf(`${topic}|${firstMember}`)}`;
}

function distinct(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null))].sort();
}

function only(values: readonly string[]): string | null {
  return values.length === 1 ? (values[0] ?? null) : null;
}

function mostCommon(values: readonly (string | null)[]): string | null {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]?.[0] ?? null;
}

/** Independent members that agree make it surer, the third and later ones no more. */
function confidenceOf(confidences: readonly number[], vantages: number): number {
  if (confidences.length === 0) return 0;
  const mean = confidences.reduce((sum, value) => sum + value, 0) / confidences.length;
  const joint = 1 - (1 - mean) ** Math.min(3, Math.max(1, vantages));
  return Math.round(Math.min(CONFIDENCE_MAX, joint) * 1_000) / 1_000;
}

/** Adds a network's part, or carries on with it where it is known already; an earlier start wins. */
export function withMember(book: Book, key: string, member: IncidentMember, confidence: number): Book {
  const old = book.members[key];
  const startMs = old === undefined ? member.startMs : Math.min(old.startMs, member.startMs);
  const reasons = member.reasons.slice(0, MEMBER_REASONS_MAX);
  return {
    ...book,
    members: { ...book.members, [key]: { ...member, startMs, reasons } },
    confidences: { ...book.confidences, [key]: confidence },
  };
}

export function endMember(book: Book, key: string, endMs: number | null): Book {
  const member = book.members[key];
  if (member === undefined) return book;
  return { ...book, members: { ...book.members, [key]: { ...member, endMs } } };
}

/** What stays as it is when members change. */
export interface Frame {
  readonly kind: IncidentKind;
  readonly status: Incident['status'];
  readonly startMs: number;
  readonly endMs: number | null;
  readonly detectedAtMs: number;
  readonly openings: Incident['openings'];
}

/** Each member's first reason, which says what fails, then the second ones, and so on. */
function reasonsOf(members: readonly IncidentMember[]): string[] {
  const inTurns = Array.from({ length: MEMBER_REASONS_MAX }, (_, turn) =>
    members.flatMap(({ reasons }) => reasons.slice(turn, turn + 1)),
  );
  return [...new Set(inTurns.flat())].slice(0, REASONS_MAX);
}

/** The book with its incident made anew. */
export function summed(book: Book, frame: Frame): Book {
  const members = Object.entries(book.members)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, member]) => member);
  const vantageIds = distinct(members.map((member) => member.vantage));
  const { kind, status, startMs, endMs, detectedAtMs, openings } = frame;
  const incident: Incident = {
    id: book.id,
    kind,
    status,
    platforms: distinct(members.map((member) => member.platform)),
    operators: distinct(members.map((member) => member.operator)),
    places: distinct(members.map((member) => member.place)),
    access: only(distinct(members.map((member) => member.access))),
    vantageIds,
    startMs,
    endMs,
    detectedAtMs,
    confidence: confidenceOf(Object.values(book.confidences), vantageIds.length),
    method: mostCommon(members.map((member) => member.method)),
    openings,
    members,
    reasons: reasonsOf(members),
  };
  return { ...book, incident };
}

export function openBook(topic: Topic, id: string, kind: IncidentKind): Book {
  const incident: Incident = {
    id,
    kind,
    status: 'open',
    platforms: [],
    operators: [],
    places: [],
    access: null,
    vantageIds: [],
    startMs: 0,
    endMs: null,
    detectedAtMs: 0,
    confidence: 0,
    method: null,
    openings: [],
    members: [],
    reasons: [],
  };
  return {
    id,
    topic,
    incident,
    members: {},
    confidences: {},
    lastBadMs: 0,
    isFinal: false,
    unexplained: {},
  };
}

export function isOpen(book: Book): boolean {
  return book.incident.endMs === null;
}

/** Re-opens a closed book: the time between is an opening. */
export function reopened(book: Book, startMs: number): Book {
  const { incident } = book;
  if (incident.endMs === null) return book;
  const opening = { startMs: incident.endMs, endMs: Math.max(startMs, incident.endMs) };
  return summed(book, {
    ...incident,
    status: 'reopened',
    endMs: null,
    openings: [...incident.openings, opening],
  });
}
