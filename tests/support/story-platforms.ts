/** Stories of platforms that are blocked, slowed, intercepted or down, with what must be said of them by construction. */
import { BLOCK_METHODS } from '../../src/scenario/scenario.ts';
import type { Action, ExpectedIncident, Scenario } from '../../src/scenario/scenario.ts';
import { makeScope, touchedBy, distinct } from './story-fleet.ts';
import type { Dice, Scope, Vantage } from './story-fleet.ts';

export const MINUTE_MS = 60_000;

/** What a story adds to a scenario. */
export interface Part {
  readonly actions: Action[];
  readonly expected: ExpectedIncident[];
}

export interface Stage {
  readonly dice: Dice;
  readonly fleet: readonly Vantage[];
  readonly cadenceMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly platforms: Scenario['platforms'];
}

export function toleranceSeconds(cadenceMs: number): number {
  return Math.max(180, (cadenceMs / 1_000) * 3);
}

type Doing = 'block' | 'throttle' | 'intercept' | 'site_down';
const KINDS = {
  block: 'platform_block',
  throttle: 'throttling',
  intercept: 'interception',
  site_down: 'target_down',
} as const;

interface Plot {
  readonly doing: Doing;
  readonly method: (typeof BLOCK_METHODS)[number];
  readonly kbps: number;
  readonly interceptor: string | undefined;
  readonly platforms: Scenario['platforms'];
  readonly fraction: number;
  readonly scope: Scope;
}

function makePlot(stage: Stage, platforms: Scenario['platforms'], doing: Doing): Plot {
  const { dice, fleet } = stage;
  return {
    doing,
    method: dice.one(BLOCK_METHODS),
    kbps: dice.one([16, 64, 128, 200, 256, 512, 900]),
    interceptor: dice.chance(0.7)
      ? dice.one(['qaznet-2016', 'isca-2020-ca', 'isca-2021-nursultan'])
      : undefined,
    platforms,
    fraction: 1,
    scope: doing === 'site_down' ? {} : makeScope(dice, fleet, ['operators', 'places', 'access', 'vantages']),
  };
}

function actionOf(plot: Plot, from: number, to: number): Action {
  const { platforms, fraction, scope } = plot;
  switch (plot.doing) {
    case 'block':
      return { do: 'block', method: plot.method, platforms, fraction, ...scope, from, to };
    case 'throttle':
      return { do: 'throttle', kbps: plot.kbps, platforms, fraction, ...scope, from, to };
    case 'intercept': {
      const known = plot.interceptor === undefined ? {} : { interceptor: plot.interceptor };
      return { do: 'intercept', ...known, platforms, fraction, ...scope, from, to };
    }
    case 'site_down':
      return { do: 'site_down', platforms, from, to };
  }
}

function expectedOf(stage: Stage, plot: Plot, start: number, end: number): ExpectedIncident {
  const touched = touchedBy(plot.scope, stage.fleet);
  return {
    kind: KINDS[plot.doing],
    platforms: [...plot.platforms],
    operators: distinct(touched.map((one) => one.operator)),
    places: distinct(touched.map((one) => one.place)),
    vantages: distinct(touched.map((one) => one.id)),
    start,
    end,
    toleranceSeconds: toleranceSeconds(stage.cadenceMs),
  };
}

function whole(valueMs: number): number {
  return Math.round(valueMs / 1_000) * 1_000;
}

function durationMs(stage: Stage): number {
  const { dice, cadenceMs } = stage;
  const shortMs = Math.max(5 * MINUTE_MS, cadenceMs * 4);
  const longest = dice.one([20, 60, 120, 300, 1_800]) * MINUTE_MS;
  return Math.max(shortMs, dice.between(shortMs, Math.max(shortMs, longest)));
}

/** One action from somewhere in the time given; sometimes from its first or to its last moment. */
function span(stage: Stage): { start: number; end: number } {
  const { dice, fromMs, toMs } = stage;
  const length = Math.min(durationMs(stage), toMs - fromMs);
  const spare = toMs - fromMs - length;
  const start = whole(fromMs + dice.one([0, 1, 1, 1, 1, 2]) * 0.5 * dice.between(0, spare));
  return { start, end: whole(Math.min(toMs, start + length)) };
}

function once(stage: Stage, plot: Plot): Part {
  const { start, end } = span(stage);
  return { actions: [actionOf(plot, start, end)], expected: [expectedOf(stage, plot, start, end)] };
}

