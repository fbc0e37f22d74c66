/** Cloudflare Radar's rows as readings and outages. Pure. */
import type { OutsideOutage } from '../../analysis/outside/point.ts';
import { COUNTRY, utcMs } from '../source.ts';
import type { OutsideReading } from '../source.ts';
import type { AnomalyRow, OutageRow } from './shapes.ts';

interface Tags {
  readonly signal: string;
  readonly entity: string;
}

/** Values that are no numbers, or have no time, are left out. */
export function readingsOf(
  { signal, entity }: Tags,
  timestamps: readonly string[],
  values: readonly (string | number | null)[],
): OutsideReading[] {
  return timestamps.flatMap((text, index) => {
    const atMs = utcMs(text);
    const written = values[index] ?? '';
    const value = written === '' ? Number.NaN : Number(written);
    return atMs === null || !Number.isFinite(value) ? [] : [{ source: 'radar', signal, entity, atMs, value }];
  });
}

/** One for each network that it names, else one of the country. `signal` says how wide it was. */
export function outagesOf(row: OutageRow): OutsideOutage[] {
  const startMs = utcMs(row.startDate);
  if (startMs === null) return [];
  const signal = `outage.${(row.outage?.outageType ?? 'unknown').toLowerCase()}`;
  const asns = row.asns ?? [];
  const entities =
    signal !== 'outage.nationwide' && asns.length > 0 ? asns.map((asn) => `AS${asn}`) : [COUNTRY];
  return entities.map((entity) => ({
    id: `radar:${row.id}:${entity}`,
    source: 'radar',
    signal,
    entity,
    startMs,
    endMs: row.endDate == null ? null : utcMs(row.endDate),
    cause: row.outage?.outageCause ?? null,
    score: null,
    url: row.linkedUrl ?? null,
  }));
}

/** Null for one of a web site, which says nothing of networks. */
export function outageOfAnomaly(row: AnomalyRow): OutsideOutage | null {
  const startMs = utcMs(row.startDate);
  const entity = entityOf(row);
  if (startMs === null || entity === null) return null;
  return {
    id: `radar:anomaly:${row.uuid}`,
    source: 'radar',
    signal: 'anomaly',
    entity,
    startMs,
    endMs: row.endDate == null ? null : utcMs(row.endDate),
    cause: row.status ?? null,
    score: null,
    url: null,
  };
}

function entityOf({ type, asnDetails }: AnomalyRow): string | null {
  if (type === 'LOCATION') return COUNTRY;
  return type === 'AS' && asnDetails != null ? `AS${asnDetails.asn}` : null;
}
