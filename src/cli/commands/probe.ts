/** `aiqyn probe`: one measurement of each target meant, and its verdict, explained. Keeps nothing on disk. */
import { setMaxListeners } from 'node:events';
import { systemClock } from '../../../probes/net/clock.ts';
import type { VantageTag } from '../../../probes/measurement.ts';
import type { OwnMeasurement } from '../../../probes/measurement.ts';
import { inputOfTarget, testNameOf } from '../../../probes/plan.ts';
import type { Catalog } from '../../../probes/catalog.ts';
import type { Plan, PlannedTarget } from '../../../probes/plan.ts';
import type { Clock } from '../../../probes/probe.ts';
import { probeRings } from '../../../probes/rings/probe.ts';
import { compileBlockpages } from '../../../probes/web/blockpage.ts';
import type { Connectivity } from '../../../probes/words.ts';
import { seal } from '../../agent/envelope.ts';
import type { AgentOptions } from '../../agent/options.ts';
import { followPaths } from '../../agent/path-follower.ts';
import type { PathFollowerOptions } from '../../agent/path-follower.ts';
import { createIds } from '../../agent/uuid.ts';
import { connectivityOf } from '../../analysis/verdict/connectivity.ts';
import { judge } from '../../analysis/verdict/judge.ts';
import type { Verdict } from '../../analysis/verdict/verdict.ts';
import { loadCatalog, loadPlan, plannedTargets } from '../../config/catalog-files.ts';
import { loadConfig } from '../../config/config.ts';
import type { Config } from '../../config/config.ts';
import { buildKnowledge } from '../../config/knowledge.ts';
import { ConfigError } from '../../errors.ts';
import { controlOf } from '../control-of.ts';
import { explain } from '../explain/explain.ts';
import { createProbeRunner } from '../probe-runner.ts';
import type { Io } from '../io.ts';
import { EXIT, writeLine } from '../io.ts';
import { postFrom } from '../lines.ts';
import { networkOf } from '../network-of.ts';
import { pathFollowingOf } from '../path-of.ts';
import { quicTargetsMeant, targetsMeant } from '../probe-targets.ts';
import { packageVersion } from '../version.ts';

export interface ProbeOptions {
  readonly config?: string;
  readonly vantage?: string;
  readonly json?: true;
}

type ConfiguredVantage = Config['vantages'][number];

function vantageMeant(config: Config, id: string | undefined): ConfiguredVantage {
  const vantage =
    id === undefined ? config.vantages[0] : config.vantages.find((candidate) => candidate.id === id);
  if (vantage !== undefined) return vantage;
  const known = config.vantages.map((candidate) => candidate.id).join(', ');
  throw new ConfigError('--vantage', `there is no vantage "${id ?? ''}"; the configuration has: ${known}`);
}

interface Asked {
  readonly runTarget: AgentOptions['runTarget'];
  readonly clock: Clock;
  readonly plan: Plan;
  readonly vantage: VantageTag;
  readonly signal: AbortSignal;
}

/** A kind that the plan does not run has as long as a page. */
function timeoutMsOf({ probe }: PlannedTarget, plan: Plan): number {
  return (probe === 'web' ? undefined : plan[probe]?.timeoutMs) ?? plan.full.timeoutMs;
}

async function measure(
  target: PlannedTarget,
  connectivity: Connectivity | null,
  asked: Asked,
): Promise<OwnMeasurement> {
  const { clock, runTarget, plan, vantage, signal } = asked;
  const startedAtMs = clock.nowMs();
  const report = await runTarget({ target, depth: 'full', timeoutMs: timeoutMsOf(target, plan) }, signal);
  return seal({
    id: createIds()(startedAtMs),
    startedAtMs,
    roundStartedAtMs: startedAtMs,
    runtimeMs: report.runtimeMs,
    vantage,
    target: { id: target.id, platform: target.platform, probe: target.probe, depth: 'full' },
    testName: testNameOf(target),
    input: inputOfTarget(target, 'full'),
    testKeys: report.testKeys,
    retest: 0,
    connectivity,
    abort: report.abort,
    softwareVersion: packageVersion(),
  });
}

