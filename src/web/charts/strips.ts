/** Folds buckets of the store into strips: per row, runs of time with one status. Few runs make a small drawing. */
import { SEVERITY } from '../../analysis/verdict/severity.ts';
import type { Status } from '../../analysis/verdict/verdict.ts';
import type { Bucket } from '../../store/store.ts';

/** A trouble counts for a bucket when more than this share of its verdicts says so; single blips stay out. */
export const TROUBLE_SHARE = 0.2;

export interface Segment {
  readonly startMs: number;
  readonly endMs: number;
  readonly status: Status;
  /** Share of the networks measured in this run that have the status, 0–1. */
  readonly share: number;
}

export interface Strip {
  readonly label: string;
  readonly segments: readonly Segment[];
}

/** The status of one network in one bucket; null when it holds no verdict. */
export function bucketStatus(counts: Bucket['counts']): Status | null {
  const total = SEVERITY.reduce((sum, status) => sum + counts[status], 0);
  if (total === 0) return null;
  const trouble = SEVERITY.slice(0, SEVERITY.indexOf('ok')).find(
    (status) => counts[status] / total > TROUBLE_SHARE,
  );
  if (trouble !== undefined) return trouble;
  return counts.ok > 0 ? 'ok' : 'inconclusive';
}

function worst(statuses: readonly Status[]): Pick<Segment, 'status' | 'share'> | null {
  const status = SEVERITY.find((candidate) => statuses.includes(candidate));
  if (status === undefined) return null;
  return { status, share: statuses.filter((one) => one === status).length / statuses.length };
}

function append(segments: Segment[], next: Segment): void {
  const last = segments.at(-1);
  if (last?.endMs === next.startMs && last.status === next.status && last.share === next.share) {
    segments[segments.length - 1] = { ...last, endMs: next.endMs };
  } else {
    segments.push(next);
  }
}

/**
 * Runs of one row from the buckets of its networks, ascending; buckets of one instant are folded into the worst status.
 * Touching runs with the same status and share become one.
 */
export function foldSegments(buckets: readonly Bucket[], bucketMs: number): Segment[] {
  const byStart = new Map<number, Status[]>();
  for (const bucket of buckets) {
    const status = bucketStatus(bucket.counts);
    if (status !== null) byStart.set(bucket.startMs, [...(byStart.get(bucket.startMs) ?? []), status]);
  }
  const segments: Segment[] = [];
  for (const [startMs, statuses] of [...byStart].toSorted(([a], [b]) => a - b)) {
    const seen = worst(statuses);
    if (seen !== null) append(segments, { startMs, endMs: startMs + bucketMs, ...seen });
  }
  return segments;
}
