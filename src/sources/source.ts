/**
 * The port of everything that others see from outside. A source is asked for a stretch of time and hands back numbers and
 * outages; what could not be had is told, and what could stays. tests/contract/sources.test.ts holds each against its server.
 */
import type { OutsideOutage, OutsidePoint, SourceId } from '../analysis/outside/point.ts';
import type { JsonQuestion, JsonResult, PoliteClient } from '../polite/client.ts';

/** UTC epoch milliseconds, half-open. */
export interface PollWindow {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** A number before what is usual is known. */
export type OutsideReading = Omit<OutsidePoint, 'baseline'>;

export interface SourceAnswer {
  readonly readings: readonly OutsideReading[];
  readonly outages: readonly OutsideOutage[];
  /** Rows that did not have the documented shape. */
  readonly skippedRows: number;
  /** Questions that were answered. */
  readonly answered: number;
  /** What could not be had, in words for the page; each names its question. */
  readonly problems: readonly string[];
}

export interface OutsideSource {
  readonly id: SourceId;
  /** Milliseconds between two polls. */
  readonly everyMs: number;
  /** How far before the newest answer a poll begins again, because the source amends what it said. */
  readonly overlapMs: number;
  /** How far back the first poll goes. */
  readonly lookbackMs: number;
  /** Never rejects for what the other side does. */
  poll(window: PollWindow, signal: AbortSignal): Promise<SourceAnswer>;
  readonly client: PoliteClient;
}

/** Whom a source is asked about. */
export interface Watched {
  /** `AS9198`, …: the main networks, at most OPERATORS_MAX. */
  readonly operators: readonly string[];
  /** The catalogue's place for a region's name in English; null: none is known. */
  readonly placeOf: (name: string) => string | null;
}

export interface SourceOptions {
  /** Without a slash at the end. */
  readonly url: string;
  readonly client: PoliteClient;
  readonly watched: Watched;
}

export const OPERATORS_MAX = 16;
export const COUNTRY = 'KZ';

/** Gathers the answers to one poll's questions. */
export class Gathering {
  readonly #readings: OutsideReading[] = [];
  readonly #outages: OutsideOutage[] = [];
  readonly #problems: string[] = [];
  #skippedRows = 0;
  #answered = 0;

  /** The answer's body; null where there is none, which is then told under the question's name. */
  async ask<T>(
    client: PoliteClient,
    what: string,
    question: JsonQuestion<T>,
    signal: AbortSignal,
  ): Promise<T | null> {
    const result: JsonResult<T> = await client.json(question, signal);
    if (result.isOk) {
      this.#answered += 1;
      return result.value;
    }
    this.#problems.push(`${what}: ${result.problem}`);
    return null;
  }

  problem(text: string): void {
    this.#problems.push(text);
  }

  skip(rows: number): void {
    this.#skippedRows += rows;
  }

  readings(some: Iterable<OutsideReading>): void {
    for (const reading of some) this.#readings.push(reading);
  }

  outages(some: Iterable<OutsideOutage>): void {
    for (const outage of some) this.#outages.push(outage);
  }

  answer(): SourceAnswer {
    return {
      readings: this.#readings,
      outages: this.#outages,
      skippedRows: this.#skippedRows,
      answered: this.#answered,
      problems: this.#problems,
    };
  }
}

/** Whole seconds of the epoch, as most of these APIs count. */
export function epochSeconds(atMs: number): number {
  return Math.floor(atMs / 1_000);
}

/** `AS9198` → `9198`. */
export function asnOf(operator: string): string {
  return operator.replace(/^AS/, '');
}

/** An instant as these APIs write it, with or without its zone, which is UTC; null where it is none. UTC epoch milliseconds. */
export function utcMs(text: string): number | null {
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(text) || /^\d{4}-\d\d-\d\d$/.test(text) ? text : `${text}Z`;
  const atMs = Date.parse(zoned.replace(' ', 'T'));
  return Number.isNaN(atMs) ? null : atMs;
}
