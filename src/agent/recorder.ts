/**
 * Runs one probe and puts its record into the spool. Here our own trouble is told from a finding: a shutdown, a bug, a
 * clock that jumped; such runs carry `x_aiqyn_abort` and are evidence of nothing.
 */
import { setMaxListeners } from 'node:events';
import type { Abort, OwnMeasurement, TargetTag } from '../../probes/measurement.ts';
import type { ProbeReport } from '../../probes/probe.ts';
import type { Connectivity } from '../../probes/words.ts';
import { EnvironmentError } from '../errors.ts';
import { seal } from './envelope.ts';
import { looksReachable } from './keeping.ts';
import type { AgentOptions } from './options.ts';
import { createIds } from './uuid.ts';

/** Wall clock and monotonic clock may differ by this much during a run. */
const CLOCK_JUMP_MS = 2_000;
/**
 * A run during which this process stood still for this share of the time could have missed a deadline by its own fault.
 * Runs shorter than the least time have met none.
 */
const STALLED_SHARE_MAX = 0.25;
const STALLED_RUN_MS_MIN = 300;
/** A probe bounds each of its steps; one that has not ended after this is broken. */
const WATCHDOG_MS = 180_000;
/** How often a full disk is mentioned. */
const COMPLAINT_EVERY_MS = 60_000;

export interface Run<TestKeys> {
  readonly target: TargetTag;
  readonly testName?: string;
  readonly input: string | null;
  readonly roundStartedAtMs: number;
  readonly retest: number;
  readonly probe: (signal: AbortSignal) => Promise<ProbeReport<TestKeys>>;
}

export interface Ran<TestKeys> {
  readonly id: string;
  readonly startedAtMs: number;
  /** Monotonic. */
  readonly beganMs: number;
  readonly endedMs: number;
  /** Null when the run crashed. */
  readonly report: ProbeReport<TestKeys> | null;
  readonly abort: Abort | null;
}

type RecorderOptions = Pick<
  AgentOptions,
  'vantage' | 'clock' | 'log' | 'spool' | 'softwareVersion' | 'scale' | 'stalledMs' | 'otherNetwork'
> & { readonly signal: AbortSignal };

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #nextId = createIds();
  readonly aborted: Record<Abort, number> = {
    shutdown: 0,
    probe_bug: 0,
    clock_jump: 0,
    overload: 0,
    line_away: 0,
  };
  unspooled = 0;
  #complainedAtMs = -Infinity;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async run<TestKeys extends Readonly<Record<string, unknown>>>(run: Run<TestKeys>): Promise<Ran<TestKeys>> {
    const { clock, scale = 1 } = this.#options;
    const startedAtMs = clock.nowMs();
    const beganMs = clock.monotonicMs();
    const id = this.#nextId(startedAtMs);
    const report = await this.#watched(run);
    const endedMs = clock.monotonicMs();
    const driftMs = clock.nowMs() - startedAtMs - (endedMs - beganMs) * scale;
    const trouble =
      Math.abs(driftMs) > CLOCK_JUMP_MS * scale ? 'clock_jump' : this.#overload(beganMs, endedMs);
    const found = this.#abortOf(report, trouble);
    const ran = { id, startedAtMs, beganMs, endedMs, report, abort: found };
    // What was reached was reached, however busy this machine was.
    const isReached = found === 'overload' && looksReachable(this.sealed(run, ran, null, null)) === true;
    const abort = isReached ? null : found;
    if (abort !== null) this.aborted[abort] += 1;
    if (abort === 'clock_jump') {
      this.#options.log.warn(
        { driftMs },
        'The clock of this machine jumped during a run; it counts for nothing.',
      );
    }
    return { ...ran, abort };
  }

  /** Seals and spools; a refusing disk is counted and mentioned, and measuring goes on. */
  async keep<TestKeys extends Readonly<Record<string, unknown>>>(
    run: Run<TestKeys>,
    ran: Ran<TestKeys>,
    connectivity: Connectivity | null,
    abort: Abort | null = ran.abort,
  ): Promise<OwnMeasurement> {
    const measurement = this.sealed(run, ran, connectivity, abort);
    try {
      await this.#options.spool.append(measurement);
      this.#options.log.debug({ id: measurement.x_aiqyn_id, target: run.target.id }, 'Kept in the spool.');
    } catch (error) {
      this.#lost(error);
    }
    return measurement;
  }

  sealed<TestKeys extends Readonly<Record<string, unknown>>>(
    run: Run<TestKeys>,
    ran: Ran<TestKeys>,
    connectivity: Connectivity | null,
    abort: Abort | null = ran.abort,
  ): OwnMeasurement {
    return seal({
      ...run,
      id: ran.id,
      startedAtMs: ran.startedAtMs,
      runtimeMs: ran.endedMs - ran.beganMs,
      testKeys: ran.report?.testKeys ?? {},
      connectivity,
      abort,
      otherNetwork: this.#options.otherNetwork?.() ?? null,
      vantage: this.#options.vantage,
      softwareVersion: this.#options.softwareVersion,
    });
  }

  #overload(beganMs: number, endedMs: number): Abort | null {
    const lastedMs = endedMs - beganMs;
    const stalledMs = this.#options.stalledMs?.(beganMs) ?? 0;
    return lastedMs >= STALLED_RUN_MS_MIN && stalledMs > lastedMs * STALLED_SHARE_MAX ? 'overload' : null;
  }

  #abortOf(report: ProbeReport<unknown> | null, trouble: Abort | null): Abort | null {
    if (this.#options.signal.aborted && report?.abort !== null) return 'shutdown';
    if (report === null) return 'probe_bug';
    return report.abort ?? trouble;
  }

  /** Null when the probe crashed or never came back. */
  async #watched<TestKeys>(run: Run<TestKeys>): Promise<ProbeReport<TestKeys> | null> {
    const { clock, log, signal } = this.#options;
    const mine = new AbortController();
    // A probe's steps run side by side under this one signal; how many is the probe's bound, not ten.
    setMaxListeners(0, mine.signal);
    const ended = new AbortController();
    function stop(): void {
      mine.abort();
    }
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    try {
      const watchdog = clock.sleep(WATCHDOG_MS, ended.signal).then(() => null);
      const report = await Promise.race([run.probe(mine.signal), watchdog]);
      if (report === null) {
        log.error(
          { target: run.target.id, afterMs: WATCHDOG_MS },
          'A probe did not come back; it was given up.',
        );
      }
      return report;
    } catch (error) {
      log.error(
        { target: run.target.id, error: String(error) },
        'A probe crashed; its run counts for nothing.',
      );
      return null;
    } finally {
      stop();
      ended.abort();
      signal.removeEventListener('abort', stop);
    }
  }

  #lost(error: unknown): void {
    const { clock, log } = this.#options;
    this.unspooled += 1;
    if (clock.monotonicMs() - this.#complainedAtMs < COMPLAINT_EVERY_MS) return;
    this.#complainedAtMs = clock.monotonicMs();
    const code = error instanceof EnvironmentError ? error.code : 'SPOOL_WRITE';
    log.error(
      { code, unspooled: this.unspooled, error: String(error) },
      'Measurements cannot be kept; measuring goes on.',
    );
  }
}
