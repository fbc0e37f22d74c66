/** A vantage's uplink and a collector's door over real HTTP, TLS and SOCKS5 on loopback. */
import { createServer as createHttpServer } from 'node:http';
import { connect } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../probes/net/clock.ts';
import { openWay } from '../../../probes/net/post-json.ts';
import type { WayOptions } from '../../../probes/net/post-json.ts';
import { openChainFile } from '../../../src/agent/chain-file.ts';
import { createRemoteUplink } from '../../../src/agent/remote-uplink.ts';
import type { Uplink } from '../../../src/agent/spool.ts';
import { createFleetServer } from '../../../src/collector/fleet-server.ts';
import { BATCHES_PATH, BODY_TYPE, HEADER_FIELD, SIGNATURE_FIELD } from '../../../src/fleet/answers.ts';
import { BODY_BYTES_MAX } from '../../../src/fleet/batch.ts';
import { createBoxKey } from '../../../src/fleet/sealed-box.ts';
import { withTemporaryFolder } from '../../support/cli.ts';
import { aBatch, after, aState, entriesFrom, openDoor } from '../../support/fleet.ts';
import type { Door } from '../../support/fleet.ts';
import { listenOn } from '../../support/listen-on.ts';
import { silentLog } from '../../support/silent-log.ts';
import { startSocksServer } from '../../support/socks-server.ts';
import { createTestCa } from '../../support/test-ca.ts';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Collector extends Door {
  readonly url: string;
  readonly port: number;
}

async function withCollector(use: (collector: Collector, folder: string) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const door = await openDoor(folder);
    const parts = { ...door, boxKey: createBoxKey().key.publicKey, clock: systemClock(), log: silentLog };
    const app = await createFleetServer(parts);
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    try {
      await use({ ...door, url, port: Number(new URL(url).port) }, folder);
    } finally {
      for (const close of closing.splice(0).reverse()) await close();
      await app.close();
    }
  });
}

async function uplinkTo(
  collectors: readonly string[],
  { identity }: Door,
  folder: string,
  way: WayOptions = {},
): Promise<Uplink> {
  const opened = openWay(way);
  closing.push(async () => opened.close());
  return createRemoteUplink({
    collectors,
    identity,
    chain: await openChainFile(join(folder, 'spool'), identity.keyId, silentLog),
    send: opened.send,
    clock: systemClock(),
    log: silentLog,
    signal: new AbortController().signal,
  });
}

/** Answers everything with this. */
async function serverThatSays(status: number, body: string): Promise<string> {
  const server = createHttpServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'text/html' }).end(body);
  });
  const port = await listenOn(server);
  closing.push(async () => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${port}`;
}

describe('a vantage’s uplink', () => {
  it('delivers batch after batch, and what it knows survives a restart', async () => {
    await withCollector(async (collector, folder) => {
      const first = await uplinkTo([collector.url], collector, folder);
      await first.deliver(entriesFrom(1, 2), aState());
      const second = await uplinkTo([collector.url], collector, folder);
      await second.deliver(entriesFrom(3, 2), aState());
      await second.deliver([], aState());
      expect(collector.uplink.measurements).toHaveLength(4);
      expect((await collector.book.standing(collector.identity.keyId)).number).toBe(3);
    });
  });

  it('tries the next address where one is dead, is a login page or a proxy’s error', async () => {
    await withCollector(async (collector, folder) => {
      const addresses = [
        'http://127.0.0.1:9',
        await serverThatSays(200, '<html>Log in to this Wi-Fi</html>'),
        await serverThatSays(502, 'Bad gateway'),
        collector.url,
      ];
      const uplink = await uplinkTo(addresses, collector, folder);
      await uplink.deliver(entriesFrom(1, 2), aState());
      expect(collector.uplink.measurements).toHaveLength(2);
    });
  });

  it('keeps everything where none answers, and names each with its reason', async () => {
    await withCollector(async (collector, folder) => {
      const uplink = await uplinkTo(['http://127.0.0.1:9'], collector, folder);
      await expect(uplink.deliver(entriesFrom(1, 1), aState())).rejects.toThrow(
        'No collector answers (http://127.0.0.1:9: connection_refused).',
      );
    });
  });

  it('doubles nothing when the acknowledgement is lost', async () => {
    await withCollector(async (collector, folder) => {
      const way = openWay({});
      closing.push(async () => way.close());
      let isLosing = true;
      const uplink = createRemoteUplink({
        collectors: [collector.url],
        identity: collector.identity,
        chain: await openChainFile(join(folder, 'spool'), collector.identity.keyId, silentLog),
        send: async (message, signal) => {
          const answer = await way.send(message, signal);
          const isLost = isLosing && message.url.endsWith(BATCHES_PATH);
          return isLost ? { failure: 'connection_reset', status: 0, body: null } : answer;
        },
        clock: systemClock(),
        log: silentLog,
        signal: new AbortController().signal,
      });
      const entries = entriesFrom(1, 3);
      await expect(uplink.deliver(entries, aState())).rejects.toThrow('connection_reset');
      isLosing = false;
      // The spool has more by now: the batch that comes is another one.
      await uplink.deliver([...entries, ...entriesFrom(4, 2)], aState());
      expect(collector.uplink.measurements).toHaveLength(5);
    });
  });

  it('goes on where the collector stands when it forgot what it sent', async () => {
    await withCollector(async (collector, folder) => {
      const first = await uplinkTo([collector.url], collector, folder);
      await first.deliver(entriesFrom(1, 2), aState());
      const forgetful = await uplinkTo([collector.url], collector, join(folder, 'new'));
      await forgetful.deliver(entriesFrom(1, 2), aState());
      expect((await collector.book.standing(collector.identity.keyId)).number).toBe(2);
    });
  });

  it('tells how far its clock is off, and the collector corrects it', async () => {
    await withCollector(async (collector, folder) => {
      const way = openWay({});
      closing.push(async () => way.close());
      const clock = systemClock();
      const aheadMs = 7_200_000;
      const uplink = createRemoteUplink({
        collectors: [collector.url],
        identity: collector.identity,
        chain: await openChainFile(join(folder, 'spool'), collector.identity.keyId, silentLog),
        send: way.send,
        clock: { ...clock, nowMs: () => clock.nowMs() + aheadMs, monotonicMs: () => clock.monotonicMs() },
        log: silentLog,
        signal: new AbortController().signal,
      });
      await uplink.deliver(entriesFrom(1, 1), aState());
      const offsetMs = collector.uplink.states[0]?.clockOffsetMs ?? 0;
      expect(Math.abs(offsetMs - aheadMs)).toBeLessThan(1_000);
      expect(collector.uplink.measurements[0]?.x_aiqyn_vantage_clock?.offset_ms).toBe(offsetMs);
    });
  });

  it('goes through a SOCKS5 proxy, which resolves the name', async () => {
    await withCollector(async (collector, folder) => {
      const proxy = await startSocksServer();
      closing.push(async () => proxy.close());
      const uplink = await uplinkTo([`http://collector.example:${collector.port}`], collector, folder, {
        socks: proxy.url,
      });
      await uplink.deliver(entriesFrom(1, 1), aState());
      expect(collector.uplink.measurements).toHaveLength(1);
      expect(new Set(proxy.asked)).toEqual(new Set(['collector.example']));
    });
  });

  it('believes only the authority that it was told, directly and through a proxy', async () => {
    await withCollector(async (collector, folder) => {
      const [ours, other] = [await createTestCa('ours'), await createTestCa('other')];
      const certificate = await ours.issue('localhost');
      const tls = createTlsServer(certificate, (socket) => {
        const plain = connect(collector.port, '127.0.0.1');
        socket.on('error', () => plain.destroy());
        plain.on('error', () => socket.destroy());
        socket.pipe(plain).pipe(socket);
      });
      const url = `https://localhost:${await listenOn(tls)}`;
      closing.push(async () => new Promise((resolve) => tls.close(resolve)));
      const proxy = await startSocksServer();
      closing.push(async () => proxy.close());
      for (const socks of [{}, { socks: proxy.url }]) {
        const fooled = await uplinkTo([url], collector, folder, { authority: other.pem, ...socks });
        await expect(fooled.deliver([], aState())).rejects.toThrow('No collector answers');
        const right = await uplinkTo([url], collector, folder, { authority: ours.pem, ...socks });
        await right.deliver([], aState());
      }
      expect(collector.uplink.states).toHaveLength(2);
    });
  });
});

