/** The longest scenario, a month of six vantages, from text to incidents and associations. */
import { join } from 'node:path';
import { runCli } from '../support/cli.ts';

export async function benchReplay(): Promise<Record<string, number>> {
  const file = join(import.meta.dirname, '..', 'scenarios', '2018-spring-evening-livestreams.yaml');
  const startedMs = performance.now();
  const { code } = await runCli(['replay', file, '--json']);
  if (code !== 0) throw new Error(`the replay ended with exit code ${code}`);
  return { replayMonthSeconds: Math.round((performance.now() - startedMs) / 100) / 10 };
}
