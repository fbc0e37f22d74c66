/** RIPE Atlas's probes as readings and outages. Pure. A probe's addresses are never read. */
import { z } from 'zod';
import { burstsOf } from '../../analysis/outside/bursts.ts';
import type { OutsideOutage } from '../../analysis/outside/point.ts';
import { COUNTRY } from '../source.ts';
import type { OutsideReading } from '../source.ts';

/** A burst is told where it is four times as dense as usual twice over … */
const LEVEL_MIN = 3;
/** … and where so many probes, and this share of those that were connected, went away in it. */
const PROBES_MIN = 3;
const SHARE_MIN = 0.2;
export const BIN_MS = 600_000;

export const ProbeRow = z.object({
  id: z.number().int(),
  asn_v4: z.number().int().nullish(),
  status: z.object({ id: z.number().int() }).nullish(),
});
export type ProbeRow = z.infer<typeof ProbeRow>;

/** One line of measurement 7000, the log of probes that came and went. */
export const LogRow = z.object({
  event: z.enum(['connect', 'disconnect']),
  prb_id: z.number().int(),
  /** Epoch seconds. */
  timestamp: z.number().int(),
});
export type LogRow = z.infer<typeof LogRow>;

const CONNECTED = 1;

/** Entities of the probes: the country, and their networks as far as they are watched. */
export function membersOf(
  probes: readonly ProbeRow[],
  operators: readonly string[],
): Map<string, ProbeRow[]> {
  const members = new Map<string, ProbeRow[]>([[COUNTRY, [...probes]]]);
  for (const operator of operators) {
    const own = probes.filter(({ asn_v4 }) => asn_v4 != null && `AS${asn_v4}` === operator);
    if (own.length > 0) members.set(operator, own);
  }
  return members;
}

/** How many of the probes are connected now. */
export function connectedReadings(
  probes: readonly ProbeRow[],
  operators: readonly string[],
  atMs: number,
): OutsideReading[] {
  return [...membersOf(probes, operators)].map(([entity, own]) => ({
    source: 'atlas',
    signal: 'probes',
    entity,
    atMs: Math.floor(atMs / BIN_MS) * BIN_MS,
    value: own.filter(({ status }) => status?.id === CONNECTED).length,
  }));
}

/** How many probes went away in each ten minutes; 0 where the log was read and has none. */
export function disconnectReadings(
  log: readonly LogRow[],
  probes: readonly ProbeRow[],
  operators: readonly string[],
  window: { readonly sinceMs: number; readonly untilMs: number },
): OutsideReading[] {
  const found: OutsideReading[] = [];
  for (const [entity, own] of membersOf(probes, operators)) {
    const ids = new Set(own.map(({ id }) => id));
    const counts = new Map<number, number>();
    for (const { event, prb_id, timestamp } of log) {
      if (event !== 'disconnect' || !ids.has(prb_id)) continue;
      const atMs = Math.floor((timestamp * 1_000) / BIN_MS) * BIN_MS;
      counts.set(atMs, (counts.get(atMs) ?? 0) + 1);
    }
    const firstMs = Math.ceil(window.sinceMs / BIN_MS) * BIN_MS;
    for (let atMs = firstMs; atMs + BIN_MS <= window.untilMs; atMs += BIN_MS)
      found.push({ source: 'atlas', signal: 'disconnects', entity, atMs, value: counts.get(atMs) ?? 0 });
  }
  return found;
}

/** Where many probes lost their controller at once; it ends when half of them are back. */
export function burstOutages(
  log: readonly LogRow[],
  probes: readonly ProbeRow[],
  operators: readonly string[],
  windowMs: number,
): OutsideOutage[] {
  return [...membersOf(probes, operators)].flatMap(([entity, own]) => {
    const ids = new Set(own.map(({ id }) => id));
    const rows = log.filter(({ prb_id }) => ids.has(prb_id)).toSorted((a, b) => a.timestamp - b.timestamp);
    const gone = rows.filter(({ event }) => event === 'disconnect').map(({ timestamp }) => timestamp * 1_000);
    return burstsOf(gone, windowMs, LEVEL_MIN).flatMap(({ startMs, endMs, level }) => {
      const lost = lostIn(rows, startMs, endMs);
      if (lost.size < Math.max(PROBES_MIN, SHARE_MIN * ids.size)) return [];
      const outage = {
        source: 'atlas',
        signal: 'burst',
        entity,
        startMs,
        cause: null,
        score: level,
        url: null,
      };
      return [{ id: `atlas:burst:${entity}:${startMs}`, endMs: halfBackMs(rows, lost, endMs), ...outage }];
    });
  });
}

function lostIn(rows: readonly LogRow[], startMs: number, endMs: number): Set<number> {
  return new Set(
    rows
      .filter(({ event, timestamp }) => event === 'disconnect' && isIn(timestamp * 1_000, startMs, endMs))
      .map(({ prb_id }) => prb_id),
  );
}

function isIn(atMs: number, startMs: number, endMs: number): boolean {
  return atMs >= startMs && atMs <= endMs;
}

function halfBackMs(rows: readonly LogRow[], lost: ReadonlySet<number>, endMs: number): number | null {
  const back = new Set<number>();
  for (const { event, prb_id, timestamp } of rows) {
    if (event !== 'connect' || timestamp * 1_000 <= endMs || !lost.has(prb_id)) continue;
    back.add(prb_id);
    if (back.size * 2 >= lost.size) return timestamp * 1_000;
  }
  return null;
}
