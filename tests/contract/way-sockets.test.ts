/** Ways to servers of ours, against real servers: connections are kept, names checked, and what fails says why. */
import { createServer as createPlainServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWay } from '../../probes/net/post-json.ts';
import type { JsonAnswer, WayOptions } from '../../probes/net/post-json.ts';
import { portOf } from '../support/answering-server.ts';
import { startSocksServer } from '../support/socks-server.ts';
import { createTestCa } from '../support/test-ca.ts';

const HOST = 'collector.example';
const ca = await createTestCa('A collector of ours');
const certificate = await ca.issue(HOST);
const never = new AbortController().signal;

function answer(request: IncomingMessage, response: ServerResponse): void {
  request.resume().on('end', () => response.end('{"yes":true}'));
}

const closing: (() => Promise<void> | void)[] = [];
let connections = 0;
let securePort = 0;
let plainPort = 0;
beforeEach(async () => {
  connections = 0;
  const secure = createServer(certificate, answer);
  const plain = createPlainServer(answer);
  for (const server of [secure, plain]) {
    server.on('connection', () => (connections += 1));
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
  }
  securePort = await portOf(secure);
  plainPort = await portOf(plain);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** So many messages one after another by one way. */
async function sent(options: WayOptions, url: string, times = 1): Promise<JsonAnswer[]> {
  const way = openWay(options);
  closing.push(async () => way.close());
  const answers: JsonAnswer[] = [];
  for (let n = 0; n < times; n += 1) {
    const message = { url, headers: {}, body: Buffer.from('{}'), timeoutMs: 5_000 };
    answers.push(await way.send(message, never));
  }
  return answers;
}

const yes = { failure: null, status: 200, body: { yes: true } };

/** A way by a line of loopback whose names lead to these addresses. */
function byLine(addresses: readonly string[]): WayOptions {
  const line = { line: { localAddress: '127.0.0.9' }, addressesOf: async () => Promise.resolve(addresses) };
  return { authority: ca.pem, line };
}

describe('a way', () => {
  it('keeps one connection for messages that follow each other', async () => {
    expect(await sent({}, `http://127.0.0.1:${plainPort}/`, 3)).toEqual([yes, yes, yes]);
    expect(connections).toBe(1);
  });

  it('by a line keeps one too, and asks for the name whatever the address', async () => {
    expect(await sent(byLine(['127.0.0.1']), `https://${HOST}:${securePort}/`, 2)).toEqual([yes, yes]);
    expect(connections).toBe(1);
    const [other] = await sent(byLine(['127.0.0.1']), `https://other.example:${securePort}/`);
    expect(other?.failure).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('by a line goes on to the next address of a name where the first refuses', async () => {
    expect(await sent(byLine(['127.0.0.77', '127.0.0.1']), `http://${HOST}:${plainPort}/`)).toEqual([yes]);
  });

  it('by a line says why nothing was sent', async () => {
    const url = `https://${HOST}:${securePort}/`;
    expect((await sent(byLine([]), url))[0]?.failure).toBe('dns_nxdomain_error');
    expect((await sent(byLine(['::1']), url))[0]?.failure).toBe('network_unreachable');
    expect((await sent(byLine(['127.0.0.1']), 'http://127.0.0.1:9/'))[0]?.failure).toBe('connection_refused');
    expect(connections).toBe(0);
  });

  it('through a proxy keeps one, secured or not', async () => {
    const proxy = await startSocksServer();
    closing.push(async () => proxy.close());
    const through = { authority: ca.pem, socks: proxy.url };
    expect(await sent(through, `https://${HOST}:${securePort}/`, 2)).toEqual([yes, yes]);
    expect(await sent(through, `http://${HOST}:${plainPort}/`, 2)).toEqual([yes, yes]);
    expect(proxy.asked).toEqual([HOST, HOST]);
  });

  it('through a proxy that is away says that our network is down', async () => {
    const [answer] = await sent({ socks: 'socks5://127.0.0.1:9' }, `http://${HOST}:${plainPort}/`);
    expect(answer?.failure).toBe('network_down');
  });
});
