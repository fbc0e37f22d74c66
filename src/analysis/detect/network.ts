/**
 * Incidents of the network itself: shutdowns, allow-list mode and silent vantages. From outside a shutdown is silence;
 * after backfill it is heartbeats that say "offline". A vantage that comes back from a silence without a record of it had
 * no power, and is taken out of the shutdown again.
 */
import { endMember, incidentId, isOpen, openBook, reopened, summed, withMember } from './book.ts';
import { silentWith } from './machines.ts';
import type { IncidentKind, IncidentMember } from './point.ts';
import { quorumOf, stillHolds } from './quorum.ts';
import type { Book, DetectorState, VantageState } from './state.ts';

const HOUR_MS = 3_600_000;
/** A vantage away for longer than this is no witness any more. */
const WITNESS_MS = 48 * HOUR_MS;
const SILENCE_REOPEN_MS = 900_000;
const CONFIDENCE_HEARD = 0.9;
const CONFIDENCE_SILENT = 0.6;
/** Share of a closed shutdown's members that must be cut off again, and of those cut off now that were in it, to be the same. */
const SAME_SHARE = 0.5;

type Vantages = Readonly<Record<string, VantageState>>;
type NetworkTopic = 'network' | 'allow_list' | 'silence';

export interface NetworkDraft {
  readonly state: DetectorState;
  readonly vantages: Record<string, VantageState>;
  readonly books: Record<string, Book>;
  readonly changed: Set<string>;
  readonly removed: Set<string>;
}

function topicOf(vantage: VantageState): 'network' | 'allow_list' {
  return vantage.reach === 'allow_list' ? 'allow_list' : 'network';
}

function hasWords(vantage: VantageState): boolean {
  return Object.keys(vantage.words).length > 0;
}

function reasonFor(vantage: VantageState): string {
  const words = Object.keys(vantage.words).sort();
  if (words.length === 0) return `No heartbeat from ${vantage.vantage}.`;
  return `The rings of ${vantage.vantage} said ${words.join(' and ')}.`;
}

function memberOf(vantage: VantageState, startMs: number): IncidentMember {
  const { operator, place, access } = vantage;
  const reasons = [reasonFor(vantage)];
  return {
    vantage: vantage.vantage,
    operator,
    place,
    access,
    platform: null,
    startMs,
    endMs: null,
    method: null,
    reasons,
  };
}

function kindOf(topic: NetworkTopic, members: readonly IncidentMember[]): IncidentKind {
  if (topic === 'allow_list') return 'allow_list';
  if (topic === 'silence') return 'vantage_silent';
  return members.every((member) => member.access === 'mobile') ? 'mobile_shutdown' : 'shutdown';
}

function put(draft: NetworkDraft, book: Book): void {
  draft.books[book.id] = book;
  draft.changed.add(book.id);
}

function join(book: Book, vantages: readonly VantageState[], fromMs: number): Book {
  let joined = book;
  for (const vantage of vantages) {
    const confidence = hasWords(vantage) ? CONFIDENCE_HEARD : CONFIDENCE_SILENT;
    const member = memberOf(vantage, Math.max(fromMs, vantage.sinceMs));
    joined = withMember(joined, vantage.vantage, member, confidence);
  }
  return joined;
}

/** Kind and reasons follow the members; a kind never goes back from shutdown to mobile_shutdown. */
function resummed(book: Book): Book {
  const members = Object.values(book.members);
  const kind = kindOf(topicOfBook(book), members);
  return summed(book, { ...book.incident, kind });
}

function topicOfBook(book: Book): NetworkTopic {
  return book.topic === 'allow_list' || book.topic === 'silence' ? book.topic : 'network';
}

function create(
  draft: NetworkDraft,
  topic: NetworkTopic,
  members: readonly VantageState[],
  startMs: number,
  nowMs: number,
): Book {
  const first = members.map((one) => one.vantage).sort()[0] ?? '';
  const id = incidentId(topic, startMs, first);
  const empty = openBook(topic, id, kindOf(topic, []));
  const joined = join(empty, members, startMs);
  const kind = kindOf(topic, Object.values(joined.members));
  const book = summed(joined, { ...empty.incident, kind, startMs, detectedAtMs: nowMs });
  put(draft, book);
  return book;
}

function ofTopic(draft: NetworkDraft, topic: NetworkTopic): Book[] {
  return Object.values(draft.books).filter((book) => book.topic === topic && !book.isFinal);
}

/** A closed book whose members are cut off again within the time that an opening may last. */
function reopenable(
  draft: NetworkDraft,
  topic: NetworkTopic,
  fresh: readonly VantageState[],
  startMs: number,
): Book | null {
  const limitMs = topic === 'silence' ? SILENCE_REOPEN_MS : draft.state.config.shutdownReopenHours * HOUR_MS;
  const names = new Set(fresh.map((one) => one.vantage));
  let best: Book | null = null;
  for (const book of ofTopic(draft, topic)) {
    const { endMs } = book.incident;
    if (endMs === null || startMs - endMs > limitMs) continue;
    const again = Object.keys(book.members).filter((key) => names.has(key)).length;
    const isSame = again / Math.max(1, names.size, Object.keys(book.members).length) >= SAME_SHARE;
    if (isSame && (best === null || endMs > (best.incident.endMs ?? 0))) best = book;
  }
  return best;
}

