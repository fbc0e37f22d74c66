/** Evidence: the raw status history of one target on one network, as a journalist would cite it. */
import * as units from '@grafana/grafana-foundation-sdk/units';
import { SERIES } from '../src/store/fields.ts';
import { board } from './lib/board.ts';
import { column, columns, inScope, matches } from './lib/influxql.ts';
import { asInstant, named } from './lib/incident-table.ts';
import { colouredCells, stateTimeline, table, timeSeries, words } from './lib/panels.ts';
import { risingThresholds, statusMappings } from './lib/status-look.ts';
import { scopeVariable, singleVantageVariable, targetVariable } from './lib/variables.ts';

/** A day of checks every minute, with their re-tests. */
const ROWS_MAX = 2_000;

const ONE = `FROM "${SERIES.reachability}" WHERE $timeFilter AND ${inScope('reachability', 'vantage')} AND ${matches('target', 'target')}`;

function history() {
  return [
    stateTimeline({
      title: 'Status of ${target} at ${vantage}',
      description:
        'Every single verdict, nothing averaged; as it was judged when it was measured. A gap was not measured.',
      width: 24,
      height: 6,
      unit: units.String,
      mappings: statusMappings(),
      queries: [
        { query: `SELECT ${column('reachability', 'status')} ${ONE} ORDER BY time`, alias: 'status' },
        {
          query: `SELECT ${column('reachability', 'method')} ${ONE} AND ${column('reachability', 'method')} =~ /.+/ ORDER BY time`,
          alias: 'method',
        },
      ],
    }),
    timeSeries({
      title: 'What was timed',
      description: 'Milliseconds of each step of each measurement. Where a step failed, it has no point.',
      width: 24,
      height: 8,
      unit: units.Milliseconds,
      thresholds: risingThresholds(500, 2_000),
      queries: [
        {
          query: `SELECT ${columns('reachability', 'dns_ms', 'tcp_ms', 'tls_ms', 'ttfb_ms', 'total_ms')} ${ONE} ORDER BY time`,
          alias: '$col',
        },
      ],
    }),
    colouredCells(
      table({
        title: 'Verdicts, newest first',
        description:
          'The newest 2,000 verdicts of the range with what they rest on. The raw measurements are in the archive, in OONI’s data format: `aiqyn export`.',
        width: 24,
        height: 14,
        unit: units.String,
        mappings: statusMappings(),
        queries: [
          {
            query: `SELECT ${columns('reachability', 'status', 'layer', 'method', 'failure', 'confidence', 'dns_ms', 'tcp_ms', 'tls_ms', 'ttfb_ms', 'total_ms', 'operator', 'place', 'access', 'probe')} ${ONE} ORDER BY time DESC LIMIT ${ROWS_MAX}`,
          },
        ],
      }),
    )
      .overrideByName('Time', asInstant('Measured'))
      .overrideByName('confidence', [...named('Confidence'), { id: 'unit', value: units.PercentUnit }])
      .overrideByRegexp('/_ms$/', [{ id: 'unit', value: units.Milliseconds }]),
  ];
}

const HOW_TO_CITE = [
  '**Cite** the operator, the place, the target, the time range in UTC and the method, for example:',
  '“Aiqyn, ${target} at ${vantage}, ${__from:date:iso} to ${__to:date:iso}.”',
  'A verdict is what a [written rule](${page}/method) makes of one measurement and its control;',
  '[incidents](${page}/incidents) rest on several, with re-tests. A single red cell is not yet a block.',
].join('\n');

export function evidence(pageUrl: string) {
  return board({
    uid: 'aiqyn-evidence',
    title: 'Aiqyn: evidence',
    description: 'The raw status history of one target on one network.',
    from: 'now-24h',
    pagePath: '/',
    pageUrl,
    variables: [
      scopeVariable('platform'),
      ...(['operator', 'place'] as const).map(scopeVariable),
      singleVantageVariable(),
      targetVariable(),
    ],
    sections: [
      {
        panels: [
          words(
            {
              title: 'How to cite this',
              description: 'What a citation needs, and what a verdict is.',
              width: 24,
              height: 4,
            },
            HOW_TO_CITE,
          ),
          ...history(),
        ],
      },
    ],
  });
}
