/**
 * RIPE Atlas: how many probes in the country are connected, when many of them lost their controller at once, and which share of them
 * gets through to the destinations of public measurements.
 */
import { z } from 'zod';
import { fittingRows } from '../../polite/client.ts';
import { COUNTRY, epochSeconds, Gathering } from '../source.ts';
import type { OutsideSource, PollWindow, SourceOptions } from '../source.ts';
import { Latest, latestResults, reachedReadings } from './latest.ts';
import type { LatestResult } from './latest.ts';
import { burstOutages, connectedReadings, disconnectReadings, LogRow, ProbeRow } from './read.ts';

export const ATLAS_URL = 'https://atlas.ripe.net/api/v2';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PAGE_SIZE = 500;
const PAGES_MAX = 4;
/** Probes named in one question about the log. */
const IDS_MAX = 1_000;
/** The built-in measurement that logs connections of probes to their controllers. */
const LOG_MEASUREMENT = 7_000;

const ProbesPage = z.object({ results: z.array(z.unknown()), next: z.string().nullish() });
const Log = z.array(z.unknown()).max(200_000);

export interface AtlasOptions extends SourceOptions {
  /** Ids of public measurements whose latest results are asked for; empty: none. */
  readonly latest: readonly number[];
}

export function createAtlas(options: AtlasOptions): OutsideSource {
  return {
    id: 'atlas',
    everyMs: 10 * MINUTE_MS,
    // A burst is one against what is usual in days, and is over when its probes are back.
    overlapMs: 3 * 24 * HOUR_MS,
    lookbackMs: 3 * 24 * HOUR_MS,
    client: options.client,
    poll: async (window, signal) => {
      const gathering = new Gathering();
      const probes = await askProbes(options, window, gathering, signal);
      if (probes.rows.length > 0) {
        await askLog(options, probes.rows, window, gathering, signal);
        if (probes.isWhole) await askLatest(options, probes.rows, window, gathering, signal);
      }
      return gathering.answer();
    },
  };
}

interface Probes {
  readonly rows: readonly ProbeRow[];
  /** False where a page did not come. */
  readonly isWhole: boolean;
}

async function askProbes(
  { url, client, watched }: SourceOptions,
  { untilMs }: PollWindow,
  gathering: Gathering,
  signal: AbortSignal,
): Promise<Probes> {
  const probes: ProbeRow[] = [];
  let isWhole = true;
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const query = { country_code: COUNTRY, page_size: String(PAGE_SIZE), page: String(page) };
    const address = `${url}/probes/?${new URLSearchParams(query).toString()}`;
    const question = { url: address, schema: ProbesPage, ttlMs: 0 };
    const answer = await gathering.ask(client, 'probes', question, signal);
    isWhole &&= answer !== null;
    const { rows, skipped } = fittingRows(ProbeRow, answer?.results ?? []);
    gathering.skip(skipped);
    probes.push(...rows);
    if (answer?.next == null) break;
  }
  // Half of the probes is not half of the country gone.
  if (isWhole) gathering.readings(connectedReadings(probes, watched.operators, untilMs));
  return { rows: probes, isWhole };
}

function idsOf(probes: readonly ProbeRow[]): string {
  return probes
    .slice(0, IDS_MAX)
    .map(({ id }) => id)
    .join(',');
}

async function askLog(
  { url, client, watched }: SourceOptions,
  probes: readonly ProbeRow[],
  window: PollWindow,
  gathering: Gathering,
  signal: AbortSignal,
): Promise<void> {
  const query = new URLSearchParams({
    start: String(epochSeconds(window.sinceMs)),
    stop: String(epochSeconds(window.untilMs)),
    probe_ids: idsOf(probes),
  });
  const address = `${url}/measurements/${LOG_MEASUREMENT}/results/?${query.toString()}`;
  const question = { url: address, schema: Log, ttlMs: 0 };
  const answer = await gathering.ask(client, 'log of connections', question, signal);
  if (answer === null) return;
  const { rows, skipped } = fittingRows(LogRow, answer);
  gathering.skip(skipped);
  const { operators } = watched;
  gathering.readings(disconnectReadings(rows, probes, operators, window));
  gathering.outages(burstOutages(rows, probes, operators, window.untilMs - window.sinceMs));
}

async function askLatest(
  { url, client, watched, latest }: AtlasOptions,
  probes: readonly ProbeRow[],
  { untilMs }: PollWindow,
  gathering: Gathering,
  signal: AbortSignal,
): Promise<void> {
  const answers: (readonly LatestResult[])[] = [];
  for (const id of latest) {
    const what = `latest results of measurement ${id}`;
    const query = new URLSearchParams({ probe_ids: idsOf(probes) });
    const address = `${url}/measurements/${id}/latest/?${query.toString()}`;
    const answer = await gathering.ask(client, what, { url: address, schema: Latest, ttlMs: 0 }, signal);
    if (answer === null) continue;
    const { results, skipped } = latestResults(answer);
    gathering.skip(skipped);
    answers.push(results);
    if (results.length === 0) gathering.problem(`${what}: none of a probe in the country`);
  }
  // What one measurement would have said may be all that a probe reaches.
  if (latest.length > 0 && answers.length === latest.length)
    gathering.readings(reachedReadings(answers, probes, watched.operators, untilMs));
}
