/**
 * Scenarios made by chance, with what must be said of them derived from how they were made, in DESIGN's words: one
 * incident per event, a lone vantage is silent, a site that is down for all is no block, trouble of our own is nothing.
 *
 * Each scenario has acts of its own time: in some the platforms have stories (each platform its own), in others the network
 * has. Seeded: the same seed gives the same scenario.
 */
import type { Scenario } from '../../src/scenario/scenario.ts';
import { Dice, makeFleet, makeScope } from './story-fleet.ts';
import { makeNetworkPart } from './story-network.ts';
import { makePlatformPart, MINUTE_MS } from './story-platforms.ts';
import type { Part, Stage } from './story-platforms.ts';

const T0_MS = Date.UTC(2026, 3, 1);
const HOUR_MS = 60 * MINUTE_MS;
const PLATFORMS = ['youtube', 'facebook', 'instagram', 'telegram', 'vk', 'whatsapp', 'x', 'tiktok'] as const;
/** A closed shutdown of the same networks opens again for so long; stories of the network keep that distance. */
const NETWORK_REST_MS = 13 * HOUR_MS;
const REST_MS = 75 * MINUTE_MS;

function platformAct(stage: Stage): Part {
  const { dice } = stage;
  const groups = stage.toMs - stage.fromMs < 6 * HOUR_MS ? 1 : dice.between(1, 3);
  const actors = dice.some(stage.platforms, Math.min(stage.platforms.length, groups * 2));
  const part: Part = { actions: [], expected: [] };
  for (let group = 0; group < groups; group += 1) {
    const own = actors.filter((_, number) => number % groups === group);
    if (own.length === 0) continue;
    // Groups begin in thirds of the act, so that two events never begin together by chance.
    const widthMs = (stage.toMs - stage.fromMs) / groups;
    const fromMs = stage.fromMs + group * widthMs;
    const toMs = dice.chance(0.5) ? fromMs + widthMs - REST_MS : stage.toMs;
    const told = makePlatformPart({ ...stage, fromMs, toMs: Math.max(toMs, fromMs + 20 * MINUTE_MS) }, own);
    part.actions.push(...told.actions);
    part.expected.push(...told.expected);
  }
  return part;
}

function act(stage: Stage): Part {
  return stage.dice.chance(0.6) ? platformAct(stage) : makeNetworkPart(stage);
}

export function makeStory(seed: number): Scenario {
  const dice = new Dice(seed);
  const fleet = makeFleet(dice);
  const cadenceSeconds = dice.one([30, 60, 60, 60, 120, 300]);
  const acts = dice.between(1, 3);
  const platforms = dice.some(PLATFORMS, dice.between(2, PLATFORMS.length));
  const parts: Part[] = [];
  let fromMs = T0_MS + (dice.chance(0.2) ? 0 : dice.between(10, 90) * MINUTE_MS);
  let toMs = fromMs;
  for (let number = 0; number < acts; number += 1) {
    toMs = fromMs + dice.one([1, 3, 8, 14, 32]) * HOUR_MS;
    parts.push(act({ dice, fleet, cadenceMs: cadenceSeconds * 1_000, fromMs, toMs, platforms }));
    fromMs = toMs + NETWORK_REST_MS;
  }
  return {
    id: `story-${seed}`,
    title: `A story by chance (${seed})`,
    from: T0_MS,
    to: toMs + (dice.chance(0.3) ? 0 : dice.between(15, 90) * MINUTE_MS),
    cadenceSeconds,
    seed,
    noise: { lossPercent: dice.one([0, 0.5, 1, 2]), latencyMs: [40, 180] },
    vantages: fleet,
    platforms,
    actions: parts.flatMap((part) => part.actions),
    events: [],
    expect: { incidents: parts.flatMap((part) => part.expected), only: true, associations: [] },
  };
}

/** Nothing but loss, on all lines or on some; nothing may be said. */
export function makeLossyStory(seed: number, percent: number): Scenario {
  const dice = new Dice(seed * 31 + percent);
  const fleet = makeFleet(dice);
  const from = T0_MS + dice.between(0, 60) * MINUTE_MS;
  const to = from + dice.one([6, 20, 60, 180, 300]) * MINUTE_MS;
  const scope = dice.chance(0.4) ? {} : makeScope(dice, fleet, ['operators', 'places', 'access', 'vantages']);
  return {
    id: `loss-${seed}`,
    title: `Loss by chance (${seed})`,
    from: T0_MS,
    to: to + HOUR_MS,
    cadenceSeconds: dice.one([30, 60, 60, 120, 300]),
    seed,
    noise: { lossPercent: 1, latencyMs: [40, 180] },
    vantages: fleet,
    platforms: dice.some(PLATFORMS, dice.between(2, PLATFORMS.length)),
    actions: [{ do: 'packet_loss', percent, ...scope, from, to }],
    events: [],
    expect: { incidents: [], only: true, associations: [] },
  };
}
