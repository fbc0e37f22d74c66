/** Fleet: whether our own vantages and collector are well. Our own trouble is never a block. */
import * as units from '@grafana/grafana-foundation-sdk/units';
import { SERIES } from '../src/store/fields.ts';
import { board } from './lib/board.ts';
import { column, columns, inScope, lastMinutes } from './lib/influxql.ts';
import { asInstant, named } from './lib/incident-table.ts';
import { stat, table, timeSeries } from './lib/panels.ts';
import { fallingThresholds, risingThresholds } from './lib/status-look.ts';
import { scopeVariable } from './lib/variables.ts';

const HEARD_MINUTES = 5;
const DAY_MINUTES = 1_440;
const MINUTE_MS = 60_000;

const CHOSEN = inScope('heartbeat', 'operator', 'place', 'vantage');
const HEARTBEATS = `FROM "${SERIES.heartbeat}" WHERE $timeFilter AND ${CHOSEN}`;
const PER_VANTAGE = `GROUP BY time($__interval), ${column('heartbeat', 'vantage')} fill(none)`;

function vantagesWithin(minutes: number): string {
  const beats = `SELECT last(${column('heartbeat', 'up')}) AS "beat" FROM "${SERIES.heartbeat}" WHERE ${lastMinutes(minutes)} AND ${CHOSEN} GROUP BY ${column('heartbeat', 'vantage')}`;
  return `SELECT count("beat") FROM (${beats})`;
}

function numbers() {
  const size = { width: 6, height: 4 };
  const lately = `FROM "${SERIES.heartbeat}" WHERE ${lastMinutes(HEARD_MINUTES)} AND ${CHOSEN}`;
  return [
    stat({
      ...size,
      title: 'Vantages heard',
      description: 'Vantages that sent a heartbeat within the last 5 minutes of the range.',
      unit: units.Short,
      thresholds: fallingThresholds(1, 2),
      queries: [{ query: vantagesWithin(HEARD_MINUTES) }],
    }),
    stat({
      ...size,
      title: 'Vantages of the last day',
      description:
        'Vantages heard within the last day of the range: more than are heard now means that some fell silent.',
      unit: units.Short,
      queries: [{ query: vantagesWithin(DAY_MINUTES) }],
    }),
    stat({
      ...size,
      title: 'Longest spool',
      description:
        'Measurements that the fullest spool has not delivered yet. It grows while the way out is cut, and nothing is lost.',
      unit: units.Short,
      thresholds: risingThresholds(500, 5_000),
      queries: [{ query: `SELECT max(${column('heartbeat', 'spool_depth')}) ${lately}` }],
    }),
    stat({
      ...size,
      title: 'Greatest lag',
      description:
        'Time between a heartbeat and its arrival at the collector. Backfilled ones are late by nature.',
      unit: units.Milliseconds,
      thresholds: risingThresholds(2 * MINUTE_MS, 10 * MINUTE_MS),
      queries: [{ query: `SELECT max(${column('heartbeat', 'lag_ms')}) ${lately}` }],
    }),
  ];
}

function overTime() {
  const size = { width: 12, height: 9 };
  return [
    timeSeries({
      ...size,
      title: 'Spool depth',
      description: 'Measurements that each vantage holds back until the collector has them.',
      unit: units.Short,
      thresholds: risingThresholds(500, 5_000),
      queries: [
        {
          query: `SELECT max(${column('heartbeat', 'spool_depth')}) ${HEARTBEATS} ${PER_VANTAGE}`,
          alias: '$tag_vantage',
        },
      ],
    }).min(0),
    timeSeries({
      ...size,
      title: 'Lag of the collector',
      description:
        'Time between a heartbeat and its arrival. One vantage alone: its way out. All together: the collector.',
      unit: units.Milliseconds,
      thresholds: risingThresholds(2 * MINUTE_MS, 10 * MINUTE_MS),
      queries: [
        {
          query: `SELECT max(${column('heartbeat', 'lag_ms')}) ${HEARTBEATS} ${PER_VANTAGE}`,
          alias: '$tag_vantage',
        },
      ],
    }).min(0),
    timeSeries({
      ...size,
      title: 'Clock offset',
      description:
        'How far each vantage’s clock is off. A wrong clock puts evidence at the wrong time; beyond a minute it also breaks certificates.',
      unit: units.Milliseconds,
      thresholds: risingThresholds(1_000, MINUTE_MS),
      queries: [
        {
          query: `SELECT mean(${column('heartbeat', 'clock_offset_ms')}) ${HEARTBEATS} ${PER_VANTAGE}`,
          alias: '$tag_vantage',
        },
      ],
    }),
    timeSeries({
      ...size,
      title: 'Verdicts by vantage',
      description:
        'Measurements that were stored, by vantage. A step down without an incident is trouble of our own.',
      unit: units.Short,
      queries: [
        {
          query: `SELECT count(${column('reachability', 'score')}) FROM "${SERIES.reachability}" WHERE $timeFilter AND ${inScope('reachability', 'operator', 'place', 'vantage')} GROUP BY time($__interval), ${column('reachability', 'vantage')} fill(none)`,
          alias: '$tag_vantage',
        },
      ],
    }).min(0),
  ];
}

function newest() {
  const lag = column('heartbeat', 'lag_ms');
  return table({
    title: 'Newest heartbeat of each vantage',
    description: 'The last that was heard of each vantage within the last day of the range.',
    width: 24,
    height: 9,
    unit: units.Short,
    queries: [
      {
        query: `SELECT last(${column('heartbeat', 'up')}) AS "up", ${columns('heartbeat', 'connectivity', 'spool_depth', 'clock_offset_ms')}, ${lag} FROM "${SERIES.heartbeat}" WHERE ${lastMinutes(DAY_MINUTES)} AND ${CHOSEN} GROUP BY ${columns('heartbeat', 'vantage', 'operator', 'place', 'access')}`,
      },
    ],
  })
    .overrideByName('Time', asInstant('Heard'))
    .overrideByName('up', named('Up'))
    .overrideByName('connectivity', named('Gets'))
    .overrideByName('spool_depth', named('Spool'))
    .overrideByName('clock_offset_ms', [...named('Clock off by'), { id: 'unit', value: units.Milliseconds }])
    .overrideByName('lag_ms', [...named('Lag'), { id: 'unit', value: units.Milliseconds }]);
}

export function fleet(pageUrl: string) {
  return board({
    uid: 'aiqyn-fleet',
    title: 'Aiqyn: fleet',
    description: 'Whether our own vantages and collector are well.',
    from: 'now-24h',
    pagePath: '/vantages',
    pageUrl,
    variables: (['operator', 'place', 'vantage'] as const).map(scopeVariable),
    sections: [
      { panels: numbers() },
      { title: 'Over time', panels: overTime() },
      { title: 'One by one', panels: [newest()] },
    ],
  });
}
