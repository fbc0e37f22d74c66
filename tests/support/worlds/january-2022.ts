/**
 * Kazakhstan in January 2022 as it was seen from outside: traffic gone from 10:30 UTC on 5 January, back for some hours each day; a
 * burst of RIPE Atlas probes that went away at 11:15; routes that stayed announced. After net4people/bbs#99 and Cloudflare's blog of
 * 2022-01-05.
 */
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const CUT_MS = Date.parse('2022-01-05T10:30:00Z');
/** In the evening of the first day, before it came back. */
export const EVENING_MS = Date.parse('2022-01-05T16:00:00Z');
export const BURST_MS = Date.parse('2022-01-05T11:15:00Z');
const BACK: readonly (readonly [from: string, to: string])[] = [
  ['2022-01-05T17:30:00Z', '2022-01-05T22:00:00Z'],
  ['2022-01-06T10:30:00Z', '2022-01-06T14:00:00Z'],
  ['2022-01-07T02:30:00Z', '2022-01-07T06:00:00Z'],
];

export function isCut(atMs: number): boolean {
  if (atMs < CUT_MS) return false;
  return !BACK.some(([from, to]) => atMs >= Date.parse(from) && atMs < Date.parse(to));
}

/** Between −1 and 1, the same for the same instant. */
function wobble(atMs: number): number {
  return Math.sin(atMs / 7_919_000) * Math.cos(atMs / 104_729_000);
}

/** Share of the greatest traffic: by night a third of the evening's. */
export function traffic(atMs: number): number {
  const hour = ((atMs / HOUR_MS) % 24) + 6;
  const usual = 0.65 + 0.3 * Math.cos(((hour - 21) / 24) * 2 * Math.PI) + 0.02 * wobble(atMs);
  return isCut(atMs) ? usual * 0.03 : usual;
}

/** /24s that are announced. */
export function routes(atMs: number): number {
  return 13_000 + Math.round(20 * wobble(atMs)) - (isCut(atMs) ? 90 : 0);
}

/** /24s that answer. */
export function pings(atMs: number): number {
  return Math.round((isCut(atMs) ? 0.35 : 1) * (5_200 + 60 * wobble(atMs)));
}

export interface AtlasEvent {
  readonly event: 'connect' | 'disconnect';
  readonly prb_id: number;
  readonly timestamp: number;
}

export const PROBES = Array.from({ length: 40 }, (_, index) => ({
  id: 6_000 + index,
  asn_v4: index < 15 ? 9_198 : index < 25 ? 21_299 : 29_355,
}));

/** One probe comes and goes every three hours; on the 5th thirty go within a few minutes. */
export function atlasLog(): AtlasEvent[] {
  const log: AtlasEvent[] = [];
  for (let atMs = Date.parse('2021-12-25T00:00:00Z'), n = 0; atMs < BURST_MS; atMs += 3 * HOUR_MS, n += 1) {
    const prb_id = PROBES[n % PROBES.length]?.id ?? 0;
    log.push({ event: 'disconnect', prb_id, timestamp: atMs / 1_000 });
    log.push({ event: 'connect', prb_id, timestamp: atMs / 1_000 + 240 });
  }
  for (const [index, { id }] of PROBES.slice(0, 30).entries())
    log.push({ event: 'disconnect', prb_id: id, timestamp: BURST_MS / 1_000 + index * 9 });
  return log;
}
