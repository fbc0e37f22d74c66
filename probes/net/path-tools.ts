/**
 * Runs `traceroute` or `mtr` (Debian packages `traceroute`, `mtr-tiny`), which may send what Node cannot: packets that live for so many
 * hops. Bounded in hops, time and output; one packet a hop.
 */
import { execFile } from 'node:child_process';
import { readMtr, readTraceroute } from '../hops.ts';
import type { RawHop } from '../hops.ts';

const HOPS_MAX = 24;
const HOP_WAIT_SECONDS = 1;
const TRACE_MS_MAX = 8_000;
const TRIAL_MS_MAX = 3_000;
const OUTPUT_BYTES_MAX = 1 << 16;
/** Discard: nobody listens there. */
const TRIAL_PORT = 9;
/** Of an IP packet with a TCP or UDP header and what the tools put in it. */
export const PACKET_BYTES = 60;

export interface PathTool {
  readonly tool: 'traceroute' | 'mtr';
  /** TCP where the machine lets us: what is blocked for browsers takes that way. */
  readonly method: 'tcp' | 'udp';
  /** Null where the tool could not say anything. Never rejects. */
  trace(
    to: { readonly address: string; readonly port: number },
    signal: AbortSignal,
  ): Promise<readonly RawHop[] | null>;
}

export interface PathToolOptions {
  /** Packets leave from this address of the machine. */
  readonly localAddress?: string | undefined;
  /** Tools in the order in which they are tried; default both. */
  readonly tools?: readonly PathTool['tool'][];
  /** Words before the tool's, such as `ip netns exec far`; default none. */
  readonly inside?: readonly string[];
}

/** The first tool and method that this machine has and allows, tried on loopback; null where there is none. */
export async function openPathTool(options: PathToolOptions = {}): Promise<PathTool | null> {
  const { localAddress, tools = ['traceroute', 'mtr'], inside = [] } = options;
  for (const method of ['tcp', 'udp'] as const)
    for (const tool of tools) {
      const words = [...inside, tool, ...wordsOf(tool, method, TRIAL_PORT, undefined), '127.0.0.1'];
      const { code, output } = await run(words, TRIAL_MS_MAX, AbortSignal.timeout(TRIAL_MS_MAX));
      if (code !== 0 || readingOf(tool)(output).length === 0) continue;
      return pathTool([...inside, tool], { tool, method, localAddress });
    }
  return null;
}

function pathTool(
  command: readonly string[],
  { tool, method, localAddress }: Pick<PathTool, 'tool' | 'method'> & PathToolOptions,
): PathTool {
  return {
    tool,
    method,
    async trace({ address, port }, signal) {
      const words = [...command, ...wordsOf(tool, method, port, localAddress), address];
      const { output } = await (tool === 'mtr' ? runAlone : run)(words, TRACE_MS_MAX, signal);
      const hops = readingOf(tool)(output);
      return hops.length === 0 ? null : hops;
    },
  };
}

function readingOf(tool: PathTool['tool']): (output: string) => readonly RawHop[] {
  return tool === 'traceroute' ? readTraceroute : readMtr;
}

function wordsOf(
  tool: PathTool['tool'],
  method: PathTool['method'],
  port: number,
  localAddress: string | undefined,
): string[] {
  const [hops, wait] = [String(HOPS_MAX), String(HOP_WAIT_SECONDS)];
  const isTcp = method === 'tcp';
  if (tool === 'traceroute') {
    const from = localAddress === undefined ? [] : ['-s', localAddress];
    const how = isTcp ? ['-T', '-p', String(port)] : [];
    return ['-4', '-n', '-q', '1', '-w', wait, '-m', hops, '-N', hops, ...how, ...from];
  }
  const from = localAddress === undefined ? [] : ['-a', localAddress];
  const how = isTcp ? ['-T', '-P', String(port), '-Z', wait] : ['-u'];
  return ['-4', '-n', '--raw', '-c', '1', '-m', hops, '-G', wait, ...how, ...from];
}

let whenFree: Promise<unknown> = Promise.resolve();

/**
 * As `run`, after those before it. Each `mtr` counts its ports from the same number on, and knows the routers' answers by the port
 * alone: two at once took each other's routers for their own.
 */
async function runAlone(...what: Parameters<typeof run>): ReturnType<typeof run> {
  const ran = whenFree.then(async () => run(...what));
  whenFree = ran;
  return ran;
}

/** The code is null where the program was not there, or was ended; what it had said by then counts. */
async function run(
  [command = '', ...words]: readonly string[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const limits = { timeout: timeoutMs, maxBuffer: OUTPUT_BYTES_MAX, signal, killSignal: 'SIGKILL' } as const;
  return new Promise((resolve) => {
    execFile(command, words, limits, (error, output) => {
      const code = error === null ? 0 : error.code;
      resolve({ code: typeof code === 'number' ? code : null, output });
    });
  });
}
