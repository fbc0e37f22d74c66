/**
 * What vantages with the default plan record, minute by minute, in the sizes of real runs: each record has the observations
 * of one that `aiqyn demo` made on real sockets (tests/fixtures/outage), under its own id, instant, vantage and target.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { TEST_NAMES } from '../../probes/measurement.ts';
import type { OwnMeasurement, TargetTag, VantageTag } from '../../probes/measurement.ts';
import { inputOfTarget, testNameOf } from '../../probes/plan.ts';
import type { Plan, PlannedTarget, Rate } from '../../probes/plan.ts';
import { DEPTHS, PROBE_KINDS } from '../../probes/words.ts';
import type { Depth, ProbeKind } from '../../probes/words.ts';
import { seal } from '../../src/agent/envelope.ts';
import { createIds } from '../../src/agent/uuid.ts';
import { loadCatalog, loadPlan, plannedTargets } from '../../src/config/catalog-files.ts';

const FILE = join(import.meta.dirname, '..', 'fixtures', 'outage', 'of-each-kind.jsonl');
const MINUTE_MS = 60_000;
const MINUTES_PER_DAY = 1_440;

const Sample = z.object({
  probe: z.enum(PROBE_KINDS),
  depth: z.enum(DEPTHS),
  test_keys: z.record(z.string(), z.unknown()),
});

export interface PlannedHour {
  /** What one vantage records in the minute that begins at `atMs`; its records lie one behind the other in it. */
  minute(vantage: VantageTag, atMs: number): OwnMeasurement[];
}

/** Every minute, every so many, or once an hour: all that the default plan's times are. */
function isDue(cron: string | undefined, minute: number): boolean {
  if (cron === undefined) return false;
  const [first = ''] = cron.split(' ');
  if (first === '*') return true;
  const [, every] = /^\*\/(\d+)$/.exec(first) ?? [];
  return every === undefined ? minute === Number(first) : minute % Number(every) === 0;
}

function samplesOf(): (probe: ProbeKind, depth: Depth) => Readonly<Record<string, unknown>> {
  const samples = readFileSync(FILE, 'utf8')
    .trim()
    .split('\n')
    .map((line) => Sample.parse(JSON.parse(line)));
  return (probe, depth) => {
    const found = samples.find((sample) => sample.probe === probe && sample.depth === depth);
    if (found === undefined) throw new Error(`there is no sample of ${probe} ${depth}`);
    return found.test_keys;
  };
}

interface Due {
  readonly tag: TargetTag;
  readonly input: string | null;
  readonly testName: string;
}

function dueOf(target: PlannedTarget, depth: Depth): Due {
  const { id, platform, probe } = target;
  return {
    tag: { id, platform, probe, depth },
    input: inputOfTarget(target, depth),
    testName: testNameOf(target),
  };
}

const RINGS: Due = {
  tag: { id: 'rings', platform: 'control', probe: 'rings', depth: 'light' },
  input: null,
  testName: TEST_NAMES.rings,
};

function dueIn(plan: Plan, targets: readonly PlannedTarget[], minute: number): Due[] {
  function due(rate: Rate): Due[] {
    if (!isDue(plan[rate]?.cron, minute)) return [];
    const kind = rate === 'light' || rate === 'full' ? 'web' : rate;
    const depth = rate === 'light' ? 'light' : 'full';
    return targets.filter(({ probe }) => probe === kind).map((target) => dueOf(target, depth));
  }
  const rates: readonly Rate[] = ['light', 'full', 'app', 'ingest', 'throughput'];
  return [...rates.flatMap(due), ...(isDue(plan.rings.cron, minute) ? [RINGS] : [])];
}

export function plannedHour(planName = 'default'): PlannedHour {
  const plan = loadPlan(planName);
  const targets = plannedTargets(plan, loadCatalog());
  const sampleOf = samplesOf();
  const nextId = createIds();
  return {
    minute(vantage, atMs) {
      const all = dueIn(plan, targets, (Math.floor(atMs / MINUTE_MS) % MINUTES_PER_DAY) % 60);
      return all.map(({ tag, input, testName }, n) => {
        const startedAtMs = atMs + Math.floor((n * MINUTE_MS) / all.length);
        return seal({
          id: nextId(startedAtMs),
          startedAtMs,
          roundStartedAtMs: atMs,
          runtimeMs: 150,
          vantage,
          target: tag,
          testName,
          input,
          testKeys: sampleOf(tag.probe, tag.depth),
          retest: 0,
          connectivity: 'online',
          abort: null,
          softwareVersion: '0.1.0',
        });
      });
    },
  };
}
