/** The lab's country: three operators in three places, with a fixed and a mobile line of each, and what is abroad. */
import type { VantageTag } from '../../../probes/measurement.ts';
import type { PlannedTarget } from '../../../probes/plan.ts';
import { loadCatalog, plannedOf } from '../../../src/config/catalog-files.ts';
import { ABROAD_RESOLVER_ADDRESS, buildSites, OPERATOR_RESOLVER_ADDRESS } from '../../../src/demo/sites.ts';
import type { Site } from '../../../src/demo/sites.ts';

export const OPERATORS = ['AS9198', 'AS29355', 'AS21299'] as const;
export const PLACES = ['almaty', 'astana', 'zhanaozen'] as const;
const ACCESSES = ['fixed', 'mobile'] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Line {
  readonly vantage: VantageTag;
  readonly operator: Operator;
  /** Tells it from the operator's other lines. */
  readonly number: number;
}

export const LINES: readonly Line[] = OPERATORS.flatMap((operator) =>
  PLACES.flatMap((place, placeIndex) =>
    ACCESSES.map((access, accessIndex) => ({
      vantage: { id: `${place}-${operator.toLowerCase()}-${access}`, operator, place, access },
      operator,
      number: placeIndex * ACCESSES.length + accessIndex,
    })),
  ),
);

export const PLATFORMS = [
  'youtube',
  'facebook',
  'instagram',
  'telegram',
  'tiktok',
  'x',
  'whatsapp',
  'signal',
  'ok',
  'vk',
] as const;
export type Measured = (typeof PLATFORMS)[number];

/** One page of each. */
export const TARGET_IDS: Readonly<Record<Measured, string>> = {
  youtube: 'youtube-www',
  facebook: 'facebook-www',
  instagram: 'instagram-www',
  telegram: 'telegram-www',
  tiktok: 'tiktok-www',
  x: 'x-www',
  whatsapp: 'whatsapp-www',
  signal: 'signal-www',
  ok: 'ok-www',
  vk: 'vk-www',
};

const catalog = loadCatalog();
const ids: ReadonlySet<string> = new Set(Object.values(TARGET_IDS));

export const TARGETS: readonly PlannedTarget[] = catalog.targets
  .filter(({ id }) => ids.has(id))
  .map((fact) => plannedOf(fact));

/** Every server that pages and rings lead to, at the addresses that an honest resolver gives out. */
export const SITES: readonly Site[] = buildSites(TARGETS, catalog.rings);

export function isDomestic({ kind }: Site): boolean {
  return kind === 'domestic' || kind === 'blockpage';
}

/** @throws RangeError where the lab serves no such name. */
export function siteOf(platform: Measured): Site {
  const found = SITES.find((site) => site.platform === platform);
  if (found === undefined) throw new RangeError(`the lab serves nothing of ${platform}`);
  return found;
}

export const HOME_RESOLVERS: readonly string[] = [OPERATOR_RESOLVER_ADDRESS];
/** The first is also a web server, for DNS over HTTPS. */
export const RESOLVERS_ABROAD: readonly string[] = [
  ABROAD_RESOLVER_ADDRESS,
  ...catalog.rings.flatMap(({ ring, host }) =>
    ring === 'dns' && host !== ABROAD_RESOLVER_ADDRESS ? [host] : [],
  ),
];

/** Addresses that a part of the lab answers for. */
export function addressesOf(part: 'home' | 'abroad'): readonly string[] {
  const sites = SITES.filter((site) => isDomestic(site) === (part === 'home')).map(({ address }) => address);
  return [...new Set([...sites, ...(part === 'home' ? HOME_RESOLVERS : RESOLVERS_ABROAD)])];
}
