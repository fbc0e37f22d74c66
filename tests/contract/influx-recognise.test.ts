/** Which InfluxDB answers, found out from what it says of itself; and what people read where none does. */
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import { afterEach, describe, expect, it } from 'vitest';
import { recognise } from '../../src/store/influx/server.ts';
import { closed, LOGIN_PAGE, portOf, startAnswering } from '../support/answering-server.ts';
import type { GivenAnswer } from '../support/answering-server.ts';
import { failureOf, secretAddress, TOKEN } from '../support/influx-failure.ts';
import { createTestCa } from '../support/test-ca.ts';

const ENDING: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ENDING.splice(0)) await end();
});

describe('which InfluxDB it is', () => {
  async function recognised(answers: Readonly<Record<string, GivenAnswer>>): ReturnType<typeof recognise> {
    const server = await startAnswering(({ path }) => answers[path] ?? { status: 404, body: 'no such page' });
    ENDING.push(server.close);
    return recognise(secretAddress(server.url));
  }
  function pong(version: string, build?: string): Readonly<Record<string, GivenAnswer>> {
    const headers = {
      'X-Influxdb-Version': version,
      ...(build === undefined ? {} : { 'X-Influxdb-Build': build }),
    };
    return { '/ping': { status: 204, headers } };
  }

  it.each([
    ['1.6.7~rc0', 'OSS', '1'],
    ['1.8.10', undefined, '1'],
    ['v1.12.2', 'ENT', '1'],
    ['v2.7.12', 'OSS', '2'],
    ['2.9.0', 'OSS', '2'],
    ['3.4.1', 'Core', '3'],
    ['v3.0.0', 'Enterprise', '3'],
  ])('%s %s is flavour %s', async (version, build, flavour) => {
    expect((await recognised(pong(version, build))).flavour).toBe(flavour);
  });

  it('is asked for its health where its ping names no version, as the first 2.x do', async () => {
    const health = { name: 'influxdb', status: 'pass', version: 'v2.0.4', commit: '4e7a59bb9a' };
    const answers = { '/ping': { status: 204 }, '/health': { status: 200, body: JSON.stringify(health) } };
    expect(await recognised(answers)).toEqual({ flavour: '2', version: 'v2.0.4' });
  });

  it.each([
    ['a login page', { status: 200, body: LOGIN_PAGE }],
    ['another program', { status: 200, body: 'OK' }],
    ['a build without a version', { status: 204, headers: { 'x-influxdb-build': 'cloud2' } }],
    ['a version that is not out yet', { status: 204, headers: { 'x-influxdb-version': '4.0.0' } }],
  ])('is not guessed for %s', async (_, ping) => {
    const failure = await failureOf(recognised({ '/ping': ping }));
    expect(failure.code).toBe('STORE_UNKNOWN');
    expect(failure.message).toContain('set store.flavour to 1, 2 or 3');
  });

  it('carries the login, because 3.x pings only who may', async () => {
    const server = await startAnswering(({ authorization }) => ({
      status: authorization === `Token ${TOKEN}` ? 200 : 401,
      headers: { 'x-influxdb-version': '3.10.0' },
    }));
    ENDING.push(server.close);
    expect((await recognise(secretAddress(server.url))).flavour).toBe('3');
  });
});

describe('an address that leads to no InfluxDB', () => {
  it('says so where nothing listens', async () => {
    const server = await startAnswering(() => ({ status: 204 }));
    await server.close();
    const failure = await failureOf(recognise(secretAddress(server.url)));
    expect(failure.code).toBe('STORE_UNREACHABLE');
    expect(failure.message).toContain(`InfluxDB at ${server.url} does not answer (ECONNREFUSED)`);
    expect(failure.message).toContain('"series" waits in the spool');
  });

  it('says so where the connection is cut', async () => {
    const server = createHttpServer((incoming) => incoming.socket.destroy());
    const url = `http://127.0.0.1:${await portOf(server)}`;
    ENDING.push(async () => closed(server));
    const failure = await failureOf(recognise(secretAddress(url)));
    expect(failure.code).toBe('STORE_UNREACHABLE');
    expect(failure.message).toContain('(ECONNRESET)');
  });

  it('names the authority’s file where the certificate is not trusted', async () => {
    const ca = await createTestCa('Nobody Knows CA');
    const server = createServer(await ca.issue('localhost'), (_, answer) => answer.end());
    const url = `https://localhost:${await portOf(server)}`;
    ENDING.push(async () => closed(server));
    const failure = await failureOf(recognise(secretAddress(url)));
    expect(failure.code).toBe('STORE_TLS');
    expect(failure.message).toContain(`InfluxDB at ${url} cannot be trusted with "series"`);
    expect(failure.message).toContain('NODE_EXTRA_CA_CERTS');
  });

  it('asks for http:// where the server speaks no TLS', async () => {
    const server = await startAnswering(() => ({ status: 204 }));
    ENDING.push(server.close);
    const failure = await failureOf(recognise(secretAddress(server.url.replace('http:', 'https:'))));
    expect(failure.code).toBe('STORE_TLS');
    expect(failure.message).toContain('is it http:// in store.url?');
  });
});
