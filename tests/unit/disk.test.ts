/** Folders are made on the real disk, and not made where the machine refuses. */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../src/disk.ts';

describe('makeFolder', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aiqyn-disk-'));
  });
  afterAll(async () => rm(folder, { recursive: true, force: true }));

  it('makes what is missing, with its mode, and answers the topmost that it made', async () => {
    const path = join(folder, 'a', 'b', 'c');
    expect(await makeFolder(path, 0o700)).toBe(join(folder, 'a'));
    expect((await stat(join(folder, 'a', 'b'))).mode & 0o777).toBe(0o700);
    expect((await stat(path)).isDirectory()).toBe(true);
    expect(await makeFolder(path)).toBeUndefined();
  });

  it('is made once by many who ask at the same time', async () => {
    const path = join(folder, 'd', 'e', 'f');
    await Promise.all(Array.from({ length: 8 }, async () => makeFolder(path)));
    expect((await stat(path)).isDirectory()).toBe(true);
  });

  it('refuses where a file is in the way', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(makeFolder(file)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it.runIf(process.platform === 'linux')('ends where a file system says ENOENT for ever', async () => {
    await expect(makeFolder('/proc/aiqyn/nope')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
