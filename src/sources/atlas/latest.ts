/**
 * The latest results of a measurement, by probe, as the share of probes that get through. A probe takes part if it has reported in the last
 * days; it gets through if one of its newest results is of the last half hour and reached its destination. Pure. Addresses of probes are
 * never read; those of hops are compared with the destination's and forgotten.
 */
import { z } from 'zod';
import { fittingRows } from '../../polite/client.ts';
import type { OutsideReading } from '../source.ts';
import { BIN_MS, membersOf } from './read.ts';
import type { ProbeRow } from './read.ts';

const MINUTE_MS = 60_000;
/** Two rounds of a measurement that is made every quarter of an hour. */
const RECENT_MS = 30 * MINUTE_MS;
/** A probe that has been silent for longer has left; a cut may last for days. */
const PART_MS = 14 * 24 * 60 * MINUTE_MS;
/** A share of fewer says little. */
const PROBES_MIN = 10;
/** Clocks of probes differ. */
const AHEAD_MS = 10 * MINUTE_MS;

/** Keyed by probe, the newest first; a list is believed as well. */
export const Latest = z.union([z.record(z.string(), z.unknown()), z.array(z.unknown()).max(10_000)]);
type Latest = z.infer<typeof Latest>;

const Hop = z.object({
  result: z
    .array(z.object({ from: z.string().optional() }))
    .max(64)
    .optional(),
});
const COMMON = { prb_id: z.number().int(), /** Epoch seconds. */ timestamp: z.number().int() };
const Row = z.discriminatedUnion('type', [
  z.object({ ...COMMON, type: z.literal('ping'), rcvd: z.number() }),
  z.object({
    ...COMMON,
    type: z.literal('traceroute'),
    dst_addr: z.string().optional(),
    destination_ip_responded: z.boolean().optional(),
    result: z.array(Hop).max(256).default([]),
  }),
  z.object({
    ...COMMON,
    type: z.literal('dns'),
    result: z.unknown().optional(),
    resultset: z
      .array(z.object({ result: z.unknown().optional() }))
      .max(64)
      .default([]),
  }),
  z.object({
    ...COMMON,
    type: z.literal('sslcert'),
    cert: z.array(z.unknown()).optional(),
    alert: z.unknown().optional(),
  }),
  z.object({ ...COMMON, type: z.enum(['http', 'ntp']), result: z.array(z.unknown()).max(64).default([]) }),
]);
type Row = z.infer<typeof Row>;

/** The newest result of a probe. */
export interface LatestResult {
  readonly probe: number;
  /** UTC epoch milliseconds. */
  readonly atMs: number;
  readonly isReached: boolean;
}

/** The newest result of each probe; rows of another shape, or of a kind that reaches nothing, are counted. */
export function latestResults(latest: Latest): {
  readonly results: readonly LatestResult[];
  readonly skipped: number;
} {
  const newest = Object.values(latest).flatMap((of): unknown[] => (Array.isArray(of) ? of : [of]));
  const { rows, skipped } = fittingRows(Row, newest);
  const byProbe = new Map<number, LatestResult>();
  for (const row of rows) {
    const result = { probe: row.prb_id, atMs: row.timestamp * 1_000, isReached: isReached(row) };
    if ((byProbe.get(row.prb_id)?.atMs ?? -Infinity) < result.atMs) byProbe.set(row.prb_id, result);
  }
  return { results: [...byProbe.values()], skipped };
}

/** Whether the destination answered, whatever it said. */
function isReached(row: Row): boolean {
  switch (row.type) {
    case 'ping':
      return row.rcvd > 0;
    case 'traceroute':
      return row.destination_ip_responded ?? isLastHop(row.result, row.dst_addr);
    case 'dns':
      return row.result != null || row.resultset.some(({ result }) => result != null);
    case 'sslcert':
      return row.cert !== undefined || row.alert !== undefined;
    case 'http':
    case 'ntp':
      return row.result.some(hasAnswered);
  }
}

function isLastHop(hops: readonly z.infer<typeof Hop>[], destination: string | undefined): boolean {
  if (destination === undefined) return false;
  return hops.some(({ result }) => result?.some(({ from }) => from === destination) === true);
}

const Failed = z.union([z.object({ x: z.unknown() }), z.object({ err: z.unknown() })]);
const Answer = z.union([z.object({ res: z.number() }), z.object({ offset: z.number() })]);

function hasAnswered(one: unknown): boolean {
  return Answer.safeParse(one).success && !Failed.safeParse(one).success;
}

/**
 * The share, between 0 and 1, of the country's probes and of those of each network that get through. None where fewer than PROBES_MIN take
 * part: a power cut at two of them would be half a network.
 *
 * @param answers of each measurement; a probe gets through if it does in one of them
 * @param atMs the instant of the poll, UTC epoch milliseconds
 */
export function reachedReadings(
  answers: readonly (readonly LatestResult[])[],
  probes: readonly ProbeRow[],
  operators: readonly string[],
  atMs: number,
): OutsideReading[] {
  const results = answers.flat().filter((result) => result.atMs <= atMs + AHEAD_MS);
  const taking = new Set(results.filter((one) => atMs - one.atMs < PART_MS).map(({ probe }) => probe));
  const through = new Set(
    results.filter((one) => one.isReached && atMs - one.atMs < RECENT_MS).map(({ probe }) => probe),
  );
  return [...membersOf(probes, operators)].flatMap(([entity, own]) => {
    const part = own.filter(({ id }) => taking.has(id));
    if (part.length < PROBES_MIN) return [];
    const value = part.filter(({ id }) => through.has(id)).length / part.length;
    return [{ source: 'atlas', signal: 'reached', entity, atMs: Math.floor(atMs / BIN_MS) * BIN_MS, value }];
  });
}
