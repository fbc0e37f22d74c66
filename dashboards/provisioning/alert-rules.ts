/**
 * Alert rules of Grafana, beside Aiqyn's own alerts: they also notice when the collector itself is gone. Each is an
 * InfluxQL query, reduced to one number a series, against a threshold.
 */
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { TypeReduceBuilder, TypeThresholdBuilder } from '@grafana/grafana-foundation-sdk/expr';
import type { IncidentKind } from '../../src/analysis/detect/point.ts';
import { SERIES } from '../../src/store/fields.ts';
import { column, columns } from '../lib/influxql.ts';
import { DATASOURCE_UID, influxQuery } from '../lib/influx-query.ts';
import { OPEN } from '../lib/incident-table.ts';
import { AlertRulesFile } from './files.ts';
import { FOLDER } from './sources.ts';

const EXPRESSION = { type: '__expr__', uid: '__expr__' };
const MINUTE_S = 60;
const DAY_S = 86_400;
/** Incidents stand at their onset: one that began earlier than this is no news. */
const INCIDENT_LOOKBACK_S = 14 * DAY_S;

interface RuleParts {
  readonly uid: string;
  readonly title: string;
  readonly query: string;
  readonly lookbackSeconds: number;
  readonly condition: { readonly type: 'gt' | 'lt'; readonly limit: number };
  readonly hold: string;
  readonly whenNothing: 'OK' | 'Alerting';
  readonly severity: 'critical' | 'warning';
  readonly summary: string;
  readonly dashboardUid: string;
  readonly panelId: number;
}

/** A builder's model as JSON keeps it: without the compiler's mark. */
function modelOf(builder: Builder<Dataquery>): unknown {
  return JSON.parse(JSON.stringify(builder.build()));
}

function rule(parts: RuleParts) {
  const reduce = new TypeReduceBuilder()
    .refId('B')
    .datasource(EXPRESSION)
    .expression('A')
    .reducer('last')
    .settings({ mode: 'dropNN' });
  const threshold = new TypeThresholdBuilder()
    .refId('C')
    .datasource(EXPRESSION)
    .expression('B')
    .conditions([{ evaluator: { type: parts.condition.type, params: [parts.condition.limit] } }]);
  const expression = { relativeTimeRange: { from: 0, to: 0 }, datasourceUid: EXPRESSION.uid };
  return {
    uid: parts.uid,
    title: parts.title,
    condition: 'C',
    data: [
      {
        refId: 'A',
        relativeTimeRange: { from: parts.lookbackSeconds, to: 0 },
        datasourceUid: DATASOURCE_UID,
        model: modelOf(influxQuery({ query: parts.query })),
      },
      { refId: 'B', ...expression, model: modelOf(reduce) },
      { refId: 'C', ...expression, model: modelOf(threshold) },
    ],
    dashboardUid: parts.dashboardUid,
    panelId: parts.panelId,
    noDataState: parts.whenNothing,
    execErrState: 'Error',
    for: parts.hold,
    annotations: { summary: parts.summary },
    labels: { severity: parts.severity, source: 'aiqyn' },
    isPaused: false,
  };
}

/** One alert for each open incident of these kinds; it ends when the incident does. */
function openIncidents(kinds: readonly IncidentKind[]): string {
  const kind = column('incident', 'kind');
  return `SELECT last(${column('incident', 'confidence')}) FROM "${SERIES.incident}" WHERE $timeFilter AND ${OPEN} AND ${kind} =~ /^(${kinds.join('|')})$/ GROUP BY ${columns('incident', 'id', 'kind')}`;
}

export interface PanelNumbers {
  /** The number of the panel with this title on this dashboard. */
  readonly panelId: (dashboardUid: string, title: string) => number;
}

function incidentRules({ panelId }: PanelNumbers) {
  const shared = {
    lookbackSeconds: INCIDENT_LOOKBACK_S,
    condition: { type: 'gt', limit: 0 },
    hold: '0s',
    whenNothing: 'OK',
    severity: 'critical',
    // `.Labels` and not `$labels`: some versions of Grafana take what follows a dollar sign for the environment's.
    summary: '{{ .Labels.kind }}: see /incidents/{{ .Labels.id }} on the public page.',
    dashboardUid: 'aiqyn-overview',
    panelId: panelId('aiqyn-overview', 'Open incidents, one by one'),
  } as const;
  return [
    rule({
      ...shared,
      uid: 'aiqyn-new-block',
      title: 'New block',
      query: openIncidents(['platform_block', 'throttling', 'interception']),
    }),
    rule({
      ...shared,
      uid: 'aiqyn-shutdown',
      title: 'Shutdown',
      query: openIncidents(['shutdown', 'mobile_shutdown', 'allow_list']),
    }),
  ];
}

/** The mean of the interval that has just begun and of the one before it: nothing in both is ten minutes of silence or more. */
const BEATS = `SELECT moving_average(count(${column('heartbeat', 'up')}), 2) FROM "${SERIES.heartbeat}" WHERE $timeFilter GROUP BY time(10m), ${columns('heartbeat', 'vantage', 'operator')} fill(0)`;
/** The freshest of all: one vantage that backfills is late by nature. */
const LAG = `SELECT min(${column('heartbeat', 'lag_ms')}) FROM "${SERIES.heartbeat}" WHERE $timeFilter`;

function fleetRules({ panelId }: PanelNumbers) {
  const shared = { severity: 'warning', dashboardUid: 'aiqyn-fleet', whenNothing: 'Alerting' } as const;
  return [
    rule({
      ...shared,
      uid: 'aiqyn-silent-vantage',
      title: 'Silent vantage',
      query: BEATS,
      lookbackSeconds: DAY_S,
      condition: { type: 'lt', limit: 0.5 },
      hold: '0s',
      summary:
        'Nothing was heard of {{ .Labels.vantage }} on {{ .Labels.operator }} for ten minutes. One alone is most likely its own trouble.',
      panelId: panelId('aiqyn-fleet', 'Newest heartbeat of each vantage'),
    }),
    rule({
      ...shared,
      uid: 'aiqyn-collector-lag',
      title: 'Collector lag',
      query: LAG,
      lookbackSeconds: 10 * MINUTE_S,
      condition: { type: 'gt', limit: 3 * MINUTE_S * 1_000 },
      hold: '5m',
      summary:
        'Even the freshest heartbeat of the last ten minutes came late, or none came: look after the collector.',
      panelId: panelId('aiqyn-fleet', 'Lag of the collector'),
    }),
  ];
}

export function alertRulesFile(numbers: PanelNumbers): AlertRulesFile {
  return AlertRulesFile.parse({
    apiVersion: 1,
    groups: [
      { orgId: 1, name: 'Incidents', folder: FOLDER, interval: '1m', rules: incidentRules(numbers) },
      { orgId: 1, name: 'Fleet', folder: FOLDER, interval: '1m', rules: fleetRules(numbers) },
    ],
  });
}
