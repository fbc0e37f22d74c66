/** What the tests' own InfluxDB promises to those that use it. */
import { afterEach, describe, expect, it } from 'vitest';
import { request } from 'undici';
import { influxdCommand, startInfluxd } from '../support/influxd.ts';
import type { Influxd } from '../support/influxd.ts';

describe.skipIf(influxdCommand() === null)('a test’s own InfluxDB', () => {
  const running: Influxd[] = [];
  afterEach(async () => {
    for (const influxd of running.splice(0)) await influxd.stop();
  });
  async function start(options?: Parameters<typeof startInfluxd>[0]): Promise<Influxd> {
    const influxd = await startInfluxd(options);
    running.push(influxd);
    return influxd;
  }

  it('takes lines and answers InfluxQL, and keeps both over a kill', async () => {
    const influxd = await start();
    await influxd.query('CREATE DATABASE a');
    const { statusCode } = await request(`${influxd.url}/write?db=a`, { method: 'POST', body: 'm v=1 1' });
    expect(statusCode).toBe(204);
    const { url } = influxd;
    await influxd.kill();
    await expect(influxd.query('SHOW DATABASES')).rejects.toThrow('ECONNREFUSED');
    await influxd.restart();
    expect(influxd.url).toBe(url);
    expect(JSON.stringify(await influxd.query('SELECT * FROM m', 'a'))).toContain('"values":[["1970');
  });

  it('refuses who does not log in, where it is told to', async () => {
    const influxd = await start({ auth: true });
    await influxd.query('CREATE DATABASE a');
    const answer = await request(`${influxd.url}/query?q=SHOW+DATABASES`);
    expect(answer.statusCode).toBe(401);
    await answer.body.dump();
  });
});
