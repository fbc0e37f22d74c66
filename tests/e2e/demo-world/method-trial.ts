/**
 * One censored network of the demo's world, looked at by every kind of probe: real sockets, a real control abroad, the
 * verdict that production makes. methods.test.ts asks it about every method of the censor.
 */
import { createNetwork } from '../../../probes/net/network.ts';
import { postJson } from '../../../probes/net/post-json.ts';
import { systemClock } from '../../../probes/net/clock.ts';
import { QuicFact, ThroughputFact } from '../../../probes/kinds.ts';
import { inputOfTarget, testNameOf } from '../../../probes/plan.ts';
import type { OwnMeasurement } from '../../../probes/measurement.ts';
import type { PlannedTarget } from '../../../probes/plan.ts';
import type { ControlClient } from '../../../probes/probe.ts';
import { probeRings } from '../../../probes/rings/probe.ts';
import { compileBlockpages } from '../../../probes/web/blockpage.ts';
import type { Depth } from '../../../probes/words.ts';
import { seal } from '../../../src/agent/envelope.ts';
import { connectivityOf } from '../../../src/analysis/verdict/connectivity.ts';
import { judge } from '../../../src/analysis/verdict/judge.ts';
import type { Verdict } from '../../../src/analysis/verdict/verdict.ts';
import { createProbeRunner } from '../../../src/cli/probe-runner.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { buildKnowledge } from '../../../src/config/knowledge.ts';
import { createControlClient } from '../../../src/control/client.ts';
import { startControl } from '../../../src/control/server.ts';
import { silentLog } from '../../support/silent-log.ts';
import { CENSORED, startWorldWith, TARGETS } from './world-under-test.ts';
import type { WorldUnderTest } from './world-under-test.ts';

const catalog = loadCatalog();
export const knowledge = buildKnowledge(catalog);
const clock = systemClock();
const [YOUTUBE] = TARGETS;
/** Paired with the rings' foreign host, which no action slows. */
const THROUGHPUT = ThroughputFact.parse({
  id: 'youtube-throughput',
  platform: 'youtube',
  probe: 'throughput',
  name: 'YouTube',
  url: YOUTUBE.url,
  paired: 'https://example.com/',
  source: 'demo',
});
/** Paired with a host of its own, which no action touches by its platform. */
const QUIC = QuicFact.parse({
  id: 'youtube-quic',
  platform: 'youtube',
  probe: 'quic',
  name: 'YouTube',
  host: new URL(YOUTUBE.url).hostname,
  paired: 'cloudflare-quic.com',
  source: 'demo',
});
const APP = kindTarget('youtube-app');
const INGEST = kindTarget('youtube-ingest');
const VANTAGE = { id: CENSORED, operator: 'AS29355', place: 'almaty', access: 'mobile' } as const;
const LIGHT_TIMEOUT_MS = 2_000;
const FULL_TIMEOUT_MS = 7_000;
const RINGS_TIMEOUT_MS = 1_500;
const CONTROL_TIMEOUT_MS = 5_000;
const THROUGHPUT_TIMEOUT_MS = 60_000;
/** Of the table's kinds that have a schedule of their own. */
const KIND_TIMEOUT_MS = 10_000;
/** Long enough for two datagrams of a handshake that hears nothing. */
const QUIC_TIMEOUT_MS = 12_000;
const BODY_BYTES_MAX = 262_144;

/** How a verdict reads in the table: `blocked: tls, sni_drop`, or the status alone. */
export function cellOf({ status, layer, method }: Verdict): string {
  const how = [layer, method].filter((word) => word !== null);
  return how.length === 0 ? status : `${status}: ${how.join(', ')}`;
}

/** What each kind said, by the table's columns. */
export type Seen = Readonly<Record<string, string>>;

export interface Trial {
  readonly under: WorldUnderTest;
  readonly control: ControlClient;
}

/** @param action the inside of one line of a scenario's `actions`, without its times. */
export async function tryAction(action: string): Promise<Seen> {
  return withTrial(action, everyKind);
}

