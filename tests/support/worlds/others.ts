/** RIPEstat, RIPE Atlas, the Internet Health Report and OONI as their documentation has them, in January 2022. */
import { atlasLog, EVENING_MS, isCut, PROBES, routes } from './january-2022.ts';

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

export function speakAtlas({ pathname, searchParams }: URL): unknown {
  if (pathname === '/probes/') {
    const results = PROBES.map((probe, index) => ({
      ...probe,
      address_v4: '203.0.113.7',
      country_code: 'KZ',
      status: index < 30 ? { id: 2, name: 'Disconnected' } : { id: 1, name: 'Connected' },
    }));
    return { count: results.length, next: null, previous: null, results };
  }
  if (pathname !== '/measurements/7000/results/') return undefined;
  const [start, stop] = [Number(searchParams.get('start')), Number(searchParams.get('stop'))];
  const ids = new Set((searchParams.get('probe_ids') ?? '').split(',').map(Number));
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
