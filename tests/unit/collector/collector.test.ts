import { describe, expect, it } from 'vitest';
import type { OwnMeasurement } from '../../../probes/measurement.ts';
import type { DetectorWindow } from '../../../src/analysis/detect/detector.ts';
import type { Heartbeat, Incident, ReachabilityPoint } from '../../../src/analysis/detect/point.ts';
import type { Verdict } from '../../../src/analysis/verdict/verdict.ts';
import { createDetectorRunner } from '../../../src/collector/detector-runner.ts';
import { createIngest } from '../../../src/collector/ingest.ts';
import { createMemoryStore } from '../../../src/store/memory/store.ts';
import { listeningLog, VANTAGE, webMeasurement } from '../../support/agent-records.ts';
import { EnvironmentError } from '../../../src/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { createRecordingLog } from '../../support/silent-log.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const START = Date.UTC(2026, 0, 1);
const STATE = { vantage: VANTAGE, atMs: START, connectivity: 'online', spoolDepth: 0, clockOffsetMs: 0 };
const BLOCKED: Verdict = {
  status: 'blocked',
  layer: 'tls',
  method: 'reset',
  failure: 'connection_reset',
  confidence: 0.9,
  reasons: [],
  score: 1,
  rule: 'test',
};

function pointOf(measurement: OwnMeasurement): ReachabilityPoint {
  const { id: vantage, operator, place, access } = measurement.x_aiqyn_vantage;
  const empty = { dnsMs: null, tcpMs: null, tlsMs: null, ttfbMs: null, totalMs: null, bytesPerSecond: null };
  const { status, layer, method, failure, confidence, score, reasons } = BLOCKED;
  const verdict = { status, layer, method, failure, confidence, score, reasons };
  const tags = { vantage, operator, place, access, platform: 'youtube', target: 'youtube-www', probe: 'web' };
  const atMs = measurement.x_aiqyn_started_at_ms;
  return { id: measurement.x_aiqyn_id, atMs, retest: 0, ...tags, ...verdict, ...empty };
}

function incidentOf(startMs: number, bad: number): Incident {
  return {
    id: `block-${startMs}`,
    kind: 'platform_block',
    status: 'open',
    platforms: ['youtube'],
    operators: ['AS29355'],
    places: [],
    access: null,
    vantageIds: [],
    startMs,
    endMs: null,
    detectedAtMs: startMs,
    confidence: 1,
    method: `${bad} bad`,
    openings: [],
    members: [],
    reasons: [],
  };
}

/** The simplest fold that has an onset: one incident from the first bad window on. */
const fold = {
  initialState: (): { startMs: number | null; bad: number } => ({ startMs: null, bad: 0 }),
  foldWindow(_config: object, state: { startMs: number | null; bad: number }, window: DetectorWindow) {
    const bad = state.bad + window.points.length;
    if (window.points.length === 0) return { state, changed: [], removed: [] };
    const startMs = state.startMs ?? window.fromMs;
    const incident = { ...incidentOf(startMs, bad), detectedAtMs: window.toMs };
    return { state: { startMs, bad }, changed: [incident], removed: [] };
  },
};

function world() {
  const clock = new ManualClock(START);
  const store = createMemoryStore();
  const log = listeningLog();
  const said: string[] = [];
  function runnerOf() {
    return createDetectorRunner({
      store,
      clock,
      config: {},
      windowMs: MINUTE,
      graceMs: 10_000,
      fold,
      log,
      isImported: (vantage) => vantage.startsWith('ooni-'),
      onChange: (incidents, removed) => {
        said.push(`+${incidents.map(({ id }) => id).join()} -${removed.join()}`);
      },
    });
  }
  return { clock, store, log, said, runnerOf };
}

function pointAt(atMs: number): ReachabilityPoint {
  return pointOf(webMeasurement({ atMs, failure: 'connection_reset' }));
}

describe('a detector whose store is away', () => {
  it('starts all the same, says so once, and folds the past when the store comes', async () => {
    const { clock, store, said } = world();
    const { log, lines } = createRecordingLog();
    await store.writePoints([pointAt(START)]);
    let isAway = true;
    const runner = createDetectorRunner({
      store: {
        ...store,
        async extent() {
          if (isAway) throw new EnvironmentError('STORE_UNREACHABLE', 'InfluxDB does not answer.');
          return store.extent();
        },
        points: (window) => store.points(window),
        heartbeats: async (window) => store.heartbeats(window),
        incidents: async (query) => store.incidents(query),
        saveIncidents: async (incidents) => store.saveIncidents(incidents),
        removeIncidents: async (ids) => store.removeIncidents(ids),
      },
      clock,
      config: {},
      windowMs: MINUTE,
      graceMs: 10_000,
      fold,
      log,
      onChange: (incidents) => said.push(...incidents.map(({ id }) => id)),
    });
    await runner.start();
    await clock.advance(5 * MINUTE);
    expect(said).toEqual([]);
    expect(lines.map(({ level }) => level)).toEqual(['error']);
    isAway = false;
    await clock.advance(MINUTE);
    expect(said).toEqual([`block-${START}`]);
    expect(lines.at(-1)?.message).toBe('The detector reads and writes the store again.');
    await runner.stop();
  });
});

