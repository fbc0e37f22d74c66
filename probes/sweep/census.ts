/**
 * What is known of a block's addresses: which ever answered, E(b), and how often these answer while the block is up, A(E(b)).
 * The first pass asks every address once, the second those that answered; from then on each round that found the block up adds
 * to it, as Trinocular's long-term estimate does.
 */
import { AVAILABILITY_MIN, EVER_ACTIVE_MIN } from './belief.ts';

/** Last octets that are asked: the first and the last of a /24 are seldom a host. */
export const HOSTS: readonly number[] = Array.from({ length: 254 }, (_, index) => index + 1);
/** A block of which so many gave no answer is asked no further: with 15 that answer the chance of it is 2 in 100. */
export const GLANCE = 64;
/** Weight of a new round against the past. */
const GAIN = 0.01;

export interface BlockRecord {
  /** First three octets. */
  readonly id: string;
  /** UTC epoch milliseconds of the census. */
  readonly atMs: number;
  /** E(b): last octets that answered, ascending; empty where too few do. */
  readonly active: readonly number[];
  /** Moving sums whose ratio is A(E(b)). */
  readonly answered: number;
  readonly asked: number;
}

/** @param second of `active`, how many answered the second time */
export function recordOf(id: string, atMs: number, active: readonly number[], second: number): BlockRecord {
  return {
    id,
    atMs,
    active: active.toSorted((a, b) => a - b),
    // Laplace's rule: neither all nor none of a few is certain.
    answered: (second + 1) / (active.length + 2),
    asked: 1,
  };
}

export function availabilityOf({ answered, asked }: BlockRecord): number {
  return asked > 0 ? answered / asked : 0;
}

/** Trinocular's conditions for a block that can be judged. */
export function canBeJudged(record: BlockRecord): boolean {
  return record.active.length >= EVER_ACTIVE_MIN && availabilityOf(record) > AVAILABILITY_MIN;
}

/** After a round that found the block up. Asking ends with the first answer, so counts are kept and not shares. */
export function learnt(record: BlockRecord, asked: number, answered: number): BlockRecord {
  return {
    ...record,
    answered: record.answered + GAIN * (answered - record.answered),
    asked: record.asked + GAIN * (asked - record.asked),
  };
}
