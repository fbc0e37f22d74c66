/**
 * An hour of the default plan in which no record is like another, as on a real line: each time differs, and each address and hash
 * is that of its target. So a compressor finds in it what it would find on a vantage's disk.
 */
import type { OwnMeasurement, VantageTag } from '../../probes/measurement.ts';
import { plannedHour } from './planned-hour.ts';

const MINUTE_MS = 60_000;
const MULTIPLIER = 1_103_515_245;
const INCREMENT = 12_345;
const MODULUS = 2 ** 31;

/** The same numbers each time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = Number((BigInt(state) * BigInt(MULTIPLIER) + BigInt(INCREMENT)) % BigInt(MODULUS));
    return state / MODULUS;
  };
}

function hashOf(text: string): number {
  return Array.from(text).reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % MODULUS, 7);
}

function varied(value: unknown, target: string, random: () => number): unknown {
  if (Array.isArray(value)) return value.map((item: unknown, n) => varied(item, `${target}${n}`, random));
  if (typeof value === 'number') return Number.isInteger(value) ? value : value * (0.5 + random());
  if (typeof value === 'string') return variedText(value, target);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, varied(inner, target, random)]),
  );
}

/** Hashes and addresses become the target's own. */
function variedText(text: string, target: string): string {
  const random = numbers(hashOf(target + text));
  return text
    .replaceAll(/\b[0-9a-f]{64}\b/g, (hash) =>
      hash.replaceAll(/./g, () => Math.floor(random() * 16).toString(16)),
    )
    .replaceAll(/\b(\d{1,3})\.(\d{1,3})\.\d{1,3}\.\d{1,3}\b/g, () =>
      [0, 0, 0, 0].map(() => 1 + Math.floor(random() * 250)).join('.'),
    );
}

export function variedHour(vantage: VantageTag, fromMs: number, plan = 'default'): OwnMeasurement[] {
  const hour = plannedHour(plan);
  const random = numbers(1);
  return Array.from({ length: 60 }, (_, minute) => hour.minute(vantage, fromMs + minute * MINUTE_MS))
    .flat()
    .map((measurement) => ({
      ...measurement,
      test_keys: Object.fromEntries(
        Object.entries(measurement.test_keys).map(([key, value]) => [
          key,
          varied(value, measurement.x_aiqyn_target.id, random),
        ]),
      ),
    }));
}
