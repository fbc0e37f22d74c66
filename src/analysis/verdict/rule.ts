/** The shape of a rule: its line in the table (docs/verdicts.md) and the function that applies it. */
import type { Evidence, Handshake } from './evidence.ts';
import type { Layer, Method, Status } from './verdict.ts';

export interface Finding {
  readonly status: Status;
  readonly layer: Layer | null;
  readonly method: Method | null;
  readonly failure: string | null;
  /** 0–1. */
  readonly confidence: number;
  readonly reasons: readonly string[];
}

export interface Rule {
  /** Stable: stored with every verdict. */
  readonly id: string;
  /** What must be seen, in one sentence; for the table. */
  readonly when: string;
  /** What it then says; for the table. */
  readonly says: string;
  /** How sure it is; for the table. */
  readonly confidence: string;
  /** Where the rule comes from. */
  readonly source: string;
  /** Null where the rule does not apply. */
  readonly decide: (evidence: Evidence) => Finding | null;
}

export const SOURCES = {
  ooniWeb: 'OONI web_connectivity 0.4/0.5',
  ooni2024: 'OONI, IFKZ, EDF 2024 (Kazakhstan report)',
  imc2020: 'Sundara Raman et al., IMC 2020',
  throttling2023: 'OONI 2023 (throttling at Kazakhstan’s elections)',
  design: 'Aiqyn design: our own trouble is never a block',
} as const;

/** No live control: whatever says `blocked` then says it with no more than this. */
export const CONFIDENCE_MAX_WITHOUT_CONTROL = 0.7;

/** A live control reached the target. Most rules for failures need it. */
export function controlReached(evidence: Evidence): boolean {
  return evidence.control.kind === 'reached' && evidence.control.live;
}

/** Nobody could be asked, because there is no control. One that was asked and failed leaves nobody blocked. */
export function controlUnasked({ control }: Evidence): boolean {
  return control.kind === 'unasked';
}

export function inconclusive(failure: string | null, ...reasons: readonly string[]): Finding {
  return { status: 'inconclusive', layer: null, method: null, failure, confidence: 0, reasons };
}

/** `after 5.0 s`, or nothing where the time is not known. */
export function afterSeconds(handshake: Handshake): string {
  return handshake.seconds === null ? '' : ` after ${handshake.seconds.toFixed(1)} s`;
}

/** A few of many, in a stable order. */
export function someOf(items: readonly string[], most = 3): string {
  const sorted = [...new Set(items)].sort();
  const more = sorted.length - most;
  return more > 0 ? `${sorted.slice(0, most).join(', ')} and ${more} more` : sorted.join(', ');
}
