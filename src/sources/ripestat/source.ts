/** RIPEstat: how many prefixes and networks of the country the routing tables of RIS hold, and how many each operator announces. */
import { z } from 'zod';
import { fittingRows } from '../../polite/client.ts';
import { asnOf, COUNTRY, Gathering, utcMs } from '../source.ts';
import type { OutsideReading, OutsideSource, PollWindow, SourceOptions } from '../source.ts';

export const RIPESTAT_URL = 'https://stat.ripe.net';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Announced prefixes are counted at each of these. */
const STEP_MS = HOUR_MS;
/** Prefixes of single networks change rarely and are many answers. */
const PREFIXES_TTL_MS = 30 * MINUTE_MS;
/** How RIPE asks regular users to name themselves. */
const APP = 'aiqyn';

const Span = z.object({ starttime: z.string(), endtime: z.string().nullish() });
const Stats = z.object({ data: z.object({ stats: z.array(z.unknown()) }) });
const StatsRow = z.object({
  timeline: z.array(Span).min(1).max(50_000),
  v4_prefixes_ris: z.number().nullish(),
  v6_prefixes_ris: z.number().nullish(),
  asns_ris: z.number().nullish(),
});
type StatsRow = z.infer<typeof StatsRow>;
const Announced = z.object({
  data: z.object({
    prefixes: z.array(z.unknown()),
    /** How far the routing tables reach that were read. */
    latest_time: z.string().nullish(),
  }),
});
const AnnouncedRow = z.object({ prefix: z.string(), timelines: z.array(Span).max(10_000) });

export function createRipestat(options: SourceOptions): OutsideSource {
  return {
    id: 'ripestat',
    everyMs: 10 * MINUTE_MS,
    overlapMs: 2 * HOUR_MS,
    lookbackMs: 14 * 24 * HOUR_MS,
    client: options.client,
    poll: async (window, signal) => {
      const gathering = new Gathering();
      await askCountry(options, window, gathering, signal);
      for (const operator of options.watched.operators)
        await askOperator(options, operator, window, gathering, signal);
      return gathering.answer();
    },
  };
}

/** Without milliseconds, as RIPEstat writes it. */
function instant(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19);
}

function address({ url }: SourceOptions, call: string, query: Readonly<Record<string, string>>): string {
  return `${url}/data/${call}/data.json?${new URLSearchParams({ ...query, sourceapp: APP }).toString()}`;
}

async function askCountry(
  options: SourceOptions,
  { sinceMs, untilMs }: PollWindow,
  gathering: Gathering,
  signal: AbortSignal,
): Promise<void> {
  const url = address(options, 'country-resource-stats', {
    resource: COUNTRY.toLowerCase(),
    starttime: instant(sinceMs),
    endtime: instant(untilMs),
    resolution: '5m',
  });
  const question = { url, schema: Stats, ttlMs: 0 };
  const answer = await gathering.ask(options.client, 'prefixes of the country', question, signal);
  const { rows, skipped } = fittingRows(StatsRow, answer?.data.stats ?? []);
  gathering.skip(skipped);
  gathering.readings(rows.flatMap(countryReadings));
}

function countryReadings(row: StatsRow): OutsideReading[] {
  const counts = [
    ['prefixes.v4', row.v4_prefixes_ris],
    ['prefixes.v6', row.v6_prefixes_ris],
    ['asns', row.asns_ris],
  ] as const;
  return row.timeline.flatMap(({ starttime }) => {
    const atMs = utcMs(starttime);
    if (atMs === null) return [];
    return counts.flatMap(([signal, value]) =>
      value == null ? [] : [{ source: 'ripestat', signal, entity: COUNTRY, atMs, value }],
    );
  });
}

async function askOperator(
  options: SourceOptions,
  operator: string,
  { sinceMs, untilMs }: PollWindow,
  gathering: Gathering,
  signal: AbortSignal,
): Promise<void> {
  // Rounded, so that questions of the same half hour are one question.
  const toMs = Math.floor(untilMs / PREFIXES_TTL_MS) * PREFIXES_TTL_MS;
  const fromMs = Math.floor(Math.min(sinceMs, toMs - 2 * HOUR_MS) / PREFIXES_TTL_MS) * PREFIXES_TTL_MS;
  const url = address(options, 'announced-prefixes', {
    resource: `AS${asnOf(operator)}`,
    starttime: instant(fromMs),
    endtime: instant(toMs),
  });
  const question = { url, schema: Announced, ttlMs: PREFIXES_TTL_MS };
  const answer = await gathering.ask(options.client, `prefixes of ${operator}`, question, signal);
  if (answer === null) return;
  const { rows, skipped } = fittingRows(AnnouncedRow, answer.data.prefixes);
  gathering.skip(skipped);
  const latestMs = answer.data.latest_time == null ? toMs : (utcMs(answer.data.latest_time) ?? toMs);
  gathering.readings(announcedReadings(operator, rows, fromMs, Math.min(toMs, latestMs)));
}

/** How many of the prefixes were announced at each step that the routing tables reach. */
function announcedReadings(
  entity: string,
  rows: readonly z.infer<typeof AnnouncedRow>[],
  fromMs: number,
  untilMs: number,
): OutsideReading[] {
  const spans = rows.map(({ timelines }) =>
    timelines.map(({ starttime, endtime }) => ({
      startMs: utcMs(starttime) ?? Infinity,
      endMs: endtime == null ? Infinity : (utcMs(endtime) ?? -Infinity),
    })),
  );
  const found: OutsideReading[] = [];
  for (let atMs = Math.ceil(fromMs / STEP_MS) * STEP_MS; atMs <= untilMs; atMs += STEP_MS) {
    const value = spans.filter((some) => some.some(({ startMs, endMs }) => startMs <= atMs && atMs <= endMs));
    found.push({ source: 'ripestat', signal: 'prefixes', entity, atMs, value: value.length });
  }
  return found;
}
