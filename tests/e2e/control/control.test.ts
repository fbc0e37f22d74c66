import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../probes/net/clock.ts';
import { createNetwork } from '../../../probes/net/network.ts';
import { postJson } from '../../../probes/net/post-json.ts';
import { createControlClient } from '../../../src/control/client.ts';
import { startControl } from '../../../src/control/server.ts';
import type { RunningControl } from '../../../src/control/server.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const network = createNetwork({
  resolvers: { system: 'getaddrinfo', udp: [], doh: null },
  random: Math.random,
});
const clock = systemClock();
const never = new AbortController().signal;
const site = createServer((_, response) => {
  response.end('<title>The site</title>');
});
let endpoint = '';
let control: RunningControl;

beforeAll(async () => {
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const address = site.address();
  endpoint = typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : '';
  control = await startControl({
    host: '127.0.0.1',
    port: 0,
    token: 'x',
    network,
    clock,
    log,
    allowPrivate: true,
  });
});
afterAll(async () => {
  await control.stop();
  site.close();
});

describe('control server', () => {
  async function ask(
    url: string,
    body: unknown,
    headers: Record<string, string> = { authorization: 'Bearer x' },
  ) {
    return (await postJson({ url: `${url}/measure`, headers, body, timeoutMs: 5_000 }, never)).status;
  }

  it('answers who brings the token, and nobody else', async () => {
    const question = { url: `http://${endpoint}/`, endpoints: [endpoint] };
    expect(await ask(control.url, question)).toBe(200);
    expect(await ask(control.url, question, {})).toBe(401);
  });

  it.each([
    { what: 'a file: URL', body: { url: 'file:///etc/passwd', endpoints: [] }, status: 400 },
    { what: 'a malformed endpoint', body: { url: 'http://a.test/', endpoints: ['a'] }, status: 400 },
    { what: 'another port', body: { url: 'http://a.test/', endpoints: ['192.0.2.1:22'] }, status: 400 },
    {
      what: 'too long a question',
      body: { url: 'http://a.test/', endpoints: ['x'.repeat(20_000)] },
      status: 413,
    },
  ])('refuses $what with $status', async ({ body, status }) => {
    expect(await ask(control.url, body)).toBe(status);
  });

  it.each([
    'http://127.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://169.254.169.254/',
    'http://2130706433/',
    'http://localhost/',
  ])('is not led to %s', async (url) => {
    const strict = await startControl({ host: '127.0.0.1', port: 0, network, clock, log });
    try {
      expect(await ask(strict.url, { url, endpoints: [] })).toBe(403);
    } finally {
      await strict.stop();
    }
  });
});

describe('control client', () => {
  it('gives the live answer, asks once for equal questions, and falls back to the last good one', async () => {
    const time = new ManualClock();
    let asked = 0;
    let isDown = false;
    const client = createControlClient({
      url: control.url,
      token: 'x',
      timeoutMs: 5_000,
      clock: time,
      post: async (post, signal) => {
        asked += 1;
        return isDown ? { failure: 'connection_refused', status: 0, body: null } : postJson(post, signal);
      },
    });
    const question = { url: `http://${endpoint}/`, endpoints: [endpoint] };
    const [first, second] = await Promise.all([client.ask(question, never), client.ask(question, never)]);
    expect(first).toEqual(second);
    expect(first).toMatchObject({ source: 'live', failure: null });
    expect(first.control?.http_request).toMatchObject({ title: 'The site', status_code: 200 });
    expect(first.control?.tcp_connect[endpoint]).toMatchObject({ status: true });
    expect(asked).toBe(1);

    isDown = true;
    time.pass(120_000);
    const later = await client.ask(question, never);
    expect(later).toMatchObject({ source: 'last_known_good', failure: 'connection_refused', ageMs: 120_000 });
    time.pass(86_400_000);
    expect(await client.ask(question, never)).toMatchObject({ source: 'none', control: null });
  });
});
