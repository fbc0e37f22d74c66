/** The charts that pages and permanent addresses show: which rows, from which buckets, in which window. */
import type { AiqynEvent } from '../../events/event.ts';
import type { Bucket, Group, Scope, Window } from '../../store/store.ts';
import type { ChartContext } from '../context.ts';
import { eventTitle } from '../event-title.ts';
import { offsetName, zoneOffsetMs } from '../messages/words.ts';
import { networkKey, networkName, shortNetworkName } from '../overview/network.ts';
import { PAGE_PALETTE } from './palette.ts';
import type { Palette } from './palette.ts';
import { dressSvg, renderSvg, withoutSize } from './render.ts';
import { drawnSegments, labelSpace, stripChartHeight, stripOption } from './strip-option.ts';
import { foldSegments } from './strips.ts';
import type { Segment, Strip } from './strips.ts';
import { breakLines } from './text-lines.ts';

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
const BUCKET_MIN_MS = 5 * 60_000;
const BUCKETS_MAX = 300;
export const CHART_WINDOW_MAX_MS = 31 * DAY_MS;
export const CHART_WIDTH_WIDE_PX = 920;
export const CHART_WIDTH_NARROW_PX = 356;
const NETWORK_GROUPS: readonly Group[] = ['operator', 'place', 'access'];

/** Strips of one window, not yet drawn. */
export interface Chart {
  /** As in its address. */
  readonly id: string;
  /** Whose measurements it shows. */
  readonly scope: Scope;
  /** Only networks of these AS numbers; absent: every one. */
  readonly asns?: readonly string[];
  readonly title: string;
  readonly strips: readonly Strip[];
  readonly window: Window;
  readonly timeZone: string;
  /** Where an incident begins and, if it has, ends; each to the public's five minutes. */
  readonly frame?: { readonly startMs: number; readonly endMs: number | null };
  /** What happened meanwhile; shaded. */
  readonly events: readonly AiqynEvent[];
}

const EVENTS_MAX = 5;

/** Events of the window whose hours are known: a whole day shaded would say nothing about an hour. */
async function shownEvents(context: ChartContext, window: Window): Promise<AiqynEvent[]> {
  const events = await context.store.events(window);
  const timed = events.filter(({ precision }) => precision === 'minute' || precision === 'hour');
  return timed.slice(0, EVENTS_MAX);
}

/** A whole number of five minutes, so that at most BUCKETS_MAX fit the window. */
export function chartBucketMs(window: Window): number {
  const spanMs = window.toMs - window.fromMs;
  return Math.max(1, Math.ceil(spanMs / BUCKETS_MAX / BUCKET_MIN_MS)) * BUCKET_MIN_MS;
}

/** Widened to whole five minutes: no chart tells a finer instant. */
export function wholeSteps({ fromMs, toMs }: Window): Window {
  return {
    fromMs: Math.floor(fromMs / BUCKET_MIN_MS) * BUCKET_MIN_MS,
    toMs: Math.ceil(toMs / BUCKET_MIN_MS) * BUCKET_MIN_MS,
  };
}

/** The 24 hours up to the end of the present five minutes. */
export function lastDay(nowMs: number): Window {
  const toMs = Math.ceil((nowMs + 1) / BUCKET_MIN_MS) * BUCKET_MIN_MS;
  return { fromMs: toMs - DAY_MS, toMs };
}

const RECENT_HOURS_MIN = 2;
const RECENT_HOURS_MAX = 24;

/** The newest hours that hold measurements, at most a day: a young monitor's first hour is not lost in an empty day. */
export function recentHours(nowMs: number, oldestMs: number | null): { window: Window; hours: number } {
  const { toMs } = lastDay(nowMs);
  const known = oldestMs === null ? RECENT_HOURS_MAX : Math.ceil((toMs - oldestMs) / HOUR_MS);
  const hours = Math.min(RECENT_HOURS_MAX, Math.max(RECENT_HOURS_MIN, known));
  return { window: { fromMs: toMs - hours * HOUR_MS, toMs }, hours };
}

/** What a chart is asked to show. */
export interface ChartQuestion {
  readonly id: string;
  readonly title: string;
  readonly scope: Scope;
  readonly window: Window;
  readonly timeZone: string;
  /** Only networks of these AS numbers; absent: every one. */
  readonly asns?: readonly string[];
}

/** A row per platform, folded over the networks that the question leaves. */
export async function platformsChart(context: ChartContext, question: ChartQuestion): Promise<Chart> {
  const { window, scope, asns } = question;
  const bucketMs = chartBucketMs(window);
  const all = await context.store.buckets({ window, bucketMs, by: ['platform', ...NETWORK_GROUPS], scope });
  const buckets = all.filter(({ group }) => asns?.includes(group[1] ?? '') ?? true);
  const seen = new Set(buckets.map((bucket) => bucket.group[0]));
  const strips = context.names.platforms
    .filter((platform) => seen.has(platform))
    .map((platform) => ({
      label: context.names.platform(platform),
      segments: foldSegments(
        buckets.filter((bucket) => bucket.group[0] === platform),
        bucketMs,
      ),
    }));
  return { ...question, strips, events: await shownEvents(context, window) };
}

/** All platforms over all networks. */
export async function timelineChart(context: ChartContext, window: Window, timeZone: string): Promise<Chart> {
  const title = context.messages.chart.timeline;
  return platformsChart(context, { id: 'timeline', title, scope: {}, window, timeZone });
}

function bucketNetwork(bucket: Bucket) {
  const [operator = '', place = '', access = ''] = bucket.group;
  return { operator, place, access };
}

