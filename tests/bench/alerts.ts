/**
 * How soon people read of a block: from the moment at which the demo's censor begins to the message that a Bot API and a mail
 * server have taken, on real sockets, by a real clock, a round a minute. Each trial begins at another moment of the round.
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { startAlerts } from '../../src/cli/alert-routes.ts';
import { startDemo } from '../../src/cli/demo-world.ts';
import type { AlertDesk } from '../../src/alerts/desk.ts';
import type { AlertsConfig, ChannelConfig, RouteConfig } from '../../src/config/alerts-config.ts';
import { loadCatalog } from '../../src/config/catalog-files.ts';
import { Secret } from '../../src/config/secret.ts';
import { seededRandom } from '../../src/analysis/correlate/random.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { startAnswering } from '../support/answering-server.ts';
import { withTemporaryFolder } from '../support/cli.ts';
import { listenOn } from '../support/listen-on.ts';
import { silentLog } from '../support/silent-log.ts';

const FROM_MS = Date.UTC(2026, 2, 12, 14);
const MINUTE_MS = 60_000;
const QUIET_MS = 2 * MINUTE_MS;
const GIVE_UP_MS = 6 * MINUTE_MS;
const TRIALS = 8;
/** Monitors at once in this process: more of them would measure each other. */
const TOGETHER = 4;
/** Parts of a round by which trials are apart: far from any fraction of it. */
const PHASE = 0.618;

interface Mailboxes {
  readonly channels: readonly ChannelConfig[];
  /** Wall clock of the first message, by channel. */
  readonly firstMs: Map<string, number>;
  close(): Promise<void>;
}

/** Servers that take a message as the real ones do. */
async function openMailboxes(): Promise<Mailboxes> {
  const firstMs = new Map<string, number>();
  function came(channel: string): void {
    if (!firstMs.has(channel)) firstMs.set(channel, Date.now());
  }
  const bot = await startAnswering(({ path }) => {
    if (path.endsWith('/sendMessage')) came('telegram');
    return { status: 200, body: '{"ok":true,"result":{"message_id":17}}' };
  });
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, _session, taken) => {
      stream.resume();
      stream.once('end', () => {
        came('email');
        taken();
      });
    },
  });
  const server = createServer((socket) => smtp.server.emit('connection', socket));
  const port = await listenOn(server);
  return {
    firstMs,
    channels: [
      { channel: 'telegram', chat: '-100', api: bot.url, token: new Secret('7:bench') },
      {
        channel: 'email',
        host: '127.0.0.1',
        port,
        tls: 'none',
        from: 'Aiqyn <alerts@example.org>',
        to: ['desk@example.org'],
        login: null,
      },
    ],
    close: async () => {
      await bot.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function routesTo(channels: readonly ChannelConfig[]): AlertsConfig {
  const routes = channels.map((channel): RouteConfig => ({
    id: channel.channel,
    language: 'ru',
    only: { confidence: 0 },
    quiet: null,
    channel,
  }));
  return { publicUrl: null, routes };
}

/** JSON is YAML. */
function scenarioText(number: number, blockedFromMs: number): string {
  const to = new Date(FROM_MS + QUIET_MS + MINUTE_MS + GIVE_UP_MS).toISOString();
  return JSON.stringify({
    id: `alerts-${number}`,
    title: 'YouTube is blocked',
    from: new Date(FROM_MS).toISOString(),
    to,
    cadenceSeconds: 60,
    seed: number + 1,
    noise: { lossPercent: 0, latencyMs: [5, 40] },
    vantages: [{ id: 'ala-kcell', operator: 'AS29355', place: 'almaty', access: 'mobile' }],
    platforms: ['youtube', 'facebook', 'telegram', 'vk'],
    actions: [
      {
        do: 'block',
        method: 'sni_drop',
        platforms: ['youtube'],
        from: new Date(blockedFromMs).toISOString(),
        to,
      },
    ],
    events: [],
    expect: { incidents: [] },
  });
}

/** Seconds by channel; a channel that got nothing is not there. */
async function trial(number: number): Promise<ReadonlyMap<string, number>> {
  const blockedFromMs = FROM_MS + QUIET_MS + Math.round(((number * PHASE) % 1) * MINUTE_MS);
  const scenario = parseScenario(scenarioText(number, blockedFromMs), `alerts-${number}`);
  return withTemporaryFolder(async (folder) => {
    const boxes = await openMailboxes();
    const startWallMs = Date.now();
    let desk: AlertDesk | null = null;
    const dataDir = join(folder, 'data');
    const demo = await startDemo({
      scenario,
      state: { scenario: scenario.id, speed: 1, startWallMs },
      dataDir,
      store: { kind: 'duckdb' },
      http: { host: '127.0.0.1', port: 0 },
      log: silentLog,
      random: seededRandom(number + 1),
      onChange: () => desk?.poke(),
    });
    try {
      const alerts = routesTo(boxes.channels);
      const around = { alerts, dataDir, catalog: loadCatalog(), clock: demo.clock, log: silentLog };
      desk = await startAlerts(around, demo.storage.store, () => demo.monitor.isDetecting());
      const censorMs = startWallMs + (blockedFromMs - FROM_MS);
      while (boxes.firstMs.size < boxes.channels.length && Date.now() < censorMs + GIVE_UP_MS)
        await new Promise((resolve) => setTimeout(resolve, 100));
      return new Map([...boxes.firstMs].map(([channel, atMs]) => [channel, (atMs - censorMs) / 1_000]));
    } finally {
      await desk?.stop();
      await demo.stop();
      await boxes.close();
    }
  });
}

function figures(name: string, seconds: readonly (number | undefined)[]): Record<string, number> {
  const sorted = seconds.map((one) => one ?? Infinity).sort((a, b) => a - b);
  return {
    [`${name}MedianSeconds`]: Math.round(sorted[Math.floor(sorted.length / 2)] ?? Infinity),
    [`${name}WorstSeconds`]: Math.round(sorted.at(-1) ?? Infinity),
  };
}

/** Takes nine minutes. What is not delivered counts as endless, which JSON shows as null. */
export async function benchAlerts(): Promise<Record<string, number>> {
  const results: ReadonlyMap<string, number>[] = [];
  for (let first = 0; first < TRIALS; first += TOGETHER) {
    const some = Array.from({ length: TOGETHER }, (_, index) => first + index);
    results.push(...(await Promise.all(some.map(trial))));
    for (const result of results.slice(first))
      console.error(`  ${JSON.stringify(Object.fromEntries(result))}`);
  }
  return {
    alertTrials: results.length,
    ...figures(
      'alertTelegram',
      results.map((result) => result.get('telegram')),
    ),
    ...figures(
      'alertEmail',
      results.map((result) => result.get('email')),
    ),
  };
}
