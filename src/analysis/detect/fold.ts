/**
 * The detector: a fold over time-ordered windows. Same windows, same incidents with the same ids; no clock, no I/O.
 * Late data is folded in by starting again from a state kept from before it.
 */
import { foldPoints } from './cells.ts';
import type { DetectorConfig } from './config.ts';
import type { DetectorWindow, FoldResult } from './detector.ts';
import { assignPending } from './network.ts';
import type { NetworkDraft } from './network.ts';
import { foldPlatforms } from './platforms.ts';
import { hear, noticeSilence, silenceMs } from './reach.ts';
import { noticeReturns } from './returns.ts';
import type { Heartbeat } from './point.ts';
import type { Book, DetectorState } from './state.ts';

/** Steps of one window in which the network is looked at; a longer window takes longer steps. */
const STEPS_MAX = 10_000;
const HOUR_MS = 3_600_000;
/** A closed platform incident is kept this long, for what belongs to it and comes late. */
const KEEP_CLOSED_MS = 2 * HOUR_MS;

export function initialState(config: DetectorConfig): DetectorState {
  return { config, nowMs: 0, cells: {}, targets: {}, noise: {}, noiseNow: {}, vantages: {}, books: {} };
}

/** Waits until everyone who went away at the same time has been missed. */
function settleMs(config: DetectorConfig): number {
  return silenceMs(config) + config.heartbeatSeconds * 1_000;
}

/** Where nobody listened, everyone counts as heard; what they recorded themselves is looked at all the same. */
function hearAll(draft: NetworkDraft, nowMs: number): void {
  for (const [key, vantage] of Object.entries(draft.vantages)) {
    if (vantage.reach === 'up' && vantage.lastHeardMs < nowMs)
      draft.vantages[key] = { ...vantage, lastHeardMs: nowMs };
  }
}

function lookAt(draft: NetworkDraft, nowMs: number, isUnwatched: boolean): void {
  if (isUnwatched) hearAll(draft, nowMs);
  for (const [key, vantage] of Object.entries(draft.vantages)) {
    const next = { ...vantage };
    if (noticeSilence(draft.state.config, next, nowMs)) draft.vantages[key] = next;
  }
  noticeReturns(draft, nowMs);
  assignPending(draft, settleMs(draft.state.config), nowMs);
}

function foldHeartbeats(draft: NetworkDraft, window: DetectorWindow): void {
  const { config } = draft.state;
  const beats = window.heartbeats.toSorted((a, b) => a.atMs - b.atMs || (a.vantage < b.vantage ? -1 : 1));
  if (beats.length === 0 && Object.keys(draft.vantages).length === 0) return;
  const lengthMs = window.toMs - window.fromMs;
  const stepMs = Math.max(config.heartbeatSeconds * 1_000, Math.ceil(lengthMs / STEPS_MAX));
  let index = 0;
  for (let stepEndMs = window.fromMs + stepMs; ; stepEndMs += stepMs) {
    const untilMs = Math.min(stepEndMs, window.toMs);
    let beat: Heartbeat | undefined;
    while ((beat = beats[index]) !== undefined && beat.atMs < untilMs) {
      draft.vantages[beat.vantage] = hear(config, draft.vantages[beat.vantage], beat);
      index += 1;
    }
    lookAt(draft, untilMs, window.isUnwatched === true);
    if (untilMs >= window.toMs) return;
  }
}

function isKept(book: Book, config: DetectorConfig, nowMs: number): boolean {
  const { endMs } = book.incident;
  if (endMs === null || Object.keys(book.unexplained).length > 0) return true;
  const isNetwork = book.topic === 'network' || book.topic === 'allow_list';
  const keepMs = isNetwork ? config.shutdownReopenHours * HOUR_MS + KEEP_CLOSED_MS : KEEP_CLOSED_MS;
  return nowMs - endMs <= Math.max(keepMs, config.platformReopenMinutes * 120_000);
}

/**
 * One window further. `state` is left as it was; the new one shares with it whatever did not change.
 * `window.toMs` is the instant at which what it shows counts as detected.
 */
export function foldWindow(
  config: DetectorConfig,
  state: DetectorState,
  window: DetectorWindow,
): FoldResult<DetectorState> {
  const current = state.config === config ? state : { ...state, config };
  const books: Record<string, Book> = { ...current.books };
  const cells = foldPoints(current, window.points, window.toMs);
  const changed = foldPlatforms(current, cells, books, window.toMs);
  const draft: NetworkDraft = {
    state: current,
    vantages: { ...current.vantages },
    books,
    changed,
    removed: new Set<string>(),
  };
  foldHeartbeats(draft, window);
  const incidents = [...changed].sort().flatMap((id) => {
    const book = books[id];
    return book === undefined ? [] : [book.incident];
  });
  const kept = Object.fromEntries(
    Object.entries(books).filter(([, book]) => isKept(book, config, window.toMs)),
  );
  return {
    state: {
      config,
      nowMs: window.toMs,
      cells: cells.cells,
      targets: cells.targets,
      noise: cells.noise,
      noiseNow: cells.noiseNow,
      vantages: draft.vantages,
      books: kept,
    },
    changed: incidents,
    removed: [...draft.removed].sort(),
  };
}
