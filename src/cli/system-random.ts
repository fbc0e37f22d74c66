/** The machine's randomness, 0 … 1. */
import { randomInt } from 'node:crypto';

export function systemRandom(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}
