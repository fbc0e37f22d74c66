/** `aiqyn probe`: one measurement of each target meant, and its verdict, explained. Keeps nothing on disk. */
import { systemClock } from '../../../probes/net/clock.ts';
import type { VantageTag } from '../../../probes/measurement.ts';
import type { PlannedTarget } from '../../../probes/plan.ts';
import type { Clock } from '../../../probes/probe.ts';
import { probeRings } from '../../../probes/rings/probe.ts';
import { compileBlockpages } from '../../../probes/web/blockpage.ts';
import type { WebContext } from '../../../probes/web/context.ts';
import { probeWeb } from '../../../probes/web/probe.ts';
import type { Connectivity } from '../../../probes/words.ts';
import { seal } from '../../agent/envelope.ts';
import { createIds } from '../../agent/uuid.ts';
import { connectivityOf } from '../../analysis/verdict/connectivity.ts';
import { judge } from '../../analysis/verdict/judge.ts';
import { loadCatalog, loadPlan } from '../../config/catalog-files.ts';
import { loadConfig } from '../../config/config.ts';
import type { Config } from '../../config/config.ts';
import { buildKnowledge } from '../../config/knowledge.ts';
import { ConfigError } from '../../errors.ts';
import { controlOf } from '../control-of.ts';
import { explain } from '../explain.ts';
import type { Io } from '../io.ts';
import { EXIT, writeLine } from '../io.ts';
import { networkOf } from '../network-of.ts';
import { targetsMeant } from '../probe-targets.ts';
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
  readonly context: WebContext;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly bodyBytesMax: number;
  readonly vantage: VantageTag;
}

async function measure(target: PlannedTarget, connectivity: Connectivity | null, asked: Asked) {
  const { clock, context, timeoutMs, bodyBytesMax, vantage } = asked;
  const startedAtMs = clock.nowMs();
  const report = await probeWeb({ target, depth: 'full', timeoutMs, bodyBytesMax }, context);
  const measurement = seal({
    id: createIds()(startedAtMs),
    startedAtMs,
    roundStartedAtMs: startedAtMs,
    runtimeMs: report.runtimeMs,
    vantage,
    target: { id: target.id, platform: target.platform, probe: 'web', depth: 'full' },
    input: target.url,
    testKeys: report.testKeys,
    retest: 0,
    connectivity,
    abort: report.abort,
    softwareVersion: packageVersion(),
  });
  return { measurement, testKeys: report.testKeys };
}

/** Exit code 0 whatever the verdict is: a block that was found is no failure of the command. */
export async function probeCommand(
  text: string,
  options: ProbeOptions,
  io: Io,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const catalog = loadCatalog();
  const config = loadConfig(options.config ?? null, env, catalog);
  const targets = targetsMeant(text, catalog);
  const configured = vantageMeant(config, options.vantage);
  const plan = loadPlan(configured.plan ?? config.plan);
  const clock = systemClock();
  const stopping = new AbortController();
  const network = networkOf(config, configured);
  const knowledge = buildKnowledge(catalog);
  process.once('SIGINT', () => {
    stopping.abort();
  });
  const { id, operator, place, access } = configured;
  const asked: Asked = {
    clock,
    timeoutMs: plan.full.timeoutMs,
    bodyBytesMax: plan.full.bodyBytesMax,
    vantage: { id, operator, place, access },
    context: {
      clock,
      network,
      control: controlOf(config, clock),
      harmlessNames: catalog.harmlessNames.map(({ name }) => name),
      blockpages: compileBlockpages(catalog.blockpages),
      keepBodies: config.archive.keepBodies,
      signal: stopping.signal,
    },
  };
  const rings = await probeRings(
    { checks: catalog.rings, gateway: true, timeoutMs: plan.rings.timeoutMs },
    { clock, network, signal: stopping.signal },
  );
  const connectivity = connectivityOf(rings.testKeys.x_aiqyn_ring_checks);
  for (const target of targets) {
    if (stopping.signal.aborted) return EXIT.missing;
    const { measurement, testKeys } = await measure(target, connectivity, asked);
    const verdict = judge(measurement, knowledge);
    if (options.json === true) {
      writeLine(io.stdout, JSON.stringify({ target: target.id, verdict, measurement }));
      continue;
    }
    writeLine(
      io.stdout,
      `${target.url}  (this vantage is ${connectivity?.replaceAll('_', ' ') ?? 'not told by its rings'})`,
    );
    for (const line of explain(testKeys, verdict)) writeLine(io.stdout, line);
    writeLine(io.stdout);
  }
  return EXIT.done;
}
