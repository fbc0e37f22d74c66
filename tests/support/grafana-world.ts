/** An afternoon with two incidents in a real InfluxDB: what every dashboard has to show. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Heartbeat, Incident, ReachabilityPoint } from '../../src/analysis/detect/point.ts';
import { LAYERS, STATUSES } from '../../src/analysis/verdict/verdict.ts';
import { interceptorCertificates } from '../../src/cli/commands/replay.ts';
import { loadCatalog } from '../../src/config/catalog-files.ts';
import { buildKnowledge } from '../../src/config/knowledge.ts';
import { associateScenario } from '../../src/scenario/associations.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { replay } from '../../src/scenario/replay.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { associationRow } from '../../src/store/association-series.ts';
import { SERIES } from '../../src/store/fields.ts';
import type { TimeRange } from './grafana.ts';
import type { Influxd } from './influxd.ts';
import type { Line } from './line-protocol.ts';
import { writeLines } from './line-protocol.ts';
import { aBlockedPoint } from './points.ts';

const FILE = join(import.meta.dirname, '..', 'fixtures', 'dashboards', 'two-incidents.yaml');
const MINUTE_MS = 60_000;
export const DATABASE = 'aiqyn';

export interface Afternoon {
  readonly range: TimeRange;
  readonly incidents: readonly Incident[];
  /** A target that was blocked for a while, at this vantage. */
  readonly evidence: { readonly vantage: string; readonly target: string };
}

function pointLine(point: ReachabilityPoint): Line {
  const { vantage, operator, place, access, platform, target, probe } = point;
  return {
    series: SERIES.reachability,
    atMs: point.atMs,
    tags: { vantage, operator, place, access, platform, target, probe },
    fields: {
      ...Object.fromEntries(STATUSES.map((status) => [status, point.status === status ? 1 : 0])),
      score: point.score,
      confidence: point.confidence,
      status: point.status,
      layer: point.layer,
      method: point.method,
      failure: point.failure,
      dns_ms: point.dnsMs,
      tcp_ms: point.tcpMs,
      tls_ms: point.tlsMs,
      ttfb_ms: point.ttfbMs,
      total_ms: point.totalMs,
      bytes_per_s: point.bytesPerSecond,
    },
  };
}

function beatLine(beat: Heartbeat): Line {
  const { vantage, operator, place, access } = beat;
  return {
    series: SERIES.heartbeat,
    atMs: beat.atMs,
    tags: { vantage, operator, place, access },
    fields: {
      up: beat.connectivity === 'offline' ? 0 : 1,
      connectivity: beat.connectivity,
      spool_depth: beat.spoolDepth,
      clock_offset_ms: beat.clockOffsetMs,
      lag_ms: beat.receivedAtMs - beat.atMs,
    },
  };
}

function incidentLine(incident: Incident): Line {
  return {
    series: SERIES.incident,
    atMs: incident.startMs,
    tags: { id: incident.id, kind: incident.kind },
    fields: {
      status: incident.status,
      end_ms: incident.endMs,
      detected_at_ms: incident.detectedAtMs,
      platforms: incident.platforms.join(','),
      operators: incident.operators.join(','),
      places: incident.places.join(','),
      access: incident.access,
      vantages: incident.vantageIds.length,
      confidence: incident.confidence,
      method: incident.method,
      summary: incident.reasons.join(' '),
    },
  };
}

/** A scenario's pages are too small to say how fast a connection is. */
const RATE_BYTES_PER_S = 240_000;

function withRate(point: ReachabilityPoint): ReachabilityPoint {
  return point.status === 'ok' ? { ...point, bytesPerSecond: RATE_BYTES_PER_S } : point;
}

/** A verdict for every layer: no scenario meets all of them in one afternoon. */
function oneOfEachLayer(scenario: Scenario): ReachabilityPoint[] {
  return LAYERS.map((layer, index) =>
    aBlockedPoint({ atMs: scenario.from + index * MINUTE_MS, target: 'every-layer', platform: 'vk', layer }),
  );
}

/** What no part of Aiqyn writes through the store's port: surveys, signals of others, associations. */
function* besideTheStore(scenario: Scenario, incidents: readonly Incident[]): Generator<Line> {
  for (let atMs = scenario.from; atMs < scenario.to; atMs += 5 * MINUTE_MS) {
    for (const { operator, place } of scenario.vantages) {
      const fields = { up_ratio: 0.92, probed: 200, answered: 184, rtt_ms: 71 };
      yield { series: SERIES.sweep, atMs, tags: { operator, place }, fields };
    }
    for (const signal of ['bgp', 'ping']) {
      const tags = { source: 'ioda', signal, entity: 'AS9198' };
      yield { series: SERIES.outside, atMs, tags, fields: { value: 940, baseline: 1_000 } };
    }
  }
  for (const association of associateScenario(scenario, incidents)) {
    yield { series: SERIES.association, atMs: scenario.to - MINUTE_MS, ...associationRow(association) };
  }
  yield {
    series: SERIES.event,
    atMs: scenario.from + 90 * MINUTE_MS,
    tags: { id: 'said', kind: 'statement' },
    fields: {
      end_ms: scenario.from + 90 * MINUTE_MS,
      title: 'The ministry says that nothing is blocked',
      platforms: 'youtube',
      places: '',
      precision: 'minute',
      stance: 'denies',
    },
  };
}

function* eventLines(scenario: Scenario): Generator<Line> {
  for (const { id, kind, from, to, places } of scenario.events) {
    const fields = {
      end_ms: to,
      title: id,
      platforms: '',
      places: (places ?? []).join(','),
      precision: 'minute',
      stance: '',
    };
    yield { series: SERIES.event, atMs: from, tags: { id, kind }, fields };
  }
}

/** Fills the database; the range ends with the scenario, so that its second incident is still open. */
export async function fillAfternoon(influxd: Influxd): Promise<Afternoon> {
  const catalog = loadCatalog();
  const scenario = parseScenario(readFileSync(FILE, 'utf8'), FILE);
  const points: ReachabilityPoint[] = [];
  const heartbeats: Heartbeat[] = [];
  const { incidents } = replay({
    scenario,
    knowledge: buildKnowledge(catalog),
    certificates: await interceptorCertificates(catalog),
    onMeasured: (measured, beats) => {
      points.push(...measured);
      heartbeats.push(...beats);
    },
  });
  await influxd.query(`CREATE DATABASE ${DATABASE}`);
  const all = [...points.map(withRate), ...oneOfEachLayer(scenario)];
  await writeLines(influxd.url, DATABASE, all.map(pointLine));
  await writeLines(influxd.url, DATABASE, heartbeats.map(beatLine));
  await writeLines(influxd.url, DATABASE, incidents.map(incidentLine));
  await writeLines(influxd.url, DATABASE, eventLines(scenario));
  await writeLines(influxd.url, DATABASE, besideTheStore(scenario, incidents));
  const blocked = points.find(({ status }) => status === 'blocked');
  if (blocked === undefined) throw new Error('the scenario blocks nothing');
  return { range: { fromMs: scenario.from, toMs: scenario.to }, incidents, evidence: blocked };
}
