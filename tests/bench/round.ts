/** What one round of each kind in each plan costs on the wire, and from that a day of it against its budget. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { loadPlan, planNames } from '../../src/config/catalog-files.ts';
import { canMakeLabs } from '../support/lab.ts';
import { dayOf, Rounds, sumOf } from './round-cost.ts';

const run = promisify(execFile);
const ROUNDS_MS_MAX = 300_000;
const MEGABYTE = 1e6;

async function measured(plan: string): Promise<Rounds> {
  const script = ['--import', 'tsx', 'tests/bench/wire-writer.ts', plan];
  const { stdout } = await run('unshare', ['--net', process.execPath, ...script], { timeout: ROUNDS_MS_MAX });
  return Rounds.parse(JSON.parse(stdout));
}

function megabytes(bytes: number): number {
  return Math.round((bytes / MEGABYTE) * 10) / 10;
}

function capital(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}

/** `defaultLightMegabytesPerDay`, …, and per run of each kind `defaultLightBytesPerRun`. Needs root: nothing else sees packets. */
export async function benchRound(): Promise<Record<string, number>> {
  if (!canMakeLabs()) return {};
  const figures: Record<string, number> = {};
  for (const name of planNames()) {
    const plan = loadPlan(name);
    const prefix = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const rounds = await measured(name);
    for (const [kind, { runs, wireBytes, applicationBytes, ms, failures }] of Object.entries(rounds)) {
      figures[`${prefix}${capital(kind)}BytesPerRun`] = Math.round(wireBytes / runs);
      figures[`${prefix}${capital(kind)}CountedShare`] =
        Math.round((applicationBytes / wireBytes) * 100) / 100;
      figures[`${prefix}${capital(kind)}RoundMs`] = ms;
      if (failures > 0) throw new Error(`${failures} runs of ${kind} in ${name} did not end by themselves`);
    }
    const day = dayOf(plan, rounds);
    for (const [what, bytes] of Object.entries(day))
      figures[`${prefix}${capital(what)}MegabytesPerDay`] = megabytes(bytes);
    figures[`${prefix}MegabytesPerDay`] = megabytes(sumOf(day));
    figures[`${prefix}BudgetMegabytes`] = plan.dailyBudgetMegabytes;
  }
  return figures;
}
