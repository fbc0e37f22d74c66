/** Small steps on files that hold across a power cut; spool and archive share them. */
import { open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Whether an unknown error carries this system code, e.g. `ENOENT`. */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
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
