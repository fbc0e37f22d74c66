/** Sends what one route has to tell, one message after the other. A route waits for nothing but its own channel. */
import type { Clock } from '../../probes/probe.ts';
import type { RouteConfig } from '../config/alerts-config.ts';
import type { Log } from '../log.ts';
import { backoffMs } from './backoff.ts';
import { openBook, saveBook } from './book-file.ts';
import { delivered, nextTellings, refused, seen, unreachable } from './book.ts';
import type { RouteBook } from './book.ts';
import type { Channel, Delivery } from './channel.ts';
import type { Subject } from './subject.ts';
import { writeAlert, writeSummary } from './write.ts';
import type { Pen, Telling } from './write.ts';

/** Quiet hours end without anybody telling. */
const LOOK_MS = 15_000;

export interface RouteWorkerOptions {
  readonly route: RouteConfig;
  readonly pen: Pen;
  readonly channel: Channel;
  readonly dataDir: string;
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: Log;
}

export class RouteWorker {
  readonly #options: RouteWorkerOptions;
  readonly #stopping = new AbortController();
  #book: RouteBook;
  #wake = new AbortController();
  #failures = 0;
  #tail: Promise<void> = Promise.resolve();
  #running: Promise<void> = Promise.resolve();

  private constructor(options: RouteWorkerOptions, book: RouteBook) {
    this.#options = options;
    this.#book = book;
  }

  static async start(options: RouteWorkerOptions): Promise<RouteWorker> {
    const { dataDir, route, clock, log } = options;
    const worker = new RouteWorker(options, await openBook(dataDir, route.id, clock.nowMs(), log));
    worker.#running = worker.#run();
    return worker;
  }

  /** Ids of incidents that it told of, or has to. */
  known(): readonly string[] {
    return Object.keys(this.#book.threads);
  }

  /** Durable when it resolves. */
  async look(subjects: readonly Subject[], gone: readonly string[]): Promise<void> {
    const { route, clock } = this.#options;
    await this.#change((book) => seen(book, route.only, { subjects, gone, nowMs: clock.nowMs() }));
    this.#wake.abort();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake.abort();
    await this.#running;
    await this.#tail;
  }

  async #change(next: (book: RouteBook) => RouteBook): Promise<void> {
    const { dataDir, route } = this.#options;
    const mine = this.#tail.then(async () => {
      const book = next(this.#book);
      if (JSON.stringify(book) === JSON.stringify(this.#book)) return;
      this.#book = book;
      await saveBook(dataDir, route.id, book);
    });
    this.#tail = mine.catch(() => undefined);
    await mine;
  }

  async #run(): Promise<void> {
    const { clock, log, route } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#wake = new AbortController();
      try {
        if (await this.#sendNext()) continue;
      } catch (error) {
        log.error(
          { route: route.id, error: String(error) },
          'What was told cannot be written down; it is tried again.',
        );
      }
      await clock.sleep(LOOK_MS, AbortSignal.any([signal, this.#wake.signal]));
    }
  }

  /** False where there is nothing to send. */
  async #sendNext(): Promise<boolean> {
    const { route, clock, channel } = this.#options;
    const { signal } = this.#stopping;
    const tellings = nextTellings(this.#book, route.quiet, clock.nowMs());
    const [first] = tellings;
    if (first === undefined) return false;
    const { pen } = this.#options;
    const nowMs = clock.nowMs();
    const message = tellings.length > 1 ? writeSummary(pen, tellings, nowMs) : writeAlert(pen, first, nowMs);
    const delivery = await channel.deliver(message, signal);
    // What our own end cut off is no failure of the channel's.
    if (signal.aborted && delivery.outcome !== 'delivered') return false;
    await this.#settle(tellings, delivery);
    return true;
  }

  async #settle(tellings: readonly Telling[], delivery: Delivery): Promise<void> {
    const { clock, random, log, route } = this.#options;
    const nowMs = clock.nowMs();
    if (delivery.outcome === 'delivered') {
      if (this.#failures > 0) log.info({ route: route.id }, 'Alerts are delivered again.');
      this.#failures = 0;
      await this.#change((book) => delivered(book, tellings, delivery.handle, nowMs));
      return;
    }
    const { reason } = delivery;
    if (this.#failures === 0)
      log.warn({ route: route.id, reason }, 'An alert was not delivered; it is tried again.');
    this.#failures += 1;
    const isRefused = delivery.outcome === 'refused';
    await this.#change((book) =>
      isRefused ? refused(book, tellings, reason, nowMs) : unreachable(book, reason, nowMs),
    );
    const askedMs = isRefused ? null : delivery.afterMs;
    await clock.sleep(backoffMs(this.#failures, askedMs, random), this.#stopping.signal);
  }
}
