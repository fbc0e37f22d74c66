/** Where a backfill takes its files from, against a bucket on loopback. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { systemClock } from '../../probes/net/clock.ts';
import { openSource } from '../../src/cli/archive-source.ts';
import { startArchive } from '../support/ooni-archive.ts';

it('ends what is on its way, and waits for its end, when its reader stops early', async () => {
  const scratchDir = await mkdtemp(join(tmpdir(), 'aiqyn-source-'));
  const keys = Array.from({ length: 8 }, (_, number) => `jsonl/${number}.jsonl.gz`);
  const files = new Map(keys.map((key) => [key, Buffer.from(key)]));
  async function beforeFile(key: string): Promise<void> {
    if (key !== keys[0]) await new Promise(() => undefined);
  }
  const server = await startArchive(files, { beforeFile });
  try {
    const source = await openSource({
      from: server.url,
      scratchDir,
      clock: systemClock(),
      signal: new AbortController().signal,
      onPause: () => undefined,
    });
    const objects = keys.map((key) => ({ key, bytes: 1, stamp: '1' }));
    for await (const file of source.fetch(objects)) {
      expect([file.object.key, file.what]).toEqual([keys[0], '']);
      await file.release();
      // Those after it have begun, and will never be answered.
      await vi.waitFor(() => {
        expect(server.atOnce()).toBeGreaterThan(1);
      });
      break;
    }
    await vi.waitFor(() => {
      expect(server.atOnce()).toBe(0);
    });
  } finally {
    await server.close();
    await rm(scratchDir, { recursive: true, force: true });
  }
});
