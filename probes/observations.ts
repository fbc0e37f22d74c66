/**
 * Observations: what one step of a measurement saw, in OONI's shapes (df-001 httpt, df-002 dnst, df-005 tcpconnect,
 * df-006 tlshandshake, df-008 netevents) and the shape of OONI's test helper for the control.
 *
 * Units: `t0` and `t` are seconds since the measurement's start, from a monotonic clock.
 * The schemas read files of others too: absent and null keys become their empty value, unknown keys are kept.
 */
import { z } from 'zod';

/** The schema's value, or `fallback` where the key is null or absent. */
export function orElse<T extends z.ZodType, Fallback>(schema: T, fallback: Fallback) {
  return schema.nullish().transform((value): NonNullable<z.output<T>> | Fallback => value ?? fallback);
}

/** The same for what needs no schema of its own, at half the price: an archive holds millions of them. */
function scalar<T, Fallback>(
  expected: 'string' | 'number' | 'boolean' | 'record',
  is: (value: unknown) => value is T,
  fallback: Fallback,
) {
  return z.transform((value: unknown, context): T | Fallback => {
    if (value === undefined || value === null) return fallback;
    if (is(value)) return value;
    context.issues.push({ code: 'invalid_type', expected, input: value });
    return z.NEVER;
  });
}

function text<Fallback>(fallback: Fallback) {
  return scalar('string', (value) => typeof value === 'string', fallback);
}

function number<Fallback>(fallback: Fallback) {
  return scalar(
    'number',
    (value): value is number => typeof value === 'number' && Number.isFinite(value),
    fallback,
  );
}

function flag<Fallback>(fallback: Fallback) {
  return scalar('boolean', (value) => typeof value === 'boolean', fallback);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** OONI's failure words are open-ended (`unknown_failure: …`), so the type is a string; null means no failure. */
export const Failure = text(null);
export const Seconds = number(null);
const Tags = z
  .array(z.string())
  .nullish()
  .transform((tags) => tags ?? []);
const Transaction = number(0);

/** A list that may be absent or null. */
export function list<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((items): z.output<T>[] => items ?? []);
}

export const DnsAnswer = z.looseObject({
  answer_type: z.string(),
  asn: z.number().nullish(),
  as_org_name: z.string().nullish(),
  ipv4: z.string().optional(),
  ipv6: z.string().optional(),
  hostname: z.string().optional(),
  ttl: z.number().nullish(),
});
export type DnsAnswer = z.output<typeof DnsAnswer>;

/** Another reply to a question that had been answered; with an injector on the path, the real one. */
export const LateAnswer = z.looseObject({ elapsed_ms: z.number().nullish(), answers: list(DnsAnswer) });
export type LateAnswer = z.output<typeof LateAnswer>;

export const DnsQuery = z.looseObject({
  answers: list(DnsAnswer),
  /** `getaddrinfo` (the system's resolver), `udp` or `doh`. */
  engine: text('unknown'),
  failure: Failure,
  hostname: text(''),
  query_type: text('A'),
  resolver_address: text(''),
  x_aiqyn_late_answers: z.array(LateAnswer).optional(),
  t0: Seconds,
  t: Seconds,
  tags: Tags,
  transaction_id: Transaction,
});
export type DnsQuery = z.output<typeof DnsQuery>;

export const TcpConnect = z.looseObject({
  ip: z.string(),
  port: z.number(),
  status: z.looseObject({
    failure: z
      .union([z.string(), z.boolean()])
      .nullish()
      .transform((failure) => (typeof failure === 'string' ? failure : null)),
    success: flag(false),
  }),
  t0: Seconds,
  t: Seconds,
  tags: Tags,
  transaction_id: Transaction,
});
export type TcpConnect = z.output<typeof TcpConnect>;

/** A certificate in DER, base64. */
export const BinaryData = z.looseObject({ format: z.literal('base64'), data: z.string() });
export type BinaryData = z.output<typeof BinaryData>;

/** Marks a handshake under a harmless name to the same address: the pair that shows what the name alone changes. */
export const TAG_HARMLESS = 'x_aiqyn_harmless';

/** Marks what was seen of the pair that a transfer is compared with: it says nothing of the target's own times. */
export const TAG_PAIRED = 'x_aiqyn_paired';

