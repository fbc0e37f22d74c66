import { mkdir, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkDataDir, checkNode, checkPort, checkStoreLibrary } from '../../../src/cli/doctor/machine.ts';
import { withTemporaryFolder } from '../../support/cli.ts';

describe('the doctor looks at this machine', () => {
  it.each([
    ['20.18.1', 'fail'],
    ['20.19.0', 'ok'],
    ['22.1.0', 'ok'],
    ['24.0.0', 'ok'],
    ['18.20.0', 'fail'],
  ])('says of Node %s: %s', (version, result) => {
    expect(checkNode(version).result).toBe(result);
  });

  it('finds a folder that is not there yet writable, and leaves nothing behind', async () => {
    await withTemporaryFolder(async (folder) => {
      expect((await checkDataDir(join(folder, 'data', 'deeper'), 1)).result).toBe('ok');
      expect(await readdir(folder)).toEqual([]);
    });
  });

  it('warns when the budgets are larger than the disk', async () => {
    await withTemporaryFolder(async (folder) => {
      const check = await checkDataDir(folder, 1e12);
      expect(check.result).toBe('warn');
      expect(check.remedy).toContain('budgetMegabytes');
    });
  });

  it('fails where a file stands in the way', async () => {
    await withTemporaryFolder(async (folder) => {
      await mkdir(join(folder, 'x'));
      expect((await checkDataDir('/dev/null', 1)).result).toBe('fail');
    });
  });

  it('loads the store', async () => {
    expect((await checkStoreLibrary()).result).toBe('ok');
  });

  it('tells a taken port from a free one', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    expect((await checkPort('127.0.0.1', port)).result).toBe('warn');
    await new Promise((resolve) => server.close(resolve));
    expect((await checkPort('127.0.0.1', port)).result).toBe('ok');
  });
});
