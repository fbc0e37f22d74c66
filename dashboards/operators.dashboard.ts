/** Operators and mobile networks: how far people get, seen from inside and from outside. */
import * as units from '@grafana/grafana-foundation-sdk/units';
import { SERIES } from '../src/store/fields.ts';
import { board } from './lib/board.ts';
import { column, columns, endedOrZero, inScope, kept, lastMinutes, outagesInRange } from './lib/influxql.ts';
import { asInstant, GOES_ON, named } from './lib/incident-table.ts';
import { colouredCells, stateTimeline, table, timeSeries } from './lib/panels.ts';
import { connectivityMappings, fallingThresholds, risingThresholds } from './lib/status-look.ts';
import { scopeVariable } from './lib/variables.ts';

const HEARTBEATS = `FROM "${SERIES.heartbeat}" WHERE $timeFilter AND ${inScope('heartbeat', 'operator', 'place', 'vantage')}`;
const SWEEPS = `FROM "${SERIES.sweep}" WHERE $timeFilter AND ${inScope('sweep', 'operator', 'place')}`;
const OUTSIDE = `FROM ${kept('outside')} WHERE $timeFilter`;
const OUTAGES_MAX = 200;
const PER_INTERVAL = 'GROUP BY time($__interval)';

function inside() {
  const connectivity = column('heartbeat', 'connectivity');
  return [
    stateTimeline({
      title: 'How far each vantage gets',
      description:
        'From the rings: online, only domestic sites, only an allow-list, only name servers, or nowhere. Several vantages that fall together are what a shutdown looks like from inside; a gap is silence.',
      width: 24,
      height: 10,
      unit: units.String,
      mappings: connectivityMappings(),
      queries: [
        {
          query: `SELECT last(${connectivity}) AS "connectivity" ${HEARTBEATS} ${PER_INTERVAL}, ${columns('heartbeat', 'vantage', 'operator', 'access')} fill(none)`,
          alias: '$tag_vantage ($tag_operator, $tag_access)',
        },
      ],
    }),
    timeSeries({
      title: 'Heartbeats that got through',
      description:
        'Share of heartbeats with which a vantage reached anything at all, by operator and kind of access.',
      width: 12,
      height: 9,
      unit: units.PercentUnit,
      thresholds: fallingThresholds(0.5, 0.9),
      queries: [
        {
          query: `SELECT mean(${column('heartbeat', 'up')}) ${HEARTBEATS} ${PER_INTERVAL}, ${columns('heartbeat', 'operator', 'access')} fill(none)`,
          alias: '$tag_operator, $tag_access',
        },
      ],
    })
      .min(0)
      .max(1),
    colouredCells(
      table({
        title: 'Newest state of each vantage',
        description: 'What each vantage last said of its network, within the last day of the range.',
        width: 12,
        height: 9,
        unit: units.String,
        mappings: connectivityMappings(),
        queries: [
          {
            query: `SELECT last(${connectivity}) AS "connectivity" FROM "${SERIES.heartbeat}" WHERE ${lastMinutes(1_440)} AND ${inScope('heartbeat', 'operator', 'place', 'vantage')} GROUP BY ${columns('heartbeat', 'operator', 'access', 'place', 'vantage')}`,
          },
        ],
      }),
    )
      .overrideByName('Time', [...named('Heard', 170), { id: 'unit', value: units.DatetimeISO }])
      .overrideByName('connectivity', named('Gets')),
  ];
}

function fromOutside() {
  return [
    timeSeries({
      title: 'Addresses that answer',
      description:
        'Share of an operator’s networks of 256 addresses in a place that answer when they are asked from outside. A cut shows as a step to almost nothing.',
      width: 12,
      height: 9,
      unit: units.PercentUnit,
      thresholds: fallingThresholds(0.3, 0.7),
      queries: [
        {
          query: `SELECT mean(${column('sweep', 'up_ratio')}) ${SWEEPS} ${PER_INTERVAL}, ${columns('sweep', 'operator', 'place')} fill(none)`,
          alias: '$tag_operator in $tag_place',
        },
      ],
    })
      .min(0)
      .max(1),
    timeSeries({
      title: 'Round trip from outside',
      description: 'Median round trip to the addresses that answered.',
      width: 12,
      height: 9,
      unit: units.Milliseconds,
      thresholds: risingThresholds(300, 1_000),
      queries: [
        {
          query: `SELECT median(${column('sweep', 'rtt_ms')}) ${SWEEPS} ${PER_INTERVAL}, ${columns('sweep', 'operator', 'place')} fill(none)`,
          alias: '$tag_operator in $tag_place',
        },
      ],
    }).min(0),
    timeSeries({
      title: 'What others measure, as a share of what is usual',
      description:
        'Signals of others (routes announced, traffic, probes that answer) over their baseline: 100 % is usual. Several that fall together confirm a shutdown from outside.',
      width: 24,
      height: 9,
      unit: units.PercentUnit,
      thresholds: fallingThresholds(0.5, 0.9),
      queries: [
        {
          query: `SELECT mean(${column('outside', 'value')}) / mean(${column('outside', 'baseline')}) AS "of usual" ${OUTSIDE} ${PER_INTERVAL}, ${columns('outside', 'source', 'signal', 'entity')} fill(none)`,
          alias: '$tag_source: $tag_signal of $tag_entity',
        },
      ],
    }).min(0),
    toldByOthers(),
  ];
}

function toldByOthers() {
  const shown = columns('outage', 'kind', 'entity', 'signal', 'cause', 'score');
  return table({
    title: 'Outages that others tell of',
    description:
      'From IODA, Cloudflare Radar, OONI, RIPE Atlas and the Internet Health Report, where the configuration asks them. The score is the source’s own.',
    width: 24,
    height: 9,
    unit: units.String,
    queries: [
      {
        query: `SELECT ${shown}, ${endedOrZero('outage')} AS "ended" FROM ${kept('outage')} WHERE ${outagesInRange()} ORDER BY time DESC LIMIT ${OUTAGES_MAX}`,
      },
    ],
  })
    .overrideByName('Time', asInstant('Began'))
    .overrideByName('ended', [...asInstant('Ended'), { id: 'mappings', value: [GOES_ON] }])
    .overrideByName('kind', named('Source', 100))
    .overrideByName('entity', named('Of', 120))
    .overrideByName('signal', named('Seen in', 160))
    .overrideByName('cause', named('Cause'))
    .overrideByName('score', named('Score', 100));
}

export function operators(pageUrl: string) {
  return board({
    uid: 'aiqyn-operators',
    title: 'Aiqyn: operators and mobile networks',
    description: 'How far people get on each network, seen from inside and from outside.',
    from: 'now-24h',
    pagePath: '/vantages',
    pageUrl,
    variables: (['operator', 'place', 'vantage'] as const).map(scopeVariable),
    sections: [
      { title: 'From inside', panels: inside() },
      { title: 'From outside', panels: fromOutside() },
    ],
  });
}