describe('createIngest(…)', () => {
  it('archives before it stores, twice is once, and a bad one does not block the rest', async () => {
    const { clock, store, log } = world();
    const order: string[] = [];
    const held = new Set<string>();
    const aside: string[] = [];
    const stored: [readonly ReachabilityPoint[], readonly Heartbeat[]][] = [];
    const ingest = createIngest({
      archive: {
        async append(batch) {
          order.push('archive');
          const added = batch.map(({ x_aiqyn_id }) => x_aiqyn_id).filter((id) => !held.has(id));
          for (const id of added) held.add(id);
          return { added };
        },
      },
      store: {
        async writePoints(points) {
          order.push('store');
          await store.writePoints(points);
        },
        writeHeartbeats: async (heartbeats) => store.writeHeartbeats(heartbeats),
      },
      judge: () => BLOCKED,
      toPoint: pointOf,
      connectivityOf: () => 'online',
      quarantine: async (_content, reason) => {
        aside.push(reason);
      },
      clock,
      log,
      onStored: (points, heartbeats) => stored.push([points, heartbeats]),
    });
    const good = webMeasurement();
    const bad = { ...webMeasurement(), x_aiqyn_started_at_ms: Number.NaN };
    const batch = [
      { sequence: 1, measurement: bad },
      { sequence: 2, measurement: good },
    ];
    await ingest.deliver(batch, STATE);
    await ingest.deliver(batch, STATE);
    expect(order).toEqual(['archive', 'store', 'archive', 'store']);
    expect(aside[0]).toContain('x_aiqyn_started_at_ms');
    expect(ingest.counts()).toEqual({ stored: 1, repeated: 1, quarantined: 2 });
    expect((await store.extent()).points).toBe(1);
    expect(stored[0]?.[1]).toHaveLength(1);
    expect(await store.vantagesNow()).toHaveLength(1);
  });
});

describe('createDetectorRunner(…)', () => {
  it('folds a window once its grace has passed, and amends on late data without doubling', async () => {
    const { clock, store, said, runnerOf } = world();
    const runner = runnerOf();
    await runner.start();
    await store.writePoints([pointAt(START + 5 * MINUTE)]);
    await clock.advance(6 * MINUTE + 5_000);
    expect(said).toEqual([]);
    await clock.advance(6_000);
    expect(said).toEqual([`+block-${START + 5 * MINUTE} -`]);
    const late = [pointAt(START + 2 * MINUTE)];
    await store.writePoints(late);
    runner.notify(late, []);
    await clock.advance(2_000);
    const incidents = await store.incidents({});
    expect(incidents.map(({ startMs, method }) => [startMs, method])).toEqual([
      [START + 2 * MINUTE, '2 bad'],
    ]);
    expect(said.at(-1)).toBe(`+block-${START + 2 * MINUTE} -block-${START + 5 * MINUTE}`);
    await runner.stop();
  });

  it('takes data from before its own start, as a spool brings it', async () => {
    const { clock, store, runnerOf } = world();
    const runner = runnerOf();
    await runner.start();
    await clock.advance(2 * MINUTE);
    const backlog = [pointAt(START - 3 * 60 * MINUTE)];
    await store.writePoints(backlog);
    runner.notify(backlog, []);
    await clock.advance(2_000);
    expect(await store.incidents({})).toHaveLength(1);
    await runner.stop();
  });

  it('goes days back for what was carried by hand, and doubles nothing', async () => {
    const { clock, store, log, runnerOf } = world();
    await store.writePoints([pointAt(START - 6 * DAY)]);
    const runner = runnerOf();
    await runner.start();
    await clock.advance(2 * MINUTE);
    expect(await store.incidents({})).toEqual([]);
    const backlog = [pointAt(START - 3 * DAY), pointAt(START - 3 * DAY + MINUTE)];
    await store.writePoints(backlog);
    for (let time = 0; time < 2; time += 1) {
      runner.notify(backlog, []);
      await clock.advance(2_000);
    }
    const incidents = await store.incidents({});
    expect(incidents.map(({ startMs, method }) => [startMs, method])).toEqual([[START - 3 * DAY, '2 bad']]);
    expect(log.said).toContain('Data came days late; the detector goes through that time again.');
    await store.writePoints([pointAt(START + 10 * MINUTE)]);
    await clock.advance(12 * MINUTE);
    expect((await store.incidents({})).map(({ method }) => method)).toEqual(['3 bad']);
    await runner.stop();
  });

  it('leaves what is older than two weeks to the store, and imported incidents of the past as they are', async () => {
    const { clock, store, log, runnerOf } = world();
    const imported = { ...incidentOf(START - 4 * DAY, 1), vantageIds: ['ooni-as9198-fixed'], id: 'old' };
    await store.saveIncidents([imported]);
    const runner = runnerOf();
    await runner.start();
    await clock.advance(2 * MINUTE);
    const backlog = [pointAt(START - 15 * DAY)];
    await store.writePoints(backlog);
    runner.notify(backlog, []);
    await clock.advance(2_000);
    expect(log.said).toContain('Data came too late for the detector; it is stored and shown all the same.');
    const carried = [pointAt(START - 5 * DAY)];
    await store.writePoints(carried);
    runner.notify(carried, []);
    await clock.advance(2_000);
    expect((await store.incidents({})).map(({ id }) => id).sort()).toEqual([
      `block-${START - 5 * DAY}`,
      'old',
    ]);
    await runner.stop();
  });

  it('says the same after a restart, and keeps when it was first told', async () => {
    const { clock, store, said, runnerOf } = world();
    const first = runnerOf();
    await store.writePoints([pointAt(START), pointAt(START + MINUTE)]);
    await first.start();
    await first.flush(START + 2 * MINUTE);
    const [before] = await store.incidents({});
    await first.stop();
    await clock.advance(30 * MINUTE);
    const second = runnerOf();
    await second.start();
    const after = await store.incidents({});
    expect(after).toEqual([before]);
    expect(said).toHaveLength(1);
    await second.stop();
  });
});
