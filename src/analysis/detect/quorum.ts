/**
 * When several vantages that are cut off mean a shutdown, and when they mean only themselves.
 *
 * A place or the nation is cut when nearly all of its vantages are, on two operators or more: one operator may have
 * broken down there, one vantage may have lost its power. An operator is cut when nearly all of its vantages are, in two
 * places or more, and each has its own record of it (rings that failed while it had power): silence in several places may
 * be chance, a record is not. Whether the operator was ordered to or broke down cannot be measured; both are a shutdown of
 * that operator. Each of these scopes is looked at whole, on mobile alone and on other access alone.
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

export interface Quorum {
  /** Everyone who is cut off with it. */
  readonly members: readonly VantageState[];
  readonly isNational: boolean;
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

/**
 * Whether `fresh` (newly cut off, together) make a shutdown with whoever else is `away` among all `active` vantages;
 * null when they do not.
 */
export function quorumOf(
  fresh: readonly VantageState[],
  away: readonly VantageState[],
  active: readonly VantageState[],
): Quorum | null {
  const all = group(active);
  const gone = missingBy(away);
  const isFresh = new Set(fresh.map((one) => one.vantage));
  const members = new Map<string, VantageState>();
  let isNational = false;
  for (const [scope, missing] of gone) {
    const isNew = missing.some((one) => isFresh.has(one.vantage));
    if (!isNew || !isCut(scope, missing, all)) continue;
    for (const one of missing) members.set(one.vantage, one);
    isNational ||= scope === 'nation';
  }
  if (members.size === 0) return null;
  // A lone vantage of its place and access that went with the others belongs to them.
  for (const one of fresh) {
    const scope = `place|${one.place}|${line(one)}`;
    if (shareOf(scope, gone.get(scope) ?? [], all) >= SHARE_MIN) members.set(one.vantage, one);
  }
  return { members: [...members.values()], isNational };
}

/** Whether those who are still away hold up a shutdown that once had `total` members. */
export function stillHolds(away: readonly Network[], total: number): boolean {
  const isEnough = isQuorum(away) || (away.length >= VANTAGES_MIN && isInPlaces(away));
  return isEnough && away.length >= Math.ceil(total / 3);
}
