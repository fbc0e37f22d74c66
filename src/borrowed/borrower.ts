/**
 * Asks one lender, round after round: what the planner says, as far as the quota goes. What comes back goes the way of every
 * measurement: spool, ingest, archive, verdict, store.
 */
import type { WebTarget } from '../../probes/plan.ts';
import type { Clock, ControlClient } from '../../probes/probe.ts';
import type { Spool, Uplink, VantageState } from '../agent/spool.ts';
import { startUplinkLoop } from '../agent/uplink-loop.ts';
import { createIds } from '../agent/uuid.ts';
import type { Log } from '../log.ts';
import type { LatestStatus, Store } from '../store/store.ts';
import type { BorrowedNetwork, Lender, LenderStatus, Request, Sighting } from './lender.ts';
import { networkKey, planRound } from './planner.ts';
import type { PlannedRequest } from './planner.ts';
import { borrowedVantage, comparedByLender, recordOf } from './record.ts';
import type { Recording } from './record.ts';

const ROUND_MS = 60_000;
/** The first round may spend as much as this time would: somebody waits for the page. */
const FIRST_ROUND_MS = 600_000;
/** What is older says nothing of now. */
const FRESH_MS = 2 * 3_600_000;
const INCIDENTS_MAX = 100;
/** Nothing is said of nobody's line; only what waits is delivered. */
const IDLE_BEAT_MS = 3_600_000;
/** Between two questions of one round, so that a lender is not knocked at all at once. */
const BETWEEN_MS = 250;

export interface BorrowerOptions {
  readonly lender: Lender;
  readonly targets: readonly WebTarget[];
  /** Ours, asked for each sighting where the lender does not look from outside itself; null: there is none. */
  readonly control: ControlClient | null;
  readonly store: Pick<Store, 'statusNow' | 'incidents'>;
  readonly spool: Spool;
  readonly uplink: Uplink;
  /** False while another collector of the same store detects, and asks. */
  readonly mayAsk: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly softwareVersion: string;
}

export interface Borrower {
  /** An incident has changed: the next round is due at once. */
  poke(): void;
  status(): LenderStatus;
  stop(): Promise<void>;
}

export function startBorrower(options: BorrowerOptions): Borrower {
  const borrower = new Rounds(options);
  borrower.start();
  return borrower;
}

class Rounds implements Borrower {
  readonly #options: BorrowerOptions;
  readonly #stopping = new AbortController();
  readonly #nextId = createIds();
  readonly #lastAskedMs = new Map<string, number>();
  #waiting = new AbortController();
  #isPoked = false;
  #steadySinceMs: number;
  #saidProblem: string | null = null;
  #running: Promise<void> = Promise.resolve();
  #uplink: { stop(): Promise<void> } | null = null;

  constructor(options: BorrowerOptions) {
    this.#options = options;
    this.#steadySinceMs = options.clock.nowMs() - FIRST_ROUND_MS;
  }

