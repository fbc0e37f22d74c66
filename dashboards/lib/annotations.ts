/** Incidents and events, drawn over every graph with a time axis. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { AnnotationQuery } from '@grafana/grafana-foundation-sdk/dashboard';
import { column, columns, drawnUntil, eventsInRange, incidentsInRange, kept } from './influxql.ts';
import { DATASOURCE, influxQuery } from './influx-query.ts';
import type { InfluxQuery } from './influx-query.ts';
import { COLOURS, PLAIN } from './status-look.ts';

/** How the InfluxDB data source reads rows as annotations. The names stand twice, for older and newer Grafana. */
interface Reading {
  readonly titleColumn: string;
  readonly textColumn: string;
  readonly tagsColumn: string;
  readonly timeEndColumn: string;
}

export interface InfluxAnnotation extends AnnotationQuery, Reading {
  readonly query: string;
  readonly target: InfluxQuery & Reading & { readonly fromAnnotations: true };
}

const MAX = 500;

function annotation(
  name: string,
  iconColor: string,
  query: string,
  reading: Reading,
): Builder<InfluxAnnotation> {
  const target = influxQuery({ query, resultFormat: 'table', refId: 'Anno' }).build();
  return {
    build: () => ({
      name,
      enable: true,
      hide: false,
      iconColor,
      datasource: DATASOURCE,
      query,
      ...reading,
      target: { ...target, ...reading, fromAnnotations: true },
    }),
  };
}

export function incidentAnnotation(): Builder<InfluxAnnotation> {
  const shown = columns('incident', 'kind', 'summary', 'platforms', 'operators', 'status');
  const query = `SELECT ${shown}, ${drawnUntil()} AS "until" FROM ${kept('incident')} WHERE ${incidentsInRange()} ORDER BY time DESC LIMIT ${MAX}`;
  return annotation('Incidents', COLOURS.blocked, query, {
    titleColumn: 'kind',
    textColumn: 'summary',
    tagsColumn: 'platforms,operators,status',
    timeEndColumn: 'until',
  });
}

export function eventAnnotation(): Builder<InfluxAnnotation> {
  const shown = columns('event', 'kind', 'title', 'places', 'end_ms');
  // Months are known too roughly to be drawn on a line.
  const drawn = `${column('event', 'precision')} != 'month'`;
  const query = `SELECT ${shown} FROM ${kept('event')} WHERE ${eventsInRange()} AND ${drawn} ORDER BY time DESC LIMIT ${MAX}`;
  return annotation('Events', PLAIN, query, {
    titleColumn: 'kind',
    textColumn: 'title',
    tagsColumn: 'kind,places',
    timeEndColumn: 'end_ms',
  });
}
