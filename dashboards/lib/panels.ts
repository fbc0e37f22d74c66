/** Panels with what every one must have: a title, a sentence that says what it shows, a size and queries. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TableCellDisplayMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Threshold, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as StatusHistoryBuilder } from '@grafana/grafana-foundation-sdk/statushistory';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TextBuilder, TextMode } from '@grafana/grafana-foundation-sdk/text';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { DATASOURCE, influxQuery } from './influx-query.ts';
import type { InfluxQuery, InfluxQueryParts } from './influx-query.ts';
import { plainThresholds } from './status-look.ts';

export interface PanelParts {
  readonly title: string;
  /** What it shows and how to read it, for somebody who sees it for the first time. */
  readonly description: string;
  /** Columns of 24. */
  readonly width: number;
  /** Rows of 30 pixels. */
  readonly height: number;
  readonly unit: string;
  /** Default: one plain colour. */
  readonly thresholds?: readonly Threshold[];
  readonly mappings?: readonly ValueMapping[];
  readonly queries: readonly InfluxQueryParts[];
}

/** More points than a screen has say nothing more; it also bounds `$__interval`. */
const DATA_POINTS_MAX = 400;
const STATUS_POINTS_MAX = 100;
const REF_IDS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function queriesOf(parts: PanelParts): Builder<InfluxQuery>[] {
  return parts.queries.map((query, index) => influxQuery({ refId: REF_IDS.charAt(index), ...query }));
}

export function thresholds(steps: readonly Threshold[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...steps]);
}

function thresholdsOf(parts: PanelParts): ThresholdsConfigBuilder {
  return thresholds(parts.thresholds ?? plainThresholds());
}

function byThreshold(): FieldColorBuilder {
  return new FieldColorBuilder().mode(FieldColorModeId.Thresholds);
}

function legend(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true);
}

function noLegend(): VizLegendOptionsBuilder {
  return legend().showLegend(false);
}

/** Lines over time. */
export function timeSeries(parts: PanelParts): TimeSeriesBuilder {
  return new TimeSeriesBuilder()
    .title(parts.title)
    .description(parts.description)
    .span(parts.width)
    .height(parts.height)
    .datasource(DATASOURCE)
    .targets(queriesOf(parts))
    .unit(parts.unit)
    .thresholds(thresholdsOf(parts))
    .mappings([...(parts.mappings ?? [])])
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .maxDataPoints(DATA_POINTS_MAX)
    .interval('1m')
    .lineWidth(1)
    .fillOpacity(0)
    .showPoints(VisibilityMode.Never)
    .spanNulls(false)
    .legend(legend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
}

/** Bars that add up, such as verdicts by status. */
export function stackedBars(parts: PanelParts): TimeSeriesBuilder {
  return timeSeries(parts)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(100)
    .lineWidth(0)
    .maxDataPoints(STATUS_POINTS_MAX)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
}

/** Words over time, one row each, as long as they hold. */
export function stateTimeline(parts: PanelParts): StateTimelineBuilder {
  return new StateTimelineBuilder()
    .title(parts.title)
    .description(parts.description)
    .span(parts.width)
    .height(parts.height)
    .datasource(DATASOURCE)
    .targets(queriesOf(parts))
    .unit(parts.unit)
    .thresholds(thresholdsOf(parts))
    .mappings([...(parts.mappings ?? [])])
    .colorScheme(byThreshold())
    .maxDataPoints(DATA_POINTS_MAX)
    .interval('1m')
    .mergeValues(true)
    .showValue(VisibilityMode.Never)
    .rowHeight(0.8)
    .fillOpacity(100)
    .lineWidth(0)
    .legend(noLegend());
}

/** A cell for each row and interval. */
export function statusHistory(parts: PanelParts): StatusHistoryBuilder {
  return new StatusHistoryBuilder()
    .title(parts.title)
    .description(parts.description)
    .span(parts.width)
    .height(parts.height)
    .datasource(DATASOURCE)
    .targets(queriesOf(parts))
    .unit(parts.unit)
    .thresholds(thresholdsOf(parts))
    .mappings([...(parts.mappings ?? [])])
    .colorScheme(byThreshold())
    .maxDataPoints(STATUS_POINTS_MAX)
    .interval('1m')
    .showValue(VisibilityMode.Never)
    .rowHeight(0.9)
    .colWidth(1)
    .fillOpacity(100)
    .lineWidth(0)
    .legend(noLegend());
}

/** One number, coloured by its thresholds. */
export function stat(parts: PanelParts): StatBuilder {
  return new StatBuilder()
    .title(parts.title)
    .description(parts.description)
    .span(parts.width)
    .height(parts.height)
    .datasource(DATASOURCE)
    .targets(queriesOf(parts))
    .unit(parts.unit)
    .thresholds(thresholdsOf(parts))
    .mappings([...(parts.mappings ?? [])])
    .colorScheme(byThreshold())
    .noValue('0')
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.Value)
    .textMode(BigValueTextMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false));
}

/** Rows and columns; `table` is the format of its queries. */
export function table(parts: PanelParts): TableBuilder {
  const queries = parts.queries.map((query) => ({ ...query, resultFormat: 'table' as const }));
  return new TableBuilder()
    .title(parts.title)
    .description(parts.description)
    .span(parts.width)
    .height(parts.height)
    .datasource(DATASOURCE)
    .targets(queriesOf({ ...parts, queries }))
    .unit(parts.unit)
    .thresholds(thresholdsOf(parts))
    .mappings([...(parts.mappings ?? [])])
    .colorScheme(byThreshold())
    .filterable(true)
    .showHeader(true);
}

/** The whole cell in its status's colour; the word stands in it all the same. */
export function colouredCells(builder: TableBuilder): TableBuilder {
  return builder.cellOptions({ type: TableCellDisplayMode.ColorBackground });
}

/** A few sentences in Markdown. */
export function words(
  parts: Pick<PanelParts, 'title' | 'description' | 'width' | 'height'>,
  markdown: string,
) {
  return new TextBuilder()
    .title(parts.title)
    .description(parts.description)
    .span(parts.width)
    .height(parts.height)
    .mode(TextMode.Markdown)
    .content(markdown);
}
