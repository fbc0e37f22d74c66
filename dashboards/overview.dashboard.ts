/** Overview: what is blocked, where and since when. The first dashboard anybody opens. */
import {
  FrameGeometrySourceBuilder,
  FrameGeometrySourceMode,
  MapLayerOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  ControlsOptionsBuilder,
  MapViewConfigBuilder,
  PanelBuilder as GeomapBuilder,
} from '@grafana/grafana-foundation-sdk/geomap';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { SERIES } from '../src/store/fields.ts';
import { board } from './lib/board.ts';
import { GAZETTEER_PATH } from './lib/gazetteer.ts';
import { DATASOURCE, influxQuery } from './lib/influx-query.ts';
import {
  column,
  columns,
  inScope,
  kept,
  lastMinutes,
  ROLLUP_COUNT,
  SCOPE_VARIABLES,
  severity,
} from './lib/influxql.ts';
import { colouredCells, stat, statusHistory, table, thresholds, timeSeries } from './lib/panels.ts';
import {
  fallingThresholds,
  risingThresholds,
  severityMappings,
  severityThresholds,
} from './lib/status-look.ts';
import { incidentTable, linked, OPEN } from './lib/incident-table.ts';
import { scopeVariable } from './lib/variables.ts';

/** What is older says nothing about now: a vantage measures every target at least every 15 minutes. */
const FRESH_MINUTES = 15;
const HEARD_MINUTES = 5;

const CHOSEN = inScope('reachability', ...SCOPE_VARIABLES);
const NOW = `${lastMinutes(FRESH_MINUTES)} AND ${CHOSEN}`;
const REACHABILITY = `FROM "${SERIES.reachability}"`;
const PLATFORM_AND_OPERATOR = columns('reachability', 'platform', 'operator');

function numbers() {
  const blocked = `SELECT max(${column('reachability', 'blocked')}) AS "any" ${REACHABILITY} WHERE ${NOW} GROUP BY ${PLATFORM_AND_OPERATOR}`;
  const heard = `SELECT last(${column('heartbeat', 'up')}) AS "beat" FROM "${SERIES.heartbeat}" WHERE ${lastMinutes(HEARD_MINUTES)} AND ${inScope('heartbeat', 'operator', 'place', 'vantage')} GROUP BY ${column('heartbeat', 'vantage')}`;
  const size = { width: 6, height: 4, unit: units.Short };
  return [
    stat({
      ...size,
      title: 'Open incidents',
      description: 'Blocks, slowdowns, interceptions and shutdowns that go on at the end of the time range.',
      thresholds: risingThresholds(1, 3),
      queries: [
        {
          query: `SELECT count(${column('incident', 'status')}) FROM ${kept('incident')} WHERE time <= \${__to}ms AND ${OPEN}`,
        },
      ],
    }),
    stat({
      ...size,
      title: 'Platforms blocked, by operator',
      description:
        'Pairs of platform and operator of which at least one target was judged blocked within the last 15 minutes of the range.',
      thresholds: risingThresholds(1, 3),
      queries: [{ query: `SELECT count("any") FROM (${blocked}) WHERE "any" > 0` }],
    }),
    stat({
      ...size,
      title: 'Vantages heard',
      description: 'Vantages that sent a heartbeat within the last 5 minutes of the range.',
      thresholds: fallingThresholds(1, 2),
      queries: [{ query: `SELECT count("beat") FROM (${heard})` }],
    }),
    stat({
      ...size,
      title: 'Verdicts in an hour',
      description:
        'Measurements judged in the last hour of the range. None means that nothing is known, not that all is well.',
      thresholds: fallingThresholds(1, 60),
      queries: [
        {
          query: `SELECT count(${column('reachability', 'score')}) ${REACHABILITY} WHERE ${lastMinutes(60)} AND ${CHOSEN}`,
        },
      ],
    }),
  ];
}

function matrix() {
  return colouredCells(
    table({
      title: 'Now: platform by operator',
      description:
        'The status that counts most among the targets of a platform on an operator’s networks, over the last 15 minutes of the range. An empty cell was not measured.',
      width: 12,
      height: 12,
      unit: units.Short,
      thresholds: severityThresholds(),
      mappings: severityMappings(),
      queries: [
        {
          query: `SELECT ${severity()} AS "severity" ${REACHABILITY} WHERE ${NOW} GROUP BY ${PLATFORM_AND_OPERATOR}`,
        },
      ],
    }),
  )
    .withTransformation({
      id: 'groupingToMatrix',
      options: {
        columnField: 'operator' satisfies (typeof SCOPE_VARIABLES)[number],
        rowField: 'platform' satisfies (typeof SCOPE_VARIABLES)[number],
        valueField: 'severity',
        emptyValue: 'null',
      },
    })
    .overrideByRegexp('/^platform/', linked('Platform', '/platforms/', 'Open the platform’s page'));
}

