/** A filled store for the page's tests: an evening on which YouTube and Facebook are blocked on two mobile networks. */
import { Catalog } from '../../probes/catalog.ts';
import type { Incident, IncidentMember, ReachabilityPoint } from '../../src/analysis/detect/point.ts';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import type { Store } from '../../src/store/store.ts';
import type { MonitorNotice, VantageNotice } from '../../src/web/notice.ts';
import { idAt } from './points.ts';

const MINUTE_MS = 60_000;
/** 20:47 in Almaty. */
export const EVENING_MS = Date.parse('2026-03-12T15:47:00Z');
/** 20:17 in Almaty; the page says 20:15. */
export const ONSET_MS = Date.parse('2026-03-12T15:17:00Z');

const NETWORKS = [
  { vantage: 'secret-name-1', operator: 'AS29355', place: 'almaty', access: 'mobile' },
  { vantage: 'secret-name-2', operator: 'AS21299', place: 'almaty', access: 'mobile' },
  { vantage: 'secret-name-3', operator: 'AS9198', place: 'astana', access: 'fixed' },
] as const;
const PLATFORM_NAMES = {
  youtube: 'YouTube',
  facebook: 'Facebook',
  instagram: 'Instagram',
  whatsapp: 'WhatsApp',
  telegram: 'Telegram',
  vk: 'VK',
  tiktok: 'TikTok',
  press: 'The press',
} as const;

function names(name: string) {
  return { en: name, ru: name, kk: name };
}
function operator(id: string, name: string, asn: string, access: 'mobile' | 'fixed') {
  return { id, names: names(name), asns: [asn], access: [access], source: 'made up for this test' };
}
function place(id: string, name: string, iso: string) {
  return {
    id,
    names: names(name),
    iso,
    timeZone: 'Asia/Almaty',
    latitude: 43,
    longitude: 76,
    source: 'made up',
  };
}

/** A small catalogue; `youtubeName` lets a test put anything into a name. */
export function aCatalog(youtubeName: string = PLATFORM_NAMES.youtube): Catalog {
  return Catalog.parse({
    platforms: Object.entries(PLATFORM_NAMES).map(([id, name]) => ({
      id,
      names: names(id === 'youtube' ? youtubeName : name),
      source: 'made up for this test',
    })),
    targets: [],
    operators: [
      operator('kcell', 'Kcell', 'AS29355', 'mobile'),
      operator('beeline', 'Beeline', 'AS21299', 'mobile'),
      operator('telecom', 'Kazakhtelecom', 'AS9198', 'fixed'),
    ],
    places: [place('almaty', 'Almaty', 'KZ-75'), place('astana', 'Astana', 'KZ-71')],
    interceptors: [],
    rings: [],
    harmlessNames: [{ name: 'example.org', source: 'made up for this test' }],
    blockpages: [],
    prefixes: [],
    kindTargets: [],
  });
}

export function aVantage(changes: Partial<VantageNotice> = {}): VantageNotice {
  return {
    id: 'secret-name-1',
    operator: 'AS29355',
    place: 'almaty',
    access: 'mobile',
    connectivity: 'online',
    budgetStep: 'full',
    budgetUsedBytes: 12_300_000,
    budgetBytes: 200_000_000,
    spoolDepth: 0,
    dropped: 0,
    ...changes,
  };
}

export function aNotice(changes: Partial<MonitorNotice> = {}): MonitorNotice {
  return {
    mode: 'monitor',
    startedAtMs: EVENING_MS - 24 * 3_600_000,
    control: 'reachable',
    vantages: NETWORKS.map(({ vantage, ...tags }) => aVantage({ id: vantage, ...tags })),
    detectorLagMs: 30_000,
    archiveBytes: 4_000_000,
    problems: [],
    ...changes,
  };
}

function isBlocked(platform: string, operatorOf: string, atMs: number): boolean {
  const isTouched = (platform === 'youtube' || platform === 'facebook') && operatorOf !== 'AS9198';
  const earlier = atMs >= EVENING_MS - 20 * 3_600_000 && atMs < EVENING_MS - 19 * 3_600_000;
  return isTouched && (atMs >= ONSET_MS || (earlier && platform === 'facebook'));
}

export const REASON =
  'The handshake to the address stayed silent under “www.youtube.com” and worked under “example.org”.';

