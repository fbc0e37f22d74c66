/** IODA's rows as readings and outages. Pure: the source polls them, `aiqyn import ioda` takes them from files. */
import type { OutsideOutage } from '../../analysis/outside/point.ts';
import { COUNTRY } from '../source.ts';
import type { OutsideReading } from '../source.ts';
import type { Alert, OutageEvent, SignalSeries } from './shapes.ts';

/** An outage whose length is IODA's cap goes on as far as IODA knows. */
const DURATION_CAP_S = 1_209_600;

/** The catalogue's place for a region; null: none is known. */
export type PlaceOf = (name: string) => string | null;

/** Our name for IODA's entity; null where it is none of Kazakhstan's that we know. */
export function entityOf(
  type: string,
  code: string,
  name: string | null | undefined,
  placeOf: PlaceOf,
): string | null {
  if (type === 'country') return code === COUNTRY ? COUNTRY : null;
  if (type === 'asn') return /^\d{1,10}$/.test(code) ? `AS${code}` : null;
  return type === 'region' && name != null ? placeOf(name) : null;
}

function signalOf({ datasource, subtype }: Pick<SignalSeries, 'datasource' | 'subtype'>): string {
  const isProduct = datasource.startsWith('gtr') && subtype != null && subtype !== '';
  return isProduct ? `${datasource}.${subtype.toLowerCase()}` : datasource;
}

/** What is kept: of regions and networks only what IODA counts for itself. Delays and models of theirs are left out. */
const OWN_SIGNALS: ReadonlySet<string> = new Set(['bgp', 'ping-slash24', 'merit-nt']);

function isKept({ datasource }: SignalSeries, entity: string): boolean {
  return OWN_SIGNALS.has(datasource) || (datasource === 'gtr' && entity === COUNTRY);
}

/** Its numbers, each at the start of its step; null where nothing of it is kept. */
export function readingsOf(series: SignalSeries, placeOf: PlaceOf): OutsideReading[] | null {
  const entity = entityOf(series.entityType, series.entityCode, series.entityName, placeOf);
  if (entity === null || !isKept(series, entity)) return null;
  const signal = signalOf(series);
  return series.values.flatMap((value, index) =>
    typeof value === 'number' && Number.isFinite(value)
      ? [{ source: 'ioda', signal, entity, atMs: (series.from + index * series.step) * 1_000, value }]
      : [],
  );
}

/** @param nowMs what ends later than now goes on. Null where the entity is a stranger's. */
export function outageOf(event: OutageEvent, placeOf: PlaceOf, nowMs: number): OutsideOutage | null {
  const [type = '', code = ''] = event.location.split('/');
  const entity = entityOf(type, code, event.location_name, placeOf);
  if (entity === null) return null;
  const startMs = event.start * 1_000;
  const endMs = startMs + event.duration * 1_000;
  const method = event.method ?? 'event';
  return {
    id: `ioda:${event.datasource}:${event.location}:${event.start}:${method}`,
    source: 'ioda',
    signal: event.datasource,
    entity,
    startMs,
    endMs: event.duration >= DURATION_CAP_S || endMs >= nowMs ? null : endMs,
    cause: null,
    score: event.score ?? null,
    url: `https://ioda.inetintel.cc.gatech.edu/${event.location}?from=${event.start}&until=${Math.ceil(event.start + event.duration)}`,
  };
}

interface OpenAlert {
  readonly alert: Alert;
  readonly entity: string;
}

/** From "critical" to the next "normal" of the same data source, entity and method; an alert that is not lifted goes on. */
export function outagesOfAlerts(alerts: readonly Alert[], placeOf: PlaceOf): OutsideOutage[] {
  const open = new Map<string, OpenAlert>();
  const found: OutsideOutage[] = [];
  for (const alert of alerts.toSorted((a, b) => a.time - b.time)) {
    const { type, code, name } = alert.entity;
    const entity = entityOf(type, code, name, placeOf);
    if (entity === null) continue;
    const key = JSON.stringify([alert.datasource, entity, alert.method]);
    const begun = open.get(key);
    if (alert.level === 'normal' && begun !== undefined) {
      found.push(outageOfAlert(begun, alert.time * 1_000));
      open.delete(key);
    } else if (alert.level === 'critical' && begun === undefined) open.set(key, { alert, entity });
  }
  return [...found, ...[...open.values()].map((begun) => outageOfAlert(begun, null))];
}

function outageOfAlert({ alert, entity }: OpenAlert, endMs: number | null): OutsideOutage {
  const { datasource, time, method } = alert;
  return {
    id: `ioda:alert:${datasource}:${entity}:${time}:${method ?? ''}`,
    source: 'ioda',
    signal: `${datasource}.alert`,
    entity,
    startMs: time * 1_000,
    endMs,
    cause: 'critical',
    score: null,
    url: null,
  };
}
