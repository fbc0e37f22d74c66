/** Events: incidents laid over livestreams, rallies and statements, and how strongly they go together. */
import * as units from '@grafana/grafana-foundation-sdk/units';
import { SERIES } from '../src/store/fields.ts';
import { board } from './lib/board.ts';
import {
  column,
  columns,
  eventsInRange,
  incidentsInRange,
  inScope,
  kept,
  matches,
  SCOPE_VARIABLES,
} from './lib/influxql.ts';
import { asInstant, incidentTable, named } from './lib/incident-table.ts';
import { table, timeSeries } from './lib/panels.ts';
import { risingThresholds } from './lib/status-look.ts';
import { eventKindVariable, scopeVariable } from './lib/variables.ts';

const EVENTS_MAX = 300;

function overlaid() {
  return timeSeries({
    title: 'Blocked share of each platform',
    description:
      'Share of verdicts that say blocked, with incidents (red) and events (blue) laid over it. Switch either off above the graph.',
    width: 24,
    height: 11,
    unit: units.PercentUnit,
    thresholds: risingThresholds(0.2, 0.6),
    queries: [
      {
        query: `SELECT mean(${column('reachability', 'blocked')}) FROM "${SERIES.reachability}" WHERE $timeFilter AND ${inScope('reachability', ...SCOPE_VARIABLES)} GROUP BY time($__interval), ${column('reachability', 'platform')} fill(none)`,
        alias: '$tag_platform',
      },
    ],
  })
    .min(0)
    .max(1);
}

function eventTable() {
  return table({
    title: 'Events in the range',
    description:
      'What happened in the world, from Aiqyn’s calendar and your own file: livestreams, rallies, elections, orders, power cuts.',
    width: 12,
    height: 10,
    unit: units.String,
    queries: [
      {
        query: `SELECT ${columns('event', 'kind', 'title', 'places', 'end_ms', 'precision')} FROM ${kept('event')} WHERE ${eventsInRange()} AND ${matches('kind', 'event_kind')} ORDER BY time DESC LIMIT ${EVENTS_MAX}`,
      },
    ],
  })
    .overrideByName('Time', asInstant('Began'))
    .overrideByName('end_ms', asInstant('Ended'))
    .overrideByName('kind', named('Kind', 100))
    .overrideByName('title', named('What'))
    .overrideByName('places', named('Places', 140))
    .overrideByName('precision', named('Known to the', 110));
}

function claimTable() {
  return table({
    title: 'What officials and operators said',
    description:
      'Statements that confirm, deny or threaten a block. The public page sets each against what was measured.',
    width: 12,
    height: 10,
    unit: units.String,
    queries: [
      {
        query: `SELECT ${columns('event', 'stance', 'title', 'platforms', 'precision')} FROM ${kept('event')} WHERE ${eventsInRange()} AND ${column('event', 'stance')} =~ /.+/ ORDER BY time DESC LIMIT ${EVENTS_MAX}`,
      },
    ],
  })
    .overrideByName('Time', asInstant('Said'))
    .overrideByName('stance', named('It', 100))
    .overrideByName('title', named('Statement'))
    .overrideByName('platforms', named('About', 160))
    .overrideByName('precision', named('Known to the', 110));
}

function associations() {
  const numbers = columns(
    'association',
    'events',
    'events_with_block',
    'blocked_share_in_events',
    'blocked_share_otherwise',
    'relative_risk',
    'relative_risk_low',
    'relative_risk_high',
    'median_onset_lag_ms',
    'p_adjusted',
    'sentence',
  );
  const share = { id: 'unit', value: units.PercentUnit };
  const ratio = { id: 'decimals', value: 1 };
  return table({
    title: 'How strongly incidents go with events',
    description:
      'Blocked time within events against the same hours of comparable days without one: relative risk with its 95 % interval, and a p-value corrected for all tests. It says what goes together, not why. The newest computation within two days of the end of the range.',
    width: 24,
    height: 11,
    unit: units.Short,
    queries: [
      {
        query: `SELECT last(${column('association', 'outcome')}) AS "outcome", ${numbers} FROM "${SERIES.association}" WHERE time > \${__to}ms - 2d AND time <= \${__to}ms AND ${matches('platform', 'platform')} AND ${matches('kind', 'event_kind')} GROUP BY ${columns('association', 'kind', 'platform', 'operator')}`,
      },
    ],
  })
    .overrideByName('Time', asInstant('Computed'))
    .overrideByName('kind', named('Event'))
    .overrideByName('platform', named('Platform'))
    .overrideByName('operator', named('Operator'))
    .overrideByName('outcome', named('Outcome'))
    .overrideByName('events', named('Events'))
    .overrideByName('events_with_block', named('… with a block'))
    .overrideByName('blocked_share_in_events', [...named('Blocked in events'), share])
    .overrideByName('blocked_share_otherwise', [...named('Blocked otherwise'), share])
    .overrideByName('relative_risk', [...named('Relative risk'), ratio])
    .overrideByName('relative_risk_low', [...named('… at least'), ratio])
    .overrideByName('relative_risk_high', [...named('… at most'), ratio])
    .overrideByName('median_onset_lag_ms', [
      ...named('Begins after'),
      { id: 'unit', value: units.Milliseconds },
    ])
    .overrideByName('p_adjusted', [...named('p, corrected'), { id: 'decimals', value: 4 }])
    .overrideByName('sentence', named('In words'));
}

export function events(pageUrl: string) {
  return board({
    uid: 'aiqyn-events',
    title: 'Aiqyn: events',
    description: 'Incidents laid over livestreams, rallies and statements.',
    from: 'now-7d',
    pagePath: '/correlation',
    pageUrl,
    variables: [...SCOPE_VARIABLES.map(scopeVariable), eventKindVariable()],
    sections: [
      { panels: [overlaid(), associations()] },
      {
        title: 'Behind it',
        panels: [
          incidentTable({
            title: 'Incidents in the range',
            description:
              'Everything that was blocked, slowed, intercepted or shut down within the time range.',
            where: incidentsInRange(),
            height: 9,
          }),
          eventTable(),
          claimTable(),
        ],
      },
    ],
  });
}
