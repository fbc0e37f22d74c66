/** Platform: how a platform is kept from people, on which layer, and how fast what remains is. */
import { LineInterpolation } from '@grafana/grafana-foundation-sdk/common';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { LAYERS, STATUSES } from '../src/analysis/verdict/verdict.ts';
import { SERIES } from '../src/store/fields.ts';
import { board } from './lib/board.ts';
import {
  column,
  columns,
  inScope,
  kept,
  ROLLUP_COUNT,
  ROLLUP_SCORE_SUM,
  SCOPE_VARIABLES,
  severity,
} from './lib/influxql.ts';
import type { Column } from './lib/influxql.ts';
import { named } from './lib/incident-table.ts';
import { stackedBars, stateTimeline, table, timeSeries } from './lib/panels.ts';
import { COLOURS, risingThresholds, severityMappings, severityThresholds } from './lib/status-look.ts';
import { scopeVariable } from './lib/variables.ts';

const FROM = `FROM "${SERIES.reachability}" WHERE $timeFilter AND ${inScope('reachability', ...SCOPE_VARIABLES)}`;
const PER_INTERVAL = 'GROUP BY time($__interval)';
const OPERATOR = column('reachability', 'operator');
const METHOD_ROWS_MAX = 5_000;

/** Colours of the columns that are named after a status. */
function statusColours(panel: ReturnType<typeof stackedBars>): ReturnType<typeof stackedBars> {
  return STATUSES.reduce(
    (built, status) =>
      built.overrideByName(status, [{ id: 'color', value: { mode: 'fixed', fixedColor: COLOURS[status] } }]),
    panel,
  );
}

function verdicts() {
  const sums = STATUSES.map((status) => `sum(${column('reachability', status)}) AS "${status}"`).join(', ');
  return [
    stateTimeline({
      title: 'Status on each operator',
      description:
        'In each interval the status that counts most among the targets chosen, one row for each operator. A gap was not measured.',
      width: 24,
      height: 8,
      unit: units.Short,
      thresholds: severityThresholds(),
      mappings: severityMappings(),
      queries: [
        {
          query: `SELECT ${severity()} AS "severity" ${FROM} ${PER_INTERVAL}, ${OPERATOR} fill(none)`,
          alias: '$tag_operator',
        },
      ],
    }),
    statusColours(
      stackedBars({
        title: 'Verdicts by status',
        description:
          'How many measurements were judged what. A block shows as red that grows while blue shrinks; fewer bars mean fewer measurements.',
        width: 12,
        height: 9,
        unit: units.Short,
        queries: [{ query: `SELECT ${sums} ${FROM} ${PER_INTERVAL} fill(none)`, alias: '$col' }],
      }),
    ),
    timeSeries({
      title: 'Score by operator',
      description:
        'Mean score of the verdicts: 0 reachable, 1 blocked. Between them some targets are blocked, or some of the time.',
      width: 12,
      height: 9,
      unit: units.PercentUnit,
      thresholds: risingThresholds(0.2, 0.6),
      queries: [
        {
          query: `SELECT mean(${column('reachability', 'score')}) ${FROM} ${PER_INTERVAL}, ${OPERATOR} fill(none)`,
          alias: '$tag_operator',
        },
      ],
    })
      .min(0)
      .max(1)
      .lineInterpolation(LineInterpolation.StepAfter),
  ];
}

function methods() {
  const layer = column('reachability', 'layer');
  return [
    stackedBars({
      title: 'Layers at which it fails',
      description:
        'Verdicts that name a layer, by that layer: a name that does not resolve, a connection that is refused, a handshake that stays silent, a page that is not the right one.',
      width: 12,
      height: 9,
      unit: units.Short,
      queries: LAYERS.map((name) => ({
        query: `SELECT count(${layer}) AS "${name}" ${FROM} AND ${layer} = '${name}' ${PER_INTERVAL} fill(none)`,
        alias: '$col',
      })),
    }),
    table({
      title: 'Methods seen',
      description:
        'How it was done, by operator: the newest 5,000 verdicts in the range that name a method, counted. docs/verdicts.md says what each method means.',
      width: 12,
      height: 9,
      unit: units.Short,
      queries: [
        {
          query: `SELECT ${columns('reachability', 'method', 'layer', 'operator')} ${FROM} AND ${column('reachability', 'method')} =~ /.+/ ORDER BY time DESC LIMIT ${METHOD_ROWS_MAX}`,
        },
      ],
    })
      .withTransformation({
        id: 'groupBy',
        options: {
          fields: {
            operator: { operation: 'groupby', aggregations: [] },
            method: { operation: 'groupby', aggregations: [] },
            layer: { operation: 'groupby', aggregations: [] },
            Time: { operation: 'aggregate', aggregations: ['count', 'max'] },
          },
        },
      })
      .overrideByName('Time (count)', named('Verdicts'))
      .overrideByName('Time (max)', [...named('Newest'), { id: 'unit', value: units.DatetimeISO }])
      .overrideByName('operator', named('Operator'))
      .overrideByName('method', named('Method'))
      .overrideByName('layer', named('Layer')),
  ];
}

