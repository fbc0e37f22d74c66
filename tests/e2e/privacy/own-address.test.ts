/** Whatever servers tell a vantage of its own address, nothing that is kept, exported, logged or shown tells it again. */
import { PassThrough } from 'node:stream';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../probes/net/clock.ts';
import { createNetwork } from '../../../probes/net/network.ts';
import { postJson } from '../../../probes/net/post-json.ts';
import { KindFact } from '../../../probes/kinds.ts';
import type { OwnMeasurement } from '../../../probes/measurement.ts';
import { Plan } from '../../../probes/plan.ts';
import type { PlannedTarget } from '../../../probes/plan.ts';
import { createIntervalTicker } from '../../../src/agent/interval-ticker.ts';
import { DETECTOR_DEFAULTS } from '../../../src/analysis/detect/config.ts';
import { readArchive } from '../../../src/archive/segment-read.ts';
import { exportCommand } from '../../../src/cli/commands/export.ts';
import { startMonitor } from '../../../src/cli/monitor.ts';
import { openStorage } from '../../../src/cli/storage.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { createControlClient } from '../../../src/control/client.ts';
import { withTemporaryFolder } from '../../support/cli.ts';
import { createRecordingLog } from '../../support/silent-log.ts';
import { SPELLINGS, startTellingWorld, TRACES } from '../../support/telling-world.ts';

const ROUND_MS = 1_000;
const TIMEOUT_MS = 4_000;
/** Two rounds of light checks and one of everything else. */
const MEASURE_MS = 7_000;
const PAGES_MAX = 200;
const LIGHT = '* * * * * *';
const OTHERS = '*/2 * * * * *';

function web(id: string, url: string): PlannedTarget {
  return { id, platform: 'youtube', probe: 'web', url, lightUrl: url };
}

function kind(id: string, fact: object): PlannedTarget {
  return KindFact.parse({ id, platform: 'youtube', name: 'A server that tells', source: 'made up', ...fact });
}

function part(id: string, url: string) {
  return { id, works: 'It loads', fails: 'it does not load', endpoints: [url], source: 'made up' };
}

/** Each kind, in success and in failure. */
const TARGETS: readonly PlannedTarget[] = [
  web('redirect', 'https://www.tells.example/go'),
  web('page', 'https://page.tells.example/'),
  web('broken', 'https://broken.tells.example/broken'),
  web('clear', 'http://clear.tells.example/go'),
  web('forged', 'https://forged.example/'),
  web('whoami', 'https://whoami.tells.example/'),
  kind('speed', {
    probe: 'throughput',
    url: 'https://www.tells.example/big',
    paired: 'https://paired.example/big',
  }),
  kind('ingest', { probe: 'ingest', host: 'forged.example', port: 443 }),
  kind('app', {
    probe: 'app',
    parts: [
      part('page', 'https://www.tells.example/'),
      part('forged', 'https://forged.example/'),
      part('name', 'dns://whoami.tells.example'),
      part('port', 'tcp://closed.tells.example:5222'),
    ],
  }),
];

const PLAN = Plan.parse({
  id: 'privacy',
  title: 'Privacy',
  description: 'Every kind, in rounds as short as sockets allow.',
  light: { cron: LIGHT, timeoutMs: TIMEOUT_MS },
  full: { cron: OTHERS, timeoutMs: TIMEOUT_MS, bodyBytesMax: 65_536 },
  rings: { cron: LIGHT, timeoutMs: 1_500 },
  app: { cron: OTHERS, timeoutMs: TIMEOUT_MS, retests: 0 },
  ingest: { cron: OTHERS, timeoutMs: TIMEOUT_MS, retests: 0 },
  throughput: { cron: OTHERS, timeoutMs: TIMEOUT_MS, retests: 0 },
  jitterSeconds: 0,
  concurrency: 16,
  dailyBudgetMegabytes: 1_000,
});

