/**
 * What happens to one measurement: what the censor does to it, and which of its steps loss takes. Everything that chance
 * decides is drawn here, so that two measurements of the same fate are the same but for their timings.
 *
 * `fraction` is drawn once per measurement: a censor that picks flows by address and port picks the retry as well.
 */
import type { BlockMethod } from './scenario.ts';
import type { Conditions, NamedShare, Share } from './world.ts';

/** Steps that loss may hit, in the order of a measurement; `harmless` is the paired handshake. */
export const STEPS = ['dns', 'tcp', 'tls', 'harmless', 'page'] as const;
export type Step = (typeof STEPS)[number];

export interface Fate {
  readonly block: BlockMethod | null;
  readonly throttleKbps: number | null;
  /** Undefined: nobody; null: a forger that the catalogue does not know. */
  readonly forger: string | null | undefined;
  readonly isDown: boolean;
  readonly isControlUp: boolean;
  readonly network: Conditions['network'];
  /** Lost although tried again. */
  readonly lost: readonly Step[];
}

/** Tries of one step. */
export const TRIES = 2;

function drawLost(conditions: Conditions, random: () => number): Step[] {
  const chance = (conditions.lossPercent / 100) ** TRIES;
  return STEPS.filter(() => random() < chance);
}

/** What touches some names only leaves the front door alone, which is all that is synthesized. */
function whole<T>(share: NamedShare<T> | null | undefined): NamedShare<T> | null {
  return share?.hosts === undefined ? (share ?? null) : null;
}

/** Draws the same number of times from `random` (0 ≤ x < 1) whatever the conditions are. */
export function drawFate(conditions: Conditions, platform: string, random: () => number): Fate {
  const touched = conditions.platforms[platform];
  const draw = random();
  function pick<T>(share: Share<T> | null | undefined): T | undefined {
    return share != null && draw < share.fraction ? share.what : undefined;
  }
  return {
    block: pick(whole(touched?.block)) ?? null,
    throttleKbps: pick(whole(touched?.throttle)) ?? null,
    forger: pick(touched?.intercept),
    isDown: touched?.isDown ?? false,
    isControlUp: conditions.isControlUp,
    network: conditions.network,
    lost: drawLost(conditions, random),
  };
}

/** The same word for the same fate. */
export function fateKey(fate: Fate): string {
  const { block, throttleKbps, forger, isDown, isControlUp, network, lost } = fate;
  const forged = forger === undefined ? '' : (forger ?? '?');
  return [block, throttleKbps, forged, isDown, isControlUp, network, ...lost].join(' ');
}
