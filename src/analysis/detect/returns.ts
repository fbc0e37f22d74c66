/** Vantages that come back: ends their part in an incident, closes it, and takes back what a silence only seemed to be. */
import { endMember, incidentId, isOpen, openBook, summed, withMember } from './book.ts';
import { put, resummed } from './network.ts';
import type { NetworkDraft } from './network.ts';
import { stillHolds } from './quorum.ts';
import type { Book, Topic, VantageState } from './state.ts';

const NETWORK_TOPICS: ReadonlySet<Topic> = new Set<Topic>(['network', 'allow_list', 'silence']);

function networkBooks(draft: NetworkDraft): Book[] {
  return Object.values(draft.books).filter((book) => NETWORK_TOPICS.has(book.topic) && !book.isFinal);
}

/** Whether a vantage still is what the book says of it. */
function isAway(book: Book, vantage: VantageState | undefined): boolean {
  if (vantage === undefined || vantage.reach === 'up') return false;
  if (book.topic === 'silence') return true;
  return (book.topic === 'allow_list') === (vantage.reach === 'allow_list');
}

function close(draft: NetworkDraft, book: Book): Book {
  const members = Object.values(book.members);
  const away = members.filter((member) => member.endMs === null);
  const holds = book.topic === 'silence' ? away.length > 0 : stillHolds(away, members.length);
  if (holds) return resummed(book);
  const ends = members.map((member) => member.endMs).filter((endMs) => endMs !== null);
  const endMs = Math.max(book.incident.startMs, ...ends);
  // Those who stay away after the rest came back are a matter of their own.
  let ended = book;
  for (const member of away) {
    ended = endMember(ended, member.vantage, endMs);
    const vantage = draft.vantages[member.vantage];
    if (vantage !== undefined)
      draft.vantages[member.vantage] = { ...vantage, isPending: true, sinceMs: endMs };
  }
  return summed(resummed(ended), { ...resummed(ended).incident, status: 'restored', endMs });
}

function endReturned(draft: NetworkDraft, book: Book, nowMs: number): void {
  let next = book;
  for (const [key, member] of Object.entries(book.members)) {
    const vantage = draft.vantages[key];
    if (member.endMs !== null || isAway(book, vantage) || vantage === undefined) continue;
    next = endMember(next, key, Math.max(vantage.sinceMs, member.startMs));
    if (book.topic === 'network' && Object.keys(vantage.words).length === 0) {
      const dueMs = nowMs + draft.state.config.backfillGraceSeconds * 1_000;
      next = { ...next, unexplained: { ...next.unexplained, [key]: dueMs } };
    }
  }
  if (next !== book) put(draft, close(draft, next));
}

/** Members whose silence nothing explained in time become a silence incident. */
function takeBack(draft: NetworkDraft, book: Book, nowMs: number): void {
  const due = Object.entries(book.unexplained).filter(([, dueMs]) => nowMs >= dueMs);
  if (due.length === 0) return;
  const taken = new Set(due.map(([key]) => key));
  const all = Object.entries(book.members);
  const kept = all.filter(([key]) => !taken.has(key)).map(([, member]) => member);
  const isKept = stillHolds(kept, 0);
  const moved = isKept ? all.filter(([key]) => taken.has(key)) : all;
  const unexplained = Object.fromEntries(Object.entries(book.unexplained).filter(([key]) => !taken.has(key)));
  if (isKept) {
    const members = Object.fromEntries(all.filter(([key]) => !taken.has(key)));
    const confidences = Object.fromEntries(
      Object.entries(book.confidences).filter(([key]) => !taken.has(key)),
    );
    put(draft, resummed({ ...book, members, confidences, unexplained }));
  } else {
    Reflect.deleteProperty(draft.books, book.id);
    draft.changed.delete(book.id);
    draft.removed.add(book.id);
  }
  moveToSilence(draft, book, moved);
}

function moveToSilence(
  draft: NetworkDraft,
  book: Book,
  moved: [string, Book['incident']['members'][number]][],
): void {
  const movedMs = Math.min(...moved.map(([, member]) => member.startMs));
  const first = moved.map(([key]) => key).sort()[0] ?? '';
  const together = silenceFrom(draft, movedMs);
  let next = together ?? openBook('silence', incidentId('silence', movedMs, first), 'vantage_silent');
  for (const [key, member] of moved) next = withMember(next, key, member, book.confidences[key] ?? 0);
  const { startMs, detectedAtMs, openings } = together?.incident ?? {
    ...book.incident,
    startMs: movedMs,
    openings: [],
  };
  const endMs = lastEnd(next);
  put(
    draft,
    summed(next, {
      kind: 'vantage_silent',
      status: endMs === null ? 'open' : 'restored',
      startMs: Math.min(movedMs, startMs),
      endMs,
      detectedAtMs: Math.min(book.incident.detectedAtMs, detectedAtMs),
      openings,
    }),
  );
}

/** Null while a member is away. */
function lastEnd(book: Book): number | null {
  const ends = Object.values(book.members).map(({ endMs }) => endMs ?? Infinity);
  const lastMs = Math.max(...ends);
  return lastMs === Infinity ? null : lastMs;
}

/** Others that went silent at the same time lost the same power. */
function silenceFrom(draft: NetworkDraft, startMs: number): Book | undefined {
  const togetherMs = draft.state.config.togetherSeconds * 1_000;
  return networkBooks(draft).find(
    (book) => book.topic === 'silence' && Math.abs(book.incident.startMs - startMs) <= togetherMs,
  );
}

/** Ends, closes and corrects at one instant. Changes `draft`. */
export function noticeReturns(draft: NetworkDraft, nowMs: number): void {
  for (const book of networkBooks(draft)) if (isOpen(book)) endReturned(draft, book, nowMs);
  for (const book of networkBooks(draft)) takeBack(draft, book, nowMs);
}
