import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFileSpool } from '../../../src/agent/file-spool.ts';
import { readSpool } from '../../../src/agent/spool-reader.ts';
import { segmentPath } from '../../../src/agent/segment.ts';
import { webMeasurement } from '../../support/agent-records.ts';
import { withTemporaryFolder } from '../../support/cli.ts';
import { silentLog } from '../../support/silent-log.ts';

async function sequences(dir: string, after = 0): Promise<number[]> {
  const found: number[] = [];
  for await (const { sequence } of readSpool(dir, after, silentLog)) found.push(sequence);
  return found;
}

describe('readSpool(dir, after)', () => {
  it('gives what is not acknowledged and lies behind `after`, over several files, while the spool is open', async () => {
    await withTemporaryFolder(async (dir) => {
      const spool = await openFileSpool({ dir, budgetBytes: 1e8, segmentBytes: 1_500, log: silentLog });
      for (let count = 0; count < 6; count += 1) await spool.append(webMeasurement());
      expect(await sequences(dir)).toEqual([1, 2, 3, 4, 5, 6]);
      await spool.acknowledge(2);
      expect(await sequences(dir)).toEqual([3, 4, 5, 6]);
      expect(await sequences(dir, 4)).toEqual([5, 6]);
      await spool.close();
    });
  });

  it('leaves out a line that is being written, and changes no file', async () => {
    await withTemporaryFolder(async (dir) => {
      const spool = await openFileSpool({ dir, budgetBytes: 1e8, log: silentLog });
      for (let count = 0; count < 3; count += 1) await spool.append(webMeasurement());
      await spool.close();
      const path = segmentPath(dir, 1);
      const torn = (await readFile(path)).subarray(0, -10);
      await writeFile(path, torn);
      expect(await sequences(dir)).toEqual([1, 2]);
      expect((await readFile(path)).equals(torn)).toBe(true);
    });
  });

  it('goes on where a file was sent and removed since it was listed, and finds nothing where there is no spool', async () => {
    await withTemporaryFolder(async (dir) => {
      const spool = await openFileSpool({ dir, budgetBytes: 1e8, segmentBytes: 1, log: silentLog });
      for (let count = 0; count < 3; count += 1) await spool.append(webMeasurement());
      await spool.close();
      const entries = readSpool(dir, 0, silentLog);
      expect((await entries.next()).value).toMatchObject({ sequence: 1 });
      await rm(segmentPath(dir, 2));
      expect((await entries.next()).value).toMatchObject({ sequence: 3 });
      expect(await sequences(join(dir, 'none'))).toEqual([]);
    });
  });
});
