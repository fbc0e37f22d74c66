/**
 * `aiqyn probe` of apps, live video and speed in the demo's internet: real sockets, a real control, and what a person reads.
 * The command's own network is replaced by the demo's, because nobody may listen on the real names' ports.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createNetwork } from '../../../probes/net/network.ts';
import { systemClock } from '../../../probes/net/clock.ts';
import type { Clock } from '../../../probes/probe.ts';
import { probeCommand } from '../../../src/cli/commands/probe.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { startControl } from '../../../src/control/server.ts';
import { startWorld } from '../../../src/demo/world.ts';
import { Scenario } from '../../../src/scenario/scenario.ts';
import { runCli, withTemporaryFolder } from '../../support/cli.ts';
import { silentLog } from '../../support/silent-log.ts';

const VANTAGE = { id: 'ala', operator: 'AS9198', place: 'almaty', access: 'fixed' } as const;
const FROM = '2026-03-14T07:00:00Z';
const TO = '2026-03-14T08:00:00Z';
const clock: Clock = { ...systemClock(), nowMs: () => Date.parse(FROM) + 1_000 };
const catalog = loadCatalog();

const PLAN = [
  'id: short',
  'title: Short',
  'description: Deadlines that fit a test.',
  'platforms: [youtube, whatsapp, telegram]',
  "light: { cron: '* * * * *', timeoutMs: 2000 }",
  "full: { cron: '* * * * *', timeoutMs: 5000 }",
  "rings: { cron: '* * * * *', timeoutMs: 1500 }",
  "app: { cron: '* * * * *', timeoutMs: 6000 }",
  "ingest: { cron: '* * * * *', timeoutMs: 6000 }",
  "throughput: { cron: '* * * * *', timeoutMs: 24000 }",
  'dailyBudgetMegabytes: 100',
].join('\n');

const Printed = z.strictObject({
  target: z.string(),
  verdict: z.object({
    status: z.string(),
    layer: z.string().nullable(),
    method: z.string().nullable(),
    reasons: z.array(z.string()),
  }),
  measurement: z.object({ test_name: z.string(), x_aiqyn_connectivity: z.string() }),
});

async function configIn(folder: string, more: readonly string[]): Promise<string> {
  const config = join(folder, 'aiqyn.yaml');
  const plan = join(folder, 'plan.yaml');
  await writeFile(plan, PLAN);
  await writeFile(config, [`plan: ${plan}`, ...more].join('\n'));
  return config;
}

interface Asked {
  readonly platform: 'youtube' | 'whatsapp' | 'telegram';
  /** Of a scenario, without times and platforms; null leaves the world alone. */
  readonly action: object | null;
  readonly json?: true;
}

/** The command's exit code and stdout while `action` holds on this line. */
async function probe(words: readonly string[], { platform, action, json }: Asked) {
  const scenario = Scenario.parse({
    id: 'probe',
    title: 'One action',
    from: FROM,
    to: TO,
    cadenceSeconds: 60,
    seed: 1,
    noise: { lossPercent: 0, latencyMs: [0, 1] },
    vantages: [VANTAGE],
    platforms: [platform],
    actions: action === null ? [] : [{ from: FROM, to: TO, platforms: [platform], ...action }],
  });
  const targets = catalog.kindTargets.filter((target) => target.platform === platform);
  const world = await startWorld({
    scenario,
    clock,
    random: () => 0.4,
    log: silentLog,
    targets,
    rings: catalog.rings,
  });
  const network = createNetwork(world.controlNetworkOptions);
  const control = await startControl({ host: '127.0.0.1', port: 0, network, clock, log: silentLog });
  try {
    return await withTemporaryFolder(async (folder) => {
      const config = await configIn(folder, [`control: { url: '${control.url}' }`]);
      const io = { stdout: new PassThrough(), stderr: new PassThrough() };
      const said = Promise.all([text(io.stdout), text(io.stderr)]);
      const code = await probeCommand(words, { config, ...(json === true ? { json } : {}) }, io, {}, () =>
        createNetwork(world.networkOptionsFor(VANTAGE.id)),
      );
      io.stdout.end();
      io.stderr.end();
      const [stdout, stderr] = await said;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return stdout;
    });
  } finally {
    await control.stop();
    await world.stop();
  }
}

const VIDEO_BLOCKED = { do: 'block', method: 'sni_drop', hosts: ['googlevideo.com'] };