  start(): void {
    const { spool, uplink, clock, log, random } = this.#options;
    this.#uplink = startUplinkLoop({
      spool,
      uplink,
      state: () => this.#state(),
      heartbeatIntervalMs: IDLE_BEAT_MS,
      clock,
      log,
      random,
    });
    this.#running = this.#run();
  }

  poke(): void {
    this.#isPoked = true;
    this.#waiting.abort();
  }

  status(): LenderStatus {
    return this.#options.lender.status();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#waiting.abort();
    await this.#running;
    await this.#uplink?.stop();
    await this.#options.spool.close();
  }

  async #run(): Promise<void> {
    const { clock, log, lender } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      this.#isPoked = false;
      try {
        if (this.#options.mayAsk()) await this.#round();
      } catch (error) {
        log.warn({ lender: lender.name, error: String(error) }, 'A round of borrowed probes broke off.');
      }
      this.#mention();
      await clock.sleep(ROUND_MS, this.#untilPoked());
    }
  }

  /** Aborts at once where an incident changed during the round, or where it is to end. */
  #untilPoked(): AbortSignal {
    this.#waiting = new AbortController();
    if (this.#isPoked || this.#stopping.signal.aborted) this.#waiting.abort();
    return this.#waiting.signal;
  }

  async #round(): Promise<void> {
    const { lender, clock } = this.#options;
    const { signal } = this.#stopping;
    for (const request of await this.#plan()) {
      if (signal.aborted || lender.left() < lender.cost(request)) return;
      this.#noteAsked(request);
      await this.#ask(request);
      await clock.sleep(BETWEEN_MS, signal);
    }
  }

  async #plan(): Promise<PlannedRequest[]> {
    const { lender, targets, store, clock } = this.#options;
    const networks = await lender.networks(this.#stopping.signal);
    const nowMs = clock.nowMs();
    const latest = await store.statusNow({ nowMs, freshMs: FRESH_MS });
    const told = this.#toldLast(latest);
    return planRound({
      nowMs,
      left: lender.left(),
      allowance: lender.allowance,
      sinceLastMs: nowMs - this.#steadySinceMs,
      cost: (request) => lender.cost(request),
      targets,
      networks,
      latest: latest.map(({ point, sinceMs }) => ({ ...point, sinceMs })),
      incidents: await store.incidents({ openOnly: true, limit: INCIDENTS_MAX }),
      lastAskedMs: (target, network) => {
        const stored = told.get(`${borrowedVantage(lender.name, network).id}|${target}`);
        return this.#lastAskedMs.get(askedKey(target, network)) ?? stored ?? null;
      },
    });
  }

  /** What the store has of before a restart. */
  #toldLast(latest: readonly LatestStatus[]): Map<string, number> {
    return new Map(latest.map(({ point }) => [`${point.vantage}|${point.target}`, point.atMs]));
  }

  #noteAsked({ target, networks, isUrgent }: PlannedRequest): void {
    const nowMs = this.#options.clock.nowMs();
    for (const network of networks) this.#lastAskedMs.set(askedKey(target.id, network), nowMs);
    if (!isUrgent) this.#steadySinceMs = nowMs;
  }

  async #ask(request: Request): Promise<void> {
    const { lender, spool } = this.#options;
    const asked = await lender.ask(request, this.#stopping.signal);
    if (asked.kind !== 'answered') return;
    const { comparison } = asked;
    for (const sighting of asked.sightings) {
      const compared =
        comparison === null ? await this.#ownControl(request, sighting) : comparedByLender(comparison);
      await spool.append(
        recordOf({
          id: this.#nextId(sighting.startedAtMs),
          lender: lender.name,
          target: request.target,
          sighting,
          compared,
          softwareVersion: this.#options.softwareVersion,
        }),
      );
    }
  }

  async #ownControl({ target }: Request, { testKeys }: Sighting): Promise<Recording['compared']> {
    const { control } = this.#options;
    if (control === null) return { control: null, failure: null, source: 'none' };
    const question = { url: target.lightUrl, endpoints: endpointsOf(testKeys) };
    return control.ask(question, this.#stopping.signal);
  }

  /** An outage of a lender is said once: what is said next is its end. */
  #mention(): void {
    const { lender, log } = this.#options;
    const { problem } = lender.status();
    if (problem === this.#saidProblem) return;
    this.#saidProblem = problem;
    if (problem === null) log.info({ lender: lender.name }, 'Borrowed probes answer again.');
    else log.warn({ lender: lender.name, problem }, 'Borrowed probes could not be asked.');
  }

  #state(): VantageState {
    const { lender, clock, spool } = this.#options;
    return {
      vantage: { id: lender.name, operator: 'AS0', place: 'unknown', access: 'remote' },
      atMs: clock.nowMs(),
      connectivity: 'unknown',
      spoolDepth: spool.depth(),
      clockOffsetMs: 0,
      hasNoHeartbeat: true,
    };
  }
}

function askedKey(target: string, network: BorrowedNetwork): string {
  return `${target}|${networkKey(network)}`;
}

/** Addresses that the probe was led to, for the control to try as well. */
function endpointsOf(testKeys: Sighting['testKeys']): string[] {
  const connects = testKeys['tcp_connect'];
  if (!Array.isArray(connects)) return [];
  return connects.flatMap((row: unknown) => {
    const isRow = typeof row === 'object' && row !== null && 'ip' in row && 'port' in row;
    if (!isRow || typeof row.ip !== 'string' || typeof row.port !== 'number') return [];
    return [row.ip.includes(':') ? `[${row.ip}]:${row.port}` : `${row.ip}:${row.port}`];
  });
}
