/** Those who watch from outside: how asking them goes, and what they count. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { SOURCE_IDS } from '../../analysis/outside/point.ts';
import { SeriesScorer } from '../../analysis/series/scorer.ts';
import { SOURCE_STATUSES } from '../../sources/keeper.ts';
import type { SourceState } from '../../sources/keeper.ts';
import type { WebContext } from '../context.ts';
import { RequestError } from './problem.ts';
import { Problem, WindowQuery } from './schemas.ts';
import { windowOf } from './window.ts';

const WINDOW_MAX_DAYS = 31;
const ROWS_MAX = 20_000;
const SCALE = 1_000;

const MaybeInstant = z.string().nullable();
export const SourcesAnswer = z.object({
  sources: z.array(
    z.object({
      id: z.enum(SOURCE_IDS),
      status: z.enum(SOURCE_STATUSES),
      lastGood: MaybeInstant,
      lastTried: MaybeInstant,
      newest: MaybeInstant,
      problems: z.array(z.string()),
      skippedRows: z.int(),
      quotaLeft: z.number().nullable(),
      restsUntil: MaybeInstant,
    }),
  ),
});

const Word = z.string().min(1).max(64);
const OutsideQuery = WindowQuery.extend({
  source: z.enum(SOURCE_IDS),
  signal: Word.optional(),
  entity: Word.default('KZ').describe('KZ, an AS number such as AS9198, or a place'),
});
export const OutsideAnswer = z.object({
  series: z.array(
    z.object({
      source: z.string(),
      signal: z.string(),
      entity: z.string(),
      rows: z.array(
        z.object({
          at: z.string(),
          value: z.number(),
          baseline: z.number().nullable(),
          unusual: z.number().describe('0 ordinary … 1 unheard of, by the rows before it'),
        }),
      ),
    }),
  ),
  outages: z.array(
    z.object({
      id: z.string(),
      signal: z.string(),
      entity: z.string(),
      start: z.string(),
      end: MaybeInstant,
      cause: z.string().nullable(),
      score: z.number().nullable(),
      url: z.string().nullable(),
    }),
  ),
});

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

function isoOrNull(atMs: number | null): string | null {
  return atMs === null ? null : iso(atMs);
}

function sourceAnswer(state: SourceState) {
  const { id, status, problems, skippedRows, quota } = state;
  return {
    id,
    status,
    problems: [...problems],
    skippedRows,
    quotaLeft: quota?.left ?? null,
    lastGood: isoOrNull(state.lastGoodMs),
    lastTried: isoOrNull(state.lastTriedMs),
    newest: isoOrNull(state.newestMs),
    restsUntil: isoOrNull(state.restsUntilMs),
  };
}

type Query = z.infer<typeof OutsideQuery>;

/** Each series, each of its rows judged by the rows before it in the window. */
async function outsideAnswer(context: WebContext, query: Query): Promise<z.infer<typeof OutsideAnswer>> {
  const window = windowOf(context, query, WINDOW_MAX_DAYS);
  const { source, signal, entity } = query;
  const scope = { source, entity, ...(signal === undefined ? {} : { signal }) };
  const series = new Map<string, z.infer<typeof OutsideAnswer>['series'][number]>();
  const scorers = new Map<string, SeriesScorer>();
  let rows = 0;
  for await (const point of context.store.outside(window, scope)) {
    rows += 1;
    if (rows > ROWS_MAX) throw new RequestError(400, context.messages.api.tooManyRows(ROWS_MAX));
    const { atMs, value, baseline } = point;
    const known = series.get(point.signal) ?? { source, signal: point.signal, entity, rows: [] };
    series.set(point.signal, known);
    const scorer = scorers.get(point.signal) ?? new SeriesScorer();
    scorers.set(point.signal, scorer);
    const unusual = Math.round(scorer.push(atMs, value).unusual * SCALE) / SCALE;
    known.rows.push({ at: iso(atMs), value, baseline, unusual });
  }
  const outages = await context.store.outages(window);
  return {
    series: [...series.values()],
    outages: outages
      .filter((outage) => outage.source === source && outage.entity === entity)
      .map(({ startMs, endMs, id, signal, entity, cause, score, url }) => ({
        id,
        signal,
        entity,
        start: iso(startMs),
        end: isoOrNull(endMs),
        cause,
        score,
        url,
      })),
  };
}

export function registerSources(instance: FastifyInstance, context: WebContext): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { endpoints } = context.messages.data;
  app.get(
    '/api/sources',
    {
      schema: { summary: endpoints['/api/sources'], response: { 200: SourcesAnswer, 429: Problem } },
    },
    () => ({ sources: (context.sources?.() ?? []).map(sourceAnswer) }),
  );
  app.get(
    '/api/outside',
    {
      schema: {
        summary: endpoints['/api/outside'],
        querystring: OutsideQuery,
        response: { 200: OutsideAnswer, 400: Problem, 429: Problem },
      },
    },
    async ({ query }) => outsideAnswer(context, query),
  );
}
