/** Small steps on files that hold across a power cut. */
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EnvironmentError } from '../errors.ts';
import { isCode, makeFolder, syncDirectory } from '../disk.ts';

/** Makes a directory, and its own name durable. */
export async function makeDirectory(dir: string): Promise<void> {
  const made = await makeFolder(dir);
  if (made !== undefined) await syncDirectory(dirname(made));
}

/** Appends and syncs; answers the file's size before, so that the append can be taken back with `cutTo`. */
export async function appendDurably(path: string, text: string): Promise<number> {
  const handle = await open(path, 'a');
  try {
    const { size } = await handle.stat();
    try {
      await handle.appendFile(text);
      await handle.sync();
    } catch (error) {
      await handle.truncate(size);
      throw error;
    }
    if (size === 0) await syncDirectory(dirname(path));
    return size;
  } finally {
    await handle.close();
  }
}

export async function cutTo(path: string, bytes: number): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.truncate(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A full disk as EnvironmentError('DISK_FULL'); anything else unchanged. */
export function translateDiskError(error: unknown, dir: string): unknown {
  if (!isCode(error, 'ENOSPC') && !isCode(error, 'EDQUOT')) return error;
  return new EnvironmentError(
    'DISK_FULL',
    `The disk that holds ${dir} is full. Free some space; nothing that was accepted is lost, and what was refused is tried again.`,
    { cause: error },
  );
}
