/**
 * The catalogue's shapes: facts about Kazakhstan's platforms, operators, places and interceptors, each with its source.
 * Files: probes/catalog/*.yaml. src/config/ reads them; this file only says what a right one looks like.
 */
import { z } from 'zod';
import { Id, KindFact, Source, TARGET_COMMON } from './kinds.ts';
import { ACCESSES, PLATFORMS } from './words.ts';

const Asn = z.string().regex(/^AS\d{1,10}$/, 'an AS number such as AS9198');
export const Names = z.strictObject({ en: z.string().min(1), ru: z.string().min(1), kk: z.string().min(1) });
export type Names = z.infer<typeof Names>;

export const PlatformFact = z.strictObject({
  id: z.enum(PLATFORMS),
  names: Names,
  source: Source,
});
export type PlatformFact = z.infer<typeof PlatformFact>;

/** What a good answer looks like; used when no control can be asked. */
export const Expectation = z.strictObject({
  /** Networks that announce the platform's addresses. */
  asns: z.array(Asn).optional(),
  /** Words of which one stands in the issuer of an honest leaf certificate. */
  issuers: z.array(z.string().min(1)).optional(),
  /** HTTP status of the light URL. */
  lightStatus: z.int().min(100).max(599).optional(),
});

export const TargetFact = z.strictObject({
  ...TARGET_COMMON,
  probe: z.literal('web'),
  /** Fetched in full. http: or https:. */
  url: z.url({ protocol: /^https?$/ }),
  /** A few hundred bytes from the same host name; default: HEAD-sized part of `url`. */
  lightUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Whether the platform works without it: a part (`cdn`, `api`, `video`) or the front door (`main`). */
  part: z.enum(['main', 'cdn', 'api', 'video', 'chat', 'ingest']).default('main'),
  expect: Expectation.optional(),
});
export type TargetFact = z.infer<typeof TargetFact>;

export const OperatorFact = z.strictObject({
  id: Id,
  names: Names,
  /** All of its AS numbers; the first is the main one. */
  asns: z.array(Asn).min(1),
  access: z.array(z.enum(ACCESSES)).min(1),
  source: Source,
  notes: z.string().optional(),
});
export type OperatorFact = z.infer<typeof OperatorFact>;

export const PlaceFact = z.strictObject({
  id: Id,
  names: Names,
  /** Other spellings, for imports. */
  aliases: z.array(z.string().min(1)).default([]),
  /** ISO 3166-2. */
  iso: z.string().regex(/^KZ(-\d{2})?$/),
  timeZone: z.string().min(3),
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  source: Source,
});
export type PlaceFact = z.infer<typeof PlaceFact>;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Sha1 = z.string().regex(/^[0-9a-f]{40}$/);

/** A certificate known to sign or carry forged chains. Matched by hash, never by the national root's name alone. */
export const InterceptorFact = z.strictObject({
  id: Id,
  kind: z.enum(['root', 'intermediate', 'leaf']),
  subject: z.string().optional(),
  sha256: Sha256.optional(),
  sha1: Sha1.optional(),
  spkiSha256: Sha256.optional(),
  /** File in probes/catalog/interceptors/, where the certificate itself is published. */
  pem: z.string().optional(),
  seen: z.string().optional(),
  source: Source,
});
export type InterceptorFact = z.infer<typeof InterceptorFact>;

/** Names and hosts that the rings try, and the harmless names for the paired handshake. */
export const RingFact = z.strictObject({
  ring: z.enum(['domestic', 'foreign', 'dns']),
  /** Host name, or for `dns` a resolver's address. */
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  /** Stayed reachable in allow-list mode in January 2022. */
  allowListed: z.boolean().default(false),
  source: Source,
});
export type RingFact = z.infer<typeof RingFact>;

export const HarmlessName = z.strictObject({ name: z.string().min(1), source: Source });

/** A page that is served in place of a blocked one. Matched on the body's text; see facts on how rare these are. */
export const BlockpageFact = z.strictObject({
  id: Id,
  /** A literal text to look for in the body, or the start of one header's value. */
  bodyContains: z.string().min(8).optional(),
  titleContains: z.string().min(4).optional(),
  header: z.strictObject({ name: z.string(), startsWith: z.string() }).optional(),
  country: z.string().optional(),
  source: Source,
});
export type BlockpageFact = z.infer<typeof BlockpageFact>;

/** IPv4 prefixes that one AS number announces. */
export const PrefixFact = z.strictObject({
  operator: Asn,
  cidrs: z.array(z.string()).min(1),
  source: Source,
});
export type PrefixFact = z.infer<typeof PrefixFact>;

export const Catalog = z.strictObject({
  platforms: z.array(PlatformFact),
  targets: z.array(TargetFact),
  /** Targets of the kinds that have their own schedule and catalogue file. */
  kindTargets: z.array(KindFact),
  operators: z.array(OperatorFact),
  places: z.array(PlaceFact),
  interceptors: z.array(InterceptorFact),
  rings: z.array(RingFact),
  harmlessNames: z.array(HarmlessName).min(1),
  blockpages: z.array(BlockpageFact),
  prefixes: z.array(PrefixFact),
});
export type Catalog = z.infer<typeof Catalog>;
