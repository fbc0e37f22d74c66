/**
 * The words that reach the store. They are kept for years: add words, never rename or reuse one.
 * DESIGN's glossary ("Words") defines each.
 */

export const PLATFORMS = [
  'youtube',
  'facebook',
  'instagram',
  'whatsapp',
  'telegram',
  'signal',
  'vk',
  'ok',
  'tiktok',
  'x',
  'press',
  'rights',
  'circumvention',
  'control',
  /** Sites that the catalogue does not have, in measurements that were imported. No plan measures them, no incident is made of them. */
  'other',
] as const;
export type Platform = (typeof PLATFORMS)[number];

export const ACCESSES = ['mobile', 'fixed', 'hosting', 'remote'] as const;
export type Access = (typeof ACCESSES)[number];

export const PROBE_KINDS = ['web', 'app', 'throughput', 'quic', 'ingest', 'rings'] as const;
export type ProbeKind = (typeof PROBE_KINDS)[number];

/** How far a vantage gets, from all the way to nowhere. */
export const CONNECTIVITIES = ['online', 'domestic_only', 'allow_list', 'dns_only', 'offline'] as const;
export type Connectivity = (typeof CONNECTIVITIES)[number];
/** In place of one in what a vantage says of itself: it is in another network than its own, and how far it gets says nothing. */
export const ELSEWHERE = 'elsewhere';

/** `light`: resolve, connect, handshake and a few hundred bytes. `full`: the whole page, every address, every resolver. */
export const DEPTHS = ['light', 'full'] as const;
export type Depth = (typeof DEPTHS)[number];
