/**
 * Platform incidents: tests of single targets that opened become members (vantage × platform) of one incident per event.
 * What starts together, or spreads to another network within the growth time, is one incident.
 */
import { endMember, incidentId, isOpen, openBook, reopened, summed, withMember } from './book.ts';
import type { CellDraft, Turn } from './cells.ts';
import { shareSeen } from './evidence.ts';
import { methodOf } from './manner.ts';
import { RECENT_POINTS } from './noise.ts';
import type { IncidentKind } from './point.ts';
import type { Book, Cell, DetectorState, Family } from './state.ts';

const KIND_OF: Readonly<Record<Family, IncidentKind>> = {
  block: 'platform_block',
  throttle: 'throttling',
  intercept: 'interception',
  down: 'target_down',
};

/** A block that reaches further networks within this time of its start is still the same order. */
const GROWTH_MS = 3_600_000;
/** A member of which nothing was seen for this long, or this many rounds, does not hold an incident open alone. */
const STALE_MS = 1_800_000;
const STALE_ROUNDS = 6;
/** An incident of which nobody saw anything for this long ends with its last evidence. */
const ABANDONED_MS = 86_400_000;
/** Rounds in which the first touched connection of a partial interference is nearly surely met: share^n = 1 %. */
const LN_ONE_PERCENT = 4.6;

const LAYER_OF_METHOD: Readonly<Record<string, string>> = {
  nxdomain: 'dns',
  bogon: 'dns',
  injected_answer: 'dns',
  no_answer: 'dns',
  servfail: 'dns',
  refused: 'tcp',
  reset: 'tcp',
  drop: 'tcp',
  eof: 'tls',
  sni_drop: 'tls',
  sni_reset: 'tls',
  sni_eof: 'tls',
  forged_certificate: 'tls',
  blockpage: 'http',
  content_changed: 'http',
};

type Books = Record<string, Book>;

interface Scene {
  readonly state: DetectorState;
  readonly cells: CellDraft['cells'];
}

function memberKey(cell: Cell): string {
  return `${cell.vantage}|${cell.platform}`;
}

/** From this share on a test looks like a plain block. */
const PLAIN_SHARE = 0.85;

/** Weight of points from which on a test knows its own share. */
const KNOWN_COUNT = 6;

/** The smallest share that an incident's targets show; a test that just opened knows little of its own. */
function shareIn(cells: CellDraft['cells'], book: Book, { test }: Turn): number {
  const own = shareSeen(test);
  if (own > PLAIN_SHARE && test.count >= KNOWN_COUNT) return own;
  return Math.min(own, ...[...openTests(cells, book).values()].map(({ share }) => share));
}

/** How far apart two onsets of one event can look: a round's phase, and luck where only a share is touched. */
function toleranceMs({ state, cells }: Scene, book: Book, turn: Turn): number {
  const share = shareIn(cells, book, turn);
  const rounds = share > PLAIN_SHARE ? 2 : Math.min(LN_ONE_PERCENT / share, 16);
  return Math.max(state.config.togetherSeconds * 1_000, turn.cell.cadenceMs * rounds);
}

function sameManner(book: Book, turn: Turn): boolean {
  if (turn.family !== 'block') return true;
  const layer = LAYER_OF_METHOD[methodOf(turn.test) ?? ''];
  return Object.values(book.members).some((member) => LAYER_OF_METHOD[member.method ?? ''] === layer);
}

/** A late member of the same event that was met by luck in the same round as another late one. */
function startsWithMember(book: Book, turn: Turn): boolean {
  return Object.values(book.members).some(
    (member) => Math.abs(member.startMs - turn.test.startMs) <= turn.cell.cadenceMs,
  );
}

/** Closed for longer than an interruption lasts. */
function isOver(state: DetectorState, book: Book, turn: Turn): boolean {
  const { endMs } = book.incident;
  const limitMs = Math.max(state.config.platformReopenMinutes * 60_000, turn.cell.cadenceMs * 3);
  return endMs !== null && turn.test.startMs - endMs > limitMs;
}

