/** What others see of Kazakhstan from outside: numbers of theirs over time, and outages that they tell of. JSON-safe. */

export const SOURCE_IDS = ['ioda', 'radar', 'ooni', 'ripestat', 'atlas', 'ihr'] as const;
export type SourceId = (typeof SOURCE_IDS)[number];

/** One number of one source; the store keeps it in the series `outside`. */
export interface OutsidePoint {
  /** A word of SOURCE_IDS; kept as text, because a newer Aiqyn may know more of them. */
  readonly source: string;
  /** What is counted, such as `bgp` or `http.mobile`; docs/sources.md lists them. */
  readonly signal: string;
  /** `KZ`, an operator (`AS9198`) or a place of the catalogue. */
  readonly entity: string;
  /** UTC epoch milliseconds of the start of the source's step. */
  readonly atMs: number;
  /** In the source's own unit. */
  readonly value: number;
  /** What was usual at this time of day; null while too little is known. */
  readonly baseline: number | null;
}

/** An outage as its source tells of it; the source may amend it until it is over. */
export interface OutsideOutage {
  /** `<source>:<its id there>`. */
  readonly id: string;
  readonly source: string;
  readonly signal: string;
  readonly entity: string;
  readonly startMs: number;
  /** Null while it goes on, or where its source does not say. */
  readonly endMs: number | null;
  /** The source's own words, such as `GOVERNMENT_DIRECTED`; null where it has none. */
  readonly cause: string | null;
  /** How strong, in the source's own measure; null where it has none. */
  readonly score: number | null;
  /** Where it can be looked up. */
  readonly url: string | null;
}
