/**
 * The one chart builder: strips of status over time as an ECharts option. Pure and without imports at run time, so that the
 * same file draws on the server (SVG) and in a browser.
 */
import type {
  CustomSeriesOption,
  CustomSeriesRenderItemAPI,
  CustomSeriesRenderItemReturn,
  EChartsOption,
} from 'echarts';
import type { Palette } from './palette.ts';
import type { Strip } from './strips.ts';

export interface StripChart {
  readonly strips: readonly Strip[];
  readonly fromMs: number;
  readonly toMs: number;
  /** The zone's distance from UTC in this window, so that the axis breaks at local midnight. */
  readonly offsetMs: number;
  readonly palette: Palette;
  /** Pixels. */
  readonly width: number;
  /** What stands below a tick; gets UTC epoch ms. */
  readonly tickLabel: (atMs: number) => string;
  /** Intervals to frame (an incident), UTC epoch ms. */
  readonly frame?: { readonly startMs: number; readonly endMs: number | null };
  /** Intervals to shade (events), UTC epoch ms. */
  readonly events: readonly { readonly startMs: number; readonly endMs: number }[];
}

const ROW_HEIGHT_PX = 28;
const AXIS_HEIGHT_PX = 26;
const TOP_PX = 6;
const BAR_PX = 20;
const THIN_PX = 5;
const WIDTH_MIN_PX = 1.5;
const FONT_PX = 13;
const LABEL_WIDTH_WIDE_PX = 180;
const LABEL_WIDTH_NARROW_PX = 150;
const NARROW_PX = 500;
/** Two lines fit a row. */
const LABEL_LINE_PX = 13;

/** Pixels that a chart with this many rows needs. */
export function stripChartHeight(rows: number): number {
  return TOP_PX + Math.max(1, rows) * ROW_HEIGHT_PX + AXIS_HEIGHT_PX;
}

/** A thin line where all is well; a bar that grows with the share of networks where it is not. */
function barHeight(isCalm: boolean, share: number): number {
  return isCalm ? THIN_PX : THIN_PX + (BAR_PX - THIN_PX) * (0.4 + 0.6 * share);
}

type Bar = readonly [startMs: number, endMs: number, row: number, height: number];

function rect(api: CustomSeriesRenderItemAPI, fill: string): CustomSeriesRenderItemReturn {
  const row = Number(api.value(2));
  const height = Number(api.value(3));
  const [left = 0, middle = 0] = api.coord([api.value(0), row]);
  const [right = 0] = api.coord([api.value(1), row]);
  return {
    type: 'rect',
    shape: {
      x: Math.round(left * 10) / 10,
      y: Math.round(middle + BAR_PX / 2 - 3 - height),
      width: Math.round(Math.max(WIDTH_MIN_PX, right - left) * 10) / 10,
      height: Math.round(height),
    },
    style: { fill },
    emphasisDisabled: true,
  };
}

function bars(name: string, data: readonly Bar[], fills: readonly string[]): CustomSeriesOption {
  return {
    type: 'custom',
    name,
    data: data.map((bar) => [...bar]),
    clip: true,
    encode: { x: [0, 1], y: 2 },
    renderItem: (params, api) => rect(api, fills[params.dataIndex] ?? ''),
  };
}

const SHADE_OPACITY = 0.14;

/** Shades behind all rows, so that what happened can be set against what was seen. */
function shades(chart: StripChart): CustomSeriesOption {
  const { fromMs, toMs, offsetMs, palette } = chart;
  return {
    type: 'custom',
    name: 'events',
    silent: true,
    z: 0,
    clip: true,
    encode: { x: [0, 1] },
    data: chart.events.map(({ startMs, endMs }) => [
      Math.max(startMs, fromMs) + offsetMs,
      Math.min(endMs, toMs) + offsetMs,
    ]),
    renderItem: (_params, api) => {
      const [left = 0] = api.coord([api.value(0), 0]);
      const [right = 0] = api.coord([api.value(1), 0]);
      const width = Math.max(WIDTH_MIN_PX, right - left);
      const height = Math.max(1, chart.strips.length) * ROW_HEIGHT_PX;
      return {
        type: 'rect',
        shape: { x: Math.round(left * 10) / 10, y: TOP_PX, width: Math.round(width * 10) / 10, height },
        style: { fill: palette.ink, opacity: SHADE_OPACITY },
        emphasisDisabled: true,
      };
    },
  };
}

