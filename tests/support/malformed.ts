/**
 * Malformed inputs, made from valid ones by changes that files and networks really suffer, and by some that only an attacker makes.
 * Seeded: the same seed gives the same inputs.
 */

export type Random = () => number;

/** Mulberry32 (public domain, T. Ettinger): small, fast, good enough to choose changes by. 0 ≤ x < 1. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}

function oneOf<T>(items: readonly [T, ...T[]], random: Random): T {
  return items[below(items.length, random)] ?? items[0];
}

/** Bits turned, cuts, repeats and inserted bytes; at most eight of them. */
export function malformedBytes(valid: Uint8Array, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(valid);
  for (let change = below(8, random); change >= 0; change -= 1) bytes = changedBytes(bytes, random);
  return bytes;
}

function changedBytes(bytes: Buffer, random: Random): Buffer {
  const at = below(bytes.length + 1, random);
  switch (below(5, random)) {
    case 0:
      if (at < bytes.length) bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << below(8, random)), at);
      return bytes;
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from([below(256, random), 0xff]),
        bytes.subarray(at),
      ]);
    case 3:
      return Buffer.concat([bytes, bytes.subarray(at, at + 64)]);
    default:
      if (at < bytes.length) bytes.writeUInt8(oneOf([0x00, 0xff, 0xc0, 0x7f], random), at);
      return bytes;
  }
}

/** Values that stand where none of their kind belongs. */
const STRANGERS: readonly [unknown, ...unknown[]] = [
  null,
  true,
  -1,
  Number.MAX_VALUE,
  1e-320,
  '',
  'a'.repeat(2_000),
  `<title>${'<'.repeat(500)}`,
  '\u0000\ud800\u202e',
  '999.999.999.999',
  '::ffff:1.2.3.4:80',
  'https://[::1',
  [],
  [[[[[[]]]]]],
  {},
  { constructor: 1, toString: null },
  JSON.parse('{"__proto__":{"failure":false}}'),
];

/** One to four values anywhere in the tree exchanged, taken out, doubled or buried deep. */
export function malformedValue(valid: unknown, random: Random): unknown {
  let value = structuredClone(valid);
  for (let change = below(4, random); change >= 0; change -= 1) value = changedValue(value, random, 0);
  return value;
}

function changedValue(value: unknown, random: Random, depth: number): unknown {
  if (typeof value !== 'object' || value === null || random() < 0.08) return stranger(value, random);
  const keys = Object.keys(value);
  const key = keys[below(keys.length, random)];
  if (key === undefined || depth > 12) return stranger(value, random);
  const inner: unknown = Object.entries(value).find(([name]) => name === key)?.[1];
  const now = changedValue(inner, random, depth + 1);
  if (Array.isArray(value)) return value.map((item: unknown, index) => (String(index) === key ? now : item));
  const rest = Object.entries(value).filter(([name]) => name !== key || random() > 0.1);
  return Object.fromEntries([...rest, [key, now]]);
}

function stranger(value: unknown, random: Random): unknown {
  switch (below(4, random)) {
    case 0:
      return buried(value, below(60, random));
    case 1:
      return [value, value, value];
    default:
      return oneOf(STRANGERS, random);
  }
}

function buried(value: unknown, depth: number): unknown {
  let now = value;
  for (let level = 0; level < depth; level += 1) now = level % 2 === 0 ? [now] : { failure: now };
  return now;
}