/** A world in which `action` holds, with a control outside of it, for as long as `work` takes; `more` is served as well. */
export async function withTrial<Result>(
  action: string,
  work: (trial: Trial) => Promise<Result>,
  more: readonly PlannedTarget[] = [],
): Promise<Result> {
  const under = await startWorldWith(action, [APP, INGEST, QUIC, ...more]);
  const { world } = under;
  const server = await startControl({
    host: '127.0.0.1',
    port: 0,
    network: createNetwork(world.controlNetworkOptions),
    clock,
    log: silentLog,
  });
  try {
    const port = await world.controlPortFor(CENSORED, Number(new URL(server.url).port));
    const url = `http://127.0.0.1:${port}`;
    const control = createControlClient({ url, timeoutMs: CONTROL_TIMEOUT_MS, clock, post: postJson });
    under.setTime('during');
    return await work({ under, control });
  } finally {
    await server.stop();
    await world.stop();
  }
}

export function kindTarget(id: string): PlannedTarget {
  const found = catalog.kindTargets.find((target) => target.id === id);
  if (found === undefined) throw new RangeError(`the catalogue has no ${id}`);
  return found;
}

/** Throughput by itself: transfers that go on beside others would not tell how fast the line is. */
async function everyKind(trial: Trial): Promise<Seen> {
  const rings = await runRings(trial);
  const [light, full, app, ingest] = await Promise.all([
    runWeb(trial, 'light', rings),
    runWeb(trial, 'full', rings),
    run(trial, APP, 'full', rings, KIND_TIMEOUT_MS),
    run(trial, INGEST, 'full', rings, KIND_TIMEOUT_MS),
  ]);
  const quic = await run(trial, QUIC, 'full', rings, QUIC_TIMEOUT_MS);
  const throughput = await runThroughput(trial, rings);
  return {
    rings: rings.connectivity ?? 'nothing',
    'web, light': cellOf(light),
    'web, full': cellOf(full),
    app: cellOf(app),
    ingest: cellOf(ingest),
    quic: cellOf(quic),
    throughput: cellOf(throughput),
  };
}

interface Rings {
  readonly connectivity: ReturnType<typeof connectivityOf>;
}

export async function runRings({ under }: Trial): Promise<Rings> {
  const report = await probeRings(
    { checks: under.world.ringChecks, gateway: true, timeoutMs: RINGS_TIMEOUT_MS },
    { clock, network: networkOf(under), signal: new AbortController().signal },
  );
  return { connectivity: connectivityOf(report.testKeys.x_aiqyn_ring_checks) };
}

export async function runWeb(
  trial: Trial,
  depth: Depth,
  rings: Rings,
  timeoutMs = depth === 'light' ? LIGHT_TIMEOUT_MS : FULL_TIMEOUT_MS,
): Promise<Verdict> {
  return run(trial, YOUTUBE, depth, rings, timeoutMs);
}

export async function runThroughput(trial: Trial, rings: Rings): Promise<Verdict> {
  return run(trial, THROUGHPUT, 'full', rings, THROUGHPUT_TIMEOUT_MS);
}

async function run(...asked: Parameters<typeof measure>): Promise<Verdict> {
  return judge(await measure(...asked), knowledge);
}

/** One run of the target's probe, sealed as an agent seals it. */
export async function measure(
  { under, control }: Trial,
  target: PlannedTarget,
  depth: Depth,
  { connectivity }: Rings,
  timeoutMs: number,
): Promise<OwnMeasurement> {
  const runner = createProbeRunner({
    clock,
    network: networkOf(under),
    control,
    harmlessNames: catalog.harmlessNames.map(({ name }) => name),
    blockpages: compileBlockpages(catalog.blockpages),
    keepBodies: false,
    bodyBytesMax: BODY_BYTES_MAX,
  });
  const startedAtMs = clock.nowMs();
  const report = await runner({ target, depth, timeoutMs }, new AbortController().signal);
  return seal({
    id: '01890000-0000-7000-8000-000000000000',
    startedAtMs,
    roundStartedAtMs: startedAtMs,
    runtimeMs: report.runtimeMs,
    vantage: VANTAGE,
    target: { id: target.id, platform: target.platform, probe: target.probe, depth },
    testName: testNameOf(target),
    input: inputOfTarget(target, depth),
    testKeys: report.testKeys,
    retest: 0,
    connectivity,
    abort: report.abort,
    softwareVersion: '0.0.0',
  });
}

function networkOf({ world }: WorldUnderTest) {
  return createNetwork(world.networkOptionsFor(CENSORED));
}
