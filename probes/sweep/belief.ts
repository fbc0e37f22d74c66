/**
 * Whether a block (/24) is up, from single answers: Trinocular's belief (L. Quan, J. Heidemann, Y. Pradkin, "Trinocular:
 * Understanding Internet Reliability Through Adaptive Probing", SIGCOMM 2013, section 4). `A` is the block's availability A(E(b)):
 * the share of its ever-active addresses that answer while it is up.
 */

/** The block is up above, down below; between them nothing is said. */
export const UP_ABOVE = 0.9;
export const DOWN_BELOW = 0.1;
/** Of one block in one round. */
export const PROBES_PER_ROUND_MAX = 14;
/** Blocks with fewer ever-active addresses, or ones that answer more rarely, are not judged. */
export const EVER_ACTIVE_MIN = 15;
export const AVAILABILITY_MIN = 0.1;
/** However reliable a block was: one address that stays silent proves nothing. */
const AVAILABILITY_MAX = 0.95;
/** An answer from a block that is down comes from what routes it: one address of 256, if its packet is not lost. */
const LOSS = 0.01;
const ANSWER_WHILE_DOWN = (1 - LOSS) / 256;

export type BlockState = 'up' | 'down' | 'uncertain';

/** The belief (0–1) that the block is up after one more address was asked, by Bayes' rule. */
export function updated(belief: number, availability: number, answered: boolean): number {
  const a = Math.min(AVAILABILITY_MAX, Math.max(AVAILABILITY_MIN, availability));
  const whileUp = answered ? a : 1 - a;
  const whileDown = answered ? ANSWER_WHILE_DOWN : 1 - ANSWER_WHILE_DOWN;
  const up = whileUp * belief;
  return up / (up + whileDown * (1 - belief));
}

/** With what a round begins: what the last one believed, but never so sure that nothing new is needed to say it again. */
export function carried(belief: number): number {
  return Math.min(UP_ABOVE, Math.max(DOWN_BELOW, belief));
}

export function stateOf(belief: number): BlockState {
  if (belief > UP_ABOVE) return 'up';
  return belief < DOWN_BELOW ? 'down' : 'uncertain';
}
