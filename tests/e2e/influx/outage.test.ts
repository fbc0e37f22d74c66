/** `aiqyn run` while its InfluxDB is away: it starts, measures, says so, and brings what waited when the database comes. */
import { readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCli, startCli, withTemporaryFolder } from '../../support/cli.ts';
import { influxdCommand, startInfluxd } from '../../support/influxd.ts';
import type { Influxd } from '../../support/influxd.ts';

const Counted = z.object({
  results: z.array(
    z.object({ series: z.array(z.object({ values: z.array(z.array(z.unknown())) })).default([]) }),
  ),
});

async function until<T>(ask: () => Promise<T | null>, what: string): Promise<T> {
  const deadlineMs = performance.now() + 60_000;
  while (performance.now() < deadlineMs) {
    const answer = await ask();
    if (answer !== null) return answer;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`${what} did not happen within 60 s`);
}

describe.skipIf(influxdCommand() === null)('aiqyn run, with its InfluxDB away', () => {
  let influxd: Influxd;
  beforeAll(async () => {
    influxd = await startInfluxd();
  });
  afterAll(async () => {
    await influxd.stop();
  });

  async function beats(): Promise<number> {
    const answer = await influxd.query('SELECT count("up") FROM "heartbeat"', 'aiqyn');
    return Number(Counted.parse(answer).results[0]?.series[0]?.values[0]?.[1] ?? 0);
  }

  it(
    'starts, measures into its spool, says so on the page, and catches up when it comes',
    { timeout: 200_000 },
    async () => {
      await withTemporaryFolder(async (folder) => {
        const config = join(folder, 'aiqyn.yaml');
        await writeFile(config, `store: { kind: influx, url: '${influxd.url}', database: aiqyn }\n`);
        await influxd.kill();
        const monitor = startCli(['run', '--config', config, '--port', '0', '--data-dir', folder]);
        try {
          const [, url = ''] = await monitor.waitFor(/The page is at (http:\/\/127\.0\.0\.1:\d+)/, 30_000);
          await monitor.waitFor(/The store is away\. Measuring begins/, 5_000);
          const page = await fetch(`${url}/`);
          expect(page.status).toBe(503);
          expect(await page.text()).toContain('The store is away');
          await until(async () => {
            const spools = await readdir(join(folder, 'spool'), { recursive: true }).catch(() => []);
            return spools.some((name) => name.endsWith('.jsonl')) ? true : null;
          }, 'a measurement in the spool');
          await influxd.restart();
          await monitor.waitFor(/The store is there; what waited in the spool goes into it/, 30_000);
          await until(async () => ((await beats()) > 0 ? true : null), 'a heartbeat in the store');
          expect(
            await until(async () => {
              const { status } = await fetch(`${url}/`);
              return status === 200 ? status : null;
            }, 'the page'),
          ).toBe(200);
          // Begin and end are said; not every batch, beat and poll between them.
          const told = monitor
            .stderr()
            .split('\n')
            .filter((line) => line.includes('stay in the spool'));
          expect(told.length).toBeLessThanOrEqual(1);
        } finally {
          monitor.child.kill('SIGTERM');
        }
        expect(await monitor.exited).toBe(0);
      });
    },
  );
});

describe('aiqyn run, where a part of it cannot start', () => {
  it('leaves no page open where another part cannot start', { timeout: 60_000 }, async () => {
    await withTemporaryFolder(async (folder) => {
      // The spool's place is taken by a file: the vantage cannot start, after the page did.
      await writeFile(join(folder, 'spool'), 'not a folder');
      const { code, stderr } = await runCli(['run', '--port', '0', '--data-dir', folder]);
      expect(code).toBe(1);
      expect(stderr).toContain('spool');
    });
  });

  it('ends where the port is taken, and measures nothing', { timeout: 60_000 }, async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const at = taken.address();
    const port = typeof at === 'object' && at !== null ? at.port : 0;
    await withTemporaryFolder(async (folder) => {
      const { code } = await runCli(['run', '--port', String(port), '--data-dir', folder]);
      expect(code).toBe(1);
      expect(await readdir(folder)).not.toContain('spool');
    });
    taken.close();
  });
});
