/** Addresses of the transparency log for programs: whole to be saved, and day by day with proofs. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { Day, Hash, PublishedLog, SignedDay } from '../transparency/log.ts';
import { RequestError } from './api/problem.ts';
import { Problem } from './api/schemas.ts';
import type { PublicLog, WebContext } from './context.ts';

const Refused = { 400: Problem, 404: Problem, 429: Problem };
const LogQuery = z.object({
  from: Day.optional().describe('the first day; default: the first of the log'),
  to: Day.optional().describe('the last day; default: the last one that is closed'),
});
const DayParams = z.object({ day: Day });
const ProofQuery = z.object({
  leaf: Hash.describe('SHA-256 of the byte 0x00 and the leaf’s canonical JSON, in hex'),
});
const ProofAnswer = z.object({
  day: SignedDay,
  leaf: Hash,
  index: z.int(),
  leaves: z.int(),
  /** From below; docs/transparency.md says how they are joined. */
  path: z.array(Hash),
});

/** @throws RequestError(404) where no log is kept. */
function logOf({ transparency, messages }: WebContext): PublicLog {
  if (transparency === undefined) throw new RequestError(404, messages.transparency.notKept);
  return transparency;
}

function registerWhole(instance: FastifyInstance, context: WebContext): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  app.get(
    '/transparency.json',
    { schema: { hide: true, response: { 200: PublishedLog, ...Refused } } },
    (_request, reply) => {
      reply.header('access-control-allow-origin', '*');
      return logOf(context).read();
    },
  );
  app.get(
    '/api/transparency',
    {
      schema: {
        summary: context.messages.data.endpoints['/api/transparency'],
        querystring: LogQuery,
        response: { 200: PublishedLog, ...Refused },
      },
    },
    ({ query: { from, to } }) => {
      const { days, ...log } = logOf(context).read();
      return { ...log, days: days.filter(({ day }) => day >= (from ?? day) && day <= (to ?? day)) };
    },
  );
}

export function registerTransparency(instance: FastifyInstance, context: WebContext): void {
  registerWhole(instance, context);
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { transparency: say } = context.messages;
  function dayIn(log: PublicLog, wanted: string): SignedDay {
    const found = log.read().days.find(({ day }) => day === wanted);
    if (found === undefined) throw new RequestError(404, say.noDay(wanted));
    return found;
  }
  app.get(
    '/api/transparency/:day',
    { schema: { summary: say.oneDay, params: DayParams, response: { 200: SignedDay, ...Refused } } },
    ({ params }) => dayIn(logOf(context), params.day),
  );
  app.get(
    '/api/transparency/:day/proof',
    {
      schema: {
        summary: say.proof,
        params: DayParams,
        querystring: ProofQuery,
        response: { 200: ProofAnswer, ...Refused },
      },
    },
    async ({ params, query: { leaf } }) => {
      const log = logOf(context);
      dayIn(log, params.day);
      const proof = await log.proofOf(params.day, leaf);
      if (proof === null) throw new RequestError(404, say.noLeaf(params.day));
      return { ...proof, leaf, path: [...proof.path] };
    },
  );
}
