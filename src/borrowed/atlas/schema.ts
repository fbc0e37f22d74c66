/**
 * RIPE Atlas' answers (REST API v2), as far as they are used. Results name their probe's addresses (`from`, `src_addr`): what is
 * not listed here is not read, and so never kept.
 */
import { z } from 'zod';
import { list, orElse } from '../../../probes/observations.ts';

const number = orElse(z.number(), null);

export const ProbePage = z.object({
  next: orElse(z.string(), null),
  results: list(
    z.object({
      id: z.number().int(),
      asn_v4: orElse(z.number().int(), null),
      geometry: z
        .object({ coordinates: z.tuple([z.number(), z.number()]) })
        .nullish()
        .transform((geometry) => geometry ?? null),
    }),
  ),
});
export type ProbePage = z.output<typeof ProbePage>;

export const Created = z.object({ measurements: z.array(z.number().int()).min(1) });

const DnsAnswered = z.object({ abuf: orElse(z.string(), ''), rt: number });
const DnsError = z.record(z.string(), z.unknown());

/** One resolver's answer: `resultset` where the probe has several. */
const DnsTry = z.object({ result: DnsAnswered.optional(), error: DnsError.optional() });

export const DnsRow = z.object({
  prb_id: z.number().int(),
  timestamp: z.number(),
  ...DnsTry.shape,
  resultset: list(DnsTry),
});
export type DnsRow = z.output<typeof DnsRow>;

export const CertRow = z.object({
  prb_id: z.number().int(),
  timestamp: z.number(),
  dst_addr: orElse(z.string(), null),
  cert: list(z.string()),
  /** Milliseconds until all was there, and until the connection was. */
  rt: number,
  ttc: number,
  ver: orElse(z.string(), ''),
  alert: z
    .object({ level: z.number(), description: z.number().int() })
    .nullish()
    .transform((alert) => alert ?? null),
  err: orElse(z.string(), null),
});
export type CertRow = z.output<typeof CertRow>;

const Hop = z.object({
  hop: z.number().int(),
  result: list(z.object({ from: z.string().optional(), rtt: z.number().optional() })),
});

export const TraceRow = z.object({
  prb_id: z.number().int(),
  dst_addr: orElse(z.string(), null),
  result: list(Hop.or(z.object({ error: z.string() }))),
});
export type TraceRow = z.output<typeof TraceRow>;
