import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { conditionsAt, createWorld } from '../../../src/scenario/world.ts';
import { aScenario, AT_MS, HOUR_MS, MOBILE, FIXED } from '../../support/scenario.ts';

const during = { from: AT_MS, to: AT_MS + HOUR_MS };

describe('conditionsAt(scenario, instant, vantage)', () => {
  it('leaves a world without actions as it is', () => {
    expect(conditionsAt(aScenario(), AT_MS, MOBILE)).toEqual({
      hasPower: true,
      network: 'online',
      hasQuic: true,
      lossPercent: 0,
      isControlUp: true,
      hasUplink: true,
      platforms: {},
    });
  });

  it('cuts the way to the collector alone', () => {
    const scenario = aScenario({ actions: [{ do: 'uplink_down', access: 'mobile', ...during }] });
    expect(conditionsAt(scenario, AT_MS, MOBILE)).toMatchObject({ network: 'online', hasUplink: false });
    expect(conditionsAt(scenario, AT_MS, FIXED).hasUplink).toBe(true);
  });

  it('holds an action from its first instant until before its last', () => {
    const scenario = aScenario({ actions: [{ do: 'shutdown', ...during }] });
    const networks = [AT_MS - 1, AT_MS, during.to - 1, during.to].map(
      (atMs) => conditionsAt(scenario, atMs, MOBILE).network,
    );
    expect(networks).toEqual(['online', 'offline', 'offline', 'online']);
  });

  it.each([
    { scope: {}, mobile: true, fixed: true },
    { scope: { access: 'mobile' as const }, mobile: true, fixed: false },
    { scope: { operators: ['AS9198'] }, mobile: false, fixed: true },
    { scope: { places: ['almaty'] }, mobile: true, fixed: false },
    { scope: { vantages: ['nqz-fixed'] }, mobile: false, fixed: true },
    { scope: { places: ['almaty'], operators: ['AS9198'] }, mobile: false, fixed: false },
  ])('narrows by every key that is named: %o', ({ scope, mobile, fixed }) => {
    const scenario = aScenario({ actions: [{ do: 'vantage_power_loss', ...scope, ...during }] });
    expect(conditionsAt(scenario, AT_MS, MOBILE).hasPower).toBe(!mobile);
    expect(conditionsAt(scenario, AT_MS, FIXED).hasPower).toBe(!fixed);
  });

  it('adds up independent losses, and takes a line that loses all for none', () => {
    const loss = { do: 'packet_loss' as const, ...during };
    const noise: Scenario['noise'] = { lossPercent: 50, latencyMs: [20, 60] };
    const twice = aScenario({ noise, actions: [{ ...loss, percent: 50 }] });
    expect(conditionsAt(twice, AT_MS, MOBILE)).toMatchObject({ lossPercent: 75, network: 'online' });
    const all = aScenario({ actions: [{ ...loss, percent: 100 }] });
    expect(conditionsAt(all, AT_MS, MOBILE).network).toBe('offline');
  });

  it.each([
    { actions: [{ do: 'operator_outage' as const, ...during }], network: 'offline' },
    { actions: [{ do: 'allow_list' as const, ...during }], network: 'allow_list' },
    {
      actions: [
        { do: 'allow_list' as const, ...during },
        { do: 'shutdown' as const, ...during },
      ],
      network: 'offline',
    },
  ])('says $network, where the stronger cut wins', ({ actions, network }) => {
    expect(conditionsAt(aScenario({ actions }), AT_MS, MOBILE).network).toBe(network);
  });

  it('lets several things happen to one platform at once', () => {
    const scenario = aScenario({
      actions: [
        { do: 'throttle', kbps: 64, platforms: ['youtube'], fraction: 1, ...during },
        { do: 'intercept', platforms: ['youtube', 'x'], fraction: 0.5, ...during },
        {
          do: 'block',
          method: 'sni_drop',
          hosts: ['googlevideo.com'],
          platforms: ['youtube'],
          fraction: 0.3,
          ...during,
        },
        { do: 'site_down', platforms: ['x'], ...during },
        { do: 'control_down', ...during },
      ],
    });
    expect(conditionsAt(scenario, AT_MS, FIXED)).toMatchObject({
      isControlUp: false,
      platforms: {
        youtube: {
          block: { what: 'sni_drop', fraction: 0.3, hosts: ['googlevideo.com'] },
          throttle: { what: 64, fraction: 1 },
          intercept: { what: null, fraction: 0.5 },
          isDown: false,
        },
        x: { block: null, intercept: { what: null }, isDown: true },
      },
    });
  });
});

describe('createWorld(scenario)', () => {
  it('says at every instant what conditionsAt says, also where actions begin and end', () => {
    const scenario = aScenario({
      actions: [
        { do: 'shutdown', access: 'mobile', ...during },
        { do: 'packet_loss', percent: 10, from: AT_MS + HOUR_MS / 2, to: AT_MS + 2 * HOUR_MS },
      ],
    });
    const world = createWorld(scenario);
    for (let atMs = AT_MS - HOUR_MS; atMs < AT_MS + 3 * HOUR_MS; atMs += 7 * 60_000)
      for (const vantage of [MOBILE, FIXED])
        expect(world(atMs, vantage)).toEqual(conditionsAt(scenario, atMs, vantage));
  });
});