/** Lifted for a few minutes and put back: still the same event. */
function interrupted(stage: Stage, plot: Plot): Part {
  const { start, end } = span(stage);
  if (end - start < 60 * MINUTE_MS) return once(stage, plot);
  const pauseMs = stage.dice.between(4, 18) * MINUTE_MS;
  const middle = whole((start + end - pauseMs) / 2);
  const again = middle + pauseMs;
  return {
    actions: [actionOf(plot, start, middle), actionOf(plot, again, end)],
    expected: [expectedOf(stage, plot, start, end)],
  };
}

/** Put on twice, hours apart: two events. */
function twice(stage: Stage, plot: Plot): Part {
  const { start, end } = span(stage);
  if (end - start < 120 * MINUTE_MS) return once(stage, plot);
  const middle = whole((start + end) / 2);
  const halves = [
    [start, middle - 35 * MINUTE_MS],
    [middle + 35 * MINUTE_MS, end],
  ] as const;
  return {
    actions: halves.map(([from, to]) => actionOf(plot, from, to)),
    expected: halves.map(([from, to]) => expectedOf(stage, plot, from, to)),
  };
}

/** First slowed, then blocked at once after. */
function escalating(stage: Stage, plot: Plot): Part {
  const { start, end } = span(stage);
  if (end - start < 60 * MINUTE_MS) return once(stage, plot);
  const middle = whole((start + end) / 2);
  const slow = { ...plot, doing: 'throttle' as const };
  const blocked = { ...plot, doing: 'block' as const };
  return {
    actions: [actionOf(slow, start, middle), actionOf(blocked, middle, end)],
    expected: [expectedOf(stage, slow, start, middle), expectedOf(stage, blocked, middle, end)],
  };
}

/** Two overlapping actions of the same kind on other networks: one event. */
function spreading(stage: Stage, plot: Plot): Part {
  const { start, end } = span(stage);
  const operators = distinct(stage.fleet.map((one) => one.operator));
  const [first, second] = stage.dice.some(operators, 2);
  if (first === undefined || second === undefined || end - start < 60 * MINUTE_MS) return once(stage, plot);
  const later = start + stage.dice.between(1, 25) * MINUTE_MS;
  const early = { ...plot, scope: { operators: [first] } };
  const late = { ...plot, scope: { operators: [second] } };
  const both = { ...plot, scope: { operators: [first, second] } };
  return {
    actions: [actionOf(early, start, end), actionOf(late, later, end)],
    expected: [expectedOf(stage, both, start, end)],
  };
}

/** A method in the middle of another, on the same platform and networks: the censor changed its tool. */
function changing(stage: Stage, plot: Plot): Part {
  const { start, end } = span(stage);
  if (end - start < 40 * MINUTE_MS) return once(stage, plot);
  const middle = whole((start + end) / 2);
  const other = { ...plot, method: stage.dice.one(BLOCK_METHODS), doing: 'block' as const };
  const first = { ...plot, doing: 'block' as const };
  return {
    actions: [actionOf(first, start, middle), actionOf(other, middle, end)],
    expected: [expectedOf(stage, first, start, end)],
  };
}

/** A fraction of connections; luck decides when it is first met. */
function fractional(stage: Stage, plot: Plot): Part {
  const { start, end } = span(stage);
  if (end - start < stage.cadenceMs * 60) return once(stage, plot);
  const touched = { ...plot, fraction: stage.dice.between(5, 9) / 10 };
  const wide = {
    ...expectedOf(stage, touched, start, end),
    toleranceSeconds: (stage.cadenceMs / 1_000) * 10,
  };
  return { actions: [actionOf(touched, start, end)], expected: [wide] };
}

/** One story of these platforms, whole within the stage's time. */
export function makePlatformPart(stage: Stage, platforms: Scenario['platforms']): Part {
  const { dice } = stage;
  const doing = dice.one(['block', 'block', 'block', 'throttle', 'intercept', 'site_down'] as const);
  const plot = makePlot(stage, platforms, doing);
  if (doing === 'site_down') return dice.one([once, interrupted, twice] as const)(stage, plot);
  const tell = dice.one([once, once, once, interrupted, twice, escalating, spreading, changing, fractional]);
  return tell === changing && doing !== 'block' ? once(stage, plot) : tell(stage, plot);
}
