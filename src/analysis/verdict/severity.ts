/** Which of several statuses speaks for all of them. */
import type { Status } from './verdict.ts';

/** What counts most first: a trouble of some targets is not hidden by others that work. */
export const SEVERITY: readonly Status[] = [
  'blocked',
  'intercepted',
  'throttled',
  'tampered',
  'down',
  'offline',
  'ok',
  'inconclusive',
];

/** 0 inconclusive, 1 ok, 2 offline, … 7 blocked: the greatest of several is the one that counts most. */
export function severityOf(status: Status): number {
  return SEVERITY.length - 1 - SEVERITY.indexOf(status);
}
