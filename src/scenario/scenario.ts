/**
 * Scenario files: what the world does, hour by hour, and what Aiqyn must say of it. `replay` plays them in virtual time,
 * `demo` on real sockets. Read with `parseScenario` (src/scenario/parse.ts).
 */
import { z } from 'zod';
import { ACCESSES, PLATFORMS } from '../../probes/words.ts';
import { INCIDENT_KINDS } from '../analysis/detect/point.ts';

const Instant = z.iso
  .datetime({ offset: true, error: 'an instant with its zone, such as 2019-05-09T07:00:00Z' })
  .transform((text) => Date.parse(text));
const Asn = z.string().regex(/^AS\d+$/, 'an AS number, such as AS9198');

/** Who an action touches; what is absent is everywhere. */
const scope = {
  vantages: z.array(z.string()).optional(),
  operators: z.array(Asn).optional(),
  places: z.array(z.string()).optional(),
  access: z.enum(ACCESSES).optional(),
  from: Instant,
  to: Instant,
};

/** DESIGN's words for what a censor does to a connection. */
export const BLOCK_METHODS = [
  'sni_drop',
  'sni_reset',
  'eof',
  'drop',
  'reset',
  'refused',
  'nxdomain',
  'bogon',
  'injected_answer',
  'blockpage',
] as const;
export type BlockMethod = (typeof BLOCK_METHODS)[number];

const platforms = z.array(z.enum(PLATFORMS)).min(1);
/** Only these names of the platforms and what is under them, such as `googlevideo.com`; absent: all. */
const hosts = z.array(z.string().min(3)).min(1).optional();
/** Share of connections touched; the rest pass. */
const fraction = z.number().min(0).max(1).default(1);

export const Action = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('block'),
    method: z.enum(BLOCK_METHODS),
    platforms,
    hosts,
    fraction,
    ...scope,
  }),
  z.strictObject({
    do: z.literal('throttle'),
    kbps: z.number().positive(),
    platforms,
    hosts,
    fraction,
    ...scope,
  }),
  z.strictObject({
    do: z.literal('intercept'),
    interceptor: z.string().optional(),
    platforms,
    fraction,
    ...scope,
  }),
  /** Drops QUIC by the name in its first packet; TCP passes. */
  z.strictObject({ do: z.literal('block_quic'), platforms, ...scope }),
  /** Drops UDP to port 443, whoever it is for. */
  z.strictObject({ do: z.literal('close_quic'), ...scope }),
  z.strictObject({ do: z.literal('shutdown'), ...scope }),
  z.strictObject({ do: z.literal('allow_list'), ...scope }),
  z.strictObject({ do: z.literal('site_down'), platforms, ...scope }),
  z.strictObject({ do: z.literal('vantage_power_loss'), ...scope }),
  z.strictObject({ do: z.literal('packet_loss'), percent: z.number().min(0).max(100), ...scope }),
  z.strictObject({ do: z.literal('operator_outage'), ...scope }),
  /** The way to the collector is cut, and nothing else: what is measured waits in spools. Everywhere: the collector is away. */
  z.strictObject({ do: z.literal('uplink_down'), ...scope }),
  z.strictObject({ do: z.literal('control_down'), from: Instant, to: Instant }),
]);
export type Action = z.output<typeof Action>;

const ExpectedIncident = z.strictObject({
  kind: z.enum(INCIDENT_KINDS),
  platforms: z.array(z.string()).optional(),
  operators: z.array(Asn).optional(),
  places: z.array(z.string()).optional(),
  vantages: z.array(z.string()).optional(),
  access: z.enum(ACCESSES).optional(),
  start: Instant,
  end: Instant.optional(),
  toleranceSeconds: z.number().nonnegative().default(180),
  openings: z.int().nonnegative().optional(),
});
export type ExpectedIncident = z.output<typeof ExpectedIncident>;

export const Scenario = z.strictObject({
  id: z.string().min(1),
  title: z.string().min(1),
  from: Instant,
  to: Instant,
  cadenceSeconds: z.number().min(0.5).max(3_600),
  seed: z.int().nonnegative(),
  noise: z
    .strictObject({
      lossPercent: z.number().min(0).max(100).default(0),
      latencyMs: z.tuple([z.number(), z.number()]).default([20, 60]),
    })
    .prefault({}),
  vantages: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        operator: Asn,
        place: z.string().min(1),
        access: z.enum(ACCESSES),
      }),
    )
    .min(1),
  platforms,
  actions: z.array(Action).default([]),
  events: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        kind: z.string().min(1),
        from: Instant,
        to: Instant,
        title: z.string().optional(),
        platforms: z.array(z.string()).optional(),
        places: z.array(z.string()).optional(),
      }),
    )
    .default([]),
  expect: z
    .strictObject({
      incidents: z.array(ExpectedIncident).default([]),
      only: z.boolean().default(false),
      associations: z
        .array(z.strictObject({ kind: z.string(), platform: z.string(), significant: z.boolean() }))
        .default([]),
    })
    .optional(),
});
export type Scenario = z.output<typeof Scenario>;
