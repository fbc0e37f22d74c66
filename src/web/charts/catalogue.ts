/** Charts by id, for permanent addresses: `timeline`, `platform-youtube`, `operator-kcell`, `place-almaty`, `incident-…`. */
import type { Incident } from '../../analysis/detect/point.ts';
import type { Window } from '../../store/store.ts';
import type { ChartContext } from '../context.ts';
import { DEFAULT_TIME_ZONE } from '../names.ts';
import { incidentSentence } from '../overview/sentences.ts';
import { roundedMs } from '../rounding.ts';
import { CHART_WINDOW_MAX_MS, lastDay, networksChart, platformsChart, timelineChart } from './charts.ts';
import type { Chart } from './charts.ts';

const HOUR_MS = 3_600_000;
const AROUND_MIN_MS = 2 * HOUR_MS;

/** From some time before an incident to some time after it, by its length; whole five minutes. */
export function incidentWindow(incident: Incident, nowMs: number): Window {
  const step = 5 * 60_000;
  const endMs = incident.endMs ?? nowMs;
  const aroundMs = Math.max(AROUND_MIN_MS, (endMs - incident.startMs) / 3);
  const toMs = Math.ceil(Math.min(endMs + aroundMs, Math.max(nowMs, endMs)) / step) * step;
  const fromMs = Math.floor((incident.startMs - aroundMs) / step) * step;
  return { fromMs: Math.max(fromMs, toMs - CHART_WINDOW_MAX_MS), toMs };
}

/** Strips of the affected platforms around an incident, its begin and end marked. */
export async function incidentChart(
  context: ChartContext,
  incident: Incident,
  window?: Window,
): Promise<Chart> {
  const nowMs = context.clock.nowMs();
  const timeZone = context.names.timeZone(incident.places[0]);
  const span = window ?? incidentWindow(incident, nowMs);
  // What a window shows does not depend on when one looks at it.
  const untilMs = Math.min(nowMs, Math.max(span.toMs, incident.startMs));
  const title = incidentSentence(context, incident, untilMs);
  const id = `incident-${incident.id}`;
  const [only] = incident.platforms;
  const frame = {
    startMs: roundedMs(incident.startMs),
    endMs: incident.endMs === null ? null : roundedMs(incident.endMs),
  };
  if (only !== undefined && incident.platforms.length === 1) {
    const chart = await networksChart(context, {
      id,
      title,
      scope: { platform: only },
      window: span,
      timeZone,
    });
    return { ...chart, frame };
  }
  const chart = await timelineChart(context, span, timeZone);
  const affected = new Set(incident.platforms.map((platform) => context.names.platform(platform)));
  const strips = chart.strips.filter((strip) => affected.size === 0 || affected.has(strip.label));
  return { ...chart, id, title, strips, frame };
}

/** Strips of everything that is measured on one operator's networks; null where the catalogue has no such operator. */
export async function operatorChart(
  context: ChartContext,
  id: string,
  window: Window,
): Promise<Chart | null> {
  const asns = context.names.asnsOf(id);
  const [asn] = asns;
  if (asn === undefined) return null;
  const title = context.messages.operators.title(context.names.operator(asn));
  return platformsChart(context, {
    id: `operator-${id}`,
    title,
    scope: {},
    asns,
    window,
    timeZone: DEFAULT_TIME_ZONE,
  });
}

/** Strips of everything that is measured in one place; null where the catalogue has no such place. */
export async function placeChart(context: ChartContext, id: string, window: Window): Promise<Chart | null> {
  const { names, messages } = context;
  if (!names.hasPlace(id)) return null;
  const title = messages.places.title(names.place(id));
  const timeZone = names.timeZone(id);
  return platformsChart(context, { id: `place-${id}`, title, scope: { place: id }, window, timeZone });
}

async function platformChart(context: ChartContext, platform: string, window: Window): Promise<Chart | null> {
  const { names, messages } = context;
  if (!names.platforms.includes(platform)) return null;
  const title = messages.platforms.title(names.platform(platform));
  const id = `platform-${platform}`;
  return networksChart(context, { id, title, scope: { platform }, window, timeZone: DEFAULT_TIME_ZONE });
}

/** Null when there is no such chart. */
export async function chartById(context: ChartContext, id: string, window?: Window): Promise<Chart | null> {
  const span = window ?? lastDay(context.clock.nowMs());
  if (id === 'timeline') return timelineChart(context, span, DEFAULT_TIME_ZONE);
  const [, kind, name] = /^(platform|operator|place|incident)-(.+)$/.exec(id) ?? [];
  if (name === undefined) return null;
  if (kind === 'platform') return platformChart(context, name, span);
  if (kind === 'operator') return operatorChart(context, name, span);
  if (kind === 'place') return placeChart(context, name, span);
  const incident = await context.store.incident(name);
  return incident === null ? null : incidentChart(context, incident, window);
}
