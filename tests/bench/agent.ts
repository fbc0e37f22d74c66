/** Memory of an agent: of one vantage and of three in one process, of the file that runs alone and of the installed program. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { canMakeLabs } from '../support/lab.ts';

const run = promisify(execFile);
const MS_MAX = 700_000;
const Figures = z.object({ started: z.number(), afterRounds: z.number(), most: z.number() });

async function measured(vantages: number, way: 'file' | 'npm'): Promise<z.infer<typeof Figures>> {
  const script = ['--import', 'tsx', 'tests/bench/agent-writer.ts', String(vantages), way];
  const { stdout } = await run('unshare', ['--net', process.execPath, ...script], { timeout: MS_MAX });
  return Figures.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
}

/**
 * Resident megabytes before the first round, the median in the last ten of thirty rounds, and the most at any time. Takes half an
 * hour; needs root for a network of its own.
 */
export async function benchAgent(): Promise<Record<string, number>> {
  if (!canMakeLabs()) return {};
  const figures: Record<string, number> = {};
  for (const way of ['file', 'npm'] as const) {
    for (const vantages of [1, 3]) {
      const { started, afterRounds, most } = await measured(vantages, way);
      const name = `agentBy${way === 'file' ? 'File' : 'Npm'}Of${vantages}`;
      figures[`${name}StartedRssMegabytes`] = started;
      figures[`${name}AfterRoundsRssMegabytes`] = afterRounds;
      figures[`${name}MostRssMegabytes`] = most;
    }
  }
  return figures;
}
