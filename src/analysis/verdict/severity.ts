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
