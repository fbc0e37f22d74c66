/** RIPEstat, RIPE Atlas, the Internet Health Report and OONI as their documentation has them, in January 2022. */
import { atlasLog, BURST_MS, EVENING_MS, isCut, PROBES, routes } from './january-2022.ts';

const STEP_MS = 300_000;
const HOUR_MS = 3_600_000;

function utc(text: string | null): number {
  return Date.parse(`${text ?? ''}Z`);
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19);
}

function statsOf(query: URLSearchParams) {
  const [from, to] = [utc(query.get('starttime')), utc(query.get('endtime'))];
  const first = Math.ceil(from / STEP_MS) * STEP_MS;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / STEP_MS)) }, (_, n) => {
    const atMs = first + n * STEP_MS;
    return {
      timeline: [{ starttime: iso(atMs), endtime: iso(atMs + STEP_MS) }],
      v4_prefixes_ris: routes(atMs),
      v6_prefixes_ris: 210,
      asns_ris: 118,
      v4_prefixes_stats: 1,
      stats_date: iso(atMs),
    };
  });
}

export function speakRipestat({ pathname, searchParams }: URL): unknown {
  const envelope = { status: 'ok', status_code: 200, messages: [], see_also: [], version: '1.0' };
  if (pathname === '/data/country-resource-stats/data.json')
    return { ...envelope, data: { stats: statsOf(searchParams), resource: 'kz', resolution: '5m' } };
  if (pathname !== '/data/announced-prefixes/data.json') return undefined;
  const span = { starttime: '2021-11-01T00:00:00', endtime: '2022-01-05T16:00:00' };
  const prefixes = ['2.72.0.0/15', '5.34.0.0/20', '37.99.0.0/17'].map((prefix) => ({
    prefix,
    timelines: [span],
  }));
  return {
    ...envelope,
    data: { prefixes, latest_time: '2022-01-05T16:00:00', resource: searchParams.get('resource') },
  };
}

/** @param nowMs what is connected, and what is the latest, depend on when it is asked */
export function speakAtlas({ pathname, searchParams }: URL, nowMs: number): unknown {
  if (pathname === '/probes/') {
    const results = PROBES.map((probe, index) => ({
      ...probe,
      address_v4: '203.0.113.7',
      country_code: 'KZ',
      status:
        index < GONE && nowMs > BURST_MS ? { id: 2, name: 'Disconnected' } : { id: 1, name: 'Connected' },
    }));
    return { count: results.length, next: null, previous: null, results };
  }
  const ids = new Set((searchParams.get('probe_ids') ?? '').split(',').map(Number));
  if (pathname === `/measurements/${ATLAS_PINGS}/latest/`) return latestPings(nowMs, ids);
  if (pathname === `/measurements/${ATLAS_TRACES}/latest/`) return latestTraces(nowMs, ids);
  if (pathname === '/measurements/1002/latest/') return {};
  if (pathname !== '/measurements/7000/results/') return undefined;
  const [start, stop] = [Number(searchParams.get('start')), Number(searchParams.get('stop'))];
  return atlasLog()
    .filter(({ timestamp, prb_id }) => timestamp >= start && timestamp < stop && ids.has(prb_id))
    .map((row) => ({
      ...row,
      controller: 'ctr-ams01',
      msm_id: 7_000,
      type: 'connection',
      prefix: '203.0.113.0/24',
    }));
}

/** Built-in measurements, by numbers that are this world's own. */
export const ATLAS_PINGS = 1_001;
export const ATLAS_TRACES = 5_001;
/** Probes that went away in the burst. */
const GONE = 30;
const MINUTE_MS = 60_000;

interface Latest {
  readonly prb_id: number;
  readonly atMs: number;
}

/** Those that went reported last before they did; those that stayed report, and reach nothing abroad. */
function latestOf(nowMs: number, ids: ReadonlySet<number>, everyMs: number): Latest[] {
  const last = Math.floor(nowMs / everyMs) * everyMs;
  return PROBES.filter(({ id }) => ids.has(id)).map(({ id }, index) => ({
    prb_id: id,
    atMs: index < GONE ? Math.min(last, BURST_MS) : last,
  }));
}

