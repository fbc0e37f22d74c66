/** Events, claims and associations: API and calendar file. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { writeIcs } from '../../events/ics/write.ts';
import { EVENT_PRECISIONS } from '../../events/event.ts';
import type { Contexts, WebContext } from '../context.ts';
import { ALL_TIME, associationText } from '../event-reads.ts';
import type { ClaimRow, EventReader } from '../event-reads.ts';
import { LanguageQuery } from '../languages.ts';
import { claimSentence, partSentence } from '../pages/claims.ts';
import { EventsAnswer, Problem, WindowQuery } from './schemas.ts';
import { EVENTS_WINDOW_MAX_DAYS, windowOf } from './window.ts';

const DAY_MS = 86_400_000;
const Refused = { 400: Problem, 429: Problem };
const Number0 = z.number().nullable();

const ClaimFinding = z.enum(['supported', 'contradicted', 'not_measured']);
const ClaimsAnswer = z.object({
  claims: z.array(
    z.object({
      id: z.string(),
      stance: z.enum(['confirms', 'denies']),
      who: z.string(),
      said: z.string(),
      about: z.array(z.string()),
      /** What it was set against: whole days and months where no more is known. */
      from: z.string(),
      to: z.string(),
      precision: z.enum(EVENT_PRECISIONS),
      finding: ClaimFinding,
      /** Some parts are supported and others contradicted. */
      mixed: z.boolean(),
      reason: z.string(),
      parts: z.array(
        z.object({
          platform: z.string(),
          operator: z.string().nullable(),
          place: z.string().nullable(),
          finding: ClaimFinding,
          reason: z.string(),
          measuredHours: z.int(),
          hours: z.int(),
          incidents: z.array(z.string()),
        }),
      ),
      incidents: z.array(z.string()),
      sources: z.array(z.string()),
    }),
  ),
});
const AssociationsAnswer = z.object({
  associations: z.array(
    z.object({
      kind: z.string(),
      platform: z.string(),
      operator: z.string().nullable(),
      outcome: z.enum(['significant', 'not_significant', 'too_few_events']),
      significant: z.boolean(),
      events: z.int(),
      eventsUnmeasured: z.int(),
      eventsWithBlock: z.int(),
      blocks: z.int(),
      blocksWithEvent: z.int(),
      comparableDays: z.int(),
      blockedShareInEvents: z.number(),
      blockedShareOtherwise: z.number(),
      relativeRisk: z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable(),
      medianOnsetLagMs: Number0,
      pValue: Number0,
      pAdjusted: Number0,
      sentence: z.string(),
    }),
  ),
  falsify: z.string(),
});

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

function claimAnswer(context: WebContext, row: ClaimRow): z.input<typeof ClaimsAnswer>['claims'][number] {
  const { event, stance, window, finding, isMixed, parts, incidents } = row;
  return {
    id: event.id,
    stance,
    who: event.claim?.who ?? '',
    said: event.claim?.summary ?? '',
    about: event.platforms,
    from: iso(window.fromMs),
    to: iso(window.toMs),
    precision: event.precision,
    finding,
    mixed: isMixed,
    reason: claimSentence(context, row),
    parts: parts.map((part) => ({
      platform: part.platform,
      operator: part.operator,
      place: part.place,
      finding: part.finding,
      reason: partSentence(context, part),
      measuredHours: part.measuredHours,
      hours: part.hours,
      incidents: [...part.incidentIds],
    })),
    incidents: incidents.map(({ id }) => id),
    sources: event.sources,
  };
}

function registerLists(instance: FastifyInstance, context: WebContext, reader: EventReader) {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { endpoints } = context.messages.data;
  app.get(
    '/api/events',
    {
      schema: {
        summary: endpoints['/api/events'],
        querystring: WindowQuery,
        response: { 200: EventsAnswer, ...Refused },
      },
    },
    async ({ query }) => {
      const events = await context.store.events(windowOf(context, query, EVENTS_WINDOW_MAX_DAYS));
      return {
        events: events.map(({ startMs, endMs, ...event }) => ({
          ...event,
          start: iso(startMs),
          end: iso(endMs),
        })),
      };
    },
  );
  app.get(
    '/api/associations',
    {
      schema: { summary: endpoints['/api/associations'], response: { 200: AssociationsAnswer, ...Refused } },
    },
    async () => {
      const { associations, tests } = await reader.correlation();
      return {
        associations: associations.map((one) => ({ ...one, sentence: associationText(context, one, tests) })),
        falsify: context.messages.events.falsify,
      };
    },
  );
  app.get(
    '/api/claims',
    { schema: { summary: endpoints['/api/claims'], response: { 200: ClaimsAnswer, ...Refused } } },
    async () => ({
      claims: (await reader.claims()).map((row) => claimAnswer(context, row)),
    }),
  );
}

/** The calendar for programs, in one language. */
async function calendarFile(context: WebContext): Promise<string> {
  const { knownTo, calendarTitle } = context.messages.events;
  return writeIcs({
    name: calendarTitle,
    events: await context.store.events(ALL_TIME),
    // A day's feed stays the same to the byte, so that programs that ask often get 304.
    nowMs: Math.floor(context.clock.nowMs() / DAY_MS) * DAY_MS,
    zoneOf: ({ places }) => context.names.timeZone(places[0]),
    placeName: context.names.place,
    remarkOf: ({ precision }) => (precision === 'month' || precision === 'day' ? knownTo[precision] : null),
  });
}

/** Lists for programs are in English; the calendar is read by people and has `?lang=`. */
export function registerEvents(instance: FastifyInstance, contexts: Contexts, reader: EventReader): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  registerLists(app, contexts.en, reader);
  app.get('/events.ics', { schema: { hide: true, querystring: LanguageQuery } }, async ({ query }, reply) =>
    reply.type('text/calendar; charset=utf-8').send(await calendarFile(contexts[query.lang])),
  );
}
