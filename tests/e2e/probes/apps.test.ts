/** Apps and live-video ingest against real sockets, under every method of the demo's censor. */
import { setMaxListeners } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { probeApp } from '../../../probes/app/probe.ts';
import { probeIngest } from '../../../probes/ingest/probe.ts';
import type { AppFact, IngestFact } from '../../../probes/kinds.ts';
import { systemClock } from '../../../probes/net/clock.ts';
import { createNetwork } from '../../../probes/net/network.ts';
import { postJson } from '../../../probes/net/post-json.ts';
import { inputOfTarget, testNameOf } from '../../../probes/plan.ts';
import type { Clock } from '../../../probes/probe.ts';
import { seal } from '../../../src/agent/envelope.ts';
import { judge } from '../../../src/analysis/verdict/judge.ts';
import type { Verdict } from '../../../src/analysis/verdict/verdict.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { buildKnowledge } from '../../../src/config/knowledge.ts';
import { createControlClient } from '../../../src/control/client.ts';
import { startControl } from '../../../src/control/server.ts';
import { trusting } from '../../../src/demo/plan.ts';
import { startWorld } from '../../../src/demo/world.ts';
import type { World } from '../../../src/demo/world.ts';
import { Scenario } from '../../../src/scenario/scenario.ts';
import { silentLog } from '../../support/silent-log.ts';

const VANTAGE = { id: 'ala', operator: 'AS9198', place: 'almaty', access: 'fixed' } as const;
const FROM = '2026-03-14T07:00:00Z';
const TO = '2026-03-14T08:00:00Z';
const TIMEOUT_MS = 6_000;
const catalog = loadCatalog();
const knowledge = buildKnowledge(catalog);
const clock: Clock = { ...systemClock(), nowMs: () => Date.parse(FROM) + 1_000 };

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

function kindTarget(id: string): AppFact | IngestFact {
  const found = catalog.kindTargets.find((target) => target.id === id);
  if (found?.probe !== 'app' && found?.probe !== 'ingest') throw new RangeError(`no app or ingest ${id}`);
  return found;
}

interface Under {
  readonly verdict: Verdict;
  readonly testKeys: Readonly<Record<string, unknown>>;
}

async function openWorld(target: AppFact | IngestFact, action: object | null): Promise<World> {
  const scenario = Scenario.parse({
    id: 'apps',
    title: 'One action',
    from: FROM,
    to: TO,
    cadenceSeconds: 60,
    seed: 1,
    noise: { lossPercent: 0, latencyMs: [0, 1] },
    vantages: [VANTAGE],
    platforms: [target.platform],
    actions: action === null ? [] : [{ from: FROM, to: TO, platforms: [target.platform], ...action }],
  });
  const world = await startWorld({
    scenario,
    clock,
    random: () => 0.4,
    log: silentLog,
    targets: [target],
    rings: [],
  });
  opened.push(async () => world.stop());
  return world;
}

async function controlIn(world: World) {
  const network = createNetwork(world.controlNetworkOptions);
  const control = await startControl({ host: '127.0.0.1', port: 0, network, clock, log: silentLog });
  opened.push(async () => control.stop());
  return createControlClient({ url: control.url, timeoutMs: 3_000, clock, post: postJson });
}

/** One run of the target's probe while `action` holds, judged with a live control. */
async function measureUnder(id: string, action: object | null): Promise<Under> {
  const asked = kindTarget(id);
  const world = await openWorld(asked, action);
  const [target = asked] = trusting([asked], world.caKey);
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  const context = {
    clock,
    network: createNetwork(world.networkOptionsFor(VANTAGE.id)),
    control: await controlIn(world),
    harmlessNames: catalog.harmlessNames.map(({ name }) => name),
    signal: stopping.signal,
  };
  const report =
    target.probe === 'app'
      ? await probeApp({ target, timeoutMs: TIMEOUT_MS }, context)
      : await probeIngest({ target: kindIngest(id), timeoutMs: TIMEOUT_MS }, context);
  expect(report.abort).toBeNull();
  expect(report.runtimeMs).toBeLessThan(TIMEOUT_MS + 1_000);
  const startedAtMs = clock.nowMs();
  const measurement = seal({
    id: '01890000-0000-7000-8000-000000000000',
    startedAtMs,
    roundStartedAtMs: startedAtMs,
    runtimeMs: report.runtimeMs,
    vantage: VANTAGE,
    target: { id, platform: target.platform, probe: target.probe, depth: 'full' },
    testName: testNameOf(target),
    input: inputOfTarget(target, 'full'),
    testKeys: report.testKeys,
    retest: 0,
    connectivity: 'online',
    abort: report.abort,
    softwareVersion: '0.0.0',
  });
  return { verdict: judge(measurement, knowledge), testKeys: report.testKeys };
}