function tickStepMs(spanMs: number, isNarrow: boolean): number {
  const hour = 3_600_000;
  const most = isNarrow ? 4 : 9;
  const steps = [
    hour / 4,
    hour / 2,
    hour,
    2 * hour,
    3 * hour,
    6 * hour,
    12 * hour,
    24 * hour,
    48 * hour,
    168 * hour,
  ];
  return steps.find((step) => spanMs / step <= most) ?? spanMs;
}

function axes(chart: StripChart): Pick<EChartsOption, 'xAxis' | 'yAxis'> {
  const { palette, offsetMs } = chart;
  const step = tickStepMs(chart.toMs - chart.fromMs, chart.width < NARROW_PX);
  const from = chart.fromMs + offsetMs;
  const to = chart.toMs + offsetMs;
  const ticks: number[] = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) ticks.push(tick);
  return {
    xAxis: {
      type: 'value',
      min: from,
      max: to,
      axisLine: { show: false },
      axisTick: { show: true, customValues: ticks, lineStyle: { color: palette.line } },
      axisLabel: {
        customValues: ticks,
        color: palette.quiet,
        fontSize: FONT_PX - 1,
        showMinLabel: true,
        showMaxLabel: true,
        hideOverlap: true,
        formatter: (value: number) => chart.tickLabel(value - offsetMs),
      },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: chart.strips.map((strip) => strip.label),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        color: palette.ink,
        fontSize: labelSpace(chart.width).size,
        lineHeight: LABEL_LINE_PX,
        interval: 0,
        // Not truncated by ECharts: it guesses widths on a server, and cuts names that would fit.
        fontWeight: 'normal',
      },
    },
  };
}

/** Pixels left of the strips, and the size of the letters there. */
export function labelSpace(width: number): { readonly width: number; readonly size: number } {
  return width < NARROW_PX
    ? { width: LABEL_WIDTH_NARROW_PX, size: FONT_PX - 1 }
    : { width: LABEL_WIDTH_WIDE_PX, size: FONT_PX };
}

/** The segments in drawing order: index n is data index n of the series `segments`. */
export function drawnSegments(chart: Pick<StripChart, 'strips'>) {
  return chart.strips.flatMap((strip, row) => strip.segments.map((segment) => ({ strip, row, segment })));
}

/** An option for echarts.init(…).setOption; the height is stripChartHeight(strips.length). */
export function stripOption(chart: StripChart): EChartsOption {
  const { palette, offsetMs, frame } = chart;
  const drawn = drawnSegments(chart);
  const tracks = chart.strips.map((_strip, row): Bar => [
    chart.fromMs + offsetMs,
    chart.toMs + offsetMs,
    row,
    THIN_PX,
  ]);
  const frames =
    frame === undefined
      ? []
      : [frame.startMs, frame.endMs]
          .filter((atMs) => atMs !== null)
          .map((atMs) => ({ xAxis: atMs + offsetMs }));
  const segments = bars(
    'segments',
    drawn.map(({ row, segment }) => [
      Math.max(segment.startMs, chart.fromMs) + offsetMs,
      Math.min(segment.endMs, chart.toMs) + offsetMs,
      row,
      barHeight(segment.status === 'ok', segment.share),
    ]),
    drawn.map(({ segment }) => palette.status[segment.status]),
  );
  const markLine: NonNullable<CustomSeriesOption['markLine']> = {
    silent: true,
    symbol: 'none',
    label: { show: false },
    lineStyle: { color: palette.ink, type: 'dashed', width: 1 },
    data: frames,
  };
  return {
    animation: false,
    ...(palette.paper === null ? {} : { backgroundColor: palette.paper }),
    grid: { left: labelSpace(chart.width).width, right: 14, top: TOP_PX, bottom: AXIS_HEIGHT_PX },
    ...axes(chart),
    series: [
      {
        ...bars(
          'track',
          tracks,
          tracks.map(() => palette.track),
        ),
        silent: true,
      },
      frames.length === 0 ? segments : { ...segments, markLine },
      shades(chart),
    ],
  };
}
