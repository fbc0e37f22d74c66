/** How each vantage stands, from its heartbeats and from their absence. A single odd heartbeat changes nothing. */
import { ELSEWHERE } from '../../../probes/words.ts';
import type { Heartbeat } from './point.ts';
import type { DetectorConfig } from './config.ts';
import type { Reach, VantageState } from './state.ts';

/** Heartbeats in a row that make a change. */
const CONFIRM = 2;
/** Missed heartbeats that make a silence. */
const MISSED = 3;

export function silenceMs(config: DetectorConfig): number {
  return config.heartbeatSeconds * 1_000 * MISSED;
}

/** Null where a vantage lives and does not say how far its own network gets: its rings could not tell, or it is in another one. */
function reachOf(connectivity: string): Reach | null {
  if (connectivity === 'unknown' || connectivity === ELSEWHERE) return null;
  if (connectivity === 'online') return 'up';
  return connectivity === 'allow_list' ? 'allow_list' : 'dark';
}

function firstSeen(beat: Heartbeat): VantageState {
  const { vantage, operator, place, access, atMs } = beat;
  return {
    vantage,
    operator,
    place,
    access,
    lastHeardMs: atMs,
    lastUpMs: atMs,
    candidate: 'up',
    candidateCount: 0,
    candidateSinceMs: atMs,
    reach: 'up',
    sinceMs: atMs,
    words: {},
    isPending: false,
  };
}

function turnTo(state: VantageState, reach: Reach, sinceMs: number): void {
  const wasUp = state.reach === 'up';
  const wasListed = state.reach === 'allow_list';
  state.reach = reach;
  state.sinceMs = sinceMs;
  state.candidateCount = 0;
  state.isPending = reach !== 'up' && (wasUp || wasListed || state.isPending || reach === 'allow_list');
  if (reach !== 'up' && wasUp) state.words = {};
}

/** Marks a vantage silent when its heartbeats have stopped. Changes `state`, which the caller has copied. */
export function noticeSilence(config: DetectorConfig, state: VantageState, nowMs: number): boolean {
  if (state.reach !== 'up' || nowMs - state.lastHeardMs <= silenceMs(config)) return false;
  turnTo(state, 'silent', state.lastHeardMs + config.heartbeatSeconds * 1_000);
  return true;
}

function noteWord(state: VantageState, word: string): void {
  state.words = { ...state.words, [word]: (state.words[word] ?? 0) + 1 };
}

function countCandidate(state: VantageState, reach: Reach, atMs: number): void {
  if (reach !== state.candidate || state.candidateCount === 0) {
    state.candidate = reach;
    state.candidateCount = 0;
    state.candidateSinceMs = atMs;
  }
  state.candidateCount += 1;
}

/** The state after one more heartbeat. Heartbeats come in order of their own time. */
export function hear(config: DetectorConfig, old: VantageState | undefined, beat: Heartbeat): VantageState {
  const state = old === undefined ? firstSeen(beat) : { ...old };
  if (beat.atMs < state.lastHeardMs) return state;
  noticeSilence(config, state, beat.atMs);
  const reach = reachOf(beat.connectivity);
  state.lastHeardMs = beat.atMs;
  if (reach === null) return state;
  if (reach === 'up') state.lastUpMs = beat.atMs;
  countCandidate(state, reach, beat.atMs);
  const before = state.reach;
  if (reach !== before && state.candidateCount >= CONFIRM) turnTo(state, reach, state.candidateSinceMs);
  if (reach !== 'up' && state.reach !== 'up') noteWord(state, beat.connectivity);
  return state;
}
