/** English: what a verdict rests on stands as it was recorded. */
import { SAYINGS } from '../../../analysis/verdict/sayings.ts';
import type { SayingCode } from '../../../analysis/verdict/sayings.ts';

const said: Readonly<Record<SayingCode, string>> = SAYINGS;

export const enReasons = {
  /** By code; what stands in braces is filled in. */
  say: said,
  /** A list that was cut short ends so. */
  more: (count: string) => `and ${count} more`,
  /** Between two amounts. */
  range: (from: string, to: string) => `${from} to ${to}`,
  kilobytes: 'kB/s',
  /** Of a host in no network that is known. */
  unknown: 'unknown',
};