export const TlsHandshake = z.looseObject({
  network: text('tcp'),
  /** `ip:port`, IPv6 in brackets. */
  address: text(''),
  server_name: text(''),
  failure: Failure,
  tls_version: text(''),
  cipher_suite: text(''),
  negotiated_protocol: text(''),
  no_tls_verify: flag(false),
  /** Leaf first, DER. A light check whose chain verified keeps only `x_aiqyn_chain_sha256`. */
  peer_certificates: list(BinaryData),
  x_aiqyn_chain_sha256: z.array(z.string()).optional(),
  t0: Seconds,
  t: Seconds,
  tags: Tags,
  transaction_id: Transaction,
});
export type TlsHandshake = z.output<typeof TlsHandshake>;

const NO_HEADERS: Readonly<Record<string, unknown>> = {};
const Headers = scalar('record', isRecord, NO_HEADERS);
const Body = z
  .union([z.string(), BinaryData])
  .nullish()
  .transform((body) => body ?? '');

export const HttpTransaction = z.looseObject({
  network: text('tcp'),
  address: text(''),
  failure: Failure,
  request: z.looseObject({
    method: text('GET'),
    url: text(''),
    headers: Headers,
  }),
  response: z
    .looseObject({
      code: number(0),
      headers: Headers,
      /** Empty by default (privacy): what matters of it is in the `x_aiqyn_body_…` keys. */
      body: Body,
      body_is_truncated: flag(false),
      x_aiqyn_body_bytes: z.number().optional(),
      x_aiqyn_body_title: z.string().optional(),
      x_aiqyn_body_sha256: z.string().optional(),
      /** Names of catalogued block-page fingerprints that the body matched. */
      x_aiqyn_body_fingerprints: z.array(z.string()).optional(),
    })
    .nullish()
    .transform((response) => response ?? null),
  t0: Seconds,
  t: Seconds,
  tags: Tags,
  transaction_id: Transaction,
});
export type HttpTransaction = z.output<typeof HttpTransaction>;

/** df-008. `bytes_received_cumulative` events sample a body's progress; a stalled body shows in them. */
export const NetworkEvent = z.looseObject({
  address: text(''),
  failure: Failure,
  num_bytes: number(0),
  operation: z.string(),
  t0: Seconds,
  t: Seconds,
  tags: Tags,
  transaction_id: Transaction,
});
export type NetworkEvent = z.output<typeof NetworkEvent>;

/** What the control saw of the same target, in the shape of OONI's test helper, so that both are read alike. */
export const Control = z.looseObject({
  dns: z
    .looseObject({ failure: Failure, addrs: list(z.string()) })
    .nullish()
    .transform((dns) => dns ?? null),
  /** Keyed by `ip:port`. */
  tcp_connect: z
    .record(
      z.string(),
      z.looseObject({
        status: flag(false),
        failure: Failure,
      }),
    )
    .nullish()
    .transform((connects) => connects ?? {}),
  tls_handshake: z
    .record(
      z.string(),
      z.looseObject({
        server_name: z.string().nullish(),
        status: flag(false),
        failure: Failure,
        /** SHA-256 (hex) of each certificate in the chain, leaf first. */
        x_aiqyn_chain_sha256: z.array(z.string()).optional(),
        /** SHA-256 (hex) of the issuer's subject-public-key-info, where the chain shows it. */
        x_aiqyn_issuers: z.array(z.string()).optional(),
      }),
    )
    .nullish()
    .transform((handshakes) => handshakes ?? {}),
  /** By `ip:port`; only where QUIC was asked for, and the control could try it. */
  x_aiqyn_quic_handshake: z
    .record(
      z.string(),
      z.looseObject({
        status: flag(false),
        failure: Failure,
        x_aiqyn_chain_sha256: z.array(z.string()).optional(),
      }),
    )
    .optional(),
  http_request: z
    .looseObject({
      body_length: number(-1),
      failure: Failure,
      title: text(''),
      headers: Headers,
      status_code: number(-1),
    })
    .nullish()
    .transform((request) => request ?? null),
  ip_info: z
    .record(z.string(), z.looseObject({ asn: z.number().nullish() }))
    .nullish()
    .transform((info) => info ?? {}),
});
export type Control = z.output<typeof Control>;
