/**
 * The state of one run: what was seen so far, and how much of the deadline is left.
 *
 * Each kind of step may take a share of the task's deadline, so that a run whose every step is met with silence still gets to
 * the steps that explain it. A step whose time is up is a finding; one that could no longer get half of its share is
 * not started, because its timeout would be ours.
 */
import { FAILURE } from '../failure.ts';
import type { WebTestKeys } from '../measurement.ts';
import type { Connection, Limits } from '../network.ts';
import type { WebTask } from '../plan.ts';
import type { Traffic } from '../probe.ts';
import type { WebContext } from './context.ts';

export type StepKind = 'dns' | 'tcp' | 'tls' | 'http';

const SHARES = {
  light: { dns: 0.25, tcp: 0.25, tls: 0.3, http: 0.3 },
  full: { dns: 0.15, tcp: 0.2, tls: 0.2, http: 0.4 },
} as const;
/** Of its share, what a step must still be able to get. */
const SHARE_LEAST = 0.5;

export interface WebRun {
  readonly task: WebTask;
  readonly context: WebContext;
  readonly startedMs: number;
  readonly keys: WebTestKeys;
  readonly connections: Connection[];
  dnsTraffic: Traffic;
  transactionCount: number;
}

export function startRun(task: WebTask, context: WebContext): WebRun {
  return {
    task,
    context,
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
    },
    connections: [],
    dnsTraffic: { sentBytes: 0, receivedBytes: 0 },
    transactionCount: 0,
  };
}

/** Seconds since the run's start. */
export function elapsedSeconds(run: WebRun): number {
  return (run.context.clock.monotonicMs() - run.startedMs) / 1_000;
}

export function remainingMs(run: WebRun): number {
  return run.task.timeoutMs - (run.context.clock.monotonicMs() - run.startedMs);
}

/** Bounds of the next step of this kind; null when there is not enough time left to start it. */
export function limitsFor(run: WebRun, kind: StepKind): Limits | null {
  const { signal } = run.context;
  const shareMs = run.task.timeoutMs * SHARES[run.task.depth][kind];
  const leftMs = remainingMs(run);
  if (signal.aborted || leftMs < shareMs * SHARE_LEAST) return null;
  return { timeoutMs: Math.min(shareMs, leftMs), signal };
}

/** Our own shutdown cut the step short: what it would have seen is not known, so nothing of it is recorded. */
export function isCutShort(run: WebRun, failure: string | null): boolean {
  return failure === FAILURE.interrupted && run.context.signal.aborted;
}

export function nextTransaction(run: WebRun): number {
  run.transactionCount += 1;
  return run.transactionCount;
}

/** Closes what is open and adds up what went over the wire. */
export function finishTraffic(run: WebRun): Traffic {
  let { sentBytes, receivedBytes } = run.dnsTraffic;
  for (const connection of run.connections) {
    connection.close();
    const traffic = connection.traffic();
    sentBytes += traffic.sentBytes;
    receivedBytes += traffic.receivedBytes;
  }
  return { sentBytes, receivedBytes };
}
