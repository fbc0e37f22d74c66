/**
 * Network namespaces of one owner, under names that tell the owner: its pid and when it began, so that a pid that was given
 * again is not taken for it. What a killed owner left behind is found by its names and removed at the next start.
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MARK = 'aiqynlab';
const NAMED = new RegExp(`^${MARK}-(\\d+)-(\\d+)(?:-|$)`);
/** Where iproute2 looks for a namespace's own files: `ip netns exec` shows them in place of those in /etc. */
const FILES = '/etc/netns';
const NAMESPACES = '/run/netns';
const START_TIME_FIELD = 22;

/** When a process began, in clock ticks since the machine did; null when there is none. proc(5), field 22 of stat. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name in brackets, which may hold anything.
    const rest = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return rest[START_TIME_FIELD - 3] ?? null;
  } catch {
    return null;
  }
}

/** The beginning of every name that this process gives. */
export function ownTag(): string {
  return `${MARK}-${process.pid}-${startOf(process.pid) ?? '0'}`;
}

function isAbandoned(name: string): boolean {
  const owner = NAMED.exec(name);
  return owner !== null && startOf(Number(owner[1])) !== owner[2];
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => NAMED.test(name)) : [];
}

/** Every namespace, file and folder of any lab on this machine, whoever owns it. */
export function labLeftovers(): { readonly namespaces: string[]; readonly folders: string[] } {
  return { namespaces: namesIn(NAMESPACES), folders: [...namesIn(FILES), ...namesIn(tmpdir())] };
}

/** Their pids; none where the namespace is gone. */
export function processesIn(name: string): string[] {
  if (!existsSync(join(NAMESPACES, name))) return [];
  return execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).split('\n').filter(Boolean);
}

/** Processes inside end first: a namespace lives as long as one of them. */
function removeNamespace(name: string): void {
  for (const pid of processesIn(name)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
  try {
    execFileSync('ip', ['netns', 'del', name], { stdio: 'pipe' });
  } catch (error) {
    // Two that start at the same time both remove what a third one left.
    if (existsSync(join(NAMESPACES, name))) throw error;
  }
}

function removeWhere(isWanted: (name: string) => boolean): void {
  for (const name of namesIn(NAMESPACES).filter(isWanted)) removeNamespace(name);
  for (const folder of [FILES, tmpdir()])
    for (const name of namesIn(folder).filter(isWanted))
      rmSync(join(folder, name), { recursive: true, force: true });
}

/** Labs of owners that are dead. A lab whose owner lives is left alone. */
export function removeAbandoned(): void {
  removeWhere(isAbandoned);
}

/** Everything of this process. Synchronous, so that it can be the last thing that it does. */
export function removeOwn(): void {
  const tag = ownTag();
  removeWhere((name) => name.startsWith(`${tag}-`));
}

/** One lab, by the beginning of its names. */
export function removeLab(lab: string): void {
  removeWhere((name) => name === lab || name.startsWith(`${lab}-`));
}

let isWatching = false;

/** Whatever ends this process, short of SIGKILL, takes its labs along. */
export function removeAtExit(): void {
  if (isWatching) return;
  isWatching = true;
  process.once('exit', removeOwn);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      removeOwn();
      process.kill(process.pid, signal);
    });
  }
}

/** A folder that goes with the lab. */
export function labFolder(lab: string): string {
  const folder = join(tmpdir(), lab);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** What programs in the namespace ask for names. */
export function setResolver(namespace: string, address: string): void {
  const folder = join(FILES, namespace);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'resolv.conf'),
    `nameserver ${address}\noptions timeout:2 attempts:1 single-request\n`,
  );
}

/** Lines of `ip -batch`, in this namespace or, without one, on the machine (only to make namespaces and what joins them). */
export async function ipBatch(namespace: string | null, lines: readonly string[]): Promise<void> {
  const where = namespace === null ? [] : ['-n', namespace];
  const child = run('ip', [...where, '-batch', '-']);
  child.child.stdin?.end(`${lines.join('\n')}\n`);
  await child;
}

/** The words of a command that runs inside and dies with this process. */
export function inside(namespace: string): readonly string[] {
  return ['setpriv', '--pdeathsig', 'KILL', 'ip', 'netns', 'exec', namespace];
}

/** What it said. @throws what it said on stderr, where it fails. */
export async function runInside(namespace: string, command: string): Promise<string> {
  const [program = '', ...args] = [...inside(namespace), ...command.split(' ')];
  const { stdout } = await run(program, args);
  return stdout;
}
