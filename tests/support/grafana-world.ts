/** An afternoon with two incidents in a real InfluxDB: what every dashboard has to show. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Heartbeat, Incident, ReachabilityPoint, SweepPoint } from '../../src/analysis/detect/point.ts';
import { LAYERS } from '../../src/analysis/verdict/verdict.ts';
import { interceptorCertificates } from '../../src/cli/commands/replay.ts';
import { loadCatalog } from '../../src/config/catalog-files.ts';
import { buildKnowledge } from '../../src/config/knowledge.ts';
import { associateScenario } from '../../src/scenario/associations.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { replay } from '../../src/scenario/replay.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import type { TimeRange } from './grafana.ts';
import type { Influxd } from './influxd.ts';
import { aBlockedPoint, anEvent, anOutage, anOutsidePoint, aSweep } from './points.ts';
import { anAddress } from './address.ts';
import { silentLog } from './silent-log.ts';
import { systemClock } from '../../probes/net/clock.ts';
import { z } from 'zod';
import { EVENT_KINDS } from '../../src/events/event.ts';
import type { InfluxAddress } from '../../src/config/store-config.ts';
import type { OutsidePoint } from '../../src/analysis/outside/point.ts';
import type { AiqynEvent } from '../../src/events/event.ts';
import { writeAssociations } from '../../src/store/influx/associations.ts';
import { connectInflux } from '../../src/store/influx/connection.ts';
import { planPolicies } from '../../src/store/influx/retention.ts';
import { openInfluxStore } from '../../src/store/influx/store.ts';

const FILE = join(import.meta.dirname, '..', 'fixtures', 'dashboards', 'two-incidents.yaml');
const MINUTE_MS = 60_000;
export const DATABASE = 'aiqyn';

export interface Afternoon {
  readonly range: TimeRange;
  readonly incidents: readonly Incident[];
  /** A target that was blocked for a while, at this vantage. */
  readonly evidence: { readonly vantage: string; readonly target: string };
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

function outsideOf(scenario: Scenario): OutsidePoint[] {
  const points: OutsidePoint[] = [];
  for (let atMs = scenario.from; atMs < scenario.to; atMs += 5 * MINUTE_MS)
    for (const signal of ['bgp', 'ping-slash24'])
      points.push(anOutsidePoint({ signal, entity: 'AS9198', atMs, value: 940, baseline: 1_000 }));
  return points;
}

function sweepsOf(scenario: Scenario): SweepPoint[] {
  const points: SweepPoint[] = [];
  for (let atMs = scenario.from; atMs < scenario.to; atMs += 11 * MINUTE_MS)
    for (const { operator, place } of scenario.vantages) points.push(aSweep({ atMs, operator, place }));
  return points;
}

function eventsOf(scenario: Scenario): AiqynEvent[] {
  const saidMs = scenario.from + 90 * MINUTE_MS;
  const statement = anEvent({
    id: 'said',
    kind: 'statement',
    title: 'The ministry says that nothing is blocked',
    startMs: saidMs,
    endMs: saidMs,
    precision: 'minute',
    platforms: ['youtube'],
    claim: { stance: 'denies', who: 'The ministry', summary: '' },
  });
  const called = scenario.events.map(({ id, kind, from, to, places }) =>
    anEvent({
      id,
      kind: z.enum(EVENT_KINDS).parse(kind),
      title: id,
      startMs: from,
      endMs: to,
      precision: 'minute',
      places: places ?? [],
    }),
  );
  return [...called, statement];
}

/** As `aiqyn store init`, but that raw points stay for ever: the afternoon is longer ago than 30 days. */
async function rollUp(address: InfluxAddress): Promise<void> {
  const connection = connectInflux({ ...address, flavour: '1' }, systemClock());
  for (const { what, run } of await planPolicies(connection)) if (!what.startsWith('ALTER')) await run();
  connection.close();
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
    onMeasured: ({ points: measured, heartbeats: beats }) => {
      points.push(...measured);
      heartbeats.push(...beats);
    },
  });
  const address = anAddress({ url: influxd.url, database: DATABASE });
  const store = await openInfluxStore({
    address,
    clock: systemClock(),
    log: silentLog,
    setAside: async (content, reason) => {
      throw new Error(`set aside: ${reason} ${JSON.stringify(content)}`);
    },
  });
  await store.writePoints([...points.map(withRate), ...oneOfEachLayer(scenario)]);
  await store.writeHeartbeats(heartbeats);
  await store.writeSweeps(sweepsOf(scenario));
  await store.writeOutside(outsideOf(scenario));
  await store.saveOutages([
    anOutage({ startMs: scenario.from, endMs: scenario.from + 60 * MINUTE_MS, cause: 'critical' }),
    anOutage({ id: 'radar:2', source: 'radar', startMs: scenario.from, endMs: null }),
  ]);
  await store.saveIncidents(incidents);
  await store.saveEvents(eventsOf(scenario));
  await store.close();
  await rollUp(address);
  const associations = associateScenario(scenario, incidents);
  await writeAssociations(address, systemClock(), associations, scenario.to - MINUTE_MS);
  const blocked = points.find(({ status }) => status === 'blocked');
  if (blocked === undefined) throw new Error('the scenario blocks nothing');
  return { range: { fromMs: scenario.from, toMs: scenario.to }, incidents, evidence: blocked };
}
