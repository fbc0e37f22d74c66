/** Scenarios for tests: two vantages, a day, nothing happens but what is asked for. */
import type { Scenario } from '../../src/scenario/scenario.ts';
import type { ScenarioVantage } from '../../src/scenario/world.ts';

export const HOUR_MS = 3_600_000;
export const AT_MS = Date.UTC(2026, 2, 1, 12);

export const MOBILE: ScenarioVantage = {
  id: 'ala-mobile',
  operator: 'AS29355',
  place: 'almaty',
  access: 'mobile',
};
export const FIXED: ScenarioVantage = {
  id: 'nqz-fixed',
  operator: 'AS9198',
  place: 'astana',
  access: 'fixed',
};

export function aScenario(changes: Partial<Scenario> = {}): Scenario {
  return {
    id: 'a-scenario',
    title: 'A scenario',
    from: AT_MS - 12 * HOUR_MS,
    to: AT_MS + 12 * HOUR_MS,
    cadenceSeconds: 60,
    seed: 1,
    noise: { lossPercent: 0, latencyMs: [20, 60] },
    vantages: [MOBILE, FIXED],
    platforms: ['youtube', 'x'],
    actions: [],
    events: [],
    ...changes,
  };
}
