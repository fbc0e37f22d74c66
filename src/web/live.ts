/**
 * Tells open pages that what they show has changed. One look at the store serves all readers, and nobody looks while nobody
 * listens. What is sent is one word, never data: readers then ask for the page again, which they have cached.
 */
import { createHash } from 'node:crypto';
import { errorText } from './error-text.ts';
import type { WebContext } from './context.ts';
import { readOverview } from './overview/read.ts';
import { roundedMs } from './rounding.ts';

export const LIVE_READERS_MAX = 200;
const LOOK_MS = 10_000;
const LOOK_DEMO_MS = 2_000;
const CHANGE = 'event: change\ndata: {}\n\n';
/** A comment: keeps the line open through proxies and finds out who has gone. */
const HEARTBEAT = ': still here\n\n';

export interface LiveReader {
  /** False where the reader no longer takes what is sent. */
  readonly write: (text: string) => boolean;
  readonly end: () => void;
}

/** What the front page rests on, as one short word; the same word while nothing that is shown has changed. */
async function digestOf(context: WebContext): Promise<string> {
  const { table, open, recent, headline, nowMs, newestMs, notice } = await readOverview(context);
  const cells = table.rows.map(({ platform, cells: of }) => [
    platform,
    [...of].map(([key, { status, sinceMs }]) => [key, status, sinceMs]),
  ]);
  const vantages = notice.vantages.map(({ connectivity, spoolDepth }) => [connectivity, spoolDepth > 0]);
  const shown = [
    cells,
    open,
    recent,
    headline,
    roundedMs(nowMs),
    newestMs === null,
    vantages,
    notice.problems,
  ];
  return createHash('sha256').update(JSON.stringify(shown)).digest('base64url');
}

export class LiveBoard {
  readonly #context: WebContext;
  readonly #readers = new Set<LiveReader>();
  readonly #closing = new AbortController();
  #looking: Promise<void> | null = null;
  #digest: string | null = null;

  constructor(context: WebContext) {
    this.#context = context;
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** False where LIVE_READERS_MAX listen already, or the server closes. */
  join(reader: LiveReader): boolean {
    if (this.#readers.size >= LIVE_READERS_MAX || this.#closing.signal.aborted) return false;
    this.#readers.add(reader);
    this.#looking ??= this.#look();
    return true;
  }

  leave(reader: LiveReader): void {
    this.#readers.delete(reader);
  }

  /** Ends every reader's stream. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const reader of this.#readers) reader.end();
    this.#readers.clear();
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { clock, notice } = this.#context;
    const { signal } = this.#closing;
    this.#digest = await this.#read();
    while (this.#readers.size > 0 && !signal.aborted) {
      // The demo's clock runs faster than its readers.
      const { demo } = notice();
      await clock.sleep(demo === undefined ? LOOK_MS : LOOK_DEMO_MS * demo.speed, signal);
      const digest = await this.#read();
      this.#tell(digest === this.#digest ? HEARTBEAT : CHANGE);
      this.#digest = digest;
    }
    this.#looking = null;
  }

  #tell(text: string): void {
    for (const reader of this.#readers) {
      if (reader.write(text)) continue;
      this.#readers.delete(reader);
      reader.end();
    }
  }

  /** A store that is away looks the same until it is back. */
  async #read(): Promise<string> {
    try {
      return await digestOf(this.#context);
    } catch (error) {
      this.#context.log.debug({ error: errorText(error) }, 'what pages show could not be read');
      return 'away';
    }
  }
}
