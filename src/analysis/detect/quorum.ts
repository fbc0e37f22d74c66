/**
 * When several vantages that are cut off mean a shutdown, and when they mean only themselves.
 *
 * A place or the nation is cut when nearly all of its vantages are, on two operators or more: one operator may have
 * broken down there, one vantage may have lost its power. An operator is cut when nearly all of its vantages are, in two
 * places or more, and each has its own record of it (rings that failed while it had power): silence in several places may
 * be chance, a record is not. Whether the operator was ordered to or broke down cannot be measured; both are a shutdown of
 * that operator. Each of these scopes is looked at whole, on mobile alone and on other access alone.
 *
 * Several places or several operators, each of them gone whole, are cut as well where they went within two minutes of each
 * other and everyone has a record: towns with one vantage each would else never be seen to be cut together, nor the lines of
 * one operator in some towns.
 */
import type { VantageState } from './state.ts';

const SHARE_MIN = 0.75;
const VANTAGES_MIN = 2;
const OPERATORS_MIN = 2;
const WIDE_PLACES_MIN = 2;

function line(vantage: VantageState): string {
  return vantage.access === 'mobile' ? 'mobile' : 'line';
}

function scopesOf(vantage: VantageState): string[] {
  const { place, operator } = vantage;
  return ['nation', `place|${place}`, `operator|${operator}`].flatMap((scope) => [
    scope,
    `${scope}|${line(vantage)}`,
  ]);
}

function group(vantages: readonly VantageState[]): Map<string, VantageState[]> {
  const groups = new Map<string, VantageState[]>();
  for (const vantage of vantages) {
    for (const scope of scopesOf(vantage)) groups.set(scope, [...(groups.get(scope) ?? []), vantage]);
  }
  return groups;
}

interface Network {
  readonly operator: string;
  readonly place: string;
}

/** Whether that many networks of that many places cannot be one accident. */
export function isQuorum(networks: readonly Network[]): boolean {
  const operators = new Set(networks.map((one) => one.operator)).size;
  return networks.length >= VANTAGES_MIN && operators >= OPERATORS_MIN;
}

function isInPlaces(networks: readonly Network[]): boolean {
  return new Set(networks.map((one) => one.place)).size >= WIDE_PLACES_MIN;
}

type Groups = ReadonlyMap<string, readonly VantageState[]>;

function shareOf(scope: string, missing: readonly VantageState[], all: Groups): number {
  return missing.length / Math.max(1, all.get(scope)?.length ?? missing.length);
}

/** Nearly all of a scope is gone, and by so many that it is no accident. */
function isCut(scope: string, missing: readonly VantageState[], all: Groups): boolean {
  if (shareOf(scope, missing, all) < SHARE_MIN) return false;
  if (scope.startsWith('operator|')) return missing.length >= VANTAGES_MIN && isInPlaces(missing);
  return isQuorum(missing) && (scope.startsWith('place|') || isInPlaces(missing));
}

function hasRecord(vantage: VantageState): boolean {
  return Object.keys(vantage.words).length > 0;
}

/** Who is missing in each scope; for an operator only those that recorded it themselves. */
function missingBy(away: readonly VantageState[]): Groups {
  const gone = group(away);
  for (const [scope, missing] of gone) {
    if (scope.startsWith('operator|')) gone.set(scope, missing.filter(hasRecord));
  }
  return gone;
}

/** Records of one order begin this close to each other. */
const SAME_ORDER_MS = 120_000;

/** Newly gone with a record, in places (or of operators) that are gone whole, and begun together. */
function goneWhole(by: 'place' | 'operator', fresh: readonly VantageState[], all: Groups): VantageState[] {
  const recorded = fresh.filter(hasRecord);
  const firstMs = Math.min(...recorded.map((one) => one.sinceMs));
  const together = recorded.filter((one) => one.sinceMs - firstMs <= SAME_ORDER_MS);
  const groups = group(together);
  return together.filter((one) => {
    const scope = `${by}|${one[by]}`;
    return [scope, `${scope}|${line(one)}`].some(
      (name) => shareOf(name, groups.get(name) ?? [], all) >= SHARE_MIN,
    );
  });
}

type Members = Map<string, VantageState>;

/** Everyone missing in a scope that is cut and in which someone is newly missing. */
function addCut(members: Members, fresh: readonly VantageState[], gone: Groups, all: Groups): void {
  const isFresh = new Set(fresh.map((one) => one.vantage));
  for (const [scope, missing] of gone) {
    const isNew = missing.some((one) => isFresh.has(one.vantage));
    if (!isNew || !isCut(scope, missing, all)) continue;
    for (const one of missing) members.set(one.vantage, one);
  }
}

function addGoneWhole(members: Members, fresh: readonly VantageState[], all: Groups): void {
  for (const by of ['place', 'operator'] as const) {
    const whole = goneWhole(by, fresh, all);
    if (isQuorum(whole) || isInPlaces(whole)) for (const one of whole) members.set(one.vantage, one);
  }
}

/**
 * The members of the shutdown that `fresh` (newly cut off, together) make with whoever else is `away` among all `active`
 * vantages; null when they make none.
 */
export function quorumOf(
  fresh: readonly VantageState[],
  away: readonly VantageState[],
  active: readonly VantageState[],
): readonly VantageState[] | null {
  const all = group(active);
  const gone = missingBy(away);
  const members: Members = new Map();
  addCut(members, fresh, gone, all);
  addGoneWhole(members, fresh, all);
  if (members.size === 0) return null;
  // A lone vantage of its place and access that went with the others belongs to them.
  for (const one of fresh) {
    const scope = `place|${one.place}|${line(one)}`;
    if (shareOf(scope, gone.get(scope) ?? [], all) >= SHARE_MIN) members.set(one.vantage, one);
  }
  return [...members.values()];
}

/** Whether those who are still away hold up a shutdown that once had `total` members. */
export function stillHolds(away: readonly Network[], total: number): boolean {
  const isEnough = isQuorum(away) || (away.length >= VANTAGES_MIN && isInPlaces(away));
  return isEnough && away.length >= Math.ceil(total / 3);
}
