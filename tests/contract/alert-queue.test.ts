/** What is to be told survives kill -9, outages and restarts, and one dead channel holds up nobody. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../probes/net/clock.ts';
import { startAlertDesk } from '../../src/alerts/desk.ts';
import type { Channel, Delivery } from '../../src/alerts/channel.ts';
import { createMemoryStore } from '../../src/store/memory/store.ts';
import { aPen, recordingChannel } from '../support/alerts.ts';
import { listenOn } from '../support/listen-on.ts';
import { anIncident } from '../support/points.ts';
import { silentLog } from '../support/silent-log.ts';

const clock = systemClock();
let dataDir = '';

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'aiqyn-alerts-'));
});
afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

function routeTo(id: string, channel: Channel) {
  const config = { channel: 'ntfy', url: 'http://127.0.0.1:1', topic: 'x', token: null } as const;
  const route = { id, language: 'en', only: { confidence: 0 }, quiet: null, channel: config } as const;
  return { route, pen: aPen(), channel, dataDir, clock, random: () => 0, log: silentLog };
}

function deskOf(store: ReturnType<typeof createMemoryStore>, channels: Readonly<Record<string, Channel>>) {
  const routes = Object.entries(channels).map(([id, channel]) => routeTo(id, channel));
  return startAlertDesk({ store, routes, clock, log: silentLog, mayTell: () => true });
}

const AWAY: Delivery = { outcome: 'unreachable', reason: 'connection_refused', afterMs: null };

describe('the desk', () => {
  it('tells of a block once, of its end once, and of neither again after a restart', async () => {
    const store = createMemoryStore();
    const channel = recordingChannel();
    const incident = anIncident({ startMs: clock.nowMs() - 60_000 });
    await store.saveIncidents([incident]);
    const desk = await deskOf(store, { team: channel });
    await expect.poll(() => channel.messages.length).toBe(1);
    await store.saveIncidents([{ ...incident, status: 'restored', endMs: clock.nowMs() }]);
    desk.poke();
    await expect.poll(() => channel.messages.map(({ kind }) => kind)).toEqual(['opened', 'restored']);
    expect(channel.messages[1]?.earlier).toBe('m1');
    await desk.stop();
    const again = await deskOf(store, { team: channel });
    await again.stop();
    expect(channel.messages).toHaveLength(2);
  });

  it('takes back what turned out to be no incident', async () => {
    const store = createMemoryStore();
    const channel = recordingChannel();
    const incident = anIncident({ startMs: clock.nowMs() });
    await store.saveIncidents([incident]);
    const desk = await deskOf(store, { team: channel });
    await expect.poll(() => channel.messages.length).toBe(1);
    await store.removeIncidents([incident.id]);
    desk.poke();
    await expect.poll(() => channel.messages.at(-1)?.kind).toBe('withdrawn');
    await desk.stop();
  });

  it('tries an unreachable channel again with the same key, while the others have theirs', async () => {
    const store = createMemoryStore();
    const dead = recordingChannel([AWAY]);
    const hung: Channel = {
      deliver: async (_message, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            resolve(AWAY);
          });
        }),
    };
    const well = recordingChannel();
    await store.saveIncidents([anIncident({ startMs: clock.nowMs() })]);
    const desk = await deskOf(store, { dead, hung, well });
    await expect.poll(() => well.messages.length).toBe(1);
    await expect.poll(() => dead.messages.length, { timeout: 10_000 }).toBe(2);
    expect(dead.messages[1]?.key).toBe(dead.messages[0]?.key);
    await desk.stop();
  });

  it('begins anew where its book cannot be read, and puts that aside', async () => {
    const store = createMemoryStore();
    const first = await deskOf(store, { team: recordingChannel() });
    await first.stop();
    await writeFile(join(dataDir, 'alerts', 'team.json'), '{"version":1,');
    const channel = recordingChannel();
    await store.saveIncidents([anIncident({ startMs: clock.nowMs() })]);
    const desk = await deskOf(store, { team: channel });
    await expect.poll(() => channel.messages.length).toBe(1);
    await desk.stop();
    expect(await readFile(join(dataDir, 'alerts', 'team.json.unreadable'), 'utf8')).toBe('{"version":1,');
  });
});

/** A Bot API that keeps what it was asked; while `isHolding`, it takes messages and answers nothing. */
async function botApi() {
  const asked: string[] = [];
  const state = { isHolding: true };
  const server = createServer((incoming, outgoing) => {
    incoming.resume();
    incoming.on('end', () => {
      asked.push((incoming.url ?? '').split('/').at(-1) ?? '');
      if (!state.isHolding) outgoing.end('{"ok":true,"result":{"message_id":17}}');
    });
  });
  const url = `http://127.0.0.1:${await listenOn(server)}`;
  async function close(): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  return { asked, state, url, close };
}

function startTeller(url: string, incident: 'open' | 'over') {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', 'tests/support/alert-writer.ts', dataDir, url, incident],
    { stdio: 'ignore' },
  );
  async function kill(): Promise<void> {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }
  return { kill };
}

describe('kill -9', () => {
  it('between sending and its answer sends again; after it, the end edits that message', async () => {
    const api = await botApi();
    try {
      const first = startTeller(api.url, 'open');
      await expect.poll(() => api.asked.length, { timeout: 30_000 }).toBe(1);
      await first.kill();
      api.state.isHolding = false;
      const second = startTeller(api.url, 'open');
      const book = join(dataDir, 'alerts', 'team.json');
      await expect.poll(async () => readFile(book, 'utf8'), { timeout: 30_000 }).toContain('"handle":"17"');
      await second.kill();
      const third = startTeller(api.url, 'over');
      await expect.poll(() => api.asked.length, { timeout: 30_000 }).toBe(4);
      await third.kill();
      expect(api.asked).toEqual(['sendMessage', 'sendMessage', 'editMessageText', 'sendMessage']);
    } finally {
      await api.close();
    }
  }, 100_000);
});
