/** What the API takes and gives. OpenAPI at /api/docs is made from these. */
import { z } from 'zod';
import { ACCESSES, CONNECTIVITIES, PLATFORMS } from '../../../probes/words.ts';
import { INCIDENT_KINDS, INCIDENT_STATUSES } from '../../analysis/detect/point.ts';
import { STATUSES } from '../../analysis/verdict/verdict.ts';
import { AiqynEvent } from '../../events/event.ts';
import { StoredTestimony } from '../../store/stored-incident.ts';

export const Instant = z.iso
  .datetime({ offset: true })
  .describe('ISO 8601 with a zone, e.g. 2019-05-09T07:00:00Z');
export const Operator = z.string().regex(/^AS\d{1,10}$/, 'an AS number such as AS9198');
const Place = z.string().min(1).max(64);

/** RFC 9457. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(z.object({ parameter: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;

export const WindowQuery = z.object({
  from: Instant.optional().describe('default: 24 hours before "to"'),
  to: Instant.optional().describe('default: now'),
});

const NetworkTags = { operator: z.string(), operatorName: z.string(), place: z.string(), access: z.string() };

export const StatusAnswer = z.object({
  at: z.string(),
  mode: z.enum(['monitor', 'demo']),
  headline: z.string(),
  tone: z.enum(['calm', 'alarm', 'warn', 'mute']),
  control: z.enum(['none', 'reachable', 'unreachable']),
  newestMeasurementAt: z.string().nullable(),
  openIncidents: z.int(),
  platforms: z.array(
    z.object({
      platform: z.string(),
      networks: z.array(
        z.object({
          ...NetworkTags,
          status: z.enum(STATUSES),
          since: z.string(),
          layer: z.string().nullable(),
          method: z.string().nullable(),
          confidence: z.number(),
          reasons: z.array(z.string()),
        }),
      ),
    }),
  ),
});

export const IncidentAnswer = z.object({
  id: z.string(),
  kind: z.enum(INCIDENT_KINDS),
  status: z.enum(INCIDENT_STATUSES),
  platforms: z.array(z.string()),
  operators: z.array(z.string()),
  places: z.array(z.string()),
  access: z.string().nullable(),
  start: z.string(),
  end: z.string().nullable(),
  detectedAt: z.string(),
  confidence: z.number().describe('0 to 1, with what those who watch from outside say'),
  confidenceAlone: z.number().describe('From our own measurements alone'),
  witnesses: z
    .object({
      agree: z.array(z.string()),
      disagree: z.array(z.string()),
      cannotSee: z.array(z.string()),
      noData: z.array(z.string()),
    })
    .describe('Sources outside; empty where nobody was asked about that time'),
  method: z.string().nullable(),
  vantages: z.int(),
  summary: z.string(),
});
export type IncidentAnswer = z.infer<typeof IncidentAnswer>;

const TestimonyAnswer = StoredTestimony.omit({ startMs: true, endMs: true }).extend({
  start: z.string().nullable(),
  end: z.string().nullable(),
});

export const IncidentDetailAnswer = IncidentAnswer.extend({
  confidenceWithWitnesses: z.number().describe('The same as `confidence`; for readers of earlier versions'),
  corroboration: z.array(TestimonyAnswer),
  reasons: z.array(z.string()),
  openings: z.array(z.object({ start: z.string(), end: z.string() })),
  members: z.array(
    z.object({
      operator: z.string(),
      place: z.string(),
      access: z.string(),
      platform: z.string().nullable(),
      start: z.string(),
      end: z.string().nullable(),
      method: z.string().nullable(),
      reasons: z.array(z.string()),
    }),
  ),
});

export type IncidentDetailAnswer = z.infer<typeof IncidentDetailAnswer>;

export const IncidentsQuery = WindowQuery.extend({
  open: z.enum(['true', 'false']).optional().describe('only those that go on'),
  platform: z.enum(PLATFORMS).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});
export const IncidentsAnswer = z.object({ incidents: z.array(IncidentAnswer) });

/** Vantages are left out on purpose: public series round to the network. */
export const SERIES_GROUPS = ['platform', 'operator', 'place', 'access', 'target'] as const;
export const SERIES_BUCKETS = {
  '5m': 5,
  '15m': 15,
  '30m': 30,
  '1h': 60,
  '3h': 180,
  '6h': 360,
  '1d': 1_440,
} as const;

export const SeriesQuery = WindowQuery.extend({
  bucket: z.enum(['5m', '15m', '30m', '1h', '3h', '6h', '1d']).default('5m'),
  by: z
    .string()
    .regex(
      /^(?:platform|operator|place|access|target)(?:,(?:platform|operator|place|access|target))*$/,
      'platform, operator, place, access, target; several with commas',
    )
    .default('platform'),
  platform: z.enum(PLATFORMS).optional(),
  operator: Operator.optional(),
  place: Place.optional(),
  access: z.enum(ACCESSES).optional(),
  target: z.string().min(1).max(100).optional(),
});
export type SeriesQuery = z.infer<typeof SeriesQuery>;

export const SeriesAnswer = z.object({
  from: z.string(),
  to: z.string(),
  bucketSeconds: z.int(),
  by: z.array(z.string()),
  rows: z.array(
    z.object({
      start: z.string(),
      group: z.record(z.string(), z.string()),
      counts: z.record(z.string(), z.number()),
      meanScore: z.number(),
      medianTotalMs: z.number().nullable(),
      medianBytesPerSecond: z.number().nullable(),
    }),
  ),
});

export const EventsAnswer = z.object({
  events: z.array(
    AiqynEvent.omit({ startMs: true, endMs: true }).extend({ start: z.string(), end: z.string() }),
  ),
});
export const VantagesAnswer = z.object({
  vantages: z.array(
    z.object({
      ...NetworkTags,
      connectivity: z.enum(CONNECTIVITIES).nullable(),
      silent: z.boolean(),
      /** In another network than its own, such as a VPN: what it measures counts for nobody. */
      elsewhere: z.boolean(),
      lastHeard: z.string().nullable(),
    }),
  ),
});
export const HealthAnswer = z.object({ status: z.enum(['ok', 'failing']), reasons: z.array(z.string()) });
