/**
 * Follows packets to a page's address that fails, and to one that works, after the page was fetched in vain. Seldom, and never to more
 * than two addresses at once: a trace is no way to measure often.
 */
import { readWebTestKeys } from '../../probes/measurement.ts';
import type { PathKeys } from '../../probes/measurement.ts';
import { failingEndpoint, workingEndpoint } from '../../probes/path/endpoints.ts';
import type { Endpoint } from '../../probes/path/endpoints.ts';
import { traceOf } from '../../probes/path/trace.ts';
import type { AsnOf } from '../../probes/path/trace.ts';
import type { RawHop } from '../../probes/hops.ts';
import type { PlannedTarget } from '../../probes/plan.ts';
import type { Clock, ProbeReport } from '../../probes/probe.ts';
import type { AgentOptions, TargetRun, TestKeys } from './options.ts';

const QUARTER_MS = 900_000;
/** How long an address that worked is still one to compare with. */
const WORKING_MS = 600_000;
const CONTROL_TIMEOUT_MS = 5_000;

/** What probes/net/path-tools.ts opens. */
export interface Tracer {
  readonly tool: PathKeys['tool'];
  readonly method: PathKeys['method'];
  /** Null where the tool could not say anything. Never rejects. */
  trace(to: Endpoint, signal: AbortSignal): Promise<readonly RawHop[] | null>;
}

export interface PathFollowerOptions {
  /** Asked for when it is needed first; null: this machine has none. */
  readonly openTracer: () => Promise<Tracer | null>;
  readonly asnOf: AsnOf;
  /** Traced at most so often in a quarter of an hour, each time two addresses. */
  readonly perQuarterHour: number;
  /** Looked at where no page has worked yet. */
  readonly control: PlannedTarget | null;
  /** Of a packet with its answer; counted into the traffic. */
  readonly packetBytes: number;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

/** The same probes; a page fetched in full that fails has `x_aiqyn_path` in its test keys. */
export function followPaths(
  runTarget: AgentOptions['runTarget'],
  options: PathFollowerOptions,
): AgentOptions['runTarget'] {
  const follower = new PathFollower(runTarget, options);
  return async (run, signal) => follower.run(run, signal);
}

class PathFollower {
  readonly #runTarget: AgentOptions['runTarget'];
  readonly #options: PathFollowerOptions;
  #tracer: Promise<Tracer | null> | null = null;
  #tracedAtMs: number[] = [];
  #working: { readonly endpoint: Endpoint; readonly atMs: number } | null = null;

  constructor(runTarget: AgentOptions['runTarget'], options: PathFollowerOptions) {
    this.#runTarget = runTarget;
    this.#options = options;
  }

  async run(run: TargetRun, signal: AbortSignal): Promise<ProbeReport<TestKeys>> {
    const report = await this.#runTarget(run, signal);
    if (run.target.probe !== 'web' || report.abort !== null) return report;
    const keys = readWebTestKeys(report.testKeys);
    if (keys === null) return report;
    this.#noteWorking(workingEndpoint(keys));
    const failing = run.depth === 'full' ? failingEndpoint(keys) : null;
    // One dead address of several is no block: what works in the end is not traced.
    if (failing === null || workingEndpoint(keys) !== null || signal.aborted) return report;
    if (!this.#mayTrace()) return report;
    return this.#traced(report, failing, signal);
  }

  #noteWorking(endpoint: Endpoint | null): void {
    if (endpoint !== null) this.#working = { endpoint, atMs: this.#options.clock.monotonicMs() };
  }

  #mayTrace(): boolean {
    const { clock, perQuarterHour } = this.#options;
    const nowMs = clock.monotonicMs();
    this.#tracedAtMs = this.#tracedAtMs.filter((atMs) => nowMs - atMs < QUARTER_MS);
    if (this.#tracedAtMs.length >= perQuarterHour) return false;
    this.#tracedAtMs.push(nowMs);
    return true;
  }

  async #traced(
    report: ProbeReport<TestKeys>,
    to: Endpoint,
    signal: AbortSignal,
  ): Promise<ProbeReport<TestKeys>> {
    this.#tracer ??= this.#options.openTracer();
    const tracer = await this.#tracer;
    if (tracer === null) return report;
    const working = await this.#endpointThatWorks(to, signal);
    const [failingHops, workingHops] = await Promise.all([
      tracer.trace(to, signal),
      working === null ? null : tracer.trace(working, signal),
    ]);
    if (failingHops === null || signal.aborted) return report;
    const { asnOf, packetBytes } = this.#options;
    const path: PathKeys = {
      tool: tracer.tool,
      method: tracer.method,
      port: to.port,
      failing: traceOf(failingHops, to.address, asnOf),
      working: working === null || workingHops === null ? null : traceOf(workingHops, working.address, asnOf),
    };
    const hops = [...failingHops, ...(workingHops ?? [])];
    const answers = hops.filter(({ address }) => address !== null).length;
    return {
      ...report,
      testKeys: { ...report.testKeys, x_aiqyn_path: path },
      traffic: {
        sentBytes: report.traffic.sentBytes + hops.length * packetBytes,
        receivedBytes: report.traffic.receivedBytes + answers * packetBytes,
      },
    };
  }

  /** One that worked lately at the same port; else the control's, looked at now. */
  async #endpointThatWorks(failing: Endpoint, signal: AbortSignal): Promise<Endpoint | null> {
    const { control, clock } = this.#options;
    const known = this.#working;
    const isFresh = known !== null && clock.monotonicMs() - known.atMs < WORKING_MS;
    if (isFresh && known.endpoint.port === failing.port) return known.endpoint;
    if (control === null) return null;
    const run = { target: control, depth: 'light' as const, timeoutMs: CONTROL_TIMEOUT_MS };
    const keys = readWebTestKeys((await this.#runTarget(run, signal)).testKeys);
    const found = keys === null ? null : workingEndpoint(keys);
    this.#noteWorking(found);
    return found?.port === failing.port ? found : null;
  }
}