describe('aiqyn probe, of an app', () => {
  it('youtube: the table of its parts says that video alone fails, and live video can be sent', async () => {
    const stdout = await probe(['youtube'], { platform: 'youtube', action: VIDEO_BLOCKED });
    expect(stdout).toContain('(this vantage is online)');
    expect(stdout).toMatch(/^part +tried +ms +here +control$/mu);
    expect(stdout).toMatch(
      /googlevideo\.com\S* .*tls: no answer in time \(generic_timeout_error\).* works$/mu,
    );
    expect(stdout).toContain('A part of YouTube is blocked on this network');
    expect(stdout).toContain('  - Pages load; thumbnails load; the app is answered; video does not.');
    expect(stdout).toContain('Out of reach: 40 % of it.');
    expect(stdout).toMatch(/^Live video can be sent.*\(ok;/mu);
  });

  it('youtube --json: one object for the app and one for each host that takes live video', async () => {
    const stdout = await probe(['youtube'], { platform: 'youtube', action: VIDEO_BLOCKED, json: true });
    const printed = stdout
      .trimEnd()
      .split('\n')
      .map((line) => Printed.parse(JSON.parse(line)));
    expect(printed[0]).toMatchObject({
      target: 'youtube-app',
      verdict: { status: 'blocked', layer: 'tls', method: 'sni_drop' },
      measurement: { x_aiqyn_connectivity: 'online' },
    });
    const ingest = catalog.kindTargets.filter((one) => one.platform === 'youtube' && one.probe === 'ingest');
    expect(printed.slice(1).map(({ target, verdict }) => [target, verdict.status])).toEqual(
      ingest.map(({ id }) => [id, 'ok']),
    );
  });

  it('whatsapp: chat servers that nothing reaches are counted, a few are named', async () => {
    const hosts = Array.from({ length: 16 }, (_, n) => `e${n + 1}.whatsapp.net`);
    const action = { do: 'block', method: 'drop', hosts };
    const stdout = await probe(['whatsapp'], { platform: 'whatsapp', action });
    expect(stdout).toMatch(/^chat +32 chat servers .* 0 of 32 answered/mu);
    // The control takes twelve servers of a port in one question, and is not said to have failed with the rest.
    expect(stdout).toMatch(/not: tcp:\/\/e1\.whatsapp\.net:443, .* and 21 more .*works$/mu);
    expect(stdout).toMatch(/not: tcp:\/\/\S+, .* and 5 more .*–$/mu);
    expect(stdout).toContain('A part of WhatsApp is blocked on this network: connection attempts vanish.');
    expect(stdout).toContain('  - Accounts can be registered; WhatsApp Web answers; messages do not pass.');
  });

  it('telegram: works, and says so', async () => {
    const stdout = await probe(['telegram'], { platform: 'telegram', action: null });
    expect(stdout).toMatch(/answered/u);
    expect(stdout).not.toContain('not:');
    expect(stdout).toMatch(/^Telegram works.*\(ok; confidence \d+ %\)$/mu);
  });
});

describe('aiqyn probe, of live video and of speed', () => {
  it('youtube-ingest: each step, and what the control saw of it', async () => {
    const action = { do: 'block', method: 'sni_drop', hosts: ['rtmps.youtube.com'] };
    const stdout = await probe(['youtube-ingest'], { platform: 'youtube', action });
    expect(stdout).toMatch(/^step +ms +here +control$/mu);
    expect(stdout).toMatch(/^handshake with .* as a\.rtmps\.youtube\.com .*no answer in time.*completed/mu);
    expect(stdout).toMatch(/\(harmless name\) +\d+ +completed +–$/mu);
    expect(stdout).toContain('Sending live video is blocked on this network (a.rtmps.youtube.com)');
    expect(stdout).toContain('The control measured the same target at the same time.');
  });

  it('youtube-throughput: both pages in turn, and that only one crawls', { timeout: 60_000 }, async () => {
    const action = { do: 'throttle', kbps: 64 };
    const stdout = await probe(['youtube-throughput'], { platform: 'youtube', action });
    expect(stdout.match(/^fetch .*\(the page\) +\d+ +\d+ bytes at \d+\.\d kB\/s/gmu)?.length).toBe(2);
    expect(stdout.match(/^fetch .*\(the page it is compared with\) +\d+ +\d+ bytes/gmu)?.length).toBe(2);
    expect(stdout).toMatch(
      /^www\.youtube\.com is slowed down on this network.*\(throttled, http, rate_limit/mu,
    );
  });
});

describe('aiqyn probe, where nothing answers', () => {
  it('claims nothing of the app, and still exits with 0', async () => {
    await withTemporaryFolder(async (folder) => {
      // Port 9 of this machine refuses: no name is found.
      const resolvers = 'resolvers: { system: false, udp: ["127.0.0.1:9"], doh: null }';
      const config = await configIn(folder, [resolvers]);
      const { code, stdout } = await runCli(['probe', 'youtube-app', '--config', config]);
      expect(code).toBe(0);
      expect(stdout).not.toContain('this vantage is online');
      expect(stdout).toContain('Nothing can be said of YouTube');
    });
  });

  it('refuses what is neither app, target nor host, and names the platforms', async () => {
    const { code, stdout, stderr } = await runCli(['probe', 'youtub']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('"youtub" is no URL');
    expect(stderr).toContain('whatsapp');
  });
});
