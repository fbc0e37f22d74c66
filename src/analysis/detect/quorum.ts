/**
 * When several vantages that are cut off mean a shutdown, and when they mean only themselves.
 * A shutdown needs a scope (the nation, a place, or one of these on mobile or on other access) in which nearly all
 * vantages are cut off, and among them two or more on different operators: one operator may have broken down, one
 * vantage may have lost its power.
 */
import type { VantageState } from './state.ts';

const SHARE_MIN = 0.75;
const VANTAGES_MIN = 2;
const OPERATORS_MIN = 2;
const NATION_PLACES_MIN = 2;

function line(vantage: VantageState): string {
  return vantage.access === 'mobile' ? 'mobile' : 'line';
}

function scopesOf(vantage: VantageState): string[] {
  const access = line(vantage);
  return ['nation', `nation|${access}`, `place|${vantage.place}`, `place|${vantage.place}|${access}`];
}

function group(vantages: readonly VantageState[]): Map<string, VantageState[]> {
  const groups = new Map<string, VantageState[]>();
  for (const vantage of vantages) {
    for (const scope of scopesOf(vantage)) groups.set(scope, [...(groups.get(scope) ?? []), vantage]);
  }
  return groups;
}

export function isQuorum(vantages: readonly { readonly operator: string }[]): boolean {
  return (
    vantages.length >= VANTAGES_MIN && new Set(vantages.map((one) => one.operator)).size >= OPERATORS_MIN
  );
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

/** Nearly all of a scope is gone, on two operators or more; a nation has more than one place. */
function isCut(scope: string, missing: readonly VantageState[], all: Groups): boolean {
  const places = new Set(missing.map((one) => one.place)).size;
  const isWide = !scope.startsWith('nation') || places >= NATION_PLACES_MIN;
  return isWide && isQuorum(missing) && shareOf(scope, missing, all) >= SHARE_MIN;
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
  const gone = group(away);
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
export function stillHolds(away: readonly { readonly operator: string }[], total: number): boolean {
  return isQuorum(away) && away.length >= Math.ceil(total / 3);
}
