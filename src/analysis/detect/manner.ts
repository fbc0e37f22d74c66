/** In what manner a target fails: in silence, which loss makes as well, or by an answer; compared with a harmless name or not. */
import type { Method } from '../verdict/verdict.ts';
import type { ReachabilityPoint } from './point.ts';
import type { Test } from './state.ts';

const SILENT_METHODS: ReadonlySet<Method | null> = new Set<Method | null>([
  null,
  'drop',
  'sni_drop',
  'no_answer',
  'stall',
  'servfail',
  'rate_limit',
]);

/** The resolver is silent: it says nothing of any name. */
export const LOOKUP_METHODS: ReadonlySet<string> = new Set<Method>(['no_answer', 'servfail']);

/** What they say was compared at the same moment on the same address, with a harmless name. */
export const COMPARED_METHODS: ReadonlySet<string | null> = new Set<Method | null>([
  'sni_drop',
  'rate_limit',
]);

/** Silence may be loss; an answer (a reset, a wrong record, a page, a forged certificate) is somebody's act. */
export function isSilent(point: ReachabilityPoint): boolean {
  return SILENT_METHODS.has(point.method);
}

const SILENT_NAMES: ReadonlySet<string> = new Set([...SILENT_METHODS].map((method) => method ?? ''));

/** Whether most of a test's evidence is silence, which loss makes as well. */
export function hasSilence(test: Test): boolean {
  let balance = 0;
  for (const [name, count] of Object.entries(test.methods))
    balance += SILENT_NAMES.has(name) ? count : -count;
  return balance >= 0;
}

/** Share of what a test rests on from which on it counts as compared. */
const COMPARED_SHARE = 0.75;

/** Whether nearly all of a test's evidence was compared with a harmless name at the same moment; loss rarely picks one step. */
export function isCompared({ methods }: Test): boolean {
  let compared = 0;
  let all = 0;
  for (const [name, count] of Object.entries(methods)) {
    all += count;
    if (COMPARED_METHODS.has(name)) compared += count;
  }
  return compared > 0 && compared >= all * COMPARED_SHARE;
}

function rankOf([name, count]: readonly [string, number]): number {
  return SILENT_NAMES.has(name) ? count / 2 : count;
}

/** The method that most of the evidence names, an answer before silence; null where it names none. */
export function methodOf(test: Test): string | null {
  const ranked = Object.entries(test.methods).sort((a, b) => rankOf(b) - rankOf(a) || (a[0] < b[0] ? -1 : 1));
  const best = ranked[0]?.[0] ?? '';
  return best === '' ? null : best;
}