interface Timing {
  readonly field: Column<'reachability'>;
  readonly title: string;
  readonly description: string;
}

const TIMINGS: readonly Timing[] = [
  {
    field: 'dns_ms',
    title: 'Name resolution',
    description:
      'Median time of the fastest resolver that answered. Censors that inject answers are faster than honest resolvers.',
  },
  {
    field: 'tcp_ms',
    title: 'Connection',
    description:
      'Median time of the fastest TCP handshake. It grows with the distance and with load on the way.',
  },
  {
    field: 'tls_ms',
    title: 'TLS handshake',
    description:
      'Median time of the fastest TLS handshake that was finished. Handshakes that stay silent are not in it: see the layers.',
  },
  {
    field: 'ttfb_ms',
    title: 'First byte',
    description: 'Median time from the request to the first byte of its answer.',
  },
];

function perOperator(field: Column<'reachability'>): string {
  return `SELECT median(${column('reachability', field)}) ${FROM} ${PER_INTERVAL}, ${OPERATOR} fill(none)`;
}

function speed() {
  const latencies = TIMINGS.map(({ field, title, description }) =>
    timeSeries({
      title,
      description,
      width: 12,
      height: 8,
      unit: units.Milliseconds,
      thresholds: risingThresholds(500, 2_000),
      queries: [{ query: perOperator(field), alias: '$tag_operator' }],
    }).min(0),
  );
  const rate = timeSeries({
    title: 'Throughput',
    description:
      'Median rate of the largest body of a page. Throttling shows as a ceiling that one operator has and others have not.',
    width: 24,
    height: 9,
    unit: units.BytesPerSecondSI,
    queries: [{ query: perOperator('bytes_per_s'), alias: '$tag_operator' }],
  }).min(0);
  return [...latencies, rate];
}

const HOURLY = 'Read from the hourly sums that `aiqyn store init` keeps for ever; empty without it.';

/** What ranges of months show, when raw points are kept for 30 days. */
function longView() {
  const from = `FROM ${kept('reachability')} WHERE $timeFilter AND ${inScope('reachability', ...SCOPE_VARIABLES)} ${PER_INTERVAL}`;
  const sums = STATUSES.map((status) => `sum(${column('reachability', status)}) AS "${status}"`).join(', ');
  const alias = '$tag_operator';
  const size = { width: 12, height: 9 };
  return [
    statusColours(
      stackedBars({
        ...size,
        width: 24,
        title: 'Verdicts by status, from hourly sums',
        description: `How many measurements were judged what, over months. ${HOURLY}`,
        unit: units.Short,
        queries: [{ query: `SELECT ${sums} ${from} fill(none)`, alias: '$col' }],
      }).interval('1h'),
    ),
    timeSeries({
      ...size,
      title: 'Score by operator, from hourly sums',
      description: `Mean score of the verdicts over months: 0 reachable, 1 blocked. ${HOURLY}`,
      unit: units.PercentUnit,
      thresholds: risingThresholds(0.2, 0.6),
      queries: [
        {
          query: `SELECT sum(${ROLLUP_SCORE_SUM}) / sum(${ROLLUP_COUNT}) ${from}, ${OPERATOR} fill(none)`,
          alias,
        },
      ],
    })
      .interval('1h')
      .min(0)
      .max(1),
    timeSeries({
      ...size,
      title: 'Throughput, from hourly medians',
      description: `Median over the hours of each hour’s median rate, which is near the median of all. ${HOURLY}`,
      unit: units.BytesPerSecondSI,
      queries: [
        {
          query: `SELECT median(${column('reachability', 'bytes_per_s')}) ${from}, ${OPERATOR} fill(none)`,
          alias,
        },
      ],
    })
      .interval('1h')
      .min(0),
  ];
}

export function platform(pageUrl: string) {
  return board({
    uid: 'aiqyn-platform',
    title: 'Aiqyn: platform',
    description: 'How a platform is kept from people: layers, methods, latency and throughput, by operator.',
    from: 'now-24h',
    pagePath: '/',
    pageUrl,
    variables: SCOPE_VARIABLES.map(scopeVariable),
    sections: [
      { panels: verdicts() },
      { title: 'Layers and methods', panels: methods() },
      { title: 'Latency and throughput', panels: speed() },
      { title: 'Long view', panels: longView() },
    ],
  });
}
