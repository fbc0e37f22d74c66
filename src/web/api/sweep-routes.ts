/** Mobile networks as seen from outside: API. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { WebContext } from '../context.ts';
import { operatorName } from '../overview/network.ts';
import { readSweep } from '../sweep-reads.ts';
import { Operator, Problem, WindowQuery } from './schemas.ts';
import { windowOf } from './window.ts';

/** A round every eleven minutes and a few operators: some ten thousand rows. */
const WINDOW_MAX_DAYS = 31;
const Network = { operator: z.string(), operatorName: z.string(), place: z.string() };
const SweepQuery = WindowQuery.extend({ operator: Operator.optional() });
const SweepAnswer = z.object({
  rows: z.array(
    z.object({
      at: z.string(),
      ...Network,
      upRatio: z.number().min(0).max(1),
      probed: z.int(),
      answered: z.int(),
      rttMs: z.number().nullable(),
    }),
  ),
  falls: z.array(
    z.object({
      ...Network,
      start: z.string(),
      end: z.string().nullable(),
      before: z.number(),
      lowest: z.number(),
    }),
  ),
});

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

export function registerSweep(instance: FastifyInstance, context: WebContext): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  app.get(
    '/api/sweep',
    {
      schema: {
        summary: context.messages.data.endpoints['/api/sweep'],
        querystring: SweepQuery,
        response: { 200: SweepAnswer, 400: Problem, 429: Problem },
      },
    },
    async ({ query }) => {
      const { points, drops } = await readSweep(context, windowOf(context, query, WINDOW_MAX_DAYS));
      const { names, messages } = context;
      function isWanted({ operator }: { readonly operator: string }): boolean {
        return query.operator === undefined || query.operator === operator;
      }
      function network({ operator, place }: { readonly operator: string; readonly place: string }) {
        return { operator, operatorName: operatorName(operator, names, messages), place };
      }
      return {
        rows: points.filter(isWanted).map((point) => {
          const { atMs, upRatio, probed, answered, rttMs } = point;
          return { at: iso(atMs), ...network(point), upRatio, probed, answered, rttMs };
        }),
        falls: drops.filter(isWanted).map((drop) => {
          const { startMs, endMs, before, lowest } = drop;
          const end = endMs === null ? null : iso(endMs);
          return { ...network(drop), start: iso(startMs), end, before, lowest };
        }),
      };
    },
  );
}
