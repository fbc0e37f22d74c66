/**
 * The detector's state: plain JSON data. The fold copies what it touches and never changes a state it was given.
 * Instants are UTC epoch milliseconds.
 */
import type { Incident, IncidentMember } from './point.ts';
import type { DetectorConfig } from './config.ts';

/** What a point can be evidence of. */
export const FAMILIES = ['block', 'throttle', 'intercept', 'down'] as const;
export type Family = (typeof FAMILIES)[number];

/** One sequential test of one target for one family; see evidence.ts. */
export interface Test {
  /** Log-likelihood ratio of "nearly every connection" against "noise", and when it last left zero. */
  full: number;
  fullSinceMs: number;
  /** The same for "at least the smallest share". */
  partial: number;
  partialSinceMs: number;
  isOpen: boolean;
  /** Onset: first evidence. Meaningful while open. */
  startMs: number;
  lastBadMs: number;
  /** First good point after the last bad one; null when the newest point was bad. */
  firstGoodMs: number | null;
  /** Log-likelihood of "it works again". */
  restore: number;
  /** Bad and all points since the onset, old ones forgotten exponentially. */
  badCount: number;
  count: number;
  /** Noise that was assumed when the evidence was weighed, averaged by its weight. */
  noiseAssumed: number;
  confidenceSum: number;
  methods: Record<string, number>;
  /** What was slow was a body and not the handshake alone: only a body that comes fast speaks against it. */
  isBodySlow: boolean;
  reasons: readonly string[];
}

/** One target at one vantage. */
export interface Cell {
  vantage: string;
  operator: string;
  place: string;
  access: string;
  platform: string;
  target: string;
  /** Newest scheduled point, and the usual distance between them. */
  lastMs: number;
  cadenceMs: number;
  /** Silent failures that came to nothing, and points, old ones forgotten: this target's share of noise. */
  noiseBad: number;
  noiseCount: number;
  /** The last few points that could be judged, oldest first: their instants, negative where they failed silently. */
  recent: readonly number[];
  /** Bad silent points in the current run; a short run is noise. */
  run: number;
  tests: Readonly<Partial<Record<Family, Test>>>;
}

export const REACHES = ['up', 'dark', 'allow_list', 'silent'] as const;
/** How a vantage stands: heard and online; heard and cut off; only the allow-list; not heard. */
export type Reach = (typeof REACHES)[number];

export interface VantageState {
  readonly vantage: string;
  readonly operator: string;
  readonly place: string;
  readonly access: string;
  /** Newest heartbeat, and the newest that was online. */
  lastHeardMs: number;
  lastUpMs: number;
  /** Heartbeats in a row of the word that would change `reach`, since when. */
  candidate: Reach;
  candidateCount: number;
  candidateSinceMs: number;
  reach: Reach;
  /** Since when `reach` holds; back-dated to the first evidence. */
  sinceMs: number;
  /** Connectivity words heard in the current time away; empty in a silence that nothing explains. */
  words: Record<string, number>;
  /** Away and not yet given to an incident. */
  isPending: boolean;
}

/** What a book is about: a platform's family of evidence, or the network itself. */
export type Topic = Family | 'network' | 'allow_list' | 'silence';

/** An incident with what the fold needs to go on with it. */
export interface Book {
  readonly id: string;
  readonly topic: Topic;
  readonly incident: Incident;
  /** Members by key; a member may end and begin again. */
  readonly members: Readonly<Record<string, IncidentMember>>;
  /** Evidence behind each member, 0–1. */
  readonly confidences: Readonly<Record<string, number>>;
  /** Newest evidence of any member. */
  readonly lastBadMs: number;
  /** Superseded by a wider incident: never re-opened. */
  readonly isFinal: boolean;
  /** Members that came back from a silence without a record of it, and when that is to be judged. */
  readonly unexplained: Readonly<Record<string, number>>;
}

/** What the other platforms of a vantage lose just now: the middle of their shares, and the mean. */
export interface Company {
  readonly middle: number;
  readonly mean: number;
}

export interface DetectorState {
  readonly config: DetectorConfig;
  /** End of the last window. */
  readonly nowMs: number;
  /** By vantage and target. */
  readonly cells: Readonly<Record<string, Cell>>;
  /** How many targets each vantage was seen to measure. */
  readonly targets: Readonly<Record<string, number>>;
  /** Share of silent failures that is a vantage's own noise, by vantage. */
  readonly noise: Readonly<Record<string, number>>;
  /** The same just now, by vantage and platform. Absent where nothing is lost. */
  readonly noiseNow: Readonly<Record<string, Readonly<Record<string, Company>>>>;
  readonly vantages: Readonly<Record<string, VantageState>>;
  /** Open incidents and those that can still re-open. */
  readonly books: Readonly<Record<string, Book>>;
}
