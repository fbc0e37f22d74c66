/**
 * The way to one InfluxDB: lines in with the official client, InfluxQL out through `/query`, which 1.x, 2.x and 3.x all
 * answer. What the server refuses comes as an EnvironmentError with a code and words that say what to do.
 */
import { InfluxDB } from '@influxdata/influxdb-client';
import { z } from 'zod';
import type { Clock } from '../../../probes/probe.ts';
import { EnvironmentError } from '../../errors.ts';
import { BusyError, missing, NO_DATABASE, notInflux, RefusedError, translate } from './failures.ts';
import { authorization } from './login.ts';
import type { Flavour, InfluxAddress } from '../../config/store-config.ts';

const TIMEOUT_MS = 30_000;
/** Rows that the server sends, and that are held here, at a time. */
const CHUNK_ROWS = 2_000;
/** One answer's line is one chunk of rows; longer ones are no InfluxDB's. */
const ANSWER_CHARACTERS_MAX = 64 * 1_048_576;
/** A server that asks for more patience than this is left alone, and the caller is told at once. */
const WAIT_MS_MAX = 10_000;
const TRIES_MAX = 3;
const WAIT_MS_DEFAULT = 500;
const GZIP_BYTES_MIN = 4_096;
const NEVER = 1e9;
const HTTP_NO_CONTENT = 204;
const THIS_MACHINE = /^https?:\/\/(?:127\.|localhost|\[::1\])/;

/** One group of an answer; a long one comes in several parts. */
export interface Part {
  /** Number of the statement in the question, from 0. */
  readonly statement: number;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
}