function reopen(draft: NetworkDraft, book: Book, fresh: readonly VantageState[], startMs: number): void {
  put(draft, resummed(join(reopened(book, startMs), fresh, book.incident.startMs)));
}

/** A wider incident takes over those whose members are all in it. */
function supersede(draft: NetworkDraft, wide: Book): void {
  for (const book of ofTopic(draft, 'network')) {
    if (book.id === wide.id || !isOpen(book)) continue;
    const away = Object.keys(book.members).filter((key) => book.members[key]?.endMs === null);
    if (!away.every((key) => wide.members[key] !== undefined)) continue;
    let ended = book;
    for (const key of away) ended = endMember(ended, key, wide.incident.startMs);
    const frame = { ...book.incident, status: 'restored' as const, endMs: wide.incident.startMs };
    put(draft, { ...summed(ended, frame), isFinal: true });
  }
}

function silent(draft: NetworkDraft, fresh: readonly VantageState[], startMs: number, nowMs: number): void {
  const again = reopenable(draft, 'silence', fresh, startMs);
  if (again !== null) reopen(draft, again, fresh, startMs);
  else create(draft, 'silence', fresh, startMs, nowMs);
}

function isActive(vantage: VantageState, nowMs: number): boolean {
  return nowMs - vantage.lastUpMs <= WITNESS_MS || vantage.isPending || hasWords(vantage);
}

function hasOpenMember(draft: NetworkDraft, topic: NetworkTopic, vantage: string): boolean {
  return ofTopic(draft, topic).some((book) => isOpen(book) && book.members[vantage]?.endMs === null);
}

/** A vantage abroad is part of no place and no operator of the country. */
function isInside({ access }: VantageState): boolean {
  return access !== 'remote';
}

/**
 * Whether not even those abroad are heard: then it is the collector that cannot be reached, and silence says nothing of the country. What
 * vantages recorded themselves still counts.
 */
function isUnheardAbroad(all: readonly VantageState[], nowMs: number): boolean {
  const abroad = all.filter((one) => !isInside(one) && isActive(one, nowMs));
  return abroad.length > 0 && abroad.every(({ reach }) => reach === 'silent');
}

/** Gives vantages that went away together to an incident. */
function assign(
  draft: NetworkDraft,
  topic: 'network' | 'allow_list',
  fresh: readonly VantageState[],
  nowMs: number,
): void {
  const startMs = Math.min(...fresh.map((one) => one.sinceMs));
  const all = Object.values(draft.vantages);
  const away = all.filter((one) => one.reach !== 'up' && topicOf(one) === topic && isActive(one, nowMs));
  const places = new Set(fresh.map((one) => one.place));
  const around = ofTopic(draft, topic).find(
    (book) => isOpen(book) && [...places].every((place) => book.incident.places.includes(place)),
  );
  if (around !== undefined) {
    put(draft, resummed(join(around, fresh, startMs)));
    return;
  }
  const active = all.filter((one) => isActive(one, nowMs) && isInside(one));
  // Those with a silence incident of their own were away before and for another reason.
  const candidates = away.filter((one) => one.isPending || !hasOpenMember(draft, 'silence', one.vantage));
  const witness = isUnheardAbroad(all, nowMs) ? hasWords : isInside;
  const sharing = silentWith(draft.state.config.sameMachine, candidates, fresh);
  const uncounted = new Set([...sharing.values()].flat().map((one) => one.vantage));
  function counts(one: VantageState): boolean {
    return isInside(one) && witness(one) && !uncounted.has(one.vantage);
  }
  const quorum = quorumOf(
    fresh.filter(counts),
    candidates.filter(counts),
    active.filter((one) => !uncounted.has(one.vantage)),
  );
  const members = (quorum ?? []).flatMap((one) => [one, ...(sharing.get(one.vantage) ?? [])]);
  const again = quorum === null ? null : reopenable(draft, topic, members, startMs);
  if (again !== null) reopen(draft, again, members, startMs);
  else if (quorum !== null) supersede(draft, create(draft, topic, members, startMs, nowMs));
  const taken = new Set(members.map((one) => one.vantage));
  const rest = fresh.filter((one) => !taken.has(one.vantage));
  if (rest.length > 0) silent(draft, rest, Math.min(...rest.map((one) => one.sinceMs)), nowMs);
}

/** Looks at the vantages that went away and were waited for long enough. */
export function assignPending(draft: NetworkDraft, settleMs: number, nowMs: number): void {
  const { togetherSeconds } = draft.state.config;
  for (const topic of ['network', 'allow_list'] as const) {
    const pending = Object.values(draft.vantages).filter((one) => one.isPending && topicOf(one) === topic);
    if (pending.length === 0) continue;
    const firstMs = Math.min(...pending.map((one) => one.sinceMs));
    if (nowMs < firstMs + settleMs) continue;
    const fresh = pending.filter((one) => one.sinceMs <= firstMs + togetherSeconds * 1_000);
    assign(draft, topic, fresh, nowMs);
    for (const one of fresh) draft.vantages[one.vantage] = { ...one, isPending: false };
  }
}

export { isOpen, kindOf, put, resummed, SILENCE_REOPEN_MS, silent, stillHolds, topicOfBook };
export type { Vantages };
