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

const HttpsUrl = z.url({ protocol: /^https$/ });

/** How fast a page comes against a paired one that nobody slows, both from this network and in turn. */
export const ThroughputFact = z.strictObject({
  ...TARGET_COMMON,
  probe: z.literal('throughput'),
  /** Large enough to fill a connection: at least TRANSFER_BYTES_MAX of the probe, else little is told. */
  url: HttpsUrl,
  /** As large, on another platform, never heard of as slowed. */
  paired: HttpsUrl,
  /**
   * The server that the page is asked of, by its own name, where that is not the URL's: one that answers for many hosts.
   * `paired` is then a page of the same platform under its own name, so that what differs is the part that is slowed.
   */
  server: HostName.optional(),
  /** What a sentence says where the page is slow and its pair is not: `works` of the pair, `fails` of the page. */
  part: z.strictObject({ works: z.string().min(3), fails: z.string().min(3) }).optional(),
});
export type ThroughputFact = z.infer<typeof ThroughputFact>;

/**
 * HTTP/3: a QUIC handshake over UDP, and nothing after it. About 7 kB where it is answered, up to 45 kB where the target is silent
 * and that is looked into (docs/quic.md).
 */
export const QuicFact = z.strictObject({
  ...TARGET_COMMON,
  probe: z.literal('quic'),
  host: HostName,
  port: Port.default(443),
  /** Speaks QUIC, too, on servers of somebody else, never heard of as blocked: shows whether UDP passes at all. */
  paired: HostName,
});
export type QuicFact = z.output<typeof QuicFact>;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** OONI's names where it has a test of the app, so that our files are read by its tools. */
export const APP_TEST_NAMES = ['whatsapp', 'telegram', 'signal', 'facebook_messenger', 'aiqyn_app'] as const;

const EndpointUrl = z
  .url({ protocol: /^(?:https|tcp|tls|dns)$/ })
  .regex(/^(?:https|dns):|:\d+$/, 'https://host/path, tcp://host:port, tls://host:port or dns://host');

/**
 * One thing that a part needs: a page (`https://…`, asked for by HEAD), a port (`tcp://host:port`), a handshake
 * (`tls://host:port`) or a name (`dns://host`). A bare URL stands for itself without further wishes.
 */
const AppEndpoint = z.union([
  EndpointUrl.transform((url) => ({
    url,
    alternatives: [],
    statuses: undefined,
    isRead: false,
    leadsTo: undefined,
  })),
  z.strictObject({
    url: EndpointUrl,
    /** Tried in turn where the first is not reached; one of them is enough. */
    alternatives: z.array(EndpointUrl).max(4).default([]),
    /** HTTP statuses that an honest server answers; default: any. */
    statuses: z.array(z.int().min(100).max(599)).min(1).optional(),
    /** Read the answer's body, at most 16 kB, and count its bytes; else the header alone is asked for. */
    isRead: z.boolean().default(false),
    /** The answer, which must be read, names the server that videos come from, which is then fetched as well, and its bytes counted. */
    leadsTo: z.literal('video_node').optional(),
  }),
]);
export type AppEndpoint = z.output<typeof AppEndpoint>;

export const AppPart = z.strictObject({
  id: Id,
  /** What a sentence says of it: `Pages load`, … */
  works: z.string().min(3),
  /** … and in its middle: `pages do not load`. */
  fails: z.string().min(3),
  /** Its share in the score, against the other parts. */
  weight: z.number().positive().default(1),
  endpoints: z.array(AppEndpoint).min(1).max(40),
  source: Source,
});
export type AppPart = z.output<typeof AppPart>;

/** An app as people know it, in the parts that can fail by themselves. */
export const AppFact = z.strictObject({
  ...TARGET_COMMON,
  probe: z.literal('app'),
  testName: z.enum(APP_TEST_NAMES).default('aiqyn_app'),
  /** SHA-256 (hex) of public keys of its own certificate authority, which stand in for the public roots. */
  rootKeys: z.array(Sha256).min(1).optional(),
  parts: z.array(AppPart).min(1).max(8),
});
export type AppFact = z.output<typeof AppFact>;

/** A target of any kind that has its own schedule. */
export const KindFact = z.discriminatedUnion('probe', [AppFact, IngestFact, ThroughputFact, QuicFact]);
export type KindFact = z.infer<typeof KindFact>;

/** The kinds of `KindFact`, in the order in which they are read and listed. */
export const SCHEDULED_KINDS = [
  'app',
  'ingest',
  'throughput',
  'quic',
] as const satisfies readonly KindFact['probe'][];
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
  app: Schedule.optional(),
  ingest: Schedule.optional(),
  throughput: Schedule.optional(),
  quic: Schedule.optional(),
} as const satisfies Readonly<Record<ScheduledKind, z.ZodType<Schedule | undefined>>>;

/** What a measurement of this target gives as its OONI `input`; null where the test has none. */
export function inputOf(target: KindFact): string | null {
  if (target.probe === 'app') return null;
  if (target.probe === 'throughput') return target.url;
  if (target.probe === 'quic') return `quic://${target.host}:${target.port}`;
  return `rtmps://${target.host}:${target.port}`;
}
