/** Memory of an agent: of one vantage, and of three in one process. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { canMakeLabs } from '../support/lab.ts';

const run = promisify(execFile);
const MS_MAX = 400_000;
const Figures = z.object({ started: z.number(), afterRounds: z.number(), most: z.number() });

async function measured(vantages: number): Promise<z.infer<typeof Figures>> {
  const script = ['--import', 'tsx', 'tests/bench/agent-writer.ts', String(vantages)];
  const { stdout } = await run('unshare', ['--net', process.execPath, ...script], { timeout: MS_MAX });
  return Figures.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
}

/** Resident megabytes after the start, after three minutes of rounds, and the most at any time. Needs root for a network of its own. */
export async function benchAgent(): Promise<Record<string, number>> {
  if (!canMakeLabs()) return {};
  const figures: Record<string, number> = {};
  for (const vantages of [1, 3]) {
    const { started, afterRounds, most } = await measured(vantages);
    figures[`agentOf${vantages}StartedRssMegabytes`] = started;
    figures[`agentOf${vantages}AfterRoundsRssMegabytes`] = afterRounds;
    figures[`agentOf${vantages}MostRssMegabytes`] = most;
  }
  return figures;
}