function map() {
  const query = `SELECT ${severity()} AS "severity", mean(${column('reachability', 'score')}) AS "score" ${REACHABILITY} WHERE ${NOW} GROUP BY ${column('reachability', 'place')}`;
  return new GeomapBuilder()
    .title('Now: places')
    .description(
      'The status that counts most in each place over the last 15 minutes of the range. Coordinates are those of Aiqyn’s catalogue; the outline of countries comes with Grafana, so that nothing is asked of a map service.',
    )
    .span(12)
    .height(12)
    .datasource(DATASOURCE)
    .withTarget(influxQuery({ query, resultFormat: 'table' }))
    .unit(units.Short)
    .mappings(severityMappings())
    .thresholds(thresholds(severityThresholds()))
    .view(new MapViewConfigBuilder().id('coords').lat(48.2).lon(67.3).zoom(4.3))
    .controls(new ControlsOptionsBuilder().showZoom(true).mouseWheelZoom(false).showAttribution(true))
    .basemap(
      new MapLayerOptionsBuilder()
        .type('geojson')
        .name('Countries')
        .config({
          src: 'public/maps/countries.geojson',
          rules: [],
          style: { color: { fixed: 'rgba(140, 140, 140, 0.25)' }, opacity: 0.5 },
        }),
    )
    .layers([
      new MapLayerOptionsBuilder()
        .type('markers')
        .name('Places')
        .tooltip(true)
        .location(
          new FrameGeometrySourceBuilder()
            .mode(FrameGeometrySourceMode.Lookup)
            .lookup('place' satisfies (typeof SCOPE_VARIABLES)[number])
            .gazetteer(GAZETTEER_PATH),
        )
        .config({
          showLegend: true,
          style: {
            color: { field: 'severity' },
            opacity: 0.9,
            size: { fixed: 9, min: 6, max: 12 },
            symbol: { mode: 'fixed', fixed: 'img/icons/marker/circle.svg' },
            text: { field: 'place', fixed: '', mode: 'field' },
            textConfig: {
              fontSize: 12,
              offsetX: 0,
              offsetY: 14,
              textAlign: 'center',
              textBaseline: 'middle',
            },
          },
        }),
    ]);
}

function history() {
  return statusHistory({
    title: 'Status of each platform on each operator',
    description:
      'In each interval the status that counts most: one blocked target is not hidden by others that work. An empty cell was not measured.',
    width: 24,
    height: 14,
    unit: units.Short,
    thresholds: severityThresholds(),
    mappings: severityMappings(),
    queries: [
      {
        query: `SELECT ${severity()} AS "severity" ${REACHABILITY} WHERE $timeFilter AND ${CHOSEN} GROUP BY time($__interval), ${PLATFORM_AND_OPERATOR} fill(none)`,
        alias: '$tag_platform on $tag_operator',
      },
    ],
  });
}

function longView() {
  return timeSeries({
    title: 'Blocked share of each platform, from hourly sums',
    description:
      'Share of verdicts that say blocked, for ranges of months: read from the hourly sums that are kept for ever once `aiqyn store init` was run, where the panels above go back 30 days. Empty without it. The newest hour comes when it is over.',
    width: 24,
    height: 10,
    unit: units.PercentUnit,
    thresholds: risingThresholds(0.2, 0.6),
    queries: [
      {
        query: `SELECT sum(${column('reachability', 'blocked')}) / sum(${ROLLUP_COUNT}) FROM ${kept('reachability')} WHERE $timeFilter AND ${CHOSEN} GROUP BY time($__interval), ${column('reachability', 'platform')} fill(none)`,
        alias: '$tag_platform',
      },
    ],
  })
    .interval('1h')
    .min(0)
    .max(1);
}

export function overview(pageUrl: string) {
  return board({
    uid: 'aiqyn-overview',
    title: 'Aiqyn: overview',
    description: 'What is blocked, where and since when.',
    from: 'now-24h',
    pagePath: '/',
    pageUrl,
    variables: SCOPE_VARIABLES.map(scopeVariable),
    sections: [
      { panels: [...numbers(), matrix(), map()] },
      {
        title: 'Incidents and history',
        panels: [
          incidentTable({
            title: 'Open incidents, one by one',
            description:
              'What goes on at the end of the time range. The last column opens the page that shows the evidence.',
            where: `time <= \${__to}ms AND ${OPEN}`,
            height: 8,
          }),
          history(),
        ],
      },
      { title: 'Long view', panels: [longView()] },
    ],
  });
}