describe('a collector’s door answers', () => {
  async function post(
    url: string,
    body: Buffer,
    headers: Record<string, string>,
  ): Promise<{ status: number; error: unknown }> {
    const way = openWay({});
    closing.push(async () => way.close());
    const answer = await way.send(
      {
        url: url + BATCHES_PATH,
        headers: { 'content-type': BODY_TYPE, ...headers },
        body,
        timeoutMs: 10_000,
      },
      new AbortController().signal,
    );
    const { body: said } = answer;
    const error = typeof said === 'object' && said !== null && 'error' in said ? said.error : answer.failure;
    return { status: answer.status, error };
  }

  it('each refusal by its own code and status, and nothing changes', async () => {
    await withCollector(async (collector) => {
      const { url, identity, book, uplink } = collector;
      const batch = await aBatch(identity);
      const good = { [HEADER_FIELD]: batch.headerText, [SIGNATURE_FIELD]: batch.signature };
      const next = await aBatch(identity, { entries: entriesFrom(9, 1), after: after(batch) });
      const early = { [HEADER_FIELD]: next.headerText, [SIGNATURE_FIELD]: next.signature };
      const answers = {
        forged: await post(url, batch.body, { ...good, [SIGNATURE_FIELD]: next.signature }),
        truncated: await post(url, batch.body.subarray(9), good),
        reordered: await post(url, next.body, early),
        oversized: await post(url, Buffer.alloc(BODY_BYTES_MAX + 1), good),
        malformed: await post(url, batch.body, { [SIGNATURE_FIELD]: batch.signature }),
      };
      expect(answers).toEqual({
        forged: { status: 401, error: 'forged' },
        truncated: { status: 400, error: 'truncated' },
        reordered: { status: 409, error: 'reordered' },
        oversized: { status: 413, error: 'oversized' },
        malformed: { status: 400, error: 'malformed' },
      });
      expect(uplink.measurements).toEqual([]);
      expect(await book.links(identity.keyId)).toEqual([]);
    });
  });

  it('503 where archive or store refuse, so that the vantage comes again', async () => {
    await withCollector(async (collector) => {
      collector.uplink.refuseWith = new Error('the disk is full');
      const batch = await aBatch(collector.identity);
      const good = { [HEADER_FIELD]: batch.headerText, [SIGNATURE_FIELD]: batch.signature };
      expect(await post(collector.url, batch.body, good)).toEqual({ status: 503, error: 'unavailable' });
      collector.uplink.refuseWith = null;
      expect(await post(collector.url, batch.body, good)).toMatchObject({ status: 200 });
      expect(collector.uplink.measurements).toHaveLength(3);
    });
  });
});
