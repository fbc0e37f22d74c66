/**
 * Globalping's answers (API v1, its spec of August 2026), as far as they are used. What is not here is not read, so that a field
 * that is added or changed elsewhere breaks nothing; what is here and has another shape makes the answer unreadable, which is
 * the lender's trouble and nobody's block.
 */
import { z } from 'zod';
import { list, orElse } from '../../../probes/observations.ts';

const text = orElse(z.string(), '');
const number = orElse(z.number(), null);

export const Created = z.object({ id: z.string().min(1).max(200), probesCount: z.number() });

/** A probe as it is described: no address of it, and its coordinates are never kept. */
export const Probe = z.object({
  country: z.string(),
  city: text,
  asn: z.number().int().min(0),
  network: text,
  latitude: number,
  longitude: number,
  resolvers: list(z.string()),
});
export type Probe = z.output<typeof Probe>;

export const Tls = z.object({
  authorized: z.boolean(),
  /** A code of Node's, or whatever an Error becomes in JSON. */
  error: z.unknown().optional(),
  protocol: text,
  cipherName: text,
  fingerprint256: z.string(),
});
export type Tls = z.output<typeof Tls>;

const Timings = z
  .object({ total: number, dns: number, tcp: number, tls: number, firstByte: number })
  .nullish()
  .transform((timings) => timings ?? null);

const Headers = z
  .record(z.string(), z.union([z.string(), z.array(z.string())]))
  .nullish()
  .transform((headers) => headers ?? {});

const STATUS = z.enum(['in-progress', 'finished', 'failed', 'offline']);

/** Of any type: what the others' fields hold is absent. */
const Common = {
  status: STATUS,
  failureSource: orElse(z.string(), null),
  rawOutput: text,
  resolvedAddress: orElse(z.string(), null),
};

export const HttpResult = z.object({
  ...Common,
  statusCode: number,
  headers: Headers,
  timings: Timings,
  tls: Tls.nullish().transform((tls) => tls ?? null),
});
export type HttpResult = z.output<typeof HttpResult>;

export const DnsResult = z.object({
  ...Common,
  statusCodeName: text,
  answers: list(z.object({ type: z.string(), value: z.string(), ttl: number })),
});
export type DnsResult = z.output<typeof DnsResult>;

export const PingResult = z.object({
  ...Common,
  stats: z
    .object({ rcv: number, total: number })
    .nullish()
    .transform((stats) => stats ?? null),
});
export type PingResult = z.output<typeof PingResult>;

/** The whole of a measurement whose results are read by `result`. */
export function measurementOf<T extends z.ZodType>(result: T) {
  return z.object({
    id: z.string(),
    status: z.string(),
    results: list(z.object({ probe: Probe, result })),
  });
}

/** While it is in progress, results may be anything. */
export const Progress = z.object({ status: z.string() });

export const Listed = z.array(z.object({ location: Probe.omit({ resolvers: true }) }));
