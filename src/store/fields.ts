/**
 * The names of every series, tag and field in the store: the same in DuckDB tables, in InfluxDB measurements and in the
 * dashboards. Kept for years: add, never rename.
 */
import { STATUSES } from '../analysis/verdict/verdict.ts';

export const SERIES = {
  reachability: 'reachability',
  heartbeat: 'heartbeat',
  sweep: 'sweep',
  outside: 'outside',
  /** Outages that others tell of. */
  outage: 'outage',
  incident: 'incident',
  event: 'event',
  association: 'association',
  /** Which collector runs the detector; for collectors alone. */
  collector: 'collector',
} as const;

export const REACHABILITY_TAGS = [
  'vantage',
  'operator',
  'place',
  'access',
  'platform',
  'target',
  'probe',
] as const;
/** How long each step took and how fast the page came; absent where it was not timed. */
export const TIMING_FIELDS = ['dns_ms', 'tcp_ms', 'tls_ms', 'ttfb_ms', 'total_ms', 'bytes_per_s'] as const;
export const REACHABILITY_FIELDS = [
  ...STATUSES,
  'score',
  'confidence',
  'status',
  'layer',
  'method',
  'failure',
  ...TIMING_FIELDS,
] as const;

/**
 * In InfluxDB alone: how much a verdict counts, 0 inconclusive to 7 blocked, so that a dashboard's greatest is the one that
 * speaks. Of the statuses' own fields `ok` and `blocked` are always 0 or 1 there; each other one is there where it is 1.
 */
export const SEVERITY_FIELD = 'severity';

/** The retention policy of hourly rollups, incidents and events, once `aiqyn store init` was run. */
export const FOREVER_POLICY = 'aiqyn_forever';

/** What hourly and five-minute rollups have beside the sums of the statuses: the sum of the scores, and of how many. */
export const ROLLUP_FIELDS = { scoreSum: 'score_sum', count: 'n' } as const;

export const HEARTBEAT_TAGS = ['vantage', 'operator', 'place', 'access'] as const;
export const HEARTBEAT_FIELDS = ['up', 'connectivity', 'spool_depth', 'clock_offset_ms', 'lag_ms'] as const;

/** `open` is 1 of one that goes on, else 0; its `end_ms` is then its start and means nothing. */
export const INCIDENT_TAGS = ['id', 'kind'] as const;
export const INCIDENT_FIELDS = [
  'status',
  'open',
  'end_ms',
  'detected_at_ms',
  'platforms',
  'operators',
  'places',
  'access',
  'vantages',
  'confidence',
  'method',
  'summary',
  /** 1: taken back; a server that cannot delete keeps the row. */
  'removed',
] as const;

export const EVENT_TAGS = ['id', 'kind'] as const;
export const EVENT_FIELDS = [
  'end_ms',
  'title',
  'platforms',
  'places',
  'precision',
  'stance',
  'removed',
] as const;

/** One answer of a survey of an operator's prefixes in a place. */
export const SWEEP_TAGS = ['operator', 'place'] as const;
export const SWEEP_FIELDS = ['up_ratio', 'probed', 'answered', 'rtt_ms'] as const;

/** What others measure from outside; `source` is who, `signal` what, `entity` an AS number or the country. */
export const OUTSIDE_TAGS = ['source', 'signal', 'entity'] as const;
export const OUTSIDE_FIELDS = ['value', 'baseline'] as const;

/** Kept for ever where `aiqyn store init` was run: records, and the few numbers of others. */
export const LASTING_SERIES = [SERIES.incident, SERIES.event, SERIES.outage, SERIES.outside] as const;

/** An outage as its source tells of it; `kind` is the source. */
export const OUTAGE_TAGS = ['id', 'kind'] as const;
export const OUTAGE_FIELDS = ['signal', 'entity', 'open', 'end_ms', 'cause', 'score', 'removed'] as const;

/** How strongly incidents go with events; `kind` is the event's, `operator` is `any` where all were taken together. */
export const ASSOCIATION_TAGS = ['kind', 'platform', 'operator'] as const;
export const ASSOCIATION_FIELDS = [
  'outcome',
  'events',
  'events_with_block',
  'blocks',
  'blocks_with_event',
  'blocked_share_in_events',
  'blocked_share_otherwise',
  'relative_risk',
  'relative_risk_low',
  'relative_risk_high',
  'median_onset_lag_ms',
  'p_value',
  'p_adjusted',
  'sentence',
] as const;