function keyed(rows: readonly (Latest & { readonly row: object })[], type: string): unknown {
  const common = { fw: 5_020, lts: 20, af: 4, src_addr: '203.0.113.7', from: '203.0.113.7' };
  return Object.fromEntries(
    rows.map(({ prb_id, atMs, row }) => [
      String(prb_id),
      [{ ...common, type, prb_id, timestamp: atMs / 1_000, dst_addr: '198.51.100.7', ...row }],
    ]),
  );
}

function latestPings(nowMs: number, ids: ReadonlySet<number>): unknown {
  const rows = latestOf(nowMs, ids, 4 * MINUTE_MS);
  return keyed(
    rows.map((one) => ({ ...one, row: { sent: 3, rcvd: isCut(one.atMs) ? 0 : 3, min: 61.2, result: [] } })),
    'ping',
  );
}

function latestTraces(nowMs: number, ids: ReadonlySet<number>): unknown {
  const rows = latestOf(nowMs, ids, 15 * MINUTE_MS);
  const gateway = { hop: 1, result: [{ from: '203.0.113.1', rtt: 1.2, size: 28, ttl: 64 }] };
  return keyed(
    rows.map((one) => {
      const last = isCut(one.atMs) ? { x: '*' } : { from: '198.51.100.7', rtt: 61.4, size: 28, ttl: 50 };
      return { ...one, row: { proto: 'ICMP', result: [gateway, { hop: 2, result: [last] }] } };
    }),
    'traceroute',
  );
}

export function speakIhr({ pathname, searchParams }: URL): unknown {
  if (pathname !== '/disco/events/') return undefined;
  const isCountry = searchParams.get('streamname') === 'KZ';
  const event = {
    id: 4_711,
    streamtype: 'country',
    streamname: 'KZ',
    starttime: '2022-01-05T11:15:00Z',
    endtime: '2022-01-05T11:15:00Z',
    avglevel: 12.6,
    nbdiscoprobes: 30,
    totalprobes: 40,
    ongoing: false,
    discoprobes: [{ probe_id: 6_001, ipv4: '203.0.113.7' }],
  };
  return { count: isCountry ? 1 : 0, next: null, previous: null, results: isCountry ? [event] : [] };
}

/** Volunteers measure a little each hour; YouTube fails oddly in Kazakhtelecom's network from noon. */
export function speakOoni({ pathname, searchParams }: URL): unknown {
  if (pathname === '/api/v1/detector/changepoints')
    return {
      results: [
        {
          probe_asn: 9_198,
          probe_cc: 'KZ',
          domain: 'www.youtube.com',
          start_time: '2022-01-05T09:00:00',
          change_dir: 'up',
          block_type: 'tls_blocked',
          count: 12,
        },
      ],
    };
  if (pathname !== '/api/v1/aggregation') return undefined;
  const from = Date.parse(searchParams.get('since') ?? '');
  const to = Date.parse(searchParams.get('until') ?? '');
  const hours = Array.from({ length: Math.floor((to - from) / HOUR_MS) }, (_, n) => from + n * HOUR_MS);
  const isYoutube = searchParams.get('domain') === 'www.youtube.com';
  return {
    v: 0,
    dimension_count: 2,
    result: hours
      .filter((atMs) => !isCut(atMs) && atMs <= EVENING_MS)
      .flatMap((atMs) =>
        [9_198, 29_355].map((probe_asn) => {
          const isOdd = isYoutube && probe_asn === 9_198 && atMs >= Date.parse('2022-01-05T06:00:00Z');
          return {
            measurement_start_day: `${iso(atMs)}Z`,
            probe_asn,
            anomaly_count: isOdd ? 6 : 0,
            confirmed_count: 0,
            failure_count: 1,
            ok_count: isOdd ? 0 : 6,
            measurement_count: 7,
          };
        }),
      ),
  };
}
