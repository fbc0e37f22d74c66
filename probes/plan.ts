/**
 * A plan: what to measure and how often. Files: probes/plans/*.yaml, or the user's own.
 * Cron expressions have five fields, or six with seconds first (src/cron.ts reads them), in UTC.
 */
import { z } from 'zod';
import { Cron, inputOf, KIND_SCHEDULES } from './kinds.ts';
import type { KindFact, ScheduledKind } from './kinds.ts';
import { TEST_NAMES } from './measurement.ts';
import { PLATFORMS } from './words.ts';
import type { Depth, Platform } from './words.ts';

export const Plan = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string().min(1),
  description: z.string().min(1),
  /** Every target of these platforms that is not sensitive … */
  platforms: z.array(z.enum(PLATFORMS)).default([]),
  /** … and these targets by id (the only way to a sensitive one) … */
  targets: z.array(z.string()).default([]),
  /** … but not these. */
  exclude: z.array(z.string()).default([]),
  /** Resolve, connect, handshake, a few hundred bytes. */
  light: z.strictObject({ cron: Cron, timeoutMs: z.int().min(500).max(60_000).default(10_000) }),
  /** The whole page; also run at once when a light check fails. */
  full: z.strictObject({
    cron: Cron,
    timeoutMs: z.int().min(500).max(120_000).default(30_000),
    bodyBytesMax: z.int().min(1_024).max(1_048_576).default(131_072),
  }),
  /** How far this vantage gets. */
  rings: z.strictObject({ cron: Cron, timeoutMs: z.int().min(500).max(60_000).default(5_000) }),
  /** Further kinds, each on its own schedule. */
  ...KIND_SCHEDULES,
  /** A vantage shifts each round by its own fixed part of this, so that vantages do not knock all at once. */
  jitterSeconds: z.number().min(0).max(600).default(20),
  /** How many runs of one vantage go on at the same time. */
  concurrency: z.int().min(1).max(64).default(8),
  /** Bytes on the wire per vantage and UTC day; when it is used up, full fetches stop first, then light checks thin out. */
  dailyBudgetMegabytes: z.number().min(1).max(100_000),
});
export type Plan = z.infer<typeof Plan>;

/** At what pace a target is measured: web targets lightly and in full, every other kind by its own schedule. */
export type Rate = Depth | ScheduledKind;

/** A URL as a plan and the catalogue give it to the `web` probe. */
export interface WebTarget {
  readonly id: string;
  readonly platform: Platform;
  readonly probe: 'web';
  readonly url: string;
  readonly lightUrl: string;
}

/** One target as a plan and the catalogue give it to its probe. */
export type PlannedTarget = WebTarget | KindFact;

/** OONI's `input`, null for apps, of a measurement of this target. */
export function inputOfTarget(target: PlannedTarget, depth: Depth): string | null {
  if (target.probe !== 'web') return inputOf(target);
  return depth === 'light' ? target.lightUrl : target.url;
}

/** The `test_name` of a measurement of this target. */
export function testNameOf(target: PlannedTarget): string {
  return target.probe === 'app' ? target.testName : TEST_NAMES[target.probe];
}

/** What one run of the `web` probe is asked to do. */
export interface WebTask {
  readonly target: WebTarget;
  readonly depth: Depth;
  readonly timeoutMs: number;
  readonly bodyBytesMax: number;
}
