import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SCHEDULED_KINDS } from '../../../probes/kinds.ts';
import { loadCatalog } from '../../../src/config/catalog-files.ts';
import { createScaledClock } from '../../../src/demo/scaled-clock.ts';
import { demoKindTargets, demoPlan, demoTargets } from '../../../src/demo/plan.ts';
import { buildSites, siteOfName } from '../../../src/demo/sites.ts';
import { BLOCK_METHODS } from '../../../src/scenario/scenario.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { parseScenario } from '../../../src/scenario/parse.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function load(name: string): Scenario {
  const file = new URL(`../../../src/demo/scenarios/${name}.yaml`, import.meta.url);
  return parseScenario(readFileSync(file, 'utf8'), `${name}.yaml`);
}

describe('evening-livestream', () => {
  const scenario = load('evening-livestream');

  it('lasts at most 90 s of wall time at speed 30', () => {
    expect((scenario.to - scenario.from) / 30).toBeLessThanOrEqual(90_000);
  });

  it('starts and ends quiet, for at least eight rounds', () => {
    const quietMs = 8 * scenario.cadenceSeconds * 1_000;
    for (const action of scenario.actions) {
      expect(action.from - scenario.from).toBeGreaterThanOrEqual(quietMs);
      expect(scenario.to - action.to).toBeGreaterThanOrEqual(quietMs);
    }
  });

  it('expects a block of YouTube and Facebook and nothing else', () => {
    expect(scenario.expect?.only).toBe(true);
    expect(scenario.expect?.incidents.map(({ platforms }) => platforms)).toEqual([['youtube', 'facebook']]);
  });
});

describe('many-methods', () => {
  const scenario = load('many-methods');

  it.each(BLOCK_METHODS)('shows %s', (method) => {
    expect(scenario.actions.some((action) => action.do === 'block' && action.method === method)).toBe(true);
  });

  it.each([
    'throttle',
    'intercept',
    'shutdown',
    'allow_list',
    'site_down',
    'vantage_power_loss',
    'packet_loss',
    'operator_outage',
    'control_down',
  ])('shows %s', (kind) => {
    expect(scenario.actions.some((action) => action.do === kind)).toBe(true);
  });

  it('shows one thing at a time', () => {
    const inOrder = [...scenario.actions].sort((a, b) => a.from - b.from);
    inOrder.slice(1).forEach((action, index) => {
      expect(action.from).toBeGreaterThan(inOrder[index]?.to ?? Infinity);
    });
  });
});

describe('demoPlan(scenario, speed)', () => {
  it('measures every kind that it serves but QUIC, whose library loads only by name, and throughput with time enough', () => {
    const scenario = load('evening-livestream');
    const { plan, fullEveryMs } = demoPlan(scenario, 30);
    const kinds = new Set(demoKindTargets(scenario.platforms, loadCatalog()).map(({ probe }) => probe));
    expect(SCHEDULED_KINDS.filter((kind) => kinds.has(kind) && plan[kind] === undefined)).toEqual(['quic']);
    expect(kinds).toContain('throughput');
    // A transfer gets 15 % of a run, and a rate is told from three seconds on.
    expect((plan.throughput?.timeoutMs ?? 0) * 0.15).toBeGreaterThan(3_000);
    expect(plan.throughput?.timeoutMs).toBeLessThan(fullEveryMs);
  });

  const scenario = load('evening-livestream');

  it('keeps the file’s cadence where real sockets can', () => {
    expect(demoPlan(scenario, 30)).toMatchObject({ lightEveryMs: 2_000, cadenceSeconds: 60 });
  });

  it('becomes coarser when the speed is too high', () => {
    expect(demoPlan(scenario, 120)).toMatchObject({ lightEveryMs: 1_000, cadenceSeconds: 120 });
  });

  it('lets a blocked light check end within its round', () => {
    const { plan, lightEveryMs } = demoPlan(scenario, 30);
    expect(plan.light.timeoutMs).toBeLessThan(lightEveryMs);
  });

  it.each([0, -1, Number.NaN, Infinity])('refuses speed %s', (speed) => {
    expect(() => demoPlan(scenario, speed)).toThrow(RangeError);
  });
});

describe('demoTargets(platforms, catalog)', () => {
  const catalog = loadCatalog();

  it('takes one or two of each platform, none sensitive', () => {
    const { platforms } = load('evening-livestream');
    const targets = demoTargets(platforms, catalog);
    const sensitive = new Set(catalog.targets.filter((target) => target.sensitive).map(({ id }) => id));
    for (const platform of platforms) {
      const mine = targets.filter((target) => target.platform === platform);
      expect([1, 2]).toContain(mine.length);
      expect(mine.some(({ id }) => sensitive.has(id))).toBe(false);
    }
  });

  it('gives each a site of its own at a public address', () => {
    const targets = demoTargets(load('evening-livestream').platforms, catalog);
    const sites = buildSites(targets, catalog.rings);
    const addresses = sites.map(({ address }) => address);
    expect(new Set(addresses).size).toBe(addresses.length);
    for (const { url, platform } of targets) {
      expect(siteOfName(sites, new URL(url).hostname)?.platform).toBe(platform);
    }
    expect(
      addresses.filter((address) => /^(10|127|0|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(address)),
    ).toEqual([]);
  });
});

describe('createScaledClock(options)', () => {
  it('runs through scenario time while durations stay real', async () => {
    const real = new ManualClock(1_000_000);
    const clock = createScaledClock({ real, originMs: 50_000, startWallMs: 1_000_000, speed: 30 });
    expect(clock.nowMs()).toBe(50_000);
    await real.advance(2_000);
    expect(clock.nowMs()).toBe(110_000);
    expect(clock.monotonicMs()).toBe(2_000);
  });

  it('goes on where the world is when the demo was away', () => {
    const real = new ManualClock(1_010_000);
    const clock = createScaledClock({ real, originMs: 0, startWallMs: 1_000_000, speed: 6 });
    expect(clock.nowMs()).toBe(60_000);
  });

  it('refuses a speed of nothing', () => {
    const real = new ManualClock(0);
    expect(() => createScaledClock({ real, originMs: 0, startWallMs: 0, speed: 0 })).toThrow(RangeError);
  });
});
