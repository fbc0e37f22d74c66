/** `aiqyn demo`: the monitor against a small internet of its own on loopback, with a censor that follows a scenario. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomInt } from 'node:crypto';
import { makeDataFolder } from '../data-folder.ts';
import { loadCatalog } from '../../config/catalog-files.ts';
import { packageRoot } from '../../config/package-root.ts';
import { loadConfig } from '../../config/config.ts';
import type { Environment } from '../../config/config.ts';
import { associateScenario } from '../../scenario/associations.ts';
import { mismatchesOf } from '../../scenario/expect.ts';
import { answerJson, readScenario } from '../../scenario/read.ts';
import type { ScenarioAnswer } from '../../scenario/read.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { resumeDemo } from '../demo-state.ts';
import { startDemo } from '../demo-world.ts';
import type { RunningDemo } from '../demo-world.ts';
import { summarise } from '../../analysis/detect/summary.ts';
import type { Io } from '../io.ts';
import { EXIT, writeLine } from '../io.ts';
import { createLogger } from '../logger.ts';
import { commandNames } from '../names.ts';
import { untilAskedToStop } from '../signals.ts';

const DEFAULT_PORT = 8470;
const OWN_STORE = { kind: 'duckdb' } as const;
/** Real seconds that a scenario lasts unless a speed is given, and the shortest time between two rounds on real sockets. */
const LENGTH_SECONDS = 80;
const CADENCE_SECONDS_MIN = 2;
/** After the scenario's end, real time for what was begun to be measured, delivered and folded. */
const SETTLE_MS = 3_000;
const WAIT_STEP_MS = 100;

export interface DemoCommandOptions {
  /** Only its `store` is used: everything else is the scenario's. */
  readonly config?: string;
  readonly scenario?: string;
  readonly speed?: number;
  readonly port?: number;
  readonly dataDir?: string;
  readonly exit?: true;
  readonly json?: true;
}

function random(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}

/** Fast enough to end soon, slow enough for rounds on real sockets. */
function speedFor(scenario: Scenario): number {
  const lengthSeconds = (scenario.to - scenario.from) / 1_000;
  return Math.max(1, Math.min(lengthSeconds / LENGTH_SECONDS, scenario.cadenceSeconds / CADENCE_SECONDS_MIN));
}

async function answerOf(demo: RunningDemo, scenario: Scenario): Promise<ScenarioAnswer> {
  const window = { fromMs: scenario.from, toMs: demo.clock.nowMs() };
  const incidents = (await demo.storage.store.incidents({ window })).toSorted(
    (a, b) => a.startMs - b.startMs,
  );
  return { incidents, associations: associateScenario(scenario, incidents), alerts: demo.ledger.alerts };
}

async function untilScenarioTime(demo: RunningDemo, atMs: number, signal: AbortSignal): Promise<void> {
  while (demo.clock.nowMs() < atMs && !signal.aborted) await demo.clock.sleep(WAIT_STEP_MS, signal);
}

/** What was found, and where the scenario says what must be found, whether it was. */
function tell(answer: ScenarioAnswer, scenario: Scenario, options: DemoCommandOptions, io: Io): number {
  const names = commandNames(loadCatalog());
  if (options.json === true) writeLine(io.stdout, JSON.stringify(answerJson(answer, names)));
  else {
    if (answer.incidents.length === 0) writeLine(io.stdout, 'No incidents.');
    for (const incident of answer.incidents) writeLine(io.stdout, summarise(incident, names));
  }
  const mismatches = mismatchesOf(scenario, answer.incidents, answer.associations);
  for (const mismatch of mismatches) writeLine(io.stderr, mismatch.text);
  return mismatches.length === 0 ? EXIT.done : EXIT.failed;
}

async function play(
  scenario: Scenario,
  dataDir: string,
  options: DemoCommandOptions,
  io: Io,
  env: Environment,
) {
  // From the first moment: a stop while the past is still being read must be clean too.
  const stopping = new AbortController();
  const asked = untilAskedToStop().then(() => {
    stopping.abort();
  });
  const level = env['AIQYN_LOG_LEVEL'] ?? (process.stderr.isTTY ? 'info' : 'warn');
  const log = createLogger(level, process.stderr.isTTY);
  const fresh = {
    scenario: scenario.id,
    speed: options.speed ?? speedFor(scenario),
    startWallMs: Date.now(),
  };
  const state = await resumeDemo(dataDir, fresh);
  const port = options.port ?? (options.exit === true ? 0 : DEFAULT_PORT);
  const store = options.config === undefined ? OWN_STORE : loadConfig(options.config, env).store;
  const http = { host: '127.0.0.1', port };
  const demo = await startDemo({ scenario, state, dataDir, store, http, log, random });
  try {
    writeLine(io.stderr, `${scenario.title}.`);
    writeLine(
      io.stderr,
      `Demo at ${state.speed} times real time, a round every ${demo.plan.cadenceSeconds} scenario seconds. The page is at ${demo.monitor.url}`,
    );
    await untilScenarioTime(demo, scenario.to, stopping.signal);
    if (options.exit !== true) {
      if (!stopping.signal.aborted)
        writeLine(io.stderr, 'The scenario has ended; the page stays. Ctrl+C ends it.');
      await asked;
      return EXIT.done;
    }
    if (stopping.signal.aborted) return EXIT.failed;
    await demo.clock.sleep(SETTLE_MS, stopping.signal);
    await demo.monitor.stopMeasuring();
    await demo.monitor.flush(demo.clock.nowMs());
    return tell(await answerOf(demo, scenario), scenario, options, io);
  } finally {
    await demo.stop();
  }
}

export async function demoCommand(options: DemoCommandOptions, io: Io, env: Environment): Promise<number> {
  const file = options.scenario ?? join(packageRoot(), 'src', 'demo', 'scenarios', 'evening-livestream.yaml');
  const scenario = await readScenario(file);
  if (options.dataDir !== undefined) {
    await makeDataFolder(options.dataDir);
    return play(scenario, options.dataDir, options, io, env);
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'aiqyn-demo-'));
  try {
    return await play(scenario, dataDir, options, io, env);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