/** A row per network, for one platform (or whatever the scope leaves). */
export async function networksChart(
  context: ChartContext,
  question: Omit<ChartQuestion, 'asns'>,
): Promise<Chart> {
  const { id, title, scope, window, timeZone } = question;
  const bucketMs = chartBucketMs(window);
  const buckets = await context.store.buckets({ window, bucketMs, by: NETWORK_GROUPS, scope });
  const byNetwork = new Map<string, Bucket[]>();
  for (const bucket of buckets) {
    const key = networkKey(bucketNetwork(bucket));
    const known = byNetwork.get(key);
    if (known === undefined) byNetwork.set(key, [bucket]);
    else known.push(bucket);
  }
  const strips = [...byNetwork.values()].flatMap((ofNetwork) => {
    const [first] = ofNetwork;
    if (first === undefined) return [];
    const network = bucketNetwork(first);
    const isAlone =
      [...byNetwork.values()].filter(
        (other) => other[0]?.group[0] === network.operator && other[0].group[1] === network.place,
      ).length === 1;
    const label = isAlone
      ? shortNetworkName(network, context.names, context.messages)
      : networkName(network, context.names, context.messages);
    return { label, segments: foldSegments(ofNetwork, bucketMs) };
  });
  const events = await shownEvents(context, window);
  const sorted = strips.toSorted((a, b) => a.label.localeCompare(b.label, context.messages.language));
  return { id, scope, title, strips: sorted, window, timeZone, events };
}

/** An instant of a chart in words: its day too where the chart shows more than one. */
function instantText({ messages: { words } }: ChartContext, chart: Chart, atMs: number): string {
  const { window, timeZone } = chart;
  const time = words.time(atMs, timeZone);
  return window.toMs - window.fromMs > DAY_MS ? `${words.shortDate(atMs, timeZone)}, ${time}` : time;
}

function segmentText(context: ChartContext, chart: Chart, { status, startMs, endMs }: Segment): string {
  const { chart: say, verdict } = context.messages;
  const [from, to] = [startMs, endMs].map((atMs) => instantText(context, chart, atMs));
  return say.part(verdict.status[status], from ?? '', to ?? '');
}

/** What a row saw other than "reachable", in words; the text beside the drawing. */
export function stripWords(context: ChartContext, chart: Chart): string[] {
  return chart.strips.map((strip) => {
    const parts = strip.segments
      .filter((segment) => segment.status !== 'ok' && segment.status !== 'inconclusive')
      .map((segment) => segmentText(context, chart, segment));
    return context.messages.chart.describe(strip.label, parts);
  });
}

/** Which events are shaded, in words: the drawing has no room for their names. An end that is not known is none. */
export function eventWords(context: ChartContext, chart: Chart): string[] {
  const { chart: say, events, language, site } = context.messages;
  function when(atMs: number): string {
    return instantText(context, chart, atMs);
  }
  return chart.events.map((event) => {
    const { kind, startMs, endMs, endKnown, precision } = event;
    const name = eventTitle(event, language).text;
    const kindName = events.kind[kind].toLocaleLowerCase(language);
    const what = name === '' ? kindName : `${name} (${kindName})`;
    const isOpen = endKnown === false;
    const isMoment = isOpen || startMs === endMs;
    const lastMs = isMoment ? startMs : endMs;
    const last = site.zoned(when(lastMs), offsetName(lastMs, chart.timeZone));
    const time = isMoment ? say.moment(last) : say.shaded(when(startMs), last);
    return say.event(what, time, [
      precision === 'hour' ? say.toTheHour : null,
      isOpen ? say.endNotKnown : null,
    ]);
  });
}

/** A long name goes over two lines: beside a strip there is room for two, and none for a wider one. */
function brokenLabel(label: string, width: number): string {
  const space = labelSpace(width);
  return breakLines(label, space, space.width, 2).join('\n');
}

/** Draws a chart; `palette` of the page, or one that stands alone. */
export async function drawChart(
  context: ChartContext,
  chart: Chart,
  look: { readonly width: number; readonly palette: Palette },
): Promise<string> {
  const { messages } = context;
  const { window, timeZone, strips, title } = chart;
  const isDays = window.toMs - window.fromMs > 2 * DAY_MS;
  const option = stripOption({
    strips: strips.map((strip) => ({ ...strip, label: brokenLabel(strip.label, look.width) })),
    fromMs: window.fromMs,
    toMs: window.toMs,
    offsetMs: zoneOffsetMs(window.fromMs, timeZone),
    palette: look.palette,
    width: look.width,
    tickLabel: (atMs) =>
      isDays ? messages.words.shortDate(atMs, timeZone) : messages.words.time(atMs, timeZone),
    events: chart.events,
    ...(chart.frame === undefined ? {} : { frame: chart.frame }),
  });
  const titles = drawnSegments({ strips }).map(({ strip, segment }) =>
    messages.chart.describe(strip.label, [segmentText(context, chart, segment)]),
  );
  const svg = await renderSvg(option, look.width, stripChartHeight(strips.length));
  return dressSvg(svg, { label: title, titles, idPrefix: `w${look.width}` });
}

/** The drawing for a wide page and for a phone, in the page's own colours. */
export async function drawForPage(
  context: ChartContext,
  chart: Chart,
): Promise<{ readonly wide: string; readonly narrow: string }> {
  const [wide, narrow] = await Promise.all(
    [CHART_WIDTH_WIDE_PX, CHART_WIDTH_NARROW_PX].map(async (width) =>
      withoutSize(await drawChart(context, chart, { width, palette: PAGE_PALETTE })),
    ),
  );
  return { wide: wide ?? '', narrow: narrow ?? '' };
}
