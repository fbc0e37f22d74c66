/** Makes a bundle for everybody, in the background, one at a time. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { sha256Of } from '../evidence/bytes.ts';
import type { Log } from '../log.ts';
import type { PublishedBook, PublishedBundle } from './published-book.ts';

export interface PublisherState {
  /** Being made; null: nothing. */
  readonly incident: string | null;
  /** Measurements that were read so far. */
  readonly done: number;
  /** Why the last one was not made. */
  readonly failure: { readonly incident: string; readonly why: string } | null;
}

/** A finished bundle; `remove` takes the work away. */
export interface MadeFor {
  readonly file: string;
  readonly key: string;
  readonly remove: () => Promise<void>;
}

export interface PublisherOptions {
  readonly book: PublishedBook;
  /** The same as `aiqyn evidence`. @throws where there is nothing to show. */
  readonly make: (incident: string, onRecord: () => void) => Promise<MadeFor>;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** Another bundle is being made. */
export class PublisherBusyError extends Error {
  override readonly name = 'PublisherBusyError';
}

export class Publisher {
  readonly #options: PublisherOptions;
  #state: PublisherState = { incident: null, done: 0, failure: null };
  #making: Promise<void> = Promise.resolve();

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  get state(): PublisherState {
    return this.#state;
  }

  of(incident: string): PublishedBundle | null {
    return this.#options.book.of(incident);
  }

  /** @throws PublisherBusyError */
  requireFree(): void {
    if (this.#state.incident !== null)
      throw new PublisherBusyError(`The evidence of ${this.#state.incident} is being made; wait for it.`);
  }

  /** Begins; `state` says how it goes. @throws PublisherBusyError */
  publish(incident: string): void {
    this.requireFree();
    this.#state = { incident, done: 0, failure: null };
    this.#making = this.#make(incident);
  }

  async unpublish(incident: string): Promise<void> {
    await this.#options.book.remove(incident);
  }

  /** Waits for what is being made. */
  async stop(): Promise<void> {
    await this.#making;
  }

  async #make(incident: string): Promise<void> {
    const { make, book, nowMs, log } = this.#options;
    try {
      const { file, key, remove } = await make(incident, () => {
        this.#state = { ...this.#state, done: this.#state.done + 1 };
      });
      try {
        const { size } = await stat(file);
        const at = new Date(nowMs()).toISOString();
        await book.put(
          { incident, at, bytes: size, sha256: await sha256Of(createReadStream(file)), key },
          file,
        );
      } finally {
        await remove();
      }
      this.#state = { incident: null, done: 0, failure: null };
      log.info({ incident }, 'Evidence is published.');
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.error({ incident, why }, 'Evidence could not be made.');
      this.#state = { incident: null, done: 0, failure: { incident, why } };
    }
  }
}
