/** Stories of the network itself: cuts, allow-lists, silent vantages, with what must be said of them by construction. */
import type { Action, ExpectedIncident } from '../../src/scenario/scenario.ts';
import { distinct, makeScope, touchedBy } from './story-fleet.ts';
import type { Scope, Vantage } from './story-fleet.ts';
import { MINUTE_MS } from './story-platforms.ts';
import type { Part, Stage } from './story-platforms.ts';

const TOLERANCE_SECONDS = 180;
const NOTHING: Part = { actions: [], expected: [] };

type Cut = 'shutdown' | 'operator_outage' | 'allow_list';

function cutBy(doing: Cut, scope: Scope, from: number, to: number): Action {
  return { do: doing, ...scope, from, to };
}

/** By DESIGN a lone vantage is silent; so are several that are not independent of each other. */
function kindOf(doing: Cut, touched: readonly Vantage[]): ExpectedIncident['kind'] {
  const operators = distinct(touched.map((one) => one.operator)).length;
  const places = distinct(touched.map((one) => one.place)).length;
  if (touched.length < 2 || (operators < 2 && places < 2)) return 'vantage_silent';
  if (doing === 'allow_list') return 'allow_list';
  return touched.every((one) => one.access === 'mobile') ? 'mobile_shutdown' : 'shutdown';
}

function expectedOf(
  kind: ExpectedIncident['kind'],
  touched: readonly Vantage[],
  start: number,
  end: number,
): ExpectedIncident {
  return {
    kind,
    vantages: touched.map((one) => one.id),
    operators: distinct(touched.map((one) => one.operator)),
    places: distinct(touched.map((one) => one.place)),
    start,
    end,
    toleranceSeconds: TOLERANCE_SECONDS,
  };
}

function lengthOf({ dice, fromMs, toMs }: Stage): number {
  const minutes = dice.one([5, 12, 30, 90, 240, 600, 1_500]);
  return Math.min(toMs - fromMs, dice.between(minutes, minutes * 2) * MINUTE_MS);
}

function span(stage: Stage): { start: number; end: number } {
  const length = lengthOf(stage);
  const start = stage.fromMs + stage.dice.between(0, Math.max(0, stage.toMs - stage.fromMs - length));
  return { start, end: start + length };
}

/** Cuts by whole networks, as a censor or a broken operator makes them. */
function networkScope({ dice, fleet }: Stage, doing: Cut): Scope {
  if (doing === 'operator_outage') {
    const operators = distinct(fleet.map((one) => one.operator));
    return { operators: dice.some(operators, 1) };
  }
  return makeScope(dice, fleet, dice.one([['places'], ['access'], ['places', 'access'], ['operators'], []]));
}

function cutOnce(stage: Stage, doing: Cut): Part {
  const { start, end } = span(stage);
  const scope = networkScope(stage, doing);
  const touched = touchedBy(scope, stage.fleet);
  return {
    actions: [cutBy(doing, scope, start, end)],
    expected: [expectedOf(kindOf(doing, touched), touched, start, end)],
  };
}

/** A shutdown that is lifted for some hours and put back. */
function cutWithOpenings(stage: Stage): Part {
  const { dice } = stage;
  const { start, end } = span(stage);
  const scope = networkScope(stage, 'shutdown');
  const touched = touchedBy(scope, stage.fleet);
  const kind = kindOf('shutdown', touched);
  const count = dice.between(1, 4);
  const pieceMs = (end - start) / (count * 2 + 1);
  if (kind === 'vantage_silent' || pieceMs < 25 * MINUTE_MS) return cutOnce(stage, 'shutdown');
  const actions = Array.from({ length: count + 1 }, (_, number) =>
    cutBy('shutdown', scope, start + number * 2 * pieceMs, start + (number * 2 + 1) * pieceMs),
  );
  return { actions, expected: [{ ...expectedOf(kind, touched, start, end), openings: count }] };
}

/** Mobile goes first, the rest of the same places follows: one event, amended. */
function escalating(stage: Stage): Part {
  const { start, end } = span(stage);
  const places = distinct(stage.fleet.map((one) => one.place));
  const scope: Scope = { places: stage.dice.some(places, stage.dice.between(1, places.length)) };
  const touched = touchedBy(scope, stage.fleet);
  const mobile = touched.filter((one) => one.access === 'mobile');
  const covered = distinct(mobile.map((one) => one.place)).length;
  const isPlain = kindOf('shutdown', mobile) !== 'mobile_shutdown' || mobile.length === touched.length;
  if (isPlain || covered < (scope.places?.length ?? 0) || end - start < 30 * MINUTE_MS)
    return cutOnce(stage, 'shutdown');
  const middle = Math.round((start + end) / 2);
  return {
    actions: [
      cutBy('shutdown', { ...scope, access: 'mobile' }, start, middle),
      cutBy('shutdown', scope, middle, end),
    ],
    expected: [expectedOf('shutdown', touched, start, end)],
  };
}

/** After a shutdown a few sites come back first. */
function openingToAllowList(stage: Stage): Part {
  const { start, end } = span(stage);
  const scope = networkScope(stage, 'shutdown');
  const touched = touchedBy(scope, stage.fleet);
  if (kindOf('shutdown', touched) === 'vantage_silent' || end - start < 40 * MINUTE_MS)
    return cutOnce(stage, 'allow_list');
  const middle = Math.round((start + end) / 2);
  return {
    actions: [cutBy('shutdown', scope, start, middle), cutBy('allow_list', scope, middle, end)],
    expected: [
      expectedOf(kindOf('shutdown', touched), touched, start, middle),
      expectedOf('allow_list', touched, middle, end),
    ],
  };
}

/** Who was never heard, or is never heard again, cannot be told from a shutdown; so it begins later and ends earlier. */
function powerLoss(stage: Stage): Part {
  const { start, end } = span({
    ...stage,
    fromMs: stage.fromMs + 15 * MINUTE_MS,
    toMs: stage.toMs - 20 * MINUTE_MS,
  });
  const scope = makeScope(stage.dice, stage.fleet, ['vantages', 'places']);
  const touched = touchedBy(scope, stage.fleet);
  return {
    actions: [{ do: 'vantage_power_loss', ...scope, from: start, to: end }],
    expected: [expectedOf('vantage_silent', touched, start, end)],
  };
}

/** Trouble of our own, of which nothing may be said. */
function quietTrouble(stage: Stage): Part {
  const { start, end } = span(stage);
  if (stage.dice.chance(0.4))
    return { actions: [{ do: 'control_down', from: start, to: end }], expected: [] };
  const scope = makeScope(stage.dice, stage.fleet, ['operators', 'places', 'access', 'vantages']);
  const percent = stage.dice.one([5, 10, 20, 30, 40, 40, 50]);
  return { actions: [{ do: 'packet_loss', percent, ...scope, from: start, to: end }], expected: [] };
}

const TELLERS: readonly [(stage: Stage) => Part, ...((stage: Stage) => Part)[]] = [
  (stage) => cutOnce(stage, 'shutdown'),
  (stage) => cutOnce(stage, 'shutdown'),
  (stage) => cutOnce(stage, 'operator_outage'),
  (stage) => cutOnce(stage, 'allow_list'),
  cutWithOpenings,
  escalating,
  openingToAllowList,
  powerLoss,
  powerLoss,
  quietTrouble,
  quietTrouble,
  quietTrouble,
];

export function makeNetworkPart(stage: Stage): Part {
  return stage.toMs - stage.fromMs < 5 * MINUTE_MS ? NOTHING : stage.dice.one(TELLERS)(stage);
}
