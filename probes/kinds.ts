/**
 * Probe kinds beside `web` and `rings`: each is measured on one schedule of its own, from targets in a catalogue file of its
 * own (probes/catalog/<kind>.yaml). What a plan needs to know of a kind stands here and only here; CONTRIBUTING.md says how to
 * add one. A fact is what the probe is given: the target of a task is the catalogue's entry itself.
 */
import { z } from 'zod';
import { PLATFORMS } from './words.ts';

/** A catalogue id, e.g. `youtube-www`. It reaches the store: never reuse one. */
export const Id = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'lower-case letters, digits and single hyphens');
/** Where a fact can be looked up. */
export const Source = z.string().min(3);
const HostName = z.string().regex(/^(?=.{1,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i, 'a host name');
const Port = z.int().min(1).max(65_535);

/** What every target says of itself, whatever its kind. */
export const TARGET_COMMON = {
  id: Id,
  platform: z.enum(PLATFORMS),
  name: z.string().min(1),
  /** Sensitive targets are measured only where a plan names them one by one; see "Safety". */
  sensitive: z.boolean().default(false),
  source: Source,
  notes: z.string().optional(),
} as const;

/** Where broadcasters send live video: RTMP inside TLS. Connected to and shaken hands with, never spoken to. */
export const IngestFact = z.strictObject({
  ...TARGET_COMMON,
  probe: z.literal('ingest'),
  host: HostName,
  port: Port,
});
export type IngestFact = z.infer<typeof IngestFact>;

/** A target of any kind that has its own schedule. */
export const KindFact = z.discriminatedUnion('probe', [IngestFact]);
export type KindFact = z.infer<typeof KindFact>;

/** The kinds of `KindFact`, in the order in which they are read and listed. */
export const SCHEDULED_KINDS = ['ingest'] as const satisfies readonly KindFact['probe'][];
export type ScheduledKind = (typeof SCHEDULED_KINDS)[number];

export const Cron = z
  .string()
  .regex(/^\S+(?:\s+\S+){4,5}$/, 'a cron expression of five or six fields, such as "*/15 * * * *"');

/** How often a kind is measured and how long one run may take. */
export const Schedule = z.strictObject({
  cron: Cron,
  timeoutMs: z.int().min(500).max(120_000).default(30_000),
  /** How often a target that has changed is looked at again at once; each time costs as much as the first. */
  retests: z.int().min(0).max(3).default(2),
});
export type Schedule = z.infer<typeof Schedule>;

/** Each kind's key in a plan; absent means that it is not run. */
export const KIND_SCHEDULES = {
  ingest: Schedule.optional(),
} as const satisfies Readonly<Record<ScheduledKind, z.ZodType<Schedule | undefined>>>;

/** What a measurement of this target gives as its OONI `input`. */
export function inputOf(target: KindFact): string {
  return `rtmps://${target.host}:${target.port}`;
}
