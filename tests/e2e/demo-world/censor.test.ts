/** Every method of the demo's censor, seen by the real network from a censored vantage, a free one and the control. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createNetwork } from '../../../probes/net/network.ts';
import { BLOCKPAGE_ADDRESS, BOGON_ADDRESS } from '../../../src/demo/sites.ts';
import { BLOCKPAGE_SENTENCE } from '../../../src/demo/pages.ts';
import type { World } from '../../../src/demo/world.ts';
import { CENSORED, FREE, startWorldWith, visit } from './world-under-test.ts';
import type { WorldUnderTest } from './world-under-test.ts';

const YOUTUBE = { host: 'www.youtube.com' };
const VK = { host: 'vk.com' };
const TIMEOUT = 'generic_timeout_error';

let running: WorldUnderTest | null = null;

async function start(action: string, when: 'before' | 'during' = 'during') {
  running = await startWorldWith(action);
  running.setTime(when);
  return running.world;
}

afterEach(async () => {
  await running?.world.stop();
  expect(running?.world.openConnections ?? 0).toBe(0);
  running = null;
});

function blockBy(method: string): string {
  return `do: block, method: ${method}, platforms: [youtube], operators: [AS29355]`;
}

describe('a block by method', () => {
  it.each([
    { method: 'sni_drop', step: 'tls', failure: TIMEOUT },
    { method: 'sni_reset', step: 'tls', failure: 'connection_reset' },
    { method: 'drop', step: 'tcp', failure: TIMEOUT },
    { method: 'reset', step: 'tls', failure: 'connection_reset' },
    { method: 'refused', step: 'tcp', failure: 'connection_refused' },
    { method: 'nxdomain', step: 'dns', failure: 'dns_nxdomain_error' },
    { method: 'bogon', step: 'tcp', failure: TIMEOUT },
    { method: 'injected_answer', step: 'tls', failure: 'ssl_unknown_authority' },
    { method: 'blockpage', step: 'tls', failure: 'ssl_unknown_authority' },
  ])('$method is seen as $failure at $step, on that operator and platform alone', async (row) => {
    const world = await start(blockBy(row.method));
    expect(await visit(world, CENSORED, YOUTUBE)).toMatchObject({ step: row.step, failure: row.failure });
    expect(await visit(world, CENSORED, VK)).toMatchObject({ step: 'done', code: 204 });
    expect(await visit(world, FREE, YOUTUBE)).toMatchObject({ step: 'done', code: 204 });
    expect(await visit(world, 'control', YOUTUBE)).toMatchObject({ step: 'done', code: 204 });
  });

  it.each(['sni_drop', 'sni_reset'])(
    '%s lets a harmless name through to the same address',
    async (method) => {
      const world = await start(blockBy(method));
      const { addresses } = await visit(world, FREE, YOUTUBE);
      const pair = { ...YOUTUBE, address: addresses[0] ?? '', serverName: 'www.iana.org' };
      expect(await visit(world, CENSORED, pair)).toMatchObject({ step: 'done', failure: null });
    },
  );

  it.each(['drop', 'reset'])('%s hits the address whatever the name', async (method) => {
    const world = await start(blockBy(method));
    const { addresses } = await visit(world, FREE, YOUTUBE);
    const pair = { ...YOUTUBE, address: addresses[0] ?? '', serverName: 'www.iana.org' };
    expect((await visit(world, CENSORED, pair)).failure).not.toBeNull();
  });

  it.each([
    { method: 'bogon', address: BOGON_ADDRESS },
    { method: 'injected_answer', address: BLOCKPAGE_ADDRESS },
  ])('$method gives out $address', async ({ method, address }) => {
    const world = await start(blockBy(method));
    expect((await visit(world, CENSORED, YOUTUBE)).addresses).toEqual([address]);
  });

  it.each(['blockpage', 'injected_answer'])('%s shows the page over plain HTTP', async (method) => {
    const world = await start(blockBy(method));
    const seen = await visit(world, CENSORED, { ...YOUTUBE, scheme: 'http', path: '/' });
    expect(seen.body).toContain(BLOCKPAGE_SENTENCE);
  });

  it('touches the given share of connections only', async () => {
    const world = await start(`${blockBy('sni_reset')}, fraction: 0.3`);
    expect(await visit(world, CENSORED, YOUTUBE)).toMatchObject({ step: 'done' });
  });
});

describe('other actions', () => {
  it('intercept: a certificate of nobody the vantage trusts', async () => {
    const world = await start('do: intercept, platforms: [youtube], operators: [AS29355]');
    expect(await visit(world, CENSORED, YOUTUBE)).toMatchObject({
      step: 'tls',
      failure: 'ssl_unknown_authority',
    });
    expect(await visit(world, FREE, YOUTUBE)).toMatchObject({ step: 'done' });
  });

  it('throttle: the same page, much later', async () => {
    const world = await start('do: throttle, kbps: 128, platforms: [youtube], operators: [AS29355]');
    const page = { ...YOUTUBE, path: '/', timeoutMs: 5_000 };
    const slow = await visit(world, CENSORED, page);
    const fast = await visit(world, FREE, page);
    expect(slow.step).toBe('done');
    expect(slow.body).toBe(fast.body);
    // 24 kB at 16 kB/s take 1.5 s whatever the machine; the free way only has to be the faster one.
    expect(slow.elapsedMs).toBeGreaterThan(1_300);
    expect(fast.elapsedMs).toBeLessThan(slow.elapsedMs);
  });

  it('site_down: down for everybody, the control too', async () => {
    const world = await start('do: site_down, platforms: [youtube]');
    for (const from of [CENSORED, FREE, 'control']) {
      expect(await visit(world, from, YOUTUBE)).toMatchObject({ step: 'tcp', failure: 'connection_refused' });
    }
  });

  it.each(['shutdown', 'operator_outage', 'vantage_power_loss'])(
    '%s: nothing answers, names included',
    async (what) => {
      const world = await start(`do: ${what}, operators: [AS29355]`);
      expect(await visit(world, CENSORED, VK)).toMatchObject({ step: 'dns', failure: TIMEOUT });
      expect(
        await visit(world, CENSORED, { host: 'kaspi.kz', address: addressOf(world.sites, 'kaspi.kz') }),
      ).toMatchObject({
        step: 'tcp',
        failure: TIMEOUT,
      });
      expect(world.hasPower(CENSORED)).toBe(what !== 'vantage_power_loss');
      expect(world.hasUplink(CENSORED)).toBe(false);
      expect(await visit(world, FREE, VK)).toMatchObject({ step: 'done' });
    },
  );

  it('allow_list: only listed hosts at home', async () => {
    const world = await start('do: allow_list, operators: [AS29355]');
    expect(await visit(world, CENSORED, { host: 'kaspi.kz' })).toMatchObject({ step: 'done' });
    expect(await visit(world, CENSORED, { host: 'telecom.kz' })).toMatchObject({
      step: 'tcp',
      failure: TIMEOUT,
    });
    expect(await visit(world, CENSORED, VK)).toMatchObject({ step: 'tcp', failure: TIMEOUT });
  });

  it('packet_loss: the share that is lost gets no answer', async () => {
    const all = await start('do: packet_loss, percent: 41, operators: [AS29355]');
    expect(await visit(all, CENSORED, VK)).toMatchObject({ step: 'dns', failure: TIMEOUT });
    expect(await visit(all, FREE, VK)).toMatchObject({ step: 'done' });
  });

  it('control_down: the world says so, and vantages go on', async () => {
    const world = await start('do: control_down');
    expect(world.isControlDown()).toBe(true);
    expect(await visit(world, CENSORED, VK)).toMatchObject({ step: 'done' });
  });
});

describe('time', () => {
  it('switches the censor on and off while the world runs', async () => {
    const world = await start(blockBy('sni_drop'), 'before');
    expect(await visit(world, CENSORED, YOUTUBE)).toMatchObject({ step: 'done' });
    running?.setTime('during');
    expect(await visit(world, CENSORED, YOUTUBE)).toMatchObject({ step: 'tls', failure: TIMEOUT });
    running?.setTime('before');
    expect(await visit(world, CENSORED, YOUTUBE)).toMatchObject({ step: 'done' });
  });

  it('ends, when stopped, what clients are in the midst of', async () => {
    const world = await start(blockBy('sni_drop'));
    const pending = visit(world, CENSORED, { ...YOUTUBE, timeoutMs: 20_000 });
    await expect.poll(() => world.openConnections).toBeGreaterThan(0);
    await world.stop();
    expect(await pending).toMatchObject({ step: 'tls' });
  });
});

describe('resolvers', () => {
  it('answers honestly abroad and over HTTPS while the operator’s resolver lies', async () => {
    const world = await start(blockBy('nxdomain'));
    const network = createNetwork(world.networkOptionsFor(CENSORED));
    const { system, udp, doh } = network.resolvers;
    const limits = { timeoutMs: 2_000, signal: new AbortController().signal };
    const answers = [];
    for (const resolver of [system, ...udp, ...(doh === null ? [] : [doh])]) {
      const request = { resolver, hostname: YOUTUBE.host, queryType: 'A' as const, lateMs: 0 };
      answers.push((await network.resolve(request, limits)).failure);
    }
    expect(answers).toEqual(['dns_nxdomain_error', null, null]);
  });

  it('lets the true answer follow an injected one on the way abroad', async () => {
    const world = await start(blockBy('injected_answer'));
    const network = createNetwork(world.networkOptionsFor(CENSORED));
    const [resolver] = network.resolvers.udp;
    if (resolver === undefined) throw new TypeError('the world names no resolver abroad');
    const resolution = await network.resolve(
      { resolver, hostname: YOUTUBE.host, queryType: 'A', lateMs: 300 },
      { timeoutMs: 2_000, signal: new AbortController().signal },
    );
    expect(resolution.addresses.map(({ address }) => address)).toEqual([BLOCKPAGE_ADDRESS]);
    expect(resolution.late.flatMap(({ addresses }) => addresses.map(({ address }) => address))).toEqual([
      addressOf(world.sites, YOUTUBE.host),
    ]);
  });
});

describe('the world', () => {
  it('lets several of its kind run at once', async () => {
    const first = await start(blockBy('sni_drop'));
    const second = await startWorldWith(blockBy('refused'));
    second.setTime('during');
    try {
      expect(await visit(first, CENSORED, YOUTUBE)).toMatchObject({ step: 'tls' });
      expect(await visit(second.world, CENSORED, YOUTUBE)).toMatchObject({ step: 'tcp' });
    } finally {
      await second.world.stop();
    }
  });

  it('resets connections that were open when their vantage is cut', async () => {
    const world = await start('do: shutdown, operators: [AS29355]', 'before');
    const { port } = routeTo(world, 'vk.com');
    const socket = connect({ host: '127.0.0.1', port, localAddress: world.sourceAddressOf(CENSORED) });
    const failed = once(socket, 'error');
    await once(socket, 'connect');
    running?.setTime('during');
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
  });

  it.each(['do: control_down', 'do: shutdown, operators: [AS29355]', 'do: allow_list, operators: [AS29355]'])(
    'leaves the way to the control silent during "%s"',
    async (action) => {
      const world = await start(action, 'before');
      const control = createServer((_request, response) => response.end('here'));
      control.listen(0, '127.0.0.1');
      await once(control, 'listening');
      const address = control.address();
      if (address === null || typeof address === 'string') throw new TypeError('no port');
      const port = await world.controlPortFor(CENSORED, address.port);
      async function ask(): Promise<string> {
        const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(500) });
        return response.text();
      }
      expect(await ask()).toBe('here');
      running?.setTime('during');
      await expect(ask()).rejects.toThrow(/timeout/);
      control.closeAllConnections();
      control.close();
    },
  );

  it('refuses a vantage that the scenario does not name', async () => {
    const world = await start('do: control_down');
    expect(() => world.networkOptionsFor('nowhere')).toThrow(RangeError);
  });
});

function routeTo(world: World, host: string): { readonly port: number } {
  const route = world.networkOptionsFor(CENSORED).route?.(addressOf(world.sites, host), 443, 'tcp');
  if (route === undefined) throw new TypeError('the world has no route');
  return route;
}

function addressOf(sites: readonly { host: string; address: string }[], host: string): string {
  return sites.find((site) => site.host === host)?.address ?? '';
}
