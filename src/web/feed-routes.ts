/** Address of the feed. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { PLATFORMS } from '../../probes/words.ts';
import { Operator } from './api/schemas.ts';
import type { Contexts, WebContext } from './context.ts';
import { atomOf } from './feed/atom.ts';
import { entriesOf } from './feed/entries.ts';
import { LanguageQuery } from './languages.ts';
import { originOf } from './origin.ts';

const ENTRIES_MAX = 100;
const INCIDENTS_READ_MAX = 500;
/** Days of the transparency log in it: who looks once a fortnight misses none. */
const DAYS_MAX = 14;
const FeedQuery = LanguageQuery.extend({
  platform: z.enum(PLATFORMS).optional(),
  operator: Operator.optional(),
});
type FeedQuery = z.infer<typeof FeedQuery>;

function addressOf({ lang, platform, operator }: FeedQuery): string {
  const query = new URLSearchParams({
    ...(lang === 'en' ? {} : { lang }),
    ...(platform === undefined ? {} : { platform }),
    ...(operator === undefined ? {} : { operator }),
  });
  return query.size === 0 ? '/feed.atom' : `/feed.atom?${query.toString()}`;
}

/** A feed of one platform or network is about that alone. */
function daysFor({ transparency }: WebContext, { platform, operator }: FeedQuery) {
  if (platform !== undefined || operator !== undefined) return [];
  return transparency?.read().days.slice(-DAYS_MAX) ?? [];
}

export function registerFeed(instance: FastifyInstance, contexts: Contexts): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  app.get('/feed.atom', { schema: { hide: true, querystring: FeedQuery } }, async (request, reply) => {
    const { query } = request;
    const context = contexts[query.lang];
    const { platform, operator } = query;
    const incidents = await context.store.incidents({
      limit: INCIDENTS_READ_MAX,
      ...(platform === undefined ? {} : { platform }),
    });
    const entries = incidents
      .filter(({ operators }) => operator === undefined || operators.includes(operator))
      .flatMap(entriesOf)
      .toSorted((a, b) => b.atMs - a.atMs || (a.id < b.id ? -1 : 1))
      .slice(0, ENTRIES_MAX);
    const { startedAtMs } = context.notice();
    const place = { origin: originOf(context, request), address: addressOf(query), startedAtMs };
    return reply
      .header('access-control-allow-origin', '*')
      .type('application/atom+xml; charset=utf-8')
      .send(atomOf(context, { entries, days: daysFor(context, query) }, place));
  });
}