const Answer = z.object({
  error: z.string().optional(),
  results: z
    .array(
      z.object({
        statement_id: z.number().default(0),
        error: z.string().optional(),
        series: z
          .array(
            z.object({
              name: z.string().default(''),
              tags: z.record(z.string(), z.string()).default({}),
              columns: z.array(z.string()),
              values: z.array(z.array(z.unknown())).default([]),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});

export interface InfluxConnection {
  readonly address: InfluxAddress & { readonly flavour: Flavour };
  /** Resolves once the server has taken all lines. `policy`: a retention policy; null is the database's default. */
  write(lines: readonly string[], policy: string | null): Promise<void>;
  /** Streams the answer to one or more statements, a bounded number of rows at a time. */
  stream(influxql: string): AsyncGenerator<Part>;
  /** Makes a waiting write give up. */
  close(): void;
}

/** Talks to nobody yet. `timeoutMs`: how long a request may be silent. */
export function connectInflux(
  address: InfluxAddress & { readonly flavour: Flavour },
  clock: Clock,
  timeoutMs = TIMEOUT_MS,
): InfluxConnection {
  return new Connection(address, clock, timeoutMs);
}

class Connection implements InfluxConnection {
  readonly address: InfluxAddress & { readonly flavour: Flavour };
  readonly #client: InfluxDB;
  readonly #clock: Clock;
  readonly #isHere: boolean;
  readonly #closing = new AbortController();
  /** Of `clock.monotonicMs()`; the server asked for patience until then. */
  #busyUntilMs = -Infinity;

  constructor(address: InfluxAddress & { readonly flavour: Flavour }, clock: Clock, timeoutMs: number) {
    this.address = address;
    this.#clock = clock;
    this.#isHere = THIS_MACHINE.test(address.url);
    this.#client = new InfluxDB({
      url: address.url,
      timeout: timeoutMs,
      headers: authorization(address.login),
    });
  }

  close(): void {
    this.#closing.abort();
  }

  async write(lines: readonly string[], policy: string | null): Promise<void> {
    for (let tried = 1; ; tried += 1) {
      await this.#waitForTurn();
      try {
        await this.#writeOnce(lines, policy);
        return;
      } catch (error) {
        if (!(error instanceof BusyError)) throw error;
        this.#busyUntilMs = this.#clock.monotonicMs() + (error.retryAfterMs ?? WAIT_MS_DEFAULT * 2 ** tried);
        if (tried >= TRIES_MAX) throw error;
      }
    }
  }

  /** Waits where that is short; a longer wait is the caller's, who has a spool. */
  async #waitForTurn(): Promise<void> {
    const waitMs = this.#busyUntilMs - this.#clock.monotonicMs();
    if (waitMs <= 0) return;
    if (waitMs <= WAIT_MS_MAX) await this.#clock.sleep(waitMs, this.#closing.signal);
    if (waitMs > WAIT_MS_MAX || this.#closing.signal.aborted) {
      const seconds = Math.ceil(waitMs / 1_000);
      const { url, database } = this.address;
      const message = `InfluxDB at ${url} asked for ${seconds} seconds of patience; what is measured for "${database}" waits in the spool.`;
      throw new BusyError(message, waitMs, undefined);
    }
  }

  /**
   * The way below the client's own buffer: that one counts every character of every line, which costs as much as making
   * them, and its retries would answer before the lines are safe and forget them with the process.
   */
  async #writeOnce(lines: readonly string[], policy: string | null): Promise<void> {
    let statusCode = 0;
    try {
      await this.#client.transport.request(
        this.#writePath(policy),
        lines.join('\n'),
        {
          method: 'POST',
          headers: { 'content-type': 'text/plain; charset=utf-8' },
          // On one machine packing costs more than it saves.
          gzipThreshold: this.#isHere ? NEVER : GZIP_BYTES_MIN,
        },
        (_, answered = 0) => (statusCode = answered),
      );
    } catch (error) {
      throw translate(error, this.address);
    }
    if (statusCode !== HTTP_NO_CONTENT) throw notInflux(this.address, `it answers ${statusCode}`, undefined);
  }

  #writePath(policy: string | null): string {
    const { org, database, flavour } = this.address;
    if (flavour === '1') {
      const query = new URLSearchParams({ db: database, precision: 'ns' });
      if (policy !== null) query.set('rp', policy);
      return `/write?${query.toString()}`;
    }
    const bucket = policy === null ? database : `${database}/${policy}`;
    return `/api/v2/write?${new URLSearchParams({ org: org ?? '', bucket, precision: 'ns' }).toString()}`;
  }

  async *stream(influxql: string): AsyncGenerator<Part> {
    const body = new URLSearchParams({ q: influxql }).toString();
    const settings = {
      db: this.address.database,
      epoch: 'u',
      chunked: 'true',
      chunk_size: String(CHUNK_ROWS),
    };
    try {
      const chunks = this.#client.transport.iterate(
        `/query?${new URLSearchParams(settings).toString()}`,
        body,
        {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        },
      );
      for await (const line of linesOf(chunks)) yield* this.#partsOf(line);
    } catch (error) {
      throw translate(error, this.address);
    }
  }

  *#partsOf(line: string): Generator<Part> {
    const answer = Answer.parse(JSON.parse(line));
    if (answer.error !== undefined) throw this.#failure(answer.error);
    for (const result of answer.results) {
      if (result.error !== undefined) throw this.#failure(result.error);
      for (const series of result.series) yield { statement: result.statement_id, ...series };
    }
  }

  #failure(said: string): EnvironmentError {
    if (NO_DATABASE.test(said)) return missing(this.address);
    if (/timeout|too many|busy|limit exceeded/i.test(said))
      return new BusyError(`InfluxDB at ${this.address.url} has no time: ${said}`, null, undefined);
    return new RefusedError(`InfluxDB at ${this.address.url} cannot answer: ${said}`, null, undefined);
  }
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    if (rest.length > ANSWER_CHARACTERS_MAX)
      throw new EnvironmentError('STORE_ANSWER', 'InfluxDB sent an answer without an end.');
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield line;
  }
  if (rest.trim() !== '') yield rest;
}