const FROM_MS = Date.now();

/** Every file below the folder by its path, unpacked. */
async function filesIn(folder: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    texts.set(path, (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1'));
  }
  return texts;
}

/** What stands in a record as base64, certificates above all, in clear. */
function decoded(text: string): string {
  return [...text.matchAll(/[A-Za-z0-9+/]{64,}={0,2}/g)]
    .map(([run]) => Buffer.from(run, 'base64').toString('latin1'))
    .join('\n');
}

/** Every page and answer that can be reached from the front page and from the API's own description. */
async function crawl(url: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const queue = ['/', '/metrics', '/healthz', '/feed.atom', '/api/docs/json', '/api/series?platform=youtube'];
  for (let path = queue.shift(); path !== undefined && texts.size < PAGES_MAX; path = queue.shift()) {
    if (texts.has(path)) continue;
    const response = await fetch(new URL(path, url));
    const text = `${JSON.stringify([...response.headers])}\n${await response.text()}`;
    texts.set(path, text);
    const linked = [...text.matchAll(/(?:href|src)="(\/[^"#]*)"/g)].flatMap(([, found = '']) => found);
    const described = [...text.matchAll(/"(\/[a-z/.-]+)":\{"get"/g)].flatMap(([, found = '']) => found);
    queue.push(...linked.map((found) => found.replaceAll('&amp;', '&')), ...described);
  }
  return texts;
}

async function exported(dataDir: string, folder: string): Promise<void> {
  const io = { stdout: new PassThrough(), stderr: new PassThrough() };
  for (const format of ['jsonl', 'csv', 'parquet'] as const) {
    const output = join(folder, `export.${format}`);
    const code = await exportCommand({ from: '1d ago', to: 'now', format, output, dataDir }, io);
    expect(code).toBe(0);
  }
}

interface Kept {
  /** Where it stands, and what stands there: files, answers, lines of the log. */
  readonly texts: ReadonlyMap<string, string>;
  /** How often each server told the address. */
  readonly told: ReadonlyMap<string, number>;
  readonly measurements: readonly OwnMeasurement[];
}

/** The composition of `aiqyn run` on the telling servers, with everything kept that can be. */
async function measureEverything(folder: string): Promise<Kept> {
  const world = await startTellingWorld();
  const { log, lines } = createRecordingLog();
  const clock = systemClock();
  const dataDir = join(folder, 'data');
  const storage = await openStorage({ dataDir, store: { kind: 'duckdb' }, archiveMegabytes: 64, clock, log });
  const monitor = await startMonitor({
    dataDir,
    storage,
    catalog: loadCatalog(),
    clock,
    log,
    vantages: [
      {
        vantage: { id: 'home', operator: 'AS9198', place: 'almaty', access: 'fixed' },
        plan: PLAN,
        targets: TARGETS,
        network: createNetwork(world.network),
        control: createControlClient({ url: world.controlUrl, timeoutMs: 2_000, clock, post: postJson }),
        ringChecks: [
          { ring: 'foreign', host: 'www.tells.example', port: 443, allowListed: false },
          { ring: 'domestic', host: 'page.tells.example', port: 443, allowListed: false },
          { ring: 'foreign', host: 'whoami.tells.example', port: 443, allowListed: false },
        ],
        ticker: createIntervalTicker({ clock, everyMsOf: (cron) => ROUND_MS * (cron === LIGHT ? 1 : 2) }),
        uplinkThrough: (uplink) => uplink,
      },
    ],
    controlStates: () => [],
    detector: { ...DETECTOR_DEFAULTS, cadenceSeconds: 1, heartbeatSeconds: 1 },
    windowMs: ROUND_MS,
    graceMs: 500,
    pollMs: 200,
    heartbeatIntervalMs: 500,
    scale: 1,
    spoolMegabytes: 64,
    keepBodies: true,
    random: Math.random,
    http: { host: '127.0.0.1', port: 0 },
    onChange: (incidents) => {
      log.info({ incidents }, 'Incidents changed.');
    },
  });
  const texts = new Map<string, string>();
  try {
    await pause(MEASURE_MS);
    await monitor.stopMeasuring();
    await monitor.flush(clock.nowMs());
    for (const [path, text] of await crawl(monitor.url)) texts.set(`page ${path}`, text);
    for await (const point of storage.store.points({ fromMs: FROM_MS, toMs: clock.nowMs() + 60_000 }))
      texts.set(`point ${point.id}`, JSON.stringify(point));
    texts.set('incidents', JSON.stringify(await storage.store.incidents({})));
  } finally {
    await monitor.stop();
    await storage.close();
    await world.stop();
  }
  await exported(dataDir, folder);
  const measurements: OwnMeasurement[] = [];
  for await (const { measurement } of readArchive(
    join(dataDir, 'archive'),
    { fromMs: FROM_MS, toMs: clock.nowMs() },
    log,
  ))
    measurements.push(measurement);
  for (const [path, text] of await filesIn(folder))
    texts.set(path.slice(folder.length), `${text}\n${decoded(text)}`);
  texts.set('log', lines.map((line) => JSON.stringify(line)).join('\n'));
  return { texts, told: world.told, measurements };
}

/** Where a spelling of the vantage's address stands, with what stands around it. */
function tracesIn(texts: ReadonlyMap<string, string>): string[] {
  return [...texts].flatMap(([where, text]) =>
    TRACES.flatMap((trace) => {
      const at = text.search(trace);
      return at < 0 ? [] : [`${where}: ${text.slice(Math.max(0, at - 80), at + 80)}`];
    }),
  );
}

describe('a vantage that is told its own address by every server', () => {
  let kept: Kept;
  beforeAll(async () => {
    await withTemporaryFolder(async (folder) => {
      kept = await measureEverything(folder);
    });
  }, 60_000);

  it('was told it by name server, pages, certificates and the control', () => {
    for (const place of ['dns', 'page', 'forged', 'paired', 'clear', 'control'])
      expect(kept.told.get(place), place).toBeGreaterThan(0);
  });

  it.each(SPELLINGS)('would be caught telling %s', (spelling) => {
    expect(tracesIn(new Map([['a file', `x ${spelling} x`]]))).not.toEqual([]);
  });

  it('kept records of every target and kind, judged and shown', () => {
    const seen = new Set(kept.measurements.map(({ x_aiqyn_target: { id } }) => id));
    expect([...seen].sort()).toEqual([...TARGETS.map(({ id }) => id), 'rings'].sort());
    expect(kept.measurements.filter(({ x_aiqyn_abort: abort }) => abort === 'probe_bug')).toEqual([]);
    expect([...kept.texts.keys()].filter((where) => where.startsWith('point ')).length).toBeGreaterThan(
      TARGETS.length,
    );
    for (const name of [
      '/export.csv',
      '/export.jsonl',
      '/export.parquet',
      'page /',
      'page /vantages',
      'page /metrics',
    ])
      expect(kept.texts.get(name)?.length, name).toBeGreaterThan(200);
    expect(kept.texts.get('log')).toContain('Kept in the spool.');
  });

  it('still says what was served and where it led', () => {
    const all = JSON.stringify(kept.measurements);
    const shown = [
      'You are [scrubbed]',
      '185.70.41.130',
      '"x-your-address":"[scrubbed]',
      '"hostname":"ip-[scrubbed].tells.example"',
      '"hostname":"host-[scrubbed].tells.example"',
      'ssl_unknown_authority',
    ];
    expect(shown.filter((text) => !all.includes(text))).toEqual([]);
  });

  it('holds no spelling of it in archive, spool, store, exports, logs, pages, feeds or API', () => {
    expect(tracesIn(kept.texts)).toEqual([]);
  });
});
