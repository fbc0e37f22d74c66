/** Random fleets of vantages, and who of them an action touches. Seeded: the same seed gives the same fleet. */
import { seededRandom } from '../../src/analysis/correlate/random.ts';
import type { Action, Scenario } from '../../src/scenario/scenario.ts';

export type Vantage = Scenario['vantages'][number];
export type Scope = Pick<
  Exclude<Action, { do: 'control_down' }>,
  'vantages' | 'operators' | 'places' | 'access'
>;

export class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  /** A whole number, both ends included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.#random() * (max - min + 1));
  }

  one<T>(from: readonly [T, ...T[]]): T {
    return from[this.between(0, from.length - 1)] ?? from[0];
  }

  /** `count` different ones, in the order given. */
  some<T>(from: readonly T[], count: number): T[] {
    const keyed = from.map((value) => ({ value, key: this.#random() }));
    const taken = new Set(keyed.toSorted((a, b) => a.key - b.key).slice(0, count));
    return keyed.filter((one) => taken.has(one)).map(({ value }) => value);
  }
}

interface Network {
  readonly operator: string;
  readonly access: Vantage['access'];
}

const OPERATORS: readonly [Network, ...Network[]] = [
  { operator: 'AS29355', access: 'mobile' },
  { operator: 'AS21299', access: 'mobile' },
  { operator: 'AS48503', access: 'mobile' },
  { operator: 'AS9198', access: 'fixed' },
  { operator: 'AS9198', access: 'fixed' },
  { operator: 'AS35104', access: 'fixed' },
];
const PLACES = ['almaty', 'astana', 'shymkent', 'aktau', 'zhanaozen'] as const;

export function makeFleet(dice: Dice): Vantage[] {
  const count = dice.one([1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10]);
  const places = dice.some(PLACES, dice.between(1, Math.min(PLACES.length, count)));
  return Array.from({ length: count }, (_, number) => {
    const { operator, access } = dice.one(OPERATORS);
    const place = places[dice.between(0, places.length - 1)] ?? 'almaty';
    return { id: `v${number}-${place}-${operator.toLowerCase()}`, operator, place, access };
  });
}

function names(listed: readonly string[] | undefined, one: string): boolean {
  return listed?.includes(one) ?? true;
}

export function touchedBy(scope: Scope, fleet: readonly Vantage[]): Vantage[] {
  return fleet.filter(
    (vantage) =>
      names(scope.vantages, vantage.id) &&
      names(scope.operators, vantage.operator) &&
      names(scope.places, vantage.place) &&
      (scope.access === undefined || scope.access === vantage.access),
  );
}

export function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

type Narrowing = 'operators' | 'places' | 'access' | 'vantages';
const SHARES: Readonly<Record<Narrowing, number>> = {
  operators: 0.45,
  places: 0.35,
  access: 0.25,
  vantages: 0.2,
};

function drawScope(dice: Dice, fleet: readonly Vantage[], by: readonly Narrowing[]): Scope {
  const scope: Scope = {};
  const drawn = new Set(by.filter((narrowing) => dice.chance(SHARES[narrowing])));
  if (drawn.has('operators')) scope.operators = pickSome(dice, distinct(fleet.map((one) => one.operator)));
  if (drawn.has('places')) scope.places = pickSome(dice, distinct(fleet.map((one) => one.place)));
  if (drawn.has('access')) scope.access = dice.one(['mobile', 'fixed']);
  if (drawn.has('vantages')) scope.vantages = pickSome(dice, distinct(fleet.map((one) => one.id)));
  return scope;
}

/** A narrowing that touches at least one vantage. */
export function makeScope(dice: Dice, fleet: readonly Vantage[], by: readonly Narrowing[]): Scope {
  for (;;) {
    const scope = drawScope(dice, fleet, by);
    if (touchedBy(scope, fleet).length > 0) return scope;
  }
}

function pickSome(dice: Dice, from: readonly string[]): string[] {
  return dice.some(from, dice.between(1, Math.max(1, Math.ceil(from.length * 0.6))));
}