function kindIngest(id: string): IngestFact {
  const target = kindTarget(id);
  if (target.probe !== 'ingest') throw new RangeError(`${id} is no ingest`);
  return target;
}

describe('apps in the demo’s internet', () => {
  it.each(['youtube-app', 'whatsapp-app', 'telegram-app', 'signal-app', 'facebook-messenger', 'tiktok-app'])(
    '%s works where nothing is blocked',
    async (id) => {
      const { verdict } = await measureUnder(id, null);
      expect(verdict).toMatchObject({ status: 'ok', score: 0, rule: 'app.reached' });
    },
  );

  it.each([
    ['drop', 'tcp', 'drop'],
    ['refused', 'tcp', 'refused'],
    ['reset', 'tls', 'reset'],
    ['sni_drop', 'tls', 'sni_drop'],
    ['sni_reset', 'tls', 'sni_reset'],
    ['nxdomain', 'dns', 'nxdomain'],
    ['bogon', 'dns', 'bogon'],
    ['injected_answer', 'dns', 'injected_answer'],
  ])('Facebook Messenger blocked by %s is blocked on %s by %s', async (method, layer, how) => {
    const { verdict } = await measureUnder('facebook-messenger', { do: 'block', method });
    expect(verdict).toMatchObject({ status: 'blocked', layer, method: how });
    expect(verdict.score).toBeGreaterThan(0.8);
  });

  it('video alone: “Pages load; video does not.”', async () => {
    const action = { do: 'block', method: 'sni_drop', hosts: ['googlevideo.com'] };
    const { verdict } = await measureUnder('youtube-app', action);
    expect(verdict).toMatchObject({ status: 'blocked', layer: 'tls', method: 'sni_drop', score: 0.4 });
    expect(verdict.reasons[0]).toBe('Pages load; thumbnails load; the app is answered; video does not.');
  });

  it('counts the bytes of the server that videos come from', async () => {
    const { testKeys } = await measureUnder('youtube-app', null);
    expect(JSON.stringify(testKeys['requests'])).toMatch(
      /r1---demo-ala1\.googlevideo\.com.*?"x_aiqyn_body_bytes":16384/,
    );
  });

  it('Signal intercepted: a certificate that its own root did not sign', async () => {
    const { verdict } = await measureUnder('signal-app', { do: 'intercept' });
    expect(verdict).toMatchObject({ status: 'intercepted', layer: 'tls', method: 'forged_certificate' });
  });

  it('a platform that is down for everybody is down, not blocked', async () => {
    const { verdict } = await measureUnder('telegram-app', { do: 'site_down' });
    expect(verdict).toMatchObject({ status: 'down', score: 0 });
  });

  it('a throttled platform is not called blocked', async () => {
    const { verdict } = await measureUnder('instagram-app', { do: 'throttle', kbps: 64 });
    expect(verdict.status).not.toBe('blocked');
  });
});

describe('live-video ingest in the demo’s internet', () => {
  it('is ok where nothing is blocked', async () => {
    const { verdict } = await measureUnder('youtube-ingest', null);
    expect(verdict).toMatchObject({ status: 'ok', reasons: ['Live video can be sent.'] });
  });

  it.each([
    ['sni_drop', 'tls', 'sni_drop'],
    ['refused', 'tcp', 'refused'],
    ['nxdomain', 'dns', 'nxdomain'],
  ])('blocked by %s is blocked on %s', async (method, layer, how) => {
    const { verdict } = await measureUnder('facebook-ingest', { do: 'block', method });
    expect(verdict).toMatchObject({ status: 'blocked', layer, method: how, score: 1 });
  });
});
