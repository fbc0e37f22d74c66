/** Pages as they are served in Kazakhstan: markup, Latin and Cyrillic words, about a quarter of their size when packed. */
import { seededRandom } from '../../src/analysis/correlate/random.ts';

const WORDS = 3_000;
const CLASSES = 60;
const ENDINGS = ['ing', 'ed', 'tion', 'та', 'ға', 'ов'];
const STOCK_CHARACTERS = 4_000_000;
/** Lengths lie between a fifth of the usual one and nine fifths of it. */
const SPREAD = [0.2, 1.8] as const;

/** Makes one page after another, the same ones for the same seed; `characters` is their usual length. */
export function pageMaker(characters: number, seed: number): () => string {
  const random = seededRandom(seed);
  function one<T>(of: readonly T[]): T | string {
    return of[Math.floor(random() * of.length)] ?? '';
  }
  const words = Array.from({ length: WORDS }, (_, index) => `${index.toString(36)}${one(ENDINGS)}`);
  const classes = words.slice(0, CLASSES);
  let stock = '';
  while (stock.length < STOCK_CHARACTERS) {
    const text = Array.from({ length: 8 }, () => one(words)).join(' ');
    stock += `<div class="${one(classes)}"><a href="/${one(words)}">${text}</a>\n</div>`;
  }
  return () => {
    const length = Math.floor(characters * (SPREAD[0] + random() * (SPREAD[1] - SPREAD[0])));
    const from = Math.floor(random() * (stock.length - length));
    return `<html><head><title>A page</title></head>${stock.slice(from, from + length)}`;
  };
}
