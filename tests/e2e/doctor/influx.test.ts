/** `aiqyn doctor` of an installation whose store is an InfluxDB: a real 1.x, one that is dead, and the shapes of 2.x and 3.x. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../../probes/net/clock.ts';
import { checkInflux } from '../../../src/cli/doctor/influx.ts';
import { Secret } from '../../../src/config/secret.ts';
import type { InfluxAddress } from '../../../src/config/store-config.ts';
import { anAddress } from '../../support/address.ts';
import { startAnswering } from '../../support/answering-server.ts';
import type { GivenAnswer } from '../../support/answering-server.ts';
import { runCli, withTemporaryFolder } from '../../support/cli.ts';
import { secretAddress, TOKEN } from '../../support/influx-failure.ts';
import { startInflux2 } from '../../support/influx2.ts';
import { INFLUXD_ADMIN, influxdCommand, startInfluxd } from '../../support/influxd.ts';
import type { Influxd } from '../../support/influxd.ts';
import { silentLog } from '../../support/silent-log.ts';

const Report = z.object({
  checks: z.array(
    z.object({ name: z.string(), result: z.string(), finding: z.string(), remedy: z.string().nullable() }),
  ),
});
type Found = z.infer<typeof Report>['checks'];

async function doctor(store: string): Promise<{ readonly code: number | null; readonly checks: Found }> {
  return withTemporaryFolder(async (folder) => {
    const config = join(folder, 'aiqyn.yaml');
    await writeFile(config, `dataDir: '${folder}'\nhttp: { port: 0 }\nstore: { kind: influx, ${store} }\n`);
    const { code, stdout } = await runCli(['doctor', '--json', '--config', config]);
    const { checks } = Report.parse(JSON.parse(stdout));
    return { code, checks: checks.filter(({ name }) => name.startsWith('InfluxDB')) };
  });
}

function results(checks: Found): Record<string, string> {
  return Object.fromEntries(checks.map(({ name, result }) => [name, result]));
}

async function examined(address: InfluxAddress): Promise<Found> {
  const checks = await checkInflux(address, systemClock(), silentLog);
  expect(JSON.stringify(checks)).not.toContain(TOKEN);
  for (const { result, remedy } of checks) expect(remedy === null).toBe(result === 'ok');
  return checks;
}

describe.skipIf(influxdCommand() === null)('aiqyn doctor, with a real InfluxDB 1.x', () => {
  let influxd: Influxd;
  beforeAll(async () => {
    influxd = await startInfluxd();
  });
  afterAll(async () => {
    await influxd.stop();
  });

  it(
    'finds a database that is not there yet, one without retention, and one as it should be',
    { timeout: 120_000 },
    async () => {
      const store = `url: '${influxd.url}', database: checked`;
      expect(results((await doctor(store)).checks)).toEqual({
        InfluxDB: 'ok',
        'InfluxDB clock': 'ok',
        'InfluxDB database': 'warn',
      });
      expect(JSON.stringify(await influxd.query('SHOW DATABASES'))).not.toContain('checked');

      await influxd.query('CREATE DATABASE checked');
      const bare = await doctor(store);
      expect(results(bare.checks)).toMatchObject({ 'InfluxDB writing': 'ok', 'InfluxDB retention': 'warn' });
      expect(bare.checks.find(({ name }) => name === 'InfluxDB retention')?.remedy).toContain(
        'aiqyn store init',
      );
      // It looked, and left nothing.
      expect(JSON.stringify(await influxd.query('SHOW RETENTION POLICIES', 'checked'))).not.toContain(
        'aiqyn_',
      );
      expect(JSON.stringify(await influxd.query('SHOW MEASUREMENTS', 'checked'))).not.toContain(
        'aiqyn_trial',
      );

      await withTemporaryFolder(async (folder) => {
        const config = join(folder, 'aiqyn.yaml');
        await writeFile(config, `store: { kind: influx, ${store} }\n`);
        expect((await runCli(['store', 'init', '--config', config])).code).toBe(0);
        const again = await runCli(['store', 'init', '--config', config]);
        expect(again.stdout).toBe('Everything is as it should be.\n');
      });
      const whole = await doctor(store);
      expect([...new Set(whole.checks.map(({ result }) => result))]).toEqual(['ok']);
      expect(whole.checks[0]?.finding).toMatch(/^1\.\S+.* \(flavour 1\) answers at /);
    },
  );
});

describe.skipIf(influxdCommand() === null)('aiqyn doctor, with an InfluxDB 1.x that wants a login', () => {
  let influxd: Influxd;
  beforeAll(async () => {
    influxd = await startInfluxd({ auth: true });
    await influxd.query('CREATE DATABASE checked');
    for (const [user, right] of [
      ['reader', 'READ'],
      ['writer', 'ALL'],
    ])
      await influxd.query(
        `CREATE USER ${user} WITH PASSWORD '${TOKEN}'; GRANT ${right} ON checked TO ${user}`,
      );
  });
  afterAll(async () => {
    await influxd.stop();
  });

  it('says that the login is missing, wrong, or may only read', async () => {
    const at = { url: influxd.url, database: 'checked' };
    const none = await examined(anAddress(at));
    expect(none.at(-1)).toMatchObject({ name: 'InfluxDB', result: 'fail' });
    expect(none.at(-1)?.finding).toContain('refuses the login for "checked"');
    const reader = { kind: 'password', username: 'reader', password: new Secret(TOKEN) } as const;
    const writing = (await examined(anAddress({ ...at, login: reader }))).find(
      ({ name }) => name === 'InfluxDB writing',
    );
    expect(writing).toMatchObject({ result: 'fail' });
    expect(writing?.finding).toContain('does not let this login read and write "checked"');
  });

  it.each([
    ['an administrator', INFLUXD_ADMIN.username, INFLUXD_ADMIN.password],
    ['one that has all rights on this database alone', 'writer', TOKEN],
  ])('finds nothing wrong with %s, and leaves nothing', async (_, username, password) => {
    const login = { kind: 'password', username, password: new Secret(password) } as const;
    const checks = await examined(anAddress({ url: influxd.url, database: 'checked', login }));
    expect(results(checks)).toMatchObject({
      InfluxDB: 'ok',
      'InfluxDB writing': 'ok',
      'InfluxDB retention': 'warn',
    });
    expect(JSON.stringify(await influxd.query('SHOW MEASUREMENTS', 'checked'))).not.toContain('aiqyn_trial');
  });
});

describe('aiqyn doctor, with an InfluxDB that is not as it should be', () => {
  it('says that nothing answers, and exits with 1', { timeout: 60_000 }, async () => {
    const { code, checks } = await doctor("url: 'http://127.0.0.1:9', database: checked");
    expect(code).toBe(1);
    expect(results(checks)).toEqual({ InfluxDB: 'fail' });
    expect(checks[0]?.finding).toContain('InfluxDB at http://127.0.0.1:9 does not answer (ECONNREFUSED)');
    expect(checks[0]?.remedy).toContain('Start it, or correct store.url.');
  });

  it('says that its clock goes wrong, and by how much', async () => {
    const date = new Date(Date.now() - 600_000).toUTCString();
    const server = await startAnswering(({ path }) => pong(path, { date }));
    const checks = await examined(secretAddress(server.url));
    await server.close();
    const clock = checks.find(({ name }) => name === 'InfluxDB clock');
    expect(clock?.result).toBe('warn');
    expect(clock?.finding).toMatch(/^it is (?:599|60[01]) seconds behind this machine’s$/);
  });

  it('says that a bucket is missing and who can make it', async () => {
    const influx = await startInflux2({ token: TOKEN });
    const checks = await examined({ ...secretAddress(influx.url), database: 'aiqyn' });
    await influx.close();
    expect(checks.at(-1)).toMatchObject({ name: 'InfluxDB database', result: 'fail' });
    expect(checks.at(-1)?.remedy).toContain('aiqyn store init');
  });

  it('says of a small token of 2.x that retention cannot be looked at, and of writing that nothing came back', async () => {
    const influx = await startInflux2({ token: TOKEN, rights: ['data'] });
    influx.addBucket('aiqyn');
    const checks = await examined({ ...secretAddress(influx.url), database: 'aiqyn' });
    await influx.close();
    expect(checks.find(({ name }) => name === 'InfluxDB writing')?.finding).toContain('does not show it');
    expect(checks.at(-1)?.finding).toContain('cannot be looked at with this login');
  });

  it('says of 3.x that nothing is rolled up', async () => {
    const server = await startAnswering(({ path, body }) => {
      if (body.includes('DATABASES'))
        return rows([{ name: 'databases', columns: ['iox::database'], values: [['series']] }]);
      if (body.includes('SELECT'))
        return rows([{ name: 'aiqyn_trial', columns: ['time', 'value'], values: [[0, 1]] }]);
      return pong(path, { 'x-influxdb-version': '3.4.0', 'x-influxdb-build': 'Core' });
    });
    const checks = await examined(secretAddress(server.url));
    await server.close();
    expect([...new Set(checks.map(({ result }) => result))]).toEqual(['ok']);
    expect(checks.at(-1)?.finding).toContain('3.x rolls nothing up');
  });
});

function pong(path: string, headers: Readonly<Record<string, string>>): GivenAnswer {
  if (path === '/ping' || path.startsWith('/api/v2/write'))
    return { status: 204, headers: { 'x-influxdb-version': '1.8.10', ...headers } };
  return rows([]);
}

function rows(series: readonly object[]): GivenAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ results: [{ series }] }),
  };
}
