/** The real control, collector and agents in the lab: the built commands, each in the namespace where it would stand. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { openFleetBook } from '../../../src/collector/fleet-book.ts';
import { createIdentity, writeIdentity } from '../../../src/fleet/identity.ts';
import { MAIN } from '../../support/cli.ts';
import type { RunningCli } from '../../support/cli.ts';
import { PLATFORMS, TARGET_IDS } from './geography.ts';
import type { Line, Measured } from './geography.ts';
import type { Internet } from './internet.ts';
import { runInside } from './namespaces.ts';
import { addressOfPart } from './topology.ts';

const READY_MS = 60_000;
const LOOK_MS = 500;
const PAGE = 'http://127.0.0.1:8470';
const TRUST_LAB = join(import.meta.dirname, 'trust-lab.cjs');

/** What the agents measure. */
export interface Watch {
  readonly platforms: readonly Measured[];
  /** Cron expressions, seconds first. */
  readonly light: string;
  readonly full: string;
}

/** A round every ten seconds: a minute's window of the detector then holds six. */
export const EVERYTHING: Watch = {
  platforms: PLATFORMS,
  light: '*/10 * * * * *',
  full: '5,25,45 * * * * *',
};

/** For shutdowns, which heartbeats tell: little beside the rings. */
export const LITTLE: Watch = { platforms: ['youtube', 'vk'], light: '*/20 * * * * *', full: '0 * * * * *' };

function planOf({ platforms, light, full }: Watch): string {
  return JSON.stringify({
    id: 'lab',
    title: 'Lab',
    description: 'One page of each platform.',
    targets: platforms.map((platform) => TARGET_IDS[platform]),
    light: { cron: light, timeoutMs: 4_000 },
    full: { cron: full, timeoutMs: 9_000 },
    rings: { cron: '*/5 * * * * *', timeoutMs: 3_000 },
    jitterSeconds: 2,
    concurrency: 16,
    dailyBudgetMegabytes: 10_000,
  });
}

export interface Fleet {
  /** Of the collector. */
  readonly dataDir: string;
  /** What the collector's API says now. */
  ask<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  /** Asks until `isEnough`; throws with the last answer when the time is over. */
  until<T>(
    path: string,
    schema: z.ZodType<T>,
    isEnough: (answer: T) => boolean,
    timeoutMs: number,
  ): Promise<T>;
  readonly collector: RunningCli;
  agentOf(line: Line): RunningCli;
  /** Ids of all that the agents said is on their disks. */
  kept(): ReadonlySet<string>;
  /** Agents send what they have and end, then the collector. @throws where one does not end cleanly */
  stop(): Promise<void>;
}

const Kept = z.object({ msg: z.literal('Kept in the spool.'), id: z.string() });

/** Ids of what an agent that logs everything said is on its disk. A last line that a kill tore was not said. */
export function keptIn(log: string): string[] {
  return log
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{'))
    .flatMap((line) => {
      const said = Kept.safeParse(JSON.parse(line));
      return said.success ? [said.data.id] : [];
    });
}

async function ended(asked: Iterable<RunningCli>): Promise<void> {
  const programs = [...asked];
  for (const { child } of programs) child.kill('SIGTERM');
  for (const program of programs) {
    const code = await program.exited;
    if (code !== 0) throw new Error(`ended with ${String(code)}: ${program.stderr().slice(-2_000)}`);
  }
}

function command(args: readonly string[]): readonly string[] {
  return [process.execPath, '--require', TRUST_LAB, MAIN, ...args];
}

/** As `aiqyn enroll new` and `aiqyn enroll join` do it, without the way between. */
async function enrol(line: Line, collectorDir: string, agentDir: string): Promise<void> {
  const book = await openFleetBook(collectorDir);
  const { identity, pem } = createIdentity();
  await book.enrol(await book.expect(line.vantage, Date.now()), identity.publicKey, Date.now());
  mkdirSync(join(agentDir, 'data', 'keys'), { recursive: true });
  await writeIdentity(join(agentDir, 'data', 'keys', `${line.vantage.id}.pem`), pem);
}

function configOf({ vantage }: Line): string {
  return JSON.stringify({
    dataDir: './data',
    plan: './plan.yaml',
    resolvers: { udp: ['8.8.8.8'] },
    control: { url: `http://${addressOfPart('control')}:8471` },
    fleet: { collectors: [`http://${addressOfPart('centre')}:8472`] },
    vantages: [vantage],
  });
}

/** All of them run and every agent measures when this resolves. */
export async function startFleet(
  internet: Internet,
  lines: readonly Line[],
  watch: Watch = EVERYTHING,
): Promise<Fleet> {
  const { wires, folder, rootsFile } = internet;
  const env = { AIQYN_LAB_ROOTS: rootsFile, AIQYN_LOG_LEVEL: 'debug' };
  const dataDir = join(folder, 'collector');
  const agents = new Map<string, RunningCli>();
  const folders = lines.map((line) => ({ line, dir: join(folder, line.vantage.id) }));
  for (const { line, dir } of folders) {
    await enrol(line, dataDir, dir);
    writeFileSync(join(dir, 'plan.yaml'), planOf(watch));
    // JSON is YAML.
    writeFileSync(join(dir, 'aiqyn.yaml'), configOf(line));
  }
  const control = internet.start(
    wires.part('control'),
    command(['control', '--host', addressOfPart('control')]),
    env,
  );
  const collector = internet.start(
    wires.part('centre'),
    command(['collector', '-d', dataDir, '--fleet-host', addressOfPart('centre')]),
    env,
  );
  await control.waitFor(/Control at/, READY_MS);
  await collector.waitFor(/The page is at/, READY_MS);
  for (const { line, dir } of folders) {
    const words = command(['agent', '--config', join(dir, 'aiqyn.yaml')]);
    agents.set(line.vantage.id, internet.start(wires.vantage(line), words, env));
  }
  for (const agent of agents.values()) await agent.waitFor(/Aiqyn measures from 1 line/, READY_MS);

  async function ask<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const script = `fetch('${PAGE}${path}').then((r)=>r.text()).then((t)=>process.stdout.write(t))`;
    const text = await runInside(wires.part('centre'), `${process.execPath} -e ${script}`);
    const json: unknown = JSON.parse(text);
    return schema.parse(json);
  }
  return {
    dataDir,
    ask,
    async until(path, schema, isEnough, timeoutMs) {
      const endsMs = performance.now() + timeoutMs;
      for (;;) {
        const answer = await ask(path, schema);
        if (isEnough(answer)) return answer;
        if (performance.now() > endsMs)
          throw new Error(`${path} still says ${JSON.stringify(answer, null, 1)}`);
        await sleep(LOOK_MS);
      }
    },
    collector,
    agentOf(line) {
      const agent = agents.get(line.vantage.id);
      if (agent === undefined) throw new RangeError(`no agent measures from ${line.vantage.id}`);
      return agent;
    },
    kept: () => new Set([...agents.values()].flatMap((agent) => keptIn(agent.stderr()))),
    async stop() {
      await ended(agents.values());
      await ended([collector]);
    },
  };
}
