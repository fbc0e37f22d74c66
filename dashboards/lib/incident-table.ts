/** Incidents as a table, wherever a dashboard shows them. */
import { MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DynamicConfigValue, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { column, columns, endedOrZero, kept } from './influxql.ts';
import { table } from './panels.ts';

/** Of an incident that goes on. */
export const OPEN = `${column('incident', 'status')} != 'restored'`;

const ROWS_MAX = 200;

/** What stands in the place of an end that is not there yet. */
export const GOES_ON: ValueMapping = { type: MappingType.ValueToText, options: { '0': { text: 'goes on' } } };

/** A column of instants (UTC epoch ms), shown in the reader's zone. */
export function asInstant(displayName: string): DynamicConfigValue[] {
  return [
    { id: 'displayName', value: displayName },
    { id: 'unit', value: units.DatetimeISO },
    { id: 'custom.width', value: 170 },
  ];
}

export function named(displayName: string, width?: number): DynamicConfigValue[] {
  const name = { id: 'displayName', value: displayName };
  return width === undefined ? [name] : [name, { id: 'custom.width', value: width }];
}

/** A cell that opens a path of the public page with its own text at the end. */
export function linked(displayName: string, path: string, title: string): DynamicConfigValue[] {
  const url = `\${page}${path}\${__value.text:percentencode}`;
  return [...named(displayName), { id: 'links', value: [{ title, url, targetBlank: true }] }];
}

export interface IncidentTableParts {
  readonly title: string;
  readonly description: string;
  readonly where: string;
  readonly height: number;
}

export function incidentTable({ title, description, where, height }: IncidentTableParts): PanelBuilder {
  const shown = columns(
    'incident',
    'kind',
    'status',
    'platforms',
    'operators',
    'places',
    'method',
    'confidence',
    'summary',
    'id',
  );
  return table({
    title,
    description,
    width: 24,
    height,
    unit: units.String,
    queries: [
      {
        query: `SELECT ${shown}, ${endedOrZero()} AS "ended" FROM ${kept('incident')} WHERE ${where} ORDER BY time DESC LIMIT ${ROWS_MAX}`,
      },
    ],
  })
    .overrideByName('Time', asInstant('Began'))
    .overrideByName('ended', [...asInstant('Ended'), { id: 'mappings', value: [GOES_ON] }])
    .overrideByName('kind', named('Kind', 140))
    .overrideByName('status', named('State', 90))
    .overrideByName('platforms', named('Platforms', 180))
    .overrideByName('operators', named('Operators', 160))
    .overrideByName('places', named('Places', 140))
    .overrideByName('method', named('Method', 120))
    .overrideByName('confidence', [...named('Confidence', 100), { id: 'unit', value: units.PercentUnit }])
    .overrideByName('summary', named('What was seen'))
    .overrideByName('id', linked('Evidence', '/incidents/', 'Open the incident’s page'));
}
