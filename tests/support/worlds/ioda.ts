/** IODA's API v2 as its documentation has it, in January 2022. */
import { pings, routes, traffic } from './january-2022.ts';

const NATIVE_S: Readonly<Record<string, number>> = {
  bgp: 300,
  'ping-slash24': 600,
  'merit-nt': 300,
  gtr: 1_800,
};
const REGIONS = [
  { code: '1906', name: 'Almaty' },
  { code: '1907', name: 'Nowhere in the catalogue' },
];

function valueOf(datasource: string, atMs: number): number {
  if (datasource === 'bgp') return routes(atMs);
  if (datasource === 'ping-slash24') return pings(atMs);
  return datasource === 'gtr' ? traffic(atMs) * 40_000 : Math.round(traffic(atMs) * 900);
}

function envelope(type: string, data: unknown) {
  return {
    type,
    metadata: { requestTime: '', responseTime: '' },
    requestParameters: {},
    error: null,
    perf: null,
    data,
  };
}

function seriesOf(type: string, code: string, query: URLSearchParams) {
  const [from, until] = [Number(query.get('from')), Number(query.get('until'))];
  return Object.entries(NATIVE_S).flatMap(([datasource, step]) => {
    const subtypes = datasource === 'gtr' ? (query.get('sourceParams') ?? '').split(',') : [''];
    return subtypes.map((subtype) => {
      const start = Math.floor(from / step) * step;
      const count = Math.max(0, Math.ceil((until - start) / step));
      return {
        entityType: type,
        entityCode: code,
        entityName: REGIONS.find((region) => region.code === code)?.name ?? code,
        entityFqid: 'geo.provider.AS.KZ',
        datasource,
        subtype,
        from: start,
        until,
        step,
        nativeStep: step,
        // Its last step is not whole yet, and so not known.
        values: Array.from({ length: count }, (_, n) =>
          n === count - 1 ? null : valueOf(datasource, (start + n * step) * 1_000),
        ),
      };
    });
  });
}

function events(query: URLSearchParams) {
  if (query.get('entityType') !== 'country') return [];
  const common = {
    uncertainty: null,
    status: 0,
    fraction: null,
    overlaps_window: false,
    location_name: 'Kazakhstan',
  };
  return [
    {
      ...common,
      location: 'country/KZ',
      start: Date.parse('2022-01-05T10:40:00Z') / 1_000,
      duration: 24_600,
      method: 'median',
      datasource: 'ping-slash24',
      score: 18_200.5,
    },
  ];
}

function alerts() {
  const entity = { code: 'KZ', name: 'Kazakhstan', type: 'country', attrs: {} };
  const at = Date.parse('2022-01-05T11:00:00Z') / 1_000;
  const common = { datasource: 'merit-nt', entity, method: 'median', value: 12, historyValue: 610 };
  return [
    { ...common, time: at, level: 'critical', condition: '< 0.25' },
    { ...common, time: Date.parse('2022-01-05T15:00:00Z') / 1_000, level: 'normal', condition: 'normal' },
  ];
}

export function speakIoda({ pathname, searchParams }: URL): unknown {
  const [, type = '', codes = ''] = /^\/signals\/raw\/(\w+)\/([\w,]+)$/.exec(pathname) ?? [];
  if (type !== '')
    return envelope(
      'signals',
      codes.split(',').map((code) => seriesOf(type, code, searchParams)),
    );
  if (pathname === '/entities/query')
    return envelope(
      'entities',
      REGIONS.map((region) => ({ ...region, type: 'region', fqid: `geo.${region.code}`, attrs: {} })),
    );
  if (pathname === '/outages/events') return envelope('outages.events', events(searchParams));
  return pathname === '/outages/alerts' ? envelope('outages.alerts', alerts()) : undefined;
}
