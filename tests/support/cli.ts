/** Starts the built command as a user would, and reads what it says. */
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

export const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli', 'main.js');

export interface RunningCli {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** Everything said so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves with the first match in stdout or stderr; rejects when the process ends or the time is over. */
  waitFor(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray>;
  /** Exit code, or null when a signal ended it. */
  readonly exited: Promise<number | null>;
}

export function startCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): RunningCli {
  return startProgram([process.execPath, MAIN, ...args], env, cwd);
}

/** Any program that says when it is ready. */
export function startProgram(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): RunningCli {
  const [program = '', ...args] = words;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve(code);
    });
  });
  async function waitFor(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const match = pattern.exec(out) ?? pattern.exec(err);
      if (match !== null) return match;
      const left = deadline - performance.now();
      const isOver = left <= 0 || child.exitCode !== null || child.signalCode !== null;
      if (isOver) throw new Error(`no ${String(pattern)} in:\n${out}\n${err}`);
      await new Promise((resolve) => setTimeout(resolve, Math.min(left, 50)));
    }
  }
  return { child, stdout: () => out, stderr: () => err, waitFor, exited };
}

/** Runs to the end. */
export async function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const running = startCli(args, env, cwd);
  const code = await running.exited;
  return { code, stdout: running.stdout(), stderr: running.stderr() };
}

/** A folder of its own under the system's temporary one, gone after `use`. */
export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'aiqyn-test-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