/** The newest instant before the onset at which this target could be judged; 0: never, null: too long ago to know. */
function seenBefore({ cell, test }: Turn): number | null {
  const before = cell.recent.map((at) => Math.abs(at)).filter((at) => at < test.startMs);
  if (before.length > 0) return Math.max(...before);
  return cell.recent.length < RECENT_POINTS ? 0 : null;
}

/** Had no power, no network or no control when the incident began, and met it as soon as it could see again. */
function wasBlind(book: Book, turn: Turn): boolean {
  const seenMs = seenBefore(turn);
  return isOpen(book) && seenMs !== null && seenMs < book.incident.startMs && sameManner(book, turn);
}

/** How well a book fits a test that opened; 0 is not at all. */
function fit(scene: Scene, book: Book, turn: Turn): number {
  if (book.topic !== turn.family || isOver(scene.state, book, turn)) return 0;
  if (book.members[memberKey(turn.cell)] !== undefined) return 4;
  const apartMs = Math.abs(turn.test.startMs - book.incident.startMs);
  const together = isTogether(scene, book, turn);
  if (book.incident.platforms.includes(turn.cell.platform))
    return together || apartMs <= GROWTH_MS || wasBlind(book, turn) ? 3 : 0;
  return together && sameManner(book, turn) ? 2 : 0;
}

function isTogether(scene: Scene, book: Book, turn: Turn): boolean {
  const apartMs = Math.abs(turn.test.startMs - book.incident.startMs);
  const nearMs = toleranceMs(scene, book, turn);
  return apartMs <= nearMs || (apartMs <= nearMs * 2 && startsWithMember(book, turn));
}

function bestBook(scene: Scene, books: Books, turn: Turn): Book | null {
  let best: Book | null = null;
  let bestFit = 0;
  for (const book of Object.values(books)) {
    const found = fit(scene, book, turn);
    const isNewer = best !== null && book.incident.startMs > best.incident.startMs;
    if (found > bestFit || (found > 0 && found === bestFit && isNewer)) {
      best = book;
      bestFit = found;
    }
  }
  return best;
}

function attach(scene: Scene, books: Books, turn: Turn, nowMs: number): string {
  const { cell, test, family } = turn;
  const key = memberKey(cell);
  const known = bestBook(scene, books, turn);
  const book = known ?? openBook(family, incidentId(family, test.startMs, key), KIND_OF[family]);
  const { vantage, operator, place, access, platform } = cell;
  const method = methodOf(test);
  const member = { vantage, operator, place, access, platform, method, endMs: null };
  const confidence = test.badCount > 0 ? test.confidenceSum / test.badCount : 0;
  const joined = withMember(
    reopened(book, test.startMs),
    key,
    { ...member, startMs: test.startMs, reasons: test.reasons },
    confidence,
  );
  const frame =
    known === null
      ? { ...joined.incident, startMs: test.startMs, detectedAtMs: nowMs }
      : { ...joined.incident, startMs: Math.min(joined.incident.startMs, test.startMs) };
  books[book.id] = summed({ ...joined, lastBadMs: Math.max(joined.lastBadMs, test.lastBadMs) }, frame);
  return book.id;
}

interface Seen {
  readonly cell: Cell;
  readonly lastBadMs: number;
  readonly share: number;
}

function openTests(cells: Readonly<Record<string, Cell>>, book: Book): Map<string, Seen> {
  const found = new Map<string, Seen>();
  for (const cell of Object.values(cells)) {
    for (const family of [book.topic]) {
      if (family === 'network' || family === 'allow_list' || family === 'silence') continue;
      const test = cell.tests[family];
      if (test?.isOpen !== true) continue;
      const key = memberKey(cell);
      const lastBadMs = Math.max(test.lastBadMs, found.get(key)?.lastBadMs ?? 0);
      found.set(key, { cell, lastBadMs, share: shareSeen(test) });
    }
  }
  return found;
}

