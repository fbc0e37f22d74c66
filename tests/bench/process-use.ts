/** What a process takes of the machine. Linux only, from proc(5). */
import { readFile } from 'node:fs/promises';
import type { RunningCli } from '../support/cli.ts';

/** Linux counts a process's time in these. */
const TICKS_PER_SECOND = 100;
const USER_TICKS_FIELD = 11;
/** The peak is the kernel's own, and time only grows; what counts is the last look before the end. */
const LOOK_EVERY_MS = 50;

export interface Use {
  /** The most that was resident, in MB of 1,000,000 bytes. */
  readonly peakMegabytes: number;
  /** Processor time of all its threads. */
  readonly userSeconds: number;
  readonly systemSeconds: number;
}

/** So far; null once the process has ended. */
async function useSoFar(pid: number): Promise<Use | null> {
  const [stat, status] = await Promise.all(
    ['stat', 'status'].map(async (name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
  );
  const kilobytes = /VmHWM:\s+(\d+)/.exec(status ?? '')?.[1];
  // Counted behind its name, which may hold spaces.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const [user = 0, system = 0] = fields.slice(USER_TICKS_FIELD).map(Number);
  if (kilobytes === undefined) return null;
  return {
    peakMegabytes: Math.round((Number(kilobytes) * 1_024) / 1e6),
    userSeconds: user / TICKS_PER_SECOND,
    systemSeconds: system / TICKS_PER_SECOND,
  };
}

/** Resolves when the command has ended. */
export async function useOf({ child, exited }: RunningCli): Promise<Use> {
  let use: Use = { peakMegabytes: 0, userSeconds: 0, systemSeconds: 0 };
  async function look(): Promise<void> {
    use = (await useSoFar(child.pid ?? 0)) ?? use;
  }
  const looking = setInterval(() => void look(), LOOK_EVERY_MS);
  await exited;
  clearInterval(looking);
  return use;
}
