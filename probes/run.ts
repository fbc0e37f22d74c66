/**
 * The state of one run: what was seen so far, and how much of the deadline is left. Every kind that resolves, connects
 * and shakes hands uses it, with the steps beside it (name-step.ts, reach-step.ts, control-step.ts).
 *
 * Each kind of step may take a share of the task's deadline, so that a run whose every step is met with silence still gets to
 * the steps that explain it. A step whose time is up is a finding; one that could no longer get half of its share is
 * not started, because its timeout would be ours.
 */
import { FAILURE } from './failure.ts';
import type { Abort, WebTestKeys } from './measurement.ts';
import type { Connection, Limits, Network } from './network.ts';
import type { Clock, ControlClient, ProbeReport, Traffic } from './probe.ts';
import { scrubAddresses } from './scrub.ts';

export type StepKind = 'dns' | 'tcp' | 'tls' | 'http';

/** How thoroughly a run goes about its steps. */
export interface Manner {
  /** Of the task's deadline, per step. */
  readonly shares: Readonly<Record<StepKind, number>>;
  /** Handshakes with the target's name to one address before it is called a silent drop, each with its harmless pair. */
  readonly pairTriesMax: number;
  /** How long a question over UDP listens for the real answer behind an injected one; 0: not at all. */
  readonly lateMs: number;
  /** Whether a chain that verified is kept whole; what did not verify always is. */
  readonly keepsGoodChains: boolean;
}

/** What steps are given from outside; a kind's own context adds to it. */
export interface StepContext {
  readonly clock: Clock;
  readonly network: Network;
  /** Null where no control is configured; the record then says `none`. */
  readonly control: ControlClient | null;
  /** Names nobody filters, for the paired handshake; at least one. */
  readonly harmlessNames: readonly string[];
  /** Our own shutdown; what it cuts short is marked as aborted and is no finding. */
  readonly signal: AbortSignal;
}

export interface RunTask {
  readonly timeoutMs: number;
}

export interface Run<Task extends RunTask = RunTask, Context extends StepContext = StepContext> {
  readonly task: Task;
  readonly context: Context;
  readonly manner: Manner;
  readonly startedMs: number;
  readonly keys: WebTestKeys;
  readonly connections: Connection[];
  /** Of name lookups and QUIC, which have no connection of ours. */
  datagramTraffic: Traffic;
  transactionCount: number;
}

/** Of its share, what a step must still be able to get. */
const SHARE_LEAST = 0.5;
const BUG_LENGTH_MAX = 200;

/**
 * Runs `measure` from an empty record to a report. Never rejects: `abort` is `shutdown` when `context.signal` cut the run
 * short, `probe_bug` when `measure` threw; the test keys then hold what was seen until then (and `x_aiqyn_bug` what was
 * thrown). Whether the deadline is kept is up to the steps' limits.
 */
export async function reportOf<Task extends RunTask, Context extends StepContext>(
  task: Task,
  context: Context,
  manner: Manner,
  measure: (run: Run<Task, Context>) => Promise<void>,
): Promise<ProbeReport<WebTestKeys>> {
  const run = startRun(task, context, manner);
  let abort: Abort | null = null;
  try {
    await measure(run);
  } catch (error) {
    abort = 'probe_bug';
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    run.keys['x_aiqyn_bug'] = scrubAddresses(message).slice(0, BUG_LENGTH_MAX);
  }
  if (context.signal.aborted) abort ??= 'shutdown';
  const traffic = finishTraffic(run);
  return {
    testKeys: snapshot(run.keys),
    traffic,
    runtimeMs: context.clock.monotonicMs() - run.startedMs,
    abort,
  };
}

function startRun<Task extends RunTask, Context extends StepContext>(
  task: Task,
  context: Context,
  manner: Manner,
): Run<Task, Context> {
  return {
    task,
    context,
    manner,
    startedMs: context.clock.monotonicMs(),
    keys: {
      queries: [],
      tcp_connect: [],
      tls_handshakes: [],
      requests: [],
      network_events: [],
      control: null,
      control_failure: null,
      x_aiqyn_control_source: 'none',
      ...(context.network.isProxied === true ? { x_aiqyn_proxied: true } : {}),
    },
    connections: [],
    datagramTraffic: { sentBytes: 0, receivedBytes: 0 },
    transactionCount: 0,
  };
}

/** Seconds since the run's start. */
export function elapsedSeconds(run: Run): number {
  return (run.context.clock.monotonicMs() - run.startedMs) / 1_000;
}

export function remainingMs(run: Run): number {
  return run.task.timeoutMs - (run.context.clock.monotonicMs() - run.startedMs);
}

/** Bounds of the next step of this kind; null when there is not enough time left to start it. */
export function limitsFor(run: Run, kind: StepKind): Limits | null {
  const { signal } = run.context;
  const shareMs = run.task.timeoutMs * run.manner.shares[kind];
  const leftMs = remainingMs(run);
  if (signal.aborted || leftMs < shareMs * SHARE_LEAST) return null;
  return { timeoutMs: Math.min(shareMs, leftMs), signal };
}

/** Our own shutdown cut the step short: what it would have seen is not known, so nothing of it is recorded. */
export function isCutShort(run: Run, failure: string | null): boolean {
  return failure === FAILURE.interrupted && run.context.signal.aborted;
}

export function nextTransaction(run: Run): number {
  run.transactionCount += 1;
  return run.transactionCount;
}

/** Adds what a step without a connection of ours sent and got. */
export function countDatagrams(run: Run, { sentBytes, receivedBytes }: Traffic): void {
  const before = run.datagramTraffic;
  run.datagramTraffic = {
    sentBytes: before.sentBytes + sentBytes,
    receivedBytes: before.receivedBytes + receivedBytes,
  };
}

/** Closes what is open and adds up what went over the wire. */
function finishTraffic(run: Run): Traffic {
  let { sentBytes, receivedBytes } = run.datagramTraffic;
  for (const connection of run.connections) {
    connection.close();
    const traffic = connection.traffic();
    sentBytes += traffic.sentBytes;
    receivedBytes += traffic.receivedBytes;
  }
  return { sentBytes, receivedBytes };
}

/** Steps that still run when a sibling threw must not write into what was handed out. */
function snapshot(keys: WebTestKeys): WebTestKeys {
  return {
    ...keys,
    queries: [...keys.queries],
    tcp_connect: [...keys.tcp_connect],
    tls_handshakes: [...keys.tls_handshakes],
    requests: [...keys.requests],
    network_events: [...keys.network_events],
  };
}
