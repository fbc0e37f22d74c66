/**
 * One process per directory. The lock is a file that names its holder; a holder that died (kill -9, power loss, a
 * container that starts again under the same process number) does not keep the next one out.
 */
import { isCode, makeFolder } from '../disk.ts';
import { randomUUID } from 'node:crypto';
import { link, readFile, realpath, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { EnvironmentError } from '../errors.ts';

const LOCK_FILE = 'lock.json';
const TAKEOVERS_MAX = 5;

const Holder = z.object({
  pid: z.int().positive(),
  /** Kernel ticks between boot and the process's start; null where the system does not tell. Told apart from a reused number by it. */
  startedTicks: z.string().nullable(),
  token: z.string(),
});
type Holder = z.infer<typeof Holder>;

/** Directories that this very process holds: a lock file with our own number and no entry here is a leftover. */
const heldHere = new Map<string, string>();

export interface DirectoryLock {
  /** Gives the directory free; doing it twice is harmless. */
  release(): Promise<void>;
}

/**
 * Takes the directory (made if absent) for this process.
 * @param code the error's code, so that the message of whoever asks stays tellable, e.g. `SPOOL_LOCKED`.
 * @throws EnvironmentError(code) while another living process, or this one, holds it.
 */
export async function lockDirectory(dir: string, code = 'DIRECTORY_LOCKED'): Promise<DirectoryLock> {
  await makeFolder(dir);
  const key = await realpath(dir);
  const path = join(key, LOCK_FILE);
  const token = randomUUID();
  if (heldHere.has(key)) throw locked(code, key, process.pid);
  heldHere.set(key, token);
  try {
    await take(path, { pid: process.pid, startedTicks: await startedTicks(process.pid), token }, code);
  } catch (error) {
    heldHere.delete(key);
    throw error;
  }
  return {
    release: async () => {
      if (heldHere.get(key) !== token) return;
      if ((await readHolder(path))?.token === token) await unlinkIfThere(path);
      heldHere.delete(key);
    },
  };
}

async function take(path: string, holder: Holder, code: string): Promise<void> {
  // A hard link to a finished file either appears whole or not at all; an opened-and-then-written one can be seen empty.
  const candidate = `${path}.${holder.token}`;
  await writeFile(candidate, JSON.stringify(holder));
  try {
    for (let attempt = 0; attempt < TAKEOVERS_MAX; attempt++) {
      if (await linkIfFree(candidate, path)) return;
      const other = await readHolder(path);
      if (other !== null && (await isAlive(other))) throw locked(code, path, other.pid);
      await removeStale(path, other, holder.token);
    }
  } finally {
    await unlinkIfThere(candidate);
  }
  throw locked(code, path, 0);
}

/** Moves the dead holder's file away; puts it back when a third process was faster and the file is a living lock by now. */
async function removeStale(path: string, stale: Holder | null, token: string): Promise<void> {
  const aside = `${path}.stale.${token}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  const moved = await readHolder(aside);
  if (moved !== null && moved.token !== stale?.token) await linkIfFree(aside, path);
  await unlinkIfThere(aside);
}

async function isAlive(holder: Holder): Promise<boolean> {
  if (holder.pid === process.pid) return [...heldHere.values()].includes(holder.token);
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (isCode(error, 'ESRCH')) return false;
  }
  const ticks = await startedTicks(holder.pid);
  return ticks === null || holder.startedTicks === null || ticks === holder.startedTicks;
}

/** Field 22 of /proc/<pid>/stat; the command's name before it may hold spaces and brackets. Null outside Linux. */
async function startedTicks(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    return Holder.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    // Absent, or not written by us: no living holder can be told from it.
    return null;
  }
}

async function linkIfFree(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

function locked(code: string, path: string, pid: number): EnvironmentError {
  return new EnvironmentError(
    code,
    `${path} is in use by process ${pid}. Stop that process, or choose another data directory with --data-dir.`,
  );
}
