/** The spool's promises, against the file spool; the last ones with a process that is really killed. */
import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAppendFile } from '../../src/agent/append-file.ts';
import { openFileSpool } from '../../src/agent/file-spool.ts';
import { listeningLog, webMeasurement } from '../support/agent-records.ts';

const log = listeningLog();
const budgetBytes = 100 * 1_048_576;
let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aiqyn-spool-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

describe('a file spool', () => {
  it('gives back what was appended, in order, across a restart, until it is acknowledged', async () => {
    const first = await openFileSpool({ dir, budgetBytes, log });
    const sent = [webMeasurement(), webMeasurement({ failure: 'connection_reset' }), webMeasurement()];
    expect(await Promise.all(sent.map(async (m) => first.append(m)))).toEqual([1, 2, 3]);
    await first.acknowledge(1);
    await first.close();
    const again = await openFileSpool({ dir, budgetBytes, log });
    expect(again.depth()).toBe(2);
    expect((await again.peek(10)).map(({ measurement }) => measurement)).toEqual(sent.slice(1));
    expect(await again.peek(1)).toHaveLength(1);
    await again.close();
  });

  it('never gives a sequence twice, and unlinks what is wholly acknowledged', async () => {
    const first = await openFileSpool({ dir, budgetBytes, log, segmentBytes: 1_000 });
    for (let n = 0; n < 5; n += 1) await first.append(webMeasurement());
    await first.acknowledge(5);
    await first.acknowledge(2);
    await first.close();
    expect((await readdir(dir)).filter((name) => name.startsWith('spool-'))).toEqual([]);
    const again = await openFileSpool({ dir, budgetBytes, log });
    expect(await again.append(webMeasurement())).toBe(6);
    await again.close();
  });

  it('cuts a torn last line and says so', async () => {
    const first = await openFileSpool({ dir, budgetBytes, log });
    await first.append(webMeasurement());
    await first.close();
    const [name = ''] = (await readdir(dir)).filter((file) => file.startsWith('spool-'));
    await appendFile(join(dir, name), '{"s":2,"m":{"da');
    const said = listeningLog();
    const again = await openFileSpool({ dir, budgetBytes, log: said });
    expect(said.said).toContain('Cut an unfinished last line from the spool.');
    expect(await again.append(webMeasurement())).toBe(2);
    expect((await again.peek(10)).map(({ sequence }) => sequence)).toEqual([1, 2]);
    await again.close();
  });

  it('drops bodies first, then successes, and keeps failures', async () => {
    const said = listeningLog();
    const spool = await openFileSpool({ dir, budgetBytes: 60_000, log: said });
    await spool.append(webMeasurement({ depth: 'full', body: 'x'.repeat(40_000) }));
    for (let n = 0; n < 10; n += 1) await spool.append(webMeasurement({ failure: 'connection_reset' }));
    await spool.append(webMeasurement({ depth: 'full', body: 'x'.repeat(15_000) }));
    // The budget is kept right after an append; the next question comes after that.
    await spool.peek(1);
    expect(spool.dropped()).toEqual({ bodies: 1, measurements: 0 });
    for (let n = 0; n < 60; n += 1) await spool.append(webMeasurement());
    expect(spool.dropped().measurements).toBeGreaterThan(0);
    const kept = await spool.peek(1_000);
    const failures = kept.filter(({ measurement }) =>
      JSON.stringify(measurement).includes('connection_reset'),
    );
    expect(failures).toHaveLength(10);
    expect(said.said.some((message) => message.includes('dropped'))).toBe(true);
    await spool.close();
  });

  it('refuses on a full disk with DISK_FULL, and goes on when there is space again', async () => {
    let isFull = false;
    const spool = await openFileSpool({
      dir,
      budgetBytes,
      log,
      openAppend: async (path) => {
        const file = await openAppendFile(path);
        return {
          ...file,
          async write(content) {
            if (!isFull) return file.write(content);
            // A full disk takes the first half of a line.
            await file.write(content.subarray(0, content.length / 2));
            throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
          },
        };
      },
    });
    await spool.append(webMeasurement());
    isFull = true;
    await expect(spool.append(webMeasurement())).rejects.toMatchObject({ code: 'DISK_FULL' });
    isFull = false;
    await spool.append(webMeasurement());
    expect((await spool.peek(10)).map(({ sequence }) => sequence)).toEqual([1, 3]);
    await spool.close();
    const again = await openFileSpool({ dir, budgetBytes, log });
    expect(again.depth()).toBe(2);
    await again.close();
  });

  it('keeps all that it resolved when its process is killed at ten moments', async () => {
    const confirmed = new Set<number>();
    for (let round = 0; round < 10; round += 1) {
      for (const sequence of await appendUntilKilled(dir, 3 + round * 7)) {
        expect(confirmed.has(sequence)).toBe(false);
        confirmed.add(sequence);
      }
    }
    const spool = await openFileSpool({ dir, budgetBytes, log });
    const held = (await spool.peek(100_000)).map(({ sequence }) => sequence);
    expect(new Set(held).size).toBe(held.length);
    expect(confirmed.size).toBeGreaterThan(10);
    expect([...confirmed].filter((sequence) => !held.includes(sequence))).toEqual([]);
    await spool.close();
  }, 60_000);
});

/** Kills the writer with SIGKILL when it has confirmed `count`; answers what it confirmed until then. */
async function appendUntilKilled(into: string, count: number): Promise<number[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'tests/contract/spool-writer.ts', into], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (text.split('\n').length > count) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.on('close', resolve));
  const lines = text.split('\n').slice(0, -1);
  return lines.map(Number);
}
