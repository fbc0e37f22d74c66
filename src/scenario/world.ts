/**
 * What is true in a scenario's world at an instant, for one vantage. Pure; `replay` synthesises measurements from it,
 * the loopback demo sets its censor by it. Instants are UTC epoch milliseconds; an action holds in [from, to).
 */
import type { Action, BlockMethod, Scenario } from './scenario.ts';

export type ScenarioVantage = Scenario['vantages'][number];

export interface Share<T> {
  readonly what: T;
  /** Share of connections touched. */
  readonly fraction: number;
}

/** `hosts`: only these names and what is under them. */
export interface NamedShare<T> extends Share<T> {
  readonly hosts?: readonly string[];
}

export interface PlatformConditions {
  readonly block: NamedShare<BlockMethod> | null;
  /** Kilobits per second. */
  readonly throttle: NamedShare<number> | null;
  /** The interceptor's id in the catalogue; null for one that nobody knows. */
  readonly intercept: Share<string | null> | null;
  /** QUIC is dropped by the name; TCP passes. */
  readonly isQuicBlocked: boolean;
  /** Fails for everybody, the control too. */
  readonly isDown: boolean;
}

export interface Conditions {
  readonly hasPower: boolean;
  readonly network: 'online' | 'offline' | 'allow_list';
  /** Whether UDP to port 443 passes. */
  readonly hasQuic: boolean;
  /** Chance that one try of one step is lost, in per cent. */
  readonly lossPercent: number;
  readonly isControlUp: boolean;
  /** Whether what is measured reaches the collector at once, as far as the network lets it. */
  readonly hasUplink: boolean;
  /** By platform; absent where nothing is wrong. */
  readonly platforms: Readonly<Partial<Record<string, PlatformConditions>>>;
}

const UNTOUCHED: PlatformConditions = {
  block: null,
  throttle: null,
  intercept: null,
  isQuicBlocked: false,
  isDown: false,
};

function touches(action: Action, vantage: ScenarioVantage): boolean {
  if (action.do === 'control_down') return true;
  return (
    names(action.vantages, vantage.id) &&
    names(action.operators, vantage.operator) &&
    names(action.places, vantage.place) &&
    (action.access === undefined || action.access === vantage.access)
  );
}

function names(listed: readonly string[] | undefined, one: string): boolean {
  return listed?.includes(one) ?? true;
}

/** A line that loses every packet is no line. */
function networkOf(actions: readonly Action[], lossPercent: number): Conditions['network'] {
  if (actions.some((action) => action.do === 'shutdown' || action.do === 'operator_outage')) return 'offline';
  if (lossPercent >= 100) return 'offline';
  return actions.some((action) => action.do === 'allow_list') ? 'allow_list' : 'online';
}

/** Loss of the scenario and of its actions, as independent chances. */
function lossOf(scenario: Scenario, actions: readonly Action[]): number {
  let passing = 1 - scenario.noise.lossPercent / 100;
  for (const action of actions) if (action.do === 'packet_loss') passing *= 1 - action.percent / 100;
  return (1 - passing) * 100;
}

type PlatformAction = Extract<Action, { platforms: unknown }>;

function shareOf<T>(
  what: T,
  { fraction, hosts }: Extract<Action, { do: 'block' | 'throttle' }>,
): NamedShare<T> {
  return { what, fraction, ...(hosts === undefined ? {} : { hosts }) };
}

function change(old: PlatformConditions, action: PlatformAction): PlatformConditions {
  switch (action.do) {
    case 'block':
      return { ...old, block: shareOf(action.method, action) };
    case 'throttle':
      return { ...old, throttle: shareOf(action.kbps, action) };
    case 'intercept':
      return { ...old, intercept: { what: action.interceptor ?? null, fraction: action.fraction } };
    case 'block_quic':
      return { ...old, isQuicBlocked: true };
    case 'site_down':
      return { ...old, isDown: true };
  }
}

function platformsOf(actions: readonly Action[]): Conditions['platforms'] {
  const platforms: Record<string, PlatformConditions> = {};
  for (const action of actions) {
    if (!('platforms' in action)) continue;
    for (const platform of action.platforms) {
      platforms[platform] = change(platforms[platform] ?? UNTOUCHED, action);
    }
  }
  return platforms;
}

/** Conditions at one instant. Where a world is asked often, `createWorld` answers faster. */
export function conditionsAt(scenario: Scenario, atMs: number, vantage: ScenarioVantage): Conditions {
  const actions = scenario.actions.filter(
    (action) => action.from <= atMs && atMs < action.to && touches(action, vantage),
  );
  const lossPercent = lossOf(scenario, actions);
  return {
    hasPower: !actions.some((action) => action.do === 'vantage_power_loss'),
    network: networkOf(actions, lossPercent),
    hasQuic: !actions.some((action) => action.do === 'close_quic'),
    lossPercent,
    isControlUp: !actions.some((action) => action.do === 'control_down'),
    hasUplink: !actions.some((action) => action.do === 'uplink_down'),
    platforms: platformsOf(actions),
  };
}

/** Whether what is measured reaches the collector when it is measured. */
export function isHeard({ network, hasUplink }: Conditions): boolean {
  return network === 'online' && hasUplink;
}

/** Asks the world in the order of time, per vantage: conditions are only made anew where an action begins or ends. */
export function createWorld(scenario: Scenario): (atMs: number, vantage: ScenarioVantage) => Conditions {
  const edges = [...new Set(scenario.actions.flatMap((action) => [action.from, action.to]))].sort(
    (a, b) => a - b,
  );
  const known = new Map<string, { fromMs: number; toMs: number; conditions: Conditions }>();
  return function at(atMs, vantage) {
    const last = known.get(vantage.id);
    if (last !== undefined && last.fromMs <= atMs && atMs < last.toMs) return last.conditions;
    const conditions = conditionsAt(scenario, atMs, vantage);
    const toMs = edges.find((edge) => edge > atMs) ?? Number.POSITIVE_INFINITY;
    known.set(vantage.id, { fromMs: atMs, toMs, conditions });
    return conditions;
  };
}
