/** The demo as a user starts it, with its store in a real InfluxDB: what it finds is there, for Grafana and for others. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCli, withTemporaryFolder } from '../../support/cli.ts';
import { influxdCommand, startInfluxd } from '../../support/influxd.ts';
import type { Influxd } from '../../support/influxd.ts';

const Counted = z.object({
  results: z
    .array(
      z.object({
        series: z.array(z.object({ values: z.array(z.array(z.unknown())) })).default([]),
      }),
    )
    .default([]),
});

const Answer = z.object({ incidents: z.array(z.unknown()) });

describe.skipIf(influxdCommand() === null)('aiqyn demo --config F, with an InfluxDB as its store', () => {
  let influxd: Influxd;
  beforeAll(async () => {
    influxd = await startInfluxd();
  });
  afterAll(async () => {
    await influxd.stop();
  });

  async function count(field: string, series: string): Promise<number> {
    const answer = await influxd.query(`SELECT count("${field}") FROM "${series}"`, 'aiqyn');
    return Number(Counted.parse(answer).results[0]?.series[0]?.values[0]?.[1] ?? 0);
  }

  it('ends with reachability, heartbeat, incident and event points in it', { timeout: 200_000 }, async () => {
    await withTemporaryFolder(async (folder) => {
      const config = join(folder, 'aiqyn.yaml');
      await writeFile(config, `store: { kind: influx, url: '${influxd.url}', database: aiqyn }\n`);
      const { stdout } = await runCli(['demo', '--config', config, '--exit', '--json']);
      // What exactly it finds, tests/e2e/cli/demo.test.ts asks; this asks where it is kept.
      expect(Answer.parse(JSON.parse(stdout)).incidents.length).toBeGreaterThanOrEqual(1);
    });
    expect(await count('score', 'reachability')).toBeGreaterThan(100);
    expect(await count('up', 'heartbeat')).toBeGreaterThan(10);
    expect(await count('status', 'incident')).toBeGreaterThanOrEqual(1);
    expect(await count('title', 'event')).toBeGreaterThanOrEqual(1);
  });

  it('says what to do where no InfluxDB answers', async () => {
    await withTemporaryFolder(async (folder) => {
      const config = join(folder, 'aiqyn.yaml');
      await writeFile(config, "store: { kind: influx, url: 'http://127.0.0.1:9', database: aiqyn }\n");
      const { code, stderr } = await runCli(['demo', '--config', config, '--exit']);
      expect(code).toBe(1);
      expect(stderr).toContain(
        'InfluxDB at http://127.0.0.1:9 does not answer (ECONNREFUSED). Is it running, and is store.url right?',
      );
    });
  });
});
