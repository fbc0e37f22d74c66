/** The key that bundles for a collector are sealed with: a file in its data directory, made where there is none. */
import { randomUUID } from 'node:crypto';
import { link, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isCode, makeFolder, removeIfThere, writeWhole } from '../disk.ts';
import { EnvironmentError } from '../errors.ts';
import { createBoxKey, readBoxKey } from './sealed-box.ts';
import type { BoxKey } from './sealed-box.ts';

/** Two processes that come first at once get the same key. @throws EnvironmentError('KEY_UNREADABLE') */
export async function openBoxKey(path: string): Promise<BoxKey> {
  const known = await readKey(path);
  if (known !== null) return known;
  await makeFolder(dirname(path), 0o700);
  const fresh = `${path}.${randomUUID()}`;
  await writeWhole(fresh, Buffer.from(createBoxKey().pem));
  try {
    await link(fresh, path);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    await removeIfThere(fresh);
  }
  return (await readKey(path)) ?? unreadable(path);
}

async function readKey(path: string): Promise<BoxKey | null> {
  let pem: string;
  try {
    pem = await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
  return readBoxKey(pem) ?? unreadable(path);
}

function unreadable(path: string): never {
  throw new EnvironmentError(
    'KEY_UNREADABLE',
    `${path} holds no key that can be used; what was sealed for it can only be opened with the key that was there.`,
  );
}
