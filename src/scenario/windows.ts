/**
 * What the detector was shown around the instants that a scenario disputes: one line per window, so that who reads a
 * failure sees what led there without playing it again by hand.
 */
import type { Heartbeat, ReachabilityPoint } from '../analysis/detect/point.ts';

/** Windows shown before and after each disputed instant. */
const BEFORE = 2;
const AFTER = 4;
const WINDOWS_MAX = 30;
const CELLS_MAX = 12;

export interface Dispute {
  /** Both the expected instants and those that were said; UTC epoch ms. */
  readonly instantsMs: readonly number[];
  /** Empty: all of them. */
  readonly platforms: readonly string[];
  readonly operators: readonly string[];
}

export interface PlayedWindow {
  readonly fromMs: number;
  readonly toMs: number;
  readonly points: readonly ReachabilityPoint[];
  readonly heartbeats: readonly Heartbeat[];
}

/** A round that is longer than a window leaves most windows empty: steps of a round, at least of a window. */
function isNear({ fromMs, toMs }: PlayedWindow, instantsMs: readonly number[], stepMs: number): boolean {
  return instantsMs.some((atMs) => toMs > atMs - BEFORE * stepMs && fromMs < atMs + AFTER * stepMs);
}

function names(listed: readonly string[], one: string): boolean {
  return listed.length === 0 || listed.includes(one);
}

function tally(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}

/** `youtube on AS9198: 2 blocked (sni_drop), 1 ok`, one text per platform and operator. */
function cellTexts(points: readonly ReachabilityPoint[]): string[] {
  const cells = new Map<string, string[]>();
  for (const { platform, operator, status, method } of points) {
    const cell = `${platform} on ${operator}`;
    const word = method === null ? status : `${status} (${method})`;
    cells.set(cell, [...(cells.get(cell) ?? []), word]);
  }
  const texts = [...cells].map(([cell, words]) => `${cell}: ${tally(words)}`).sort();
  const more = texts.length - CELLS_MAX;
  return more > 0 ? [...texts.slice(0, CELLS_MAX), `… and ${more} more`] : texts;
}

function lineOf({ fromMs, points, heartbeats }: PlayedWindow, dispute: Dispute): string {
  const { platforms, operators } = dispute;
  const shown = points.filter((one) => names(platforms, one.platform) && names(operators, one.operator));
  const heard = tally(
    heartbeats.filter(({ operator }) => names(operators, operator)).map(({ connectivity }) => connectivity),
  );
  const beats = heard === '' ? 'no heartbeat' : `heartbeats: ${heard}`;
  const time = `${new Date(fromMs).toISOString().slice(0, 19)}Z`;
  return `    ${[`${time}  ${beats}`, ...cellTexts(shown)].join('; ')}`;
}

/** Collects, while a scenario is played, the windows near what is disputed. */
export class WindowLog {
  readonly #disputes: readonly Dispute[];
  readonly #stepMs: number;
  readonly #lines: string[][];

  /** `stepMs`: the length of a round. */
  constructor(disputes: readonly Dispute[], stepMs: number) {
    this.#disputes = disputes;
    this.#stepMs = stepMs;
    this.#lines = disputes.map(() => []);
  }

  note(window: PlayedWindow): void {
    if (window.points.length + window.heartbeats.length === 0) return;
    for (const [index, dispute] of this.#disputes.entries()) {
      const lines = this.#lines[index];
      if (lines === undefined || lines.length > WINDOWS_MAX) continue;
      const stepMs = Math.max(this.#stepMs, window.toMs - window.fromMs);
      if (!isNear(window, dispute.instantsMs, stepMs)) continue;
      lines.push(lines.length < WINDOWS_MAX ? lineOf(window, dispute) : '    …');
    }
  }

  /** Lines about one dispute, in the order of time. */
  linesOf(index: number): readonly string[] {
    return this.#lines[index] ?? [];
  }
}
