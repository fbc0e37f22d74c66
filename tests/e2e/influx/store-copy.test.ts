/** An installation that grew out of DuckDB: what it has, in a real InfluxDB afterwards, once. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../probes/net/clock.ts';
import { openDuckdbStore } from '../../../src/store/duckdb/store.ts';
import { openInfluxStore } from '../../../src/store/influx/store.ts';
import type { Store } from '../../../src/store/store.ts';
import { anAddress } from '../../support/address.ts';
import { runCli, withTemporaryFolder } from '../../support/cli.ts';
import { influxdCommand, startInfluxd } from '../../support/influxd.ts';
import type { Influxd } from '../../support/influxd.ts';
import { aHeartbeat, anEvent, anIncident, manyPoints, MINUTE_MS, T0_MS } from '../../support/points.ts';
import { silentLog } from '../../support/silent-log.ts';

const POINTS = 6_000;
const EVERYTHING = { fromMs: T0_MS - 86_400_000, toMs: T0_MS + 2 * 86_400_000 };
const WHOLE = `reachability: ${POINTS} here, all there
heartbeat: 61 here, all there
sweep: 0 here, all there
outside: 0 here, all there
outage: 0 here, all there
incident: 1 here, all there
event: 1 here, all there
Everything is there.
`;

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

async function fill(store: Store): Promise<void> {
  for (const batch of manyPoints(POINTS, 1_000)) await store.writePoints(batch);
  const beats = Array.from({ length: 60 }, (_, n) => aHeartbeat({ atMs: T0_MS + n * MINUTE_MS }));
  // One from before the first measurement.
  await store.writeHeartbeats([...beats, aHeartbeat({ atMs: T0_MS - 3_600_000, connectivity: 'offline' })]);
  await store.saveIncidents([anIncident()]);
  await store.saveEvents([anEvent()]);
}

describe.skipIf(influxdCommand() === null)('aiqyn store copy, into an InfluxDB', () => {
  let influxd: Influxd;
  beforeAll(async () => {
    influxd = await startInfluxd();
  });
  afterAll(async () => {
    await influxd.stop();
  });

  async function openTarget(database: string): Promise<Store> {
    return openInfluxStore({
      address: anAddress({ url: influxd.url, database }),
      clock: systemClock(),
      log: silentLog,
      setAside: async (_, reason) => {
        throw new Error(reason);
      },
    });
  }

  /** A filled data directory and a configuration of `database`; `source` is open until it is closed. */
  async function withInstallation(
    database: string,
    use: (given: { copy: readonly string[]; source: Store }) => Promise<void>,
  ): Promise<void> {
    await withTemporaryFolder(async (folder) => {
      const config = join(folder, 'aiqyn.yaml');
      const text = `dataDir: '${folder}'\nstore: { kind: influx, url: '${influxd.url}', database: ${database} }\n`;
      await writeFile(config, text);
      const source = await openDuckdbStore({ file: join(folder, 'store.duckdb'), log: silentLog });
      try {
        await fill(source);
        await use({ copy: ['store', 'copy', '--from', folder, '--config', config], source });
      } finally {
        await source.close();
      }
    });
  }

  it(
    'has every record there as it was, and none twice when it is repeated',
    { timeout: 120_000 },
    async () => {
      await withInstallation('copied', async ({ copy, source }) => {
        const points = await all(source.points(EVERYTHING));
        const beats = await source.heartbeats(EVERYTHING);
        await source.close();
        expect(await runCli(copy)).toMatchObject({ code: 0, stdout: WHOLE });
        expect(await runCli(copy)).toMatchObject({ code: 0, stdout: WHOLE });
        const target = await openTarget('copied');
        expect(await all(target.points(EVERYTHING))).toEqual(points);
        expect(await target.heartbeats(EVERYTHING)).toEqual(beats);
        expect(await target.incidents({})).toEqual([anIncident()]);
        expect(await target.events(EVERYTHING)).toEqual([anEvent()]);
        await target.close();
      });
    },
  );

  it('goes on where an earlier copy was cut off', { timeout: 120_000 }, async () => {
    await withInstallation('cut', async ({ copy, source }) => {
      await source.close();
      const target = await openTarget('cut');
      for (const batch of manyPoints(2_500, 500)) await target.writePoints(batch);
      expect(await runCli(copy)).toMatchObject({ code: 0, stdout: WHOLE });
      expect((await target.extent()).points).toBe(POINTS);
      await target.close();
    });
  });

  it('refuses while another process holds the DuckDB file', { timeout: 60_000 }, async () => {
    await withInstallation('held', async ({ copy }) => {
      const { code, stderr } = await runCli(copy);
      expect(code).toBe(1);
      expect(stderr).toContain('store.duckdb is in use by');
      expect(stderr).toContain('Stop that Aiqyn');
    });
  });

  it(
    'refuses where the InfluxDB would drop what is old, and says how to go on',
    {
      timeout: 120_000,
    },
    async () => {
      await influxd.query('CREATE DATABASE short WITH DURATION 7d');
      await withInstallation('short', async ({ copy, source }) => {
        await source.close();
        const { code, stderr } = await runCli(copy);
        expect(code).toBe(1);
        expect(stderr).toContain('refuses measurements older than 7 days');
        expect(stderr).toContain('2026-03-01T00:00:00.000Z');
        expect(stderr).toContain('--since "6d ago"');
      });
    },
  );

  it('refuses where rollups would miss what is copied, and says the order', { timeout: 60_000 }, async () => {
    await withInstallation('rolled', async ({ copy, source }) => {
      await source.close();
      const config = copy.at(-1) ?? '';
      expect((await runCli(['store', 'init', '--config', config])).code).toBe(0);
      const { code, stderr } = await runCli(copy);
      expect(code).toBe(1);
      expect(stderr).toContain('Copy into a new database (store.database), then run "aiqyn store init"');
    });
  });

  it('names what is wrong with what it was given', async () => {
    await withTemporaryFolder(async (folder) => {
      const config = join(folder, 'aiqyn.yaml');
      await writeFile(config, `store: { kind: influx, url: '${influxd.url}', database: none }\n`);
      const empty = await runCli(['store', 'copy', '--from', folder, '--config', config]);
      expect(empty.code).toBe(2);
      expect(empty.stderr).toContain('holds no store.duckdb');
      await writeFile(config, 'store: { kind: duckdb }\n');
      const wrong = await runCli(['store', 'copy', '--config', config]);
      expect(wrong.code).toBe(2);
      expect(wrong.stderr).toContain('duckdb cannot be copied into');
    });
  });
});
