/**
 * What each witness outside can see, and of what. A rule says what a series does where an incident of a kind is real, and whether
 * its staying as usual says anything: routes that stay announced do not speak against a cut (in January 2022 they stayed), traffic that
 * stays as usual does. docs/sources.md gives the reasons.
 */
import type { IncidentKind } from '../detect/point.ts';

/** Witnesses of one family see by the same means and count once. */
export const FAMILIES = [
  'routes',
  'pings',
  'telescope',
  'traffic',
  'resets',
  'probes',
  'measurements',
  'reports',
] as const;
export type Family = (typeof FAMILIES)[number];

/** `both`: its staying as usual speaks against it. `agree_only`: only a change says something. */
export type Sight = 'both' | 'agree_only';

export interface WitnessRule {
  readonly family: Family;
  /** How long one of its steps is; what is shorter cannot be seen. */
  readonly stepMs: number;
  /** What it does where it sees something. */
  readonly change: 'falls' | 'rises';
  /** By how much at least: a share of what is usual where it falls, an absolute amount where it rises. */
  readonly least: number;
  /** What was usual must be at least this, so that a fall is one. */
  readonly usualMin: number;
  readonly sees: Readonly<Partial<Record<IncidentKind, Sight>>>;
  /** It sees incidents of this platform alone. */
  readonly platform?: string;
  /** The series that says how much it rests on, and how much that must be in the whole incident. */
  readonly restsOn?: { readonly signal: string; readonly least: number };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const ONE_SIDED = {
  shutdown: 'agree_only',
  mobile_shutdown: 'agree_only',
  allow_list: 'agree_only',
} as const;
/** Phones are on other lines as well, so a cut of the mobile networks alone need not show. */
const OF_ALL_TRAFFIC = { shutdown: 'both', allow_list: 'both', mobile_shutdown: 'agree_only' } as const;
/** Probes stand in homes and offices, seldom behind a phone. */
const OF_FIXED_LINES = { shutdown: 'both', allow_list: 'agree_only' } as const;
const OF_PLATFORMS = {
  platform_block: 'agree_only',
  interception: 'agree_only',
  throttling: 'agree_only',
} as const;

const ROUTES = { family: 'routes', change: 'falls', least: 0.2, usualMin: 1, sees: ONE_SIDED } as const;
const TRAFFIC = { family: 'traffic', change: 'falls', least: 0.4, sees: OF_ALL_TRAFFIC } as const;
const RESETS = {
  family: 'resets',
  stepMs: HOUR_MS,
  change: 'rises',
  least: 5,
  usualMin: 0,
  sees: OF_PLATFORMS,
} as const;

const RULES: Readonly<Partial<Record<string, WitnessRule>>> = {
  'ioda bgp': { ...ROUTES, stepMs: 5 * MINUTE_MS },
  'ripestat prefixes.v4': { ...ROUTES, stepMs: 5 * MINUTE_MS },
  'ripestat asns': { ...ROUTES, stepMs: 5 * MINUTE_MS },
  'ripestat prefixes': { ...ROUTES, stepMs: HOUR_MS },
  'ioda ping-slash24': {
    family: 'pings',
    stepMs: 10 * MINUTE_MS,
    change: 'falls',
    least: 0.3,
    usualMin: 10,
    // Mobile subscribers sit behind addresses that answer for many, or for nobody.
    sees: { shutdown: 'both', mobile_shutdown: 'agree_only', allow_list: 'agree_only' },
  },
  'ioda merit-nt': {
    family: 'telescope',
    stepMs: 5 * MINUTE_MS,
    change: 'falls',
    least: 0.6,
    usualMin: 10,
    sees: ONE_SIDED,
  },
  'ioda gtr.web_search': { ...TRAFFIC, stepMs: 30 * MINUTE_MS, usualMin: 0 },
  'ioda gtr.youtube': {
    ...TRAFFIC,
    stepMs: 30 * MINUTE_MS,
    usualMin: 0,
    platform: 'youtube',
    sees: { platform_block: 'both', throttling: 'agree_only', shutdown: 'both' },
  },
  'radar netflows': { ...TRAFFIC, stepMs: 15 * MINUTE_MS, usualMin: 0.01 },
  'radar http': { ...TRAFFIC, stepMs: 15 * MINUTE_MS, usualMin: 0.01 },
  'radar http.mobile': { ...TRAFFIC, stepMs: 15 * MINUTE_MS, usualMin: 0.01 },
  'radar tcp.post_ack': RESETS,
  'radar tcp.post_psh': RESETS,
  'atlas probes': {
    family: 'probes',
    stepMs: 10 * MINUTE_MS,
    change: 'falls',
    least: 0.3,
    usualMin: 10,
    sees: OF_FIXED_LINES,
  },
  // A share, of ten probes or more; one that is usually low says nothing by falling.
  'atlas reached': {
    family: 'probes',
    stepMs: 10 * MINUTE_MS,
    change: 'falls',
    least: 0.3,
    usualMin: 0.3,
    sees: OF_FIXED_LINES,
  },
};

/** Of a whole incident, so many measurements of others must there be before their going well speaks against it. */
const OONI_MEASUREMENTS_MIN = 10;

/** The rule for a series; null for one that is kept to be looked at and is no witness. */
export function ruleOf(source: string, signal: string): WitnessRule | null {
  const platform = source === 'ooni' ? (/^anomalies\.(.+)$/.exec(signal)?.[1] ?? null) : null;
  if (platform === null) return RULES[`${source} ${signal}`] ?? null;
  return {
    family: 'measurements',
    stepMs: HOUR_MS,
    change: 'rises',
    least: 0.3,
    usualMin: 0,
    sees: { platform_block: 'both', interception: 'both', throttling: 'agree_only' },
    platform,
    restsOn: { signal: `measurements.${platform}`, least: OONI_MEASUREMENTS_MIN },
  };
}

const NETWORK_KINDS: ReadonlySet<IncidentKind> = new Set(['shutdown', 'mobile_shutdown', 'allow_list']);

/** Outages that others tell of: by what means they were found. */
const REPORTS: readonly (readonly [start: string, family: Family])[] = [
  ['ioda bgp', 'routes'],
  ['ioda ping-slash24', 'pings'],
  ['ioda merit-nt', 'telescope'],
  ['ioda gtr', 'traffic'],
  ['radar anomaly', 'traffic'],
  ['radar outage.platform', 'reports'],
  ['radar outage', 'reports'],
  ['ihr disco', 'probes'],
  ['atlas burst', 'probes'],
  ['ooni changepoint', 'measurements'],
];

/** Null for an outage that is no witness. */
export function familyOfReport(source: string, signal: string): Family | null {
  const name = `${source} ${signal}`;
  return REPORTS.find(([start]) => name.startsWith(start))?.[1] ?? null;
}

/** Whether an outage that is told of is of the same kind: one of a platform is not one of a network. */
export function isReportOf(signal: string, kind: IncidentKind): boolean {
  const isOfPlatform = signal === 'changepoint' || signal === 'outage.platform';
  return isOfPlatform ? kind in OF_PLATFORMS : NETWORK_KINDS.has(kind);
}