function isSlow(platform: string, access: string, atMs: number): boolean {
  const isThen = atMs > EVENING_MS - 9 * 3_600_000 && atMs < EVENING_MS - 7 * 3_600_000;
  return platform === 'telegram' && access === 'fixed' && isThen;
}

type Seen = Pick<
  ReachabilityPoint,
  'status' | 'layer' | 'method' | 'failure' | 'score' | 'reasons' | 'tlsMs'
>;
const CALM: Seen = {
  status: 'ok',
  layer: null,
  method: null,
  failure: null,
  score: 0,
  reasons: [],
  tlsMs: 60,
};

function seen(platform: string, network: (typeof NETWORKS)[number], atMs: number): Seen {
  if (isBlocked(platform, network.operator, atMs)) {
    const failure = 'generic_timeout_error';
    return {
      status: 'blocked',
      layer: 'tls',
      method: 'sni_drop',
      failure,
      score: 1,
      reasons: [REASON],
      tlsMs: null,
    };
  }
  return isSlow(platform, network.access, atMs)
    ? { ...CALM, status: 'throttled', method: 'rate_limit' }
    : CALM;
}

function pointAt(
  index: number,
  atMs: number,
  platform: string,
  network: (typeof NETWORKS)[number],
): ReachabilityPoint {
  return {
    id: idAt(atMs, index),
    atMs,
    ...network,
    platform,
    target: `${platform}-www`,
    probe: 'web',
    retest: 0,
    confidence: 0.9,
    dnsMs: 12,
    tcpMs: 45,
    ttfbMs: null,
    totalMs: 200,
    bytesPerSecond: null,
    ...seen(platform, network, atMs),
  };
}

function member(platform: string, network: (typeof NETWORKS)[number]): IncidentMember {
  return { ...network, platform, startMs: ONSET_MS, endMs: null, method: 'sni_drop', reasons: [REASON] };
}

export function anOpenIncident(platform: string, changes: Partial<Incident> = {}): Incident {
  const touched = NETWORKS.filter(({ access }) => access === 'mobile');
  return {
    id: `platform_block-${platform}-1`,
    kind: 'platform_block',
    status: 'open',
    platforms: [platform],
    operators: touched.map((network) => network.operator),
    places: ['almaty'],
    access: 'mobile',
    vantageIds: touched.map(({ vantage }) => vantage),
    startMs: ONSET_MS,
    endMs: null,
    detectedAtMs: ONSET_MS + MINUTE_MS,
    confidence: 0.9,
    method: 'sni_drop',
    openings: [],
    members: touched.map((network) => member(platform, network)),
    reasons: [
      REASON,
      'Both mobile networks saw it within the same minute.',
      'The control outside loaded the same address.',
    ],
    ...changes,
  };
}

/** Points every five minutes for the last day, heartbeats, and incidents unless `calm`. */
export async function aFilledStore(options: { readonly calm?: boolean } = {}): Promise<Store> {
  const store = createMemoryStore();
  const points: ReachabilityPoint[] = [];
  for (let atMs = EVENING_MS - 24 * 3_600_000; atMs < EVENING_MS; atMs += 5 * MINUTE_MS) {
    for (const platform of Object.keys(PLATFORM_NAMES)) {
      for (const network of NETWORKS) points.push(pointAt(points.length, atMs, platform, network));
    }
  }
  const quiet = points.map((point): ReachabilityPoint => ({
    ...point,
    status: 'ok',
    method: null,
    layer: null,
    reasons: [],
  }));
  await store.writePoints(options.calm === true ? quiet : points);
  await store.writeHeartbeats(
    NETWORKS.map((network) => ({
      ...network,
      atMs: EVENING_MS - MINUTE_MS,
      connectivity: 'online',
      receivedAtMs: EVENING_MS - MINUTE_MS,
      spoolDepth: 0,
      clockOffsetMs: 0,
    })),
  );
  if (options.calm === true) return store;
  const pastMs = EVENING_MS - 20 * 3_600_000;
  await store.saveIncidents([
    anOpenIncident('youtube'),
    anOpenIncident('facebook'),
    anOpenIncident('facebook', {
      id: 'platform_block-facebook-0',
      status: 'restored',
      startMs: pastMs,
      endMs: pastMs + 3_600_000,
      members: [],
    }),
  ]);
  return store;
}

/** A page's words where names in its sentences lead elsewhere. */
export function withoutLinks(page: string): string {
  return page.replace(/<\/?a\b[^>]*>/g, '');
}
