/** Internet Health Report (IIJ): outages that its Disco finds where many RIPE Atlas probes lose their controller at once. */
import { z } from 'zod';
import type { OutsideOutage } from '../../analysis/outside/point.ts';
import { fittingRows } from '../../polite/client.ts';
import { asnOf, COUNTRY, Gathering, utcMs } from '../source.ts';
import type { OutsideSource, PollWindow, SourceOptions } from '../source.ts';

export const IHR_URL = 'https://ihr.iijlab.net/ihr/api';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What is weaker, IHR's own page does not show. */
const LEVEL_MIN = '10';

const Answer = z.object({ results: z.array(z.unknown()) });
const Row = z.object({
  id: z.union([z.number(), z.string()]).transform(String),
  streamtype: z.string().nullish(),
  streamname: z.coerce.string(),
  starttime: z.string(),
  endtime: z.string().nullish(),
  avglevel: z.number().nullish(),
});

export function createIhr(options: SourceOptions): OutsideSource {
  return {
    id: 'ihr',
    everyMs: HOUR_MS,
    overlapMs: 2 * DAY_MS,
    lookbackMs: 30 * DAY_MS,
    client: options.client,
    poll: async (window, signal) => {
      const gathering = new Gathering();
      await askStream(options, { streamtype: 'country', streamname: COUNTRY }, window, gathering, signal);
      for (const operator of options.watched.operators) {
        const stream = { streamtype: 'asn', streamname: asnOf(operator) };
        await askStream(options, stream, window, gathering, signal);
      }
      return gathering.answer();
    },
  };
}

async function askStream(
  { url, client }: SourceOptions,
  stream: { readonly streamtype: string; readonly streamname: string },
  { sinceMs, untilMs }: PollWindow,
  gathering: Gathering,
  signal: AbortSignal,
): Promise<void> {
  const query = new URLSearchParams({
    ...stream,
    starttime__gte: new Date(sinceMs).toISOString(),
    starttime__lte: new Date(untilMs).toISOString(),
    avglevel__gte: LEVEL_MIN,
    format: 'json',
  });
  const question = { url: `${url}/disco/events/?${query.toString()}`, schema: Answer, ttlMs: 0 };
  const answer = await gathering.ask(client, `Disco of ${stream.streamname}`, question, signal);
  const { rows, skipped } = fittingRows(Row, answer?.results ?? []);
  gathering.skip(skipped);
  const entity = stream.streamtype === 'country' ? COUNTRY : `AS${stream.streamname}`;
  gathering.outages(rows.map((row) => outageOf(row, entity)).filter((outage) => outage !== null));
}

/** An end that is its start is one that IHR does not know. */
function outageOf(row: z.infer<typeof Row>, entity: string): OutsideOutage | null {
  const startMs = utcMs(row.starttime);
  if (startMs === null) return null;
  const endMs = row.endtime == null ? null : utcMs(row.endtime);
  return {
    id: `ihr:disco:${row.id}`,
    source: 'ihr',
    signal: 'disco',
    entity,
    startMs,
    endMs: endMs === startMs ? null : endMs,
    cause: null,
    score: row.avglevel ?? null,
    url: null,
  };
}
