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
  incident: 'incident',
  event: 'event',
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
export const REACHABILITY_FIELDS = [
  ...STATUSES,
  'score',
  'confidence',
  'status',
  'layer',
  'method',
  'failure',
  'dns_ms',
  'tcp_ms',
  'tls_ms',
  'ttfb_ms',
  'total_ms',
  'bytes_per_s',
] as const;

export const HEARTBEAT_TAGS = ['vantage', 'operator', 'place', 'access'] as const;
export const HEARTBEAT_FIELDS = ['up', 'connectivity', 'spool_depth', 'clock_offset_ms'] as const;
