/**
 * The contract between a probe kind and whoever runs it. A probe reports what it saw; it does not judge.
 * Everything from outside (time, network, control) comes in through the context.
 */
import type { Abort, ControlSource } from './measurement.ts';
import type { Control } from './observations.ts';

export interface Clock {
  /** UTC epoch milliseconds; can jump when the machine's clock is set. */
  nowMs(): number;
  /** Milliseconds that only grow; the only source of durations. */
  monotonicMs(): number;
  /** Resolves after `delayMs`, or at once when `signal` aborts. Never rejects. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** Bytes on the wire as far as this process can count them; the daily budget is kept with these. */
export interface Traffic {
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** What one probe run hands back: the test keys, and nothing about why. */
export interface ProbeReport<TestKeys> {
  readonly testKeys: TestKeys;
  readonly traffic: Traffic;
  readonly runtimeMs: number;
  /** Set when the run ended through our own fault; the test keys are what was seen until then. */
  readonly abort: Abort | null;
}

/** One question to the control: measure this URL from outside, and these addresses with it. */
export interface ControlQuestion {
  readonly url: string;
  /** `ip:port` endpoints that the vantage found, so that the control tries the same ones. At most ADDRESSES_MAX. */
  readonly endpoints: readonly string[];
  /** Whether QUIC handshakes with these addresses are asked for, too. */
  readonly quic?: true;
}

export interface ControlAnswer {
  readonly source: ControlSource;
  readonly control: Control | null;
  /** OONI's failure word when the control was asked and did not answer; null when it did, or when none is configured. */
  readonly failure: string | null;
  readonly ageMs: number;
}

/** Asks the control; answers from its newest good answer when the control is out of reach. Never rejects. */
export interface ControlClient {
  ask(question: ControlQuestion, signal: AbortSignal): Promise<ControlAnswer>;
}
