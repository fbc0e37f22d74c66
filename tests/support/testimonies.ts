/** What a witness outside says; each test names only what it is about. */
import type { Testimony } from '../../src/analysis/corroborate/corroborate.ts';

export function aTestimony(changes: Partial<Testimony> = {}): Testimony {
  return {
    source: 'ioda',
    signal: 'ping-slash24',
    entity: 'KZ',
    family: 'pings',
    stance: 'agrees',
    reason: 'changed',
    startMs: null,
    endMs: null,
    usual: null,
    extreme: null,
    ...changes,
  };
}
