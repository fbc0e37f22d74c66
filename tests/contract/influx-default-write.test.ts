/**
 * The client's default way to write, /api/v2/write as InfluxDB 2.x and 3.x have it, against a server that is not ours:
 * VictoriaMetrics. It keeps numbers (a text as 0) and milliseconds; every point, tag and number must be there.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../probes/net/clock.ts';
import type { Heartbeat, ReachabilityPoint } from '../../src/analysis/detect/point.ts';
import { severityOf } from '../../src/analysis/verdict/severity.ts';
import { STATUSES } from '../../src/analysis/verdict/verdict.ts';
import type { Status } from '../../src/analysis/verdict/verdict.ts';
import { Secret } from '../../src/config/secret.ts';
import {
  HEARTBEAT_FIELDS,
  HEARTBEAT_TAGS,
  REACHABILITY_FIELDS,
  REACHABILITY_TAGS,
  SEVERITY_FIELD,
} from '../../src/store/fields.ts';
import { connectInflux } from '../../src/store/influx/connection.ts';
import type { InfluxConnection } from '../../src/store/influx/connection.ts';
import { lineOfHeartbeat, lineOfPoint } from '../../src/store/influx/rows.ts';
import { anAddress } from '../support/address.ts';
import { aBlockedPoint, aHeartbeat, aPoint, idAt, manyPoints, T0_MS } from '../support/points.ts';
import { startVictoriaMetrics, victoriaMetricsCommand } from '../support/victoria-metrics.ts';
import type { VictoriaMetrics, VictoriaSeries } from '../support/victoria-metrics.ts';

const SEARCHABLE_MS_MAX = 20_000;

type Sample = readonly [name: string, tags: Readonly<Record<string, string>>, atMs: number, value: number];

describe.skipIf(victoriaMetricsCommand() === null)('/api/v2/write of a VictoriaMetrics', () => {
  let server: VictoriaMetrics;
  let connection: InfluxConnection;
  beforeAll(async () => {
    server = await startVictoriaMetrics();
    const login = { kind: 'token', token: new Secret('any') } as const;
    const address = anAddress({ url: server.url, org: 'aiqyn', database: 'aiqyn', login });
    connection = connectInflux({ ...address, flavour: '2' }, systemClock());
  });
  afterAll(async () => {
    connection.close();
    await server.stop();
  });

  /** Samples that are not there; what was just written is searchable a little later. */
  async function missingOf(samples: readonly Sample[]): Promise<readonly Sample[]> {
    let missing = samples;
    await vi
      .waitFor(
        async () => {
          const there = new Map((await server.export()).flatMap(samplesOf).map(entryOf));
          missing = samples.filter(
            ([name, tags, atMs, value]) => there.get(keyOf(name, tags, atMs)) !== value,
          );
          expect(missing).toHaveLength(0);
        },
        { timeout: SEARCHABLE_MS_MAX, interval: 250 },
      )
      .catch(() => undefined);
    return missing.slice(0, 5);
  }

  it('has each measurement with all its tags, and each of its numbers at its millisecond', async () => {
    const points = [
      aPoint({ target: 'plain' }),
      aBlockedPoint({
        id: idAt(T0_MS, 1),
        target: 'full, with = every " mark \\',
        dnsMs: 1,
        tcpMs: 2.5,
        tlsMs: 3,
        ttfbMs: 4,
        totalMs: 5,
        bytesPerSecond: 6.25,
      }),
      aPoint({ id: idAt(T0_MS, 2), target: 'Қызылорда 🛰️', vantage: 'a b', atMs: T0_MS + 1 }),
    ];
    await connection.write(
      points.map((point, index) => lineOfPoint(point, index)),
      null,
    );
    expect(await missingOf(points.flatMap(numbersOf))).toEqual([]);
  });

  it('has thousands of measurements, each once', async () => {
    const points = [...manyPoints(4_000, 1_000)].flat();
    for (const batch of manyPoints(4_000, 1_000))
      await connection.write(
        batch.map((point) => lineOfPoint(point, 0)),
        null,
      );
    expect(await missingOf(points.flatMap(numbersOf))).toEqual([]);
  });

  it('has each heartbeat', async () => {
    const beat = aHeartbeat({ spoolDepth: 7, clockOffsetMs: -20, receivedAtMs: T0_MS + 250 });
    await connection.write([lineOfHeartbeat(beat)], null);
    expect(await missingOf(numbersOfHeartbeat(beat))).toEqual([]);
  });
});

function samplesOf({ metric, values, timestamps }: VictoriaSeries): Sample[] {
  const { __name__: name = '', ...tags } = metric;
  return values.map((value, index) => [name, tags, timestamps[index] ?? 0, value]);
}

function keyOf(name: string, tags: Readonly<Record<string, string>>, atMs: number): string {
  return JSON.stringify([name, Object.entries(tags).sort(), atMs]);
}

function entryOf([name, tags, atMs, value]: Sample): [string, number] {
  return [keyOf(name, tags, atMs), value];
}

/** A backslash is kept as %5c, in every server. */
function tagsOf(entries: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(entries.map(([tag, value]) => [tag, value.replaceAll('\\', '%5c')]));
}

const TEXTS: ReadonlySet<string> = new Set(['status', 'layer', 'method', 'failure', 'connectivity']);

/** Null: not written. */
function flagOf(status: Status, point: ReachabilityPoint): number | null {
  if (status === point.status) return 1;
  return status === 'ok' || status === 'blocked' ? 0 : null;
}

function numbersOf(point: ReachabilityPoint): Sample[] {
  const tags = tagsOf(REACHABILITY_TAGS.map((tag) => [tag, point[tag]] as const));
  const values: Readonly<Record<string, number | null>> = {
    ...Object.fromEntries(STATUSES.map((status) => [status, flagOf(status, point)])),
    severity: severityOf(point.status),
    score: point.score,
    confidence: point.confidence,
    dns_ms: point.dnsMs,
    tcp_ms: point.tcpMs,
    tls_ms: point.tlsMs,
    ttfb_ms: point.ttfbMs,
    total_ms: point.totalMs,
    bytes_per_s: point.bytesPerSecond,
  };
  return [...REACHABILITY_FIELDS, SEVERITY_FIELD]
    .filter((field) => !TEXTS.has(field))
    .flatMap((field) => {
      const value = values[field];
      if (value === undefined) throw new Error(`this test does not know the field ${field}`);
      return value === null ? [] : [[`reachability_${field}`, tags, point.atMs, value] as const];
    });
}

function numbersOfHeartbeat(beat: Heartbeat): Sample[] {
  const tags = tagsOf(HEARTBEAT_TAGS.map((tag) => [tag, beat[tag]] as const));
  const values: Readonly<Record<string, number>> = {
    up: 1,
    spool_depth: beat.spoolDepth,
    clock_offset_ms: beat.clockOffsetMs,
    lag_ms: beat.receivedAtMs - beat.atMs,
  };
  return HEARTBEAT_FIELDS.filter((field) => !TEXTS.has(field)).map(
    (field) => [`heartbeat_${field}`, tags, beat.atMs, values[field] ?? Number.NaN] as const,
  );
}
