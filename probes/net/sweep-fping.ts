/**
 * Asks addresses by ICMP echo, through `fping` (Debian package `fping`), which may open the raw socket that Node cannot.
 * Nothing outside the prefixes is given to it.
 */
import { execFile } from 'node:child_process';
import type { PrefixSet } from '../prefix.ts';
import type { Answer, SweepProber } from '../sweep-prober.ts';

/** Addresses of one process: they are its arguments. */
const ADDRESSES_MAX = 500;
const OUTPUT_BYTES_MAX = 1 << 20;
const SLACK_MS = 10_000;
/** 0: all answered, 1: some did not. Beyond: it could not ask. */
const EXIT_ASKED_MAX = 1;
const TRIAL = ['-4', '-c', '1', '-q', '-t', '500', '127.0.0.1'];

export interface FpingProberOptions {
  readonly prefixes: PrefixSet;
  readonly timeoutMs: number;
  /** Echo requests a second. */
  readonly perSecond: number;
  /** The program; default `fping`. */
  readonly command?: string;
}

export function createFpingProber(options: FpingProberOptions): SweepProber {
  return {
    method: 'icmp',
    async ask(addresses, signal) {
      const asked = [...addresses];
      for (const address of asked) options.prefixes.require(address);
      const answers: Answer[] = [];
      for (let start = 0; start < asked.length && !signal.aborted; start += ADDRESSES_MAX)
        answers.push(...(await askSome(asked.slice(start, start + ADDRESSES_MAX), options, signal)));
      return answers;
    },
  };
}

/** Whether there is an fping that may ping: it asks this machine itself, once. */
export async function canPing(command = 'fping'): Promise<boolean> {
  const { code } = await run(command, TRIAL, SLACK_MS, AbortSignal.timeout(SLACK_MS));
  return code === 0;
}

async function askSome(
  addresses: readonly string[],
  { prefixes, timeoutMs, perSecond, command = 'fping' }: FpingProberOptions,
  signal: AbortSignal,
): Promise<readonly Answer[]> {
  for (const address of addresses) prefixes.require(address);
  const intervalMs = 1_000 / perSecond;
  const rate = ['-i', intervalMs.toFixed(3), '-t', String(timeoutMs)];
  const lastsMs = addresses.length * intervalMs + timeoutMs + SLACK_MS;
  const { code, output } = await run(
    command,
    ['-4', '-C', '1', '-q', ...rate, ...addresses],
    lastsMs,
    signal,
  );
  if (code === null || code > EXIT_ASKED_MAX) return [];
  const wanted = new Set(addresses);
  return readFping(output).filter(({ address }) => wanted.has(address));
}

/** fping says what it found on stderr. The code is null where it was not there, or was ended. */
async function run(
  command: string,
  words: readonly string[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const limits = { timeout: timeoutMs, maxBuffer: OUTPUT_BYTES_MAX, signal, killSignal: 'SIGKILL' } as const;
  return new Promise((resolve) => {
    execFile(command, [...words], limits, (error, _stdout, output) => {
      const code = error === null ? 0 : error.code;
      resolve({ code: typeof code === 'number' ? code : null, output });
    });
  });
}

/**
 * The lines of `fping -C 1 -q`: `2.72.0.1 : 81.3`, or `-` where nothing came. What it could not send is left out, and so is
 * every other line, such as what routers said.
 */
export function readFping(output: string): Answer[] {
  const unsent = new Set<string>();
  const answers: Answer[] = [];
  for (const line of output.split('\n')) {
    const failed = /^(\S+): error while sending ping/.exec(line)?.[1];
    if (failed !== undefined) unsent.add(failed);
    const [, address, rtt] = /^(\d+\.\d+\.\d+\.\d+)\s+: (\d+(?:\.\d+)?|-)\s*$/.exec(line) ?? [];
    if (address === undefined || rtt === undefined) continue;
    answers.push({ address, answered: rtt !== '-', rttMs: rtt === '-' ? null : Number(rtt) });
  }
  return answers.filter(({ address }) => !unsent.has(address));
}