/** Rounds without a word after which a target was not measured, or could not be judged. */
const BLIND_ROUNDS = 3;

/** First good point; where nobody looked between it and the last evidence, when the next look was due. */
function endSeen({ cell, test, endMs }: Turn): number {
  const dueMs = test.lastBadMs + cell.cadenceMs;
  const isWatched = cell.recent.some((at) => test.lastBadMs < Math.abs(at) && Math.abs(at) < endMs);
  const isBlind = !isWatched && endMs - test.lastBadMs > cell.cadenceMs * BLIND_ROUNDS;
  return isBlind ? Math.round(dueMs) : endMs;
}

function detach(draft: CellDraft, books: Books, turn: Turn): string | null {
  const key = memberKey(turn.cell);
  const book = Object.values(books).find(
    (candidate) => candidate.topic === turn.family && candidate.members[key]?.endMs === null,
  );
  if (book === undefined) return null;
  const isElsewhere = openTests(draft.cells, book).has(key);
  const ended = isElsewhere ? book : endMember(book, key, endSeen(turn));
  const lastBadMs = Math.max(book.lastBadMs, turn.test.lastBadMs);
  books[book.id] = summed({ ...ended, lastBadMs }, book.incident);
  return book.id;
}

/** First good point that any member saw after the last bad one that any member saw. */
function endOf(book: Book): number {
  const ends = Object.values(book.members)
    .map((member) => member.endMs)
    .filter((endMs) => endMs !== null);
  const after = ends.filter((endMs) => endMs >= book.lastBadMs);
  return after.length > 0 ? Math.min(...after) : Math.max(book.lastBadMs, ...ends);
}

function isStale(open: Seen, nowMs: number): boolean {
  return nowMs - open.lastBadMs > Math.max(STALE_MS, open.cell.cadenceMs * STALE_ROUNDS);
}

/** Closes an incident when nobody sees it any more, or when those who still would have gone silent. */
function settle(draft: CellDraft, book: Book, nowMs: number): Book {
  const open = openTests(draft.cells, book);
  const keys = Object.keys(book.members).filter((key) => book.members[key]?.endMs === null);
  const held = keys.filter((key) => open.has(key));
  const fresh = held.filter((key) => {
    const one = open.get(key);
    return one !== undefined && !isStale(one, nowMs);
  });
  const isSomeoneBack = keys.length < Object.keys(book.members).length;
  const lastBadMs = Math.max(book.lastBadMs, ...held.map((key) => open.get(key)?.lastBadMs ?? 0));
  const isAbandoned = nowMs - lastBadMs > ABANDONED_MS;
  if (fresh.length > 0 || (held.length > 0 && !isSomeoneBack && !isAbandoned)) {
    return lastBadMs === book.lastBadMs ? book : { ...book, lastBadMs };
  }
  const ended = { ...book, lastBadMs };
  return summed(ended, { ...book.incident, status: 'restored', endMs: endOf(ended) });
}

/** Applies a window's turns to the books of the platforms. Changes `books`, which the caller has copied. */
export function foldPlatforms(
  state: DetectorState,
  draft: CellDraft,
  books: Books,
  nowMs: number,
): Set<string> {
  const changed = new Set<string>();
  // What opened at the same instant joins in the order of its onset; a test's own closing and opening keep theirs.
  const turns = draft.turns.every((turn) => turn.change === 'opened')
    ? draft.turns.toSorted((a, b) => a.test.startMs - b.test.startMs)
    : draft.turns;
  const scene: Scene = { state, cells: draft.cells };
  for (const turn of turns) {
    const id = turn.change === 'opened' ? attach(scene, books, turn, nowMs) : detach(draft, books, turn);
    if (id !== null) changed.add(id);
  }
  for (const book of Object.values(books)) {
    if (!isOpen(book) || !(book.topic in KIND_OF)) continue;
    const settled = settle(draft, book, nowMs);
    books[book.id] = settled;
    if (!isOpen(settled)) changed.add(book.id);
  }
  return changed;
}