/** What people call it: an app by its platform's name, everything else by its host. */
function nameOf(target: PlannedTarget, { platforms }: Catalog): string {
  if (target.probe === 'app')
    return platforms.find(({ id }) => id === target.platform)?.names.en ?? target.name;
  return target.probe === 'ingest' || target.probe === 'quic' ? target.host : new URL(target.url).host;
}

function linesOf(name: string, measurement: OwnMeasurement, verdict: Verdict): string[] {
  const place = measurement.x_aiqyn_connectivity?.replaceAll('_', ' ') ?? 'not told by its rings';
  return [
    `${measurement.input ?? name}  (this vantage is ${place})`,
    ...explain(name, measurement, verdict),
    '',
  ];
}

function followed(runTarget: Asked['runTarget'], paths: PathFollowerOptions | null): Asked['runTarget'] {
  return paths === null ? runTarget : followPaths(runTarget, paths);
}

/** One target, or `quic` and the host or platform whose HTTP/3 is meant. */
function targetsOf([first = '', second, ...rest]: readonly string[], catalog: Catalog): PlannedTarget[] {
  if (second === undefined) return targetsMeant(first, catalog);
  if (first === 'quic' && rest.length === 0) return quicTargetsMeant(second, catalog);
  throw new ConfigError(
    'probe',
    `"${second}" is too much: name one target, or quic and one host or platform`,
  );
}

/**
 * Exit code 0 whatever the verdict is: a block that was found is no failure of the command.
 * @param openNetwork what lies outside; the demo's world has its own.
 */
export async function probeCommand(
  words: readonly string[],
  options: ProbeOptions,
  io: Io,
  env: Readonly<Record<string, string | undefined>>,
  openNetwork: typeof networkOf = networkOf,
): Promise<number> {
  const catalog = loadCatalog();
  const config = loadConfig(options.config ?? null, env, catalog);
  const targets = targetsOf(words, catalog);
  const configured = vantageMeant(config, options.vantage);
  const plan = loadPlan(configured.plan ?? config.plan);
  const clock = systemClock();
  const stopping = new AbortController();
  // Every step under way listens to it; the probes bound how many.
  setMaxListeners(0, stopping.signal);
  const network = openNetwork(config, configured);
  const knowledge = buildKnowledge(catalog);
  process.once('SIGINT', () => {
    stopping.abort();
  });
  const { id, operator, place, access } = configured;
  // The demo's world is not this machine's network.
  const paths =
    openNetwork === networkOf
      ? pathFollowingOf(config, configured, catalog, plannedTargets(plan, catalog))
      : null;
  const asked: Asked = {
    clock,
    plan,
    vantage: { id, operator, place, access },
    signal: stopping.signal,
    runTarget: followed(
      createProbeRunner({
        clock,
        network,
        control: controlOf(config, clock, postFrom(configured, network)),
        harmlessNames: catalog.harmlessNames.map(({ name }) => name),
        blockpages: compileBlockpages(catalog.blockpages),
        keepBodies: config.archive.keepBodies,
        bodyBytesMax: plan.full.bodyBytesMax,
      }),
      paths,
    ),
  };
  const rings = await probeRings(
    { checks: catalog.rings, gateway: true, timeoutMs: plan.rings.timeoutMs },
    { clock, network, signal: stopping.signal },
  );
  const connectivity = connectivityOf(rings.testKeys.x_aiqyn_ring_checks);
  for (const target of targets) {
    if (stopping.signal.aborted) return EXIT.missing;
    const measurement = await measure(target, connectivity, asked);
    const verdict = judge(measurement, knowledge);
    if (options.json === true) {
      writeLine(io.stdout, JSON.stringify({ target: target.id, verdict, measurement }));
      continue;
    }
    for (const line of linesOf(nameOf(target, catalog), measurement, verdict)) writeLine(io.stdout, line);
  }
  return EXIT.done;
}
