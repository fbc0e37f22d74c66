/** Small steps on files that hold across a power cut; spool and archive share them. */
import { mkdir, open, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Whether an unknown error carries this system code, e.g. `ENOENT`. */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/**
 * Makes a folder and those above it. Node's own `recursive` never ends where a file system takes no folders and says so with
 * ENOENT, as `/proc` does.
 * @returns the topmost folder that was made; undefined where it was there already.
 * @throws the system's error where it cannot be made.
 */
export async function makeFolder(path: string, mode = 0o777): Promise<string | undefined> {
  try {
    await mkdir(path, { mode });
    return path;
  } catch (error) {
    if (!isCode(error, 'ENOENT')) {
      if (await isFolder(path)) return undefined;
      throw error;
    }
    const parent = dirname(path);
    if (parent === path) throw error;
    const made = await makeFolder(parent, mode);
    await mkdir(path, { mode }).catch(async (again: unknown) => {
      // Somebody else may have been faster.
      if (!(await isFolder(path))) throw again;
    });
    return made ?? path;
  }
}

/** A file's name is durable only when its directory is. */
export async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Puts a finished, synced file in the place of another: either the old or the new one is there, whole. */
export async function replaceFile(temporary: string, path: string): Promise<void> {
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

/** Writes a file so that a crash leaves either the old one or the new one. */
export async function writeWhole(path: string, content: Buffer): Promise<void> {
  const fresh = `${path}.new`;
  const file = await open(fresh, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await replaceFile(fresh, path);
}

export async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}
