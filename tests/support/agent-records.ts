/** Measurements and reports as a vantage makes them, for tests of spool, agent and ingest. */
import type { OwnMeasurement, RingsTestKeys } from '../../probes/measurement.ts';
import { WebTestKeys } from '../../probes/measurement.ts';
import type { PlannedTarget } from '../../probes/plan.ts';
import { Plan } from '../../probes/plan.ts';
import type { ProbeReport } from '../../probes/probe.ts';
import { seal } from '../../src/agent/envelope.ts';
import { createIds } from '../../src/agent/uuid.ts';
import type { Log } from '../../src/log.ts';

export const VANTAGE = { id: 'ala-kcell', operator: 'AS29355', place: 'almaty', access: 'mobile' } as const;
const nextId = createIds();

export function webKeys(
  options: { readonly failure?: string | null; readonly body?: string } = {},
): WebTestKeys {
  const { failure = null, body = '' } = options;
  return WebTestKeys.parse({
    requests: [{ failure, request: {}, response: failure === null ? { code: 204, body } : null }],
  });
}

export function webReport(options: { readonly failure?: string | null; readonly bytes?: number } = {}) {
  const report: ProbeReport<WebTestKeys> = {
    testKeys: webKeys(options),
    traffic: { sentBytes: 0, receivedBytes: options.bytes ?? 1_000 },
    runtimeMs: 100,
    abort: null,
  };
  return report;
}

export function ringsReport(failure: string | null, bytes = 100): ProbeReport<RingsTestKeys> {
  const check = { ring: 'foreign' as const, name: 'example.org', failure, t0: 0, t: 0.1 };
  return {
    testKeys: { x_aiqyn_ring_checks: [check] },
    traffic: { sentBytes: 0, receivedBytes: bytes },
    runtimeMs: 50,
    abort: null,
  };
}

export function webMeasurement(
  options: {
    readonly failure?: string | null;
    readonly body?: string;
    readonly depth?: 'light' | 'full';
    readonly atMs?: number;
  } = {},
): OwnMeasurement {
  const startedAtMs = options.atMs ?? Date.UTC(2026, 0, 1);
  return seal({
    id: nextId(startedAtMs),
    startedAtMs,
    roundStartedAtMs: startedAtMs,
    runtimeMs: 100,
    vantage: VANTAGE,
    target: { id: 'youtube-www', platform: 'youtube', probe: 'web', depth: options.depth ?? 'light' },
    input: 'https://www.youtube.com/',
    testKeys: webKeys(options),
    retest: 0,
    connectivity: 'online',
    abort: null,
    softwareVersion: '0.0.0',
  });
}

export function target(id: string): PlannedTarget {
  return { id, platform: 'youtube', probe: 'web', url: `https://${id}/`, lightUrl: `https://${id}/204` };
}

export function plan(changes: Partial<Plan> = {}): Plan {
  return {
    ...Plan.parse({
      id: 'test',
      title: 'test',
      description: 'test',
      light: { cron: '* * * * *' },
      full: { cron: '*/15 * * * *' },
      rings: { cron: '* * * * * *' },
      jitterSeconds: 0,
      dailyBudgetMegabytes: 100,
    }),
    ...changes,
  };
}

/** Keeps what was said. */
export function listeningLog(): Log & { readonly said: string[] } {
  const said: string[] = [];
  function say(_fields: object, message: string): void {
    said.push(message);
  }
  return { said, debug: say, info: say, warn: say, error: say };
}
