/** Cloudflare Radar's API as its documentation has it, in January 2022. */
import { traffic } from './january-2022.ts';

const STEP_MS: Readonly<Record<string, number>> = { '15m': 900_000, '1h': 3_600_000 };

function wrapped(result: unknown) {
  return { success: true, errors: [], messages: [], result };
}

function timesOf(query: URLSearchParams): number[] {
  const step = STEP_MS[query.get('aggInterval') ?? ''] ?? 3_600_000;
  const [from, to] = [Date.parse(query.get('dateStart') ?? ''), Date.parse(query.get('dateEnd') ?? '')];
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step)) }, (_, n) => first + n * step);
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString().replace('.000', '');
}

const OUTAGE = {
  id: '550',
  asns: [],
  asnsDetails: [],
  dataSource: 'ALL',
  description: 'Nationwide shutdown',
  endDate: null,
  eventType: 'OUTAGE',
  linkedUrl: 'https://blog.example.org/kazakhstan',
  locations: ['KZ'],
  outage: { outageCause: 'GOVERNMENT_DIRECTED', outageType: 'NATIONWIDE' },
  scope: null,
  startDate: '2022-01-05T10:30:00Z',
};

const ANOMALIES = [
  {
    uuid: 'a-1',
    type: 'AS',
    status: 'VERIFIED',
    startDate: '2022-01-05T10:45:00Z',
    endDate: '2022-01-05T17:30:00Z',
    asnDetails: { asn: '9198', name: 'KAZTELECOM' },
    visibleInDataSources: ['HTTP'],
  },
  { uuid: 'a-2', type: 'ORIGIN', status: 'UNVERIFIED', startDate: '2022-01-05T10:45:00Z', endDate: null },
];

export function speakRadar({ pathname, searchParams }: URL): unknown {
  const meta = { lastUpdated: searchParams.get('dateEnd'), normalization: 'MIN0_MAX', units: [] };
  const times = timesOf(searchParams);
  const timestamps = times.map(iso);
  switch (pathname) {
    case '/radar/http/timeseries':
    case '/radar/netflows/timeseries':
      return wrapped({
        meta,
        serie_0: { timestamps, values: times.map((atMs) => traffic(atMs).toFixed(6)) },
      });
    case '/radar/tcp_resets_timeouts/timeseries_groups':
      return wrapped({
        meta,
        serie_0: { timestamps, post_ack: times.map(() => '2.1'), post_psh: times.map(() => '3.4') },
      });
    case '/radar/annotations/outages':
      return wrapped({ annotations: [OUTAGE] });
    case '/radar/traffic_anomalies':
      return wrapped({ trafficAnomalies: ANOMALIES });
    default:
      return undefined;
  }
}
