/** The instants of a window as people write them. */
import { ConfigError } from '../errors.ts';

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/**
 * UTC epoch milliseconds of `now`, `24h ago` (m, h, d, w), a date (its start in UTC) or an ISO 8601 instant with its zone.
 * @param option named in the error, e.g. `--from`.
 * @throws ConfigError
 */
export function parseInstant(text: string, option: string, nowMs: number): number {
  const trimmed = text.trim();
  if (trimmed === 'now') return nowMs;
  const pastMs = agoMs(trimmed);
  if (pastMs !== null) return nowMs - pastMs;
  const instantMs = ISO.test(trimmed) ? Date.parse(trimmed) : Number.NaN;
  const sameDay = new Date(`${trimmed.slice(0, 10)}T00:00:00Z`);
  // Date.parse takes 31 February for 3 March.
  if (Number.isNaN(instantMs) || sameDay.toISOString().slice(0, 10) !== trimmed.slice(0, 10))
    throw new ConfigError(
      option,
      `"${text}" is no time. Write a date (2026-11-01), an instant with its zone (2026-11-01T18:00:00Z), "24h ago" or "now".`,
    );
  return instantMs;
}

/** How long ago `24h ago` is; null for anything else. */
function agoMs(text: string): number | null {
  const match = /^(\d{1,6})\s*([mhdw])\s+ago$/.exec(text);
  const unit = match?.[2];
  if (unit !== 'm' && unit !== 'h' && unit !== 'd' && unit !== 'w') return null;
  return Number(match?.[1]) * UNIT_MS[unit];
}
