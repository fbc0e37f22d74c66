/**
 * How much witnesses outside change what is thought of an incident. Witnesses of one family see by the same means and count once: a
 * family that agrees takes a fifth of the doubt away, one that disagrees (and has nobody who agrees) takes 15 % of the confidence. What
 * cannot see changes nothing. Bounded: all of them together move it by 0.2 at most, to no less than 0.05 and no more than 0.99.
 */
import { FAMILIES } from './witness.ts';
import type { Testimony } from './corroborate.ts';

const DOUBT_LEFT = 0.8;
const CONFIDENCE_LEFT = 0.85;
const MOVE_MAX = 0.2;
const LEAST = 0.05;
const MOST = 0.99;

/** @param alone the detector's own, 0–1. The same where nobody could see. */
export function confidenceWith(
  alone: number,
  testimonies: readonly Pick<Testimony, 'family' | 'stance'>[],
): number {
  let confidence = alone;
  for (const stance of FAMILIES.map((family) => stanceOf(family, testimonies))) {
    if (stance === 'agrees') confidence = 1 - (1 - confidence) * DOUBT_LEFT;
    if (stance === 'disagrees') confidence *= CONFIDENCE_LEFT;
  }
  if (confidence === alone) return alone;
  const moved = Math.min(alone + MOVE_MAX, Math.max(alone - MOVE_MAX, confidence));
  // What was outside these bounds before is not moved back by a witness.
  return Math.min(Math.max(MOST, alone), Math.max(Math.min(LEAST, alone), moved));
}

function stanceOf(
  family: string,
  testimonies: readonly Pick<Testimony, 'family' | 'stance'>[],
): 'agrees' | 'disagrees' | null {
  const own = testimonies.filter((one) => one.family === family);
  if (own.some(({ stance }) => stance === 'agrees')) return 'agrees';
  return own.some(({ stance }) => stance === 'disagrees') ? 'disagrees' : null;
}
